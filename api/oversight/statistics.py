"""The figures of a period as tables; what each number means stands in `definitions.yaml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from sqlalchemy.ext.asyncio import AsyncSession

from api.oversight.figures import Figures, figures, measured
from api.oversight.tables import Cell, Named, Table, cross, has_numbers, hidden_rows, side_by_side
from api.oversight.tally import MEASURES, OUTCOMES
from api.oversight.vocabulary import load_vocabulary
from api.oversight.wishes import ANY, EVERYTHING, NONE, Period, Wish, load_measures
from api.words import Words
from knowledge.guidance import Profile

DEFINITIONS = Path(__file__).parent / "definitions.yaml"
# The figures of 2016 are of this municipality.
OF_2016 = "koebenhavn"
# The tables, by what has to be read for them.
PLACED = ("overview", "points", "answers", "outcomes", "units")
SUBJECTS = ("kinds", "mains", "themes")
OTHERS = ("months", "informal", "channels", "languages")
DECIDED = ("medhold", "delvist", "ikke")


@cache
def load_definitions() -> Mapping[str, Mapping[str, str]]:
    """What each number means, in both languages."""
    found: dict[str, dict[str, str]] = yaml.safe_load(DEFINITIONS.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number at the top, with the one of the period before."""

    id: str
    now: Cell
    before: Cell | None


@dataclass(frozen=True, slots=True)
class Report:
    """All of a period."""

    period: Period
    keys: Sequence[KeyFigure]
    tables: Sequence[Table]


class Statistics:
    """Makes the tables."""

    def __init__(self, profile: Profile, words: Words) -> None:
        self.profile = profile
        self.words = words
        self.lists = load_vocabulary()
        self.small = load_measures()["small"]

    async def report(
        self, tx: AsyncSession, wish: Wish, today: dt.date, lang: str, *, only: str | None = None
    ) -> Report:
        """The key figures and all tables that the filters leave a meaning; or what one table needs."""
        period = Period.read(wish.period, today)
        keys: list[KeyFigure] = []
        tables: list[Table] = []
        if only is None or only in PLACED:
            now = await self._whole(tx, wish, period, lang)
            before = await self._whole(tx, wish, period.previous, lang) if period.previous else {}
            keys = self._keys(now, before)
            tables += [now["overview"], self._points(now, before, lang), now["answers"]]
            tables += [now["outcomes"], await self._units(tx, wish, period, now["overview"], lang)]
        if only is None or only in SUBJECTS:
            tables += await self._subjects(tx, wish, period, lang)
        if only is None or only in OTHERS:
            tables += await self._others(tx, wish, period, lang)
        told = [one for one in tables if only in (None, one.id) and has_numbers(one)]
        return Report(period, keys, told)

    async def _whole(
        self, tx: AsyncSession, wish: Wish, period: Period, lang: str
    ) -> dict[str, Any]:
        """What is counted by place, for one period."""
        found = await figures(
            tx, wish, period, "forvaltning", "inquiry", "informal", measures=MEASURES
        )
        places, total = self._places(lang), self.words(lang, "total")
        inquiries = [
            Named(one, name, {"inquiry": one}) for one, name in self.lists.options("inquiries", lang)
        ]  # fmt: skip
        numbers: dict[tuple[str, str], int] = {}
        for (place, inquiry, _), sums in found.items():
            numbers[place, inquiry] = numbers.get((place, inquiry), 0) + sums["contacts"]
        overview = cross("overview", places, inquiries, numbers, self.small, total=total)
        answers = cross(
            "answers", places,
            [Named(one, self.words(lang, f"timing.{one}"), {"timing": one}) for one in ("in_time", "late")],
            _pairs(found, ("in_time", "late")), self.small, total=self.words(lang, "answered"),
            total_filters={"timing": ANY},
            percent=(["in_time"], ["in_time", "late"], self.words(lang, "in_time_percent")),
        )  # fmt: skip
        outcomes = cross(
            "outcomes", places,
            [Named(one, self.lists.name("outcomes", one, lang), {"outcome": one}) for one in OUTCOMES],
            _pairs(found, OUTCOMES), self.small, total=total,
            total_filters={"outcome": ANY}, percent=(DECIDED[:2], DECIDED, self.words(lang, "medhold_percent")),
        )  # fmt: skip
        return {
            "overview": overview, "answers": answers, "outcomes": outcomes,
            "points": measured(found, "points"),
            "unanswered": sum(sums["unanswered"] for sums in found.values()),
            "informal": [
                sum(s["contacts"] for key, s in found.items() if key[2] is way) for way in (True, False)
            ],
        }  # fmt: skip

    def _points(self, now: Mapping[str, Any], before: Mapping[str, Any], lang: str) -> Table:
        columns = [(self.words(lang, "now"), now["points"])]
        already = [hidden_rows(now["overview"], -1)]
        if before:
            columns.append((self.words(lang, "before"), before["points"]))
            already.append(hidden_rows(before["overview"], -1))
        rows = [
            Named(one.id, one.label, {**one.filters, "inquiry": "klage"})
            for one in self._places(lang)
        ]
        table = side_by_side(
            "points", rows, columns, self.small, total=self.words(lang, "total"), already=already,
            known=self._known(self.lists.year_2016["forvaltninger"]),
        )  # fmt: skip
        return self._with_2016(table, lang)

    async def _units(
        self, tx: AsyncSession, wish: Wish, period: Period, overview: Table, lang: str
    ) -> Table:
        found = await figures(tx, wish, period, "forvaltning", "unit")
        names = {row.id: row.label for row in self._places(lang)}
        rows, groups, numbers = [], {}, {}
        ordered = sorted(found.items(), key=lambda pair: (-pair[1]["contacts"], pair[0]))
        for (place, unit), sums in ordered:
            key = f"{place}/{unit}"
            label = f"{unit or self.words(lang, 'no_unit')} ({names.get(place, place)})"
            rows.append(
                Named(key, label, {"forvaltning": place or NONE, "unit": unit or NONE})
            )  # fmt: skip
            groups[key], numbers[key] = place, sums["contacts"]
        table = side_by_side(
            "units", rows, [(self.words(lang, "now"), numbers)], self.small, total=None,
            groups=groups, hidden_groups=[hidden_rows(overview, -1)],
        )  # fmt: skip
        most = load_measures()["units"]
        return Table(
            "units", table.columns, table.rows[:most], None, (0,), table.withheld,
            max(0, len(table.rows) - most),
        )  # fmt: skip

    async def _subjects(
        self, tx: AsyncSession, wish: Wish, period: Period, lang: str
    ) -> list[Table]:
        """Kinds by contacts; main categories and themes by klagepunkter, the one the sum of the other."""
        tables = []
        kinds = await self._two(tx, wish, period, "kind", "contacts", lang)
        tables.append(self._line("kinds", "kind", kinds, lang, total=None))
        mains = await self._two(tx, wish, period, "main", "points", lang)
        main_table = self._line("mains", "main", mains, lang)
        tables.append(main_table)
        themes = await self._two(tx, wish, period, "theme", "points", lang)
        groups = {**self.lists.main_of, NONE: NONE}
        # Another facet has been chosen, or only one theme: then there is no sum of a main category beside it.
        gone = [hidden_rows(main_table, at) for at in range(len(themes))] if mains[0][1] else []
        tables.append(self._line("themes", "theme", themes, lang, groups=groups, gone=gone))
        return tables

    def _line(
        self, table_id: str, facet: str, columns: Sequence[tuple[str, Mapping[str, int]]], lang: str, *,
        total: str | None = "total", groups: Mapping[str, str] | None = None, gone: Sequence[set[str]] = (),
    ) -> Table:  # fmt: skip
        named = [*self.lists.options(f"{facet}s", lang), (NONE, self.words(lang, f"no_{facet}"))]
        rows = [
            Named(one, name, {"topic": f"{facet}:{'' if one == NONE else one}"}) for one, name in named
        ]  # fmt: skip
        if facet != "kind":
            rows = [Named(one.id, one.label, {**one.filters, "inquiry": "klage"}) for one in rows]
        known = self._known(self.lists.themes_2016) if facet == "theme" else None
        table = side_by_side(
            table_id, rows, columns, self.small,
            total=self.words(lang, total) if total else None, groups=groups, hidden_groups=gone,
            known=known if any(columns[0][1].values()) else None,
        )  # fmt: skip
        return self._with_2016(table, lang) if known else table

    async def _two(
        self, tx: AsyncSession, wish: Wish, period: Period, facet: str, measure: str, lang: str
    ) -> list[tuple[str, Mapping[str, int]]]:
        """A measure by a facet, in this period and in the one before."""
        columns: list[tuple[str, Mapping[str, int]]] = []
        for name, one in (("now", period), ("before", period.previous)):
            if one is not None:
                found = measured(await figures(tx, wish, one, "value", facet=facet), measure)
                columns.append(
                    (self.words(lang, name), {key or NONE: n for key, n in found.items()})
                )
        return columns

    async def _others(self, tx: AsyncSession, wish: Wish, period: Period, lang: str) -> list[Table]:
        now, total, tables = self.words(lang, "now"), self.words(lang, "total"), []

        def whole(table_id: str, rows: Sequence[Named], numbers: Mapping[str, int]) -> Table:
            return side_by_side(table_id, rows, [(now, numbers)], self.small, total=total)

        months = measured(await figures(tx, wish, period, "month"), "contacts")
        rows = [
            Named(f"{one:%Y-%m}", format_date(one, "LLLL yyyy", locale=lang), {"month": f"{one:%Y-%m}"})
            for one in sorted(months)
        ]  # fmt: skip
        numbers = {f"{one:%Y-%m}": n for one, n in months.items()}
        tables.append(whole("months", rows, numbers))
        ways = measured(await figures(tx, wish, period, "informal"), "contacts")
        rows = [
            Named(one, self.words(lang, f"informal.{one}"), {"informal": one}) for one in ("yes", "no")
        ]  # fmt: skip
        numbers = {"yes": ways.get(True, 0), "no": ways.get(False, 0)}
        tables.append(whole("informal", rows, numbers))
        for table_id, facet in (("channels", "channel"), ("languages", "language")):
            found = measured(await figures(tx, wish, period, "value", facet=facet), "contacts")
            rows = [
                Named(one, name, {"topic": f"{facet}:{one}"})
                for one, name in self.lists.options(table_id, lang)
            ]  # fmt: skip
            tables.append(whole(table_id, rows, found))
        return tables

    def _keys(self, now: Mapping[str, Any], before: Mapping[str, Any]) -> list[KeyFigure]:
        def cells(of: Mapping[str, Any]) -> dict[str, Cell]:
            overview, points = of["overview"].total.cells, sum(of["points"].values())
            small = 0 < points < self.small
            unanswered = of["unanswered"]
            few = 0 < unanswered < self.small
            return {
                "contacts": overview[-1], "complaints": overview[1],
                "points": Cell(None if small else points, hidden=small, filters={"inquiry": "klage"}),
                "in_time": of["answers"].total.cells[-1],
                "medhold": of["outcomes"].total.cells[-1],
                "unanswered": Cell(None if few else unanswered, hidden=few, filters={"unanswered": "yes"}),
            }  # fmt: skip

        earlier = cells(before) if before else {}
        return [KeyFigure(one, cell, earlier.get(one)) for one, cell in cells(now).items()]

    def _places(self, lang: str) -> list[Named]:
        organisation = self.profile.organisation
        own = [
            Named(one, organisation.contact(one).name.of(lang), {"forvaltning": one})
            for one in organisation.forvaltninger
        ]  # fmt: skip
        return [*own, Named("", self.words(lang, "no_place"), {"forvaltning": NONE})]

    def _known(self, numbers: Mapping[str, int]) -> Mapping[str, int] | None:
        return numbers if self.profile.municipality == OF_2016 else None

    def _with_2016(self, table: Table, lang: str) -> Table:
        if not table.rows or len(table.rows[0].cells) == len(table.columns):
            return table
        columns = [*table.columns, self.words(lang, "year_2016")]
        return Table(table.id, columns, table.rows, table.total, table.charted, table.withheld)


def _pairs(found: Figures, measures: Sequence[str]) -> dict[tuple[str, str], int]:
    numbers: dict[tuple[str, str], int] = {}
    for (place, *_), sums in found.items():
        for one in measures:
            numbers[place, one] = numbers.get((place, one), 0) + sums[one]
    return numbers


def period_name(period: Period, words: Words, lang: str) -> str:
    """A period as people say it."""
    if period.id == EVERYTHING:
        return words(lang, "period.all")
    if "Q" in period.id:
        return words(lang, "period.quarter", number=period.id[-1], year=period.id[:4])
    return period.id
