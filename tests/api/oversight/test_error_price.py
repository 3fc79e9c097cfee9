"""The sum of an error, and numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from api.oversight.error_price import Inputs, price_of, read_number


def inputs(**places: str) -> Inputs:
    return Inputs(
        minutes={"caseworker": Decimal(45), "manager": Decimal(15)},
        hour_price={"caseworker": Decimal(400), "manager": Decimal(600)},
        direct=Decimal(places.get("direct", "10")), times=Decimal(places.get("times", "12")),
        mending=Decimal(places.get("mending", "1000")),
    )  # fmt: skip


def test_the_example_of_the_report_is_added_up() -> None:
    """45 minutes of a caseworker and 15 of a manager, and a little for the letter."""
    price = price_of(inputs())
    assert price.by_role == {"caseworker": Decimal("300.00"), "manager": Decimal("150.00")}
    assert (price.once, price.year) == (Decimal("460.00"), Decimal("5520.00"))
    assert price.gain == Decimal("4520.00")


def test_mending_can_cost_more_than_the_error() -> None:
    assert price_of(inputs(times="1", mending="1000")).gain == Decimal("-540.00")


def test_a_time_without_a_price_costs_nothing() -> None:
    held = {
        "minutes": {"other": "60"},
        "hour_price": {},
        "direct": "0",
        "times": "1",
        "mending": "0",
    }
    assert price_of(Inputs.of(held)).once == 0
    assert Inputs.of(held).given


def test_what_is_kept_comes_back_as_it_was() -> None:
    assert Inputs.of(inputs().as_json()) == inputs()
    assert not Inputs.of({}).given


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", "0"), ("12", "12"), ("12,5", "12.5"), ("1.234,50", "1234.50"), ("1.234", "1234"),
        ("12.5", "12.5"), (" 1 000 ", "1000"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(text: str, number: str) -> None:
    assert read_number(text, 10_000) == Decimal(number)


@pytest.mark.parametrize("text", ["-1", "ti", "1e5", "NaN", "1.2.3", "10001", "½", "１"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert read_number(text, 10_000) is None
