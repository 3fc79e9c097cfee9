"""Reads the sums that a page of statistics needs; a few hundred rows, however many contacts there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.oversight_models import ContactTally
from api.oversight.tally import EVERY_UNIT, WHOLE
from api.oversight.wishes import NONE, Period, Wish

# The measures that most tables are made of.
COUNTED = ("contacts", "points")

Figures = dict[tuple[Any, ...], Counter[str]]


async def figures(
    tx: AsyncSession, wish: Wish, period: Period | None, *by: str, facet: str = WHOLE,
    measures: Sequence[str] = COUNTED,
) -> Figures:  # fmt: skip
    """The sums by some columns; none, where a subject of another facet has been chosen.

    The two usual measures are read from an index alone; more of them cost more.
    """
    chosen = wish.facet
    if period is None or (chosen and facet not in (WHOLE, chosen[0])):
        return {}
    table: Any = ContactTally
    conditions = [
        table.facet == (chosen[0] if chosen else facet),
        table.month >= period.first, table.month <= period.last,
    ]  # fmt: skip
    if chosen:
        conditions.append(table.value == chosen[1])
    if wish.unit:
        conditions.append(table.unit == ("" if wish.unit == NONE else wish.unit))
    else:
        conditions.append(table.unit != EVERY_UNIT if "unit" in by else table.unit == EVERY_UNIT)
    if wish.forvaltning:
        conditions.append(table.forvaltning == ("" if wish.forvaltning == NONE else wish.forvaltning))  # fmt: skip
    if wish.inquiry:
        conditions.append(table.inquiry == wish.inquiry)
    if wish.informal:
        conditions.append(table.informal.is_(wish.informal == "yes"))
    keys = [getattr(table, name) for name in by]
    query = select(*keys, *(func.sum(getattr(table, name)) for name in measures)).where(*conditions)
    rows = await tx.execute(query.group_by(*keys) if keys else query)
    found: Figures = {}
    for row in rows:
        sums = {name: int(value or 0) for name, value in zip(measures, row[len(by) :], strict=True)}
        found[tuple(row[: len(by)])] = Counter(sums)
    return found


def measured(found: Figures, measure: str) -> dict[Any, int]:
    """One measure by the first column."""
    sums: Counter[Any] = Counter()
    for key, values in found.items():
        sums[key[0]] += values[measure]
    return dict(sums)
