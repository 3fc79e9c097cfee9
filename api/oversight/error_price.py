"""What an error costs: once, in a year, and against mending it ("Sæt pris på dine fejl"). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

HOUR = Decimal(60)
WHOLE = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What went into the sum; money is in kroner."""

    minutes: Mapping[str, Decimal]
    hour_price: Mapping[str, Decimal]
    direct: Decimal
    times: Decimal
    # What it costs in a year to keep the error from happening.
    mending: Decimal

    @property
    def given(self) -> bool:
        """Whether there is anything to add up."""
        return bool(self.direct or any(self.minutes.values()))

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "minutes": {role: str(one) for role, one in self.minutes.items()},
            "hour_price": {role: str(one) for role, one in self.hour_price.items()},
            "direct": str(self.direct), "times": str(self.times), "mending": str(self.mending),
        }  # fmt: skip

    @classmethod
    def of(cls, held: Mapping[str, Any]) -> Inputs:
        """From what was kept."""
        return cls(
            minutes={role: Decimal(one) for role, one in (held.get("minutes") or {}).items()},
            hour_price={role: Decimal(one) for role, one in (held.get("hour_price") or {}).items()},
            direct=Decimal(held.get("direct", "0")), times=Decimal(held.get("times", "0")),
            mending=Decimal(held.get("mending", "0")),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The sum, step by step."""

    by_role: Mapping[str, Decimal]
    once: Decimal
    year: Decimal
    # What is saved in a year by mending; below zero, mending costs more than the error.
    gain: Decimal


def price_of(inputs: Inputs) -> Price:
    """Time by role and direct costs make one error; times a year make a year's; less the mending, the gain."""
    by_role = {
        role: _money(minutes / HOUR * inputs.hour_price.get(role, Decimal(0)))
        for role, minutes in inputs.minutes.items()
    }
    once = sum(by_role.values(), start=_money(inputs.direct))
    year = _money(once * inputs.times)
    return Price(by_role=by_role, once=once, year=year, gain=year - _money(inputs.mending))


def read_number(text: str, most: int) -> Decimal | None:
    """A number as a Dane or an Englishman writes it; empty is nothing, and what cannot be is None."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if not plain:
        return Decimal(0)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif plain.count(".") == 1 and len(plain.rsplit(".", 1)[1]) == 3:
        # Three digits after a dot are thousands, as money is written here.
        plain = plain.replace(".", "")
    if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit():
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number <= most else None


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(WHOLE, rounding=ROUND_HALF_UP)
