"""`/staff/statistik`: the figures as tables and charts, sheets to take away, a report to print; for all staff."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from api.auth import Staff, audit
from api.db.engine import Database
from api.db.oversight_models import ContactTally
from api.errors import NotFound, reader_language
from api.oversight.charts import chart
from api.oversight.contact_list import READERS
from api.oversight.door import Door
from api.oversight.sheets import as_csv, as_xlsx
from api.oversight.statistics import Report, Statistics, load_definitions, period_name
from api.oversight.tables import Cell, Table
from api.oversight.tally import EVERY_UNIT
from api.oversight.vocabulary import load_vocabulary
from api.oversight.wishes import ANY, FACETS, Period, Wish, load_measures, periods
from api.pages import Pages

PREFIX = "/staff/statistik"
CONTACTS = "/staff/henvendelser"
REPORT = "statistics_report.html"
# An SVG brings its own style; nothing else may be loaded or run.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The most units that can be chosen between.
MOST_UNITS = 500


class StatisticsPages:
    """What the pages show."""

    def __init__(
        self, statistics: Statistics, pages: Pages, database: Database, door: Door,
        now: Callable[[], dt.datetime], today: Callable[[], dt.date],
    ) -> None:  # fmt: skip
        self.statistics = statistics
        self.pages = pages
        self.database = database
        self.door = door
        self.now = now
        self.today = today

    async def page(self, request: Request, template: str) -> Response:
        """The figures, on the screen or as the report."""
        staff = await self.door.page(request)
        if isinstance(staff, Response):
            return staff
        lang, wish = reader_language(request), self._wish(request)
        if template == REPORT:
            # What leaves the house is one and the same for everybody, so that two of them tell no more than one.
            wish = Wish(period=wish.period)
        async with self.database.reading() as tx:
            report = await self.statistics.report(tx, wish, self.today(), lang)
            units = list(
                await tx.scalars(
                    select(ContactTally.unit)
                    .where(ContactTally.facet == "all", ContactTally.unit.not_in((EVERY_UNIT, "")))
                    .distinct().order_by(ContactTally.unit).limit(MOST_UNITS)
                )
            )  # fmt: skip
        wish = wish.with_(period=report.period.id)
        may_see = staff.may(*READERS)
        return self.pages.render(
            request, template, staff=staff, wish=wish, report=report, lang_query=wish.query(lang),
            period=period_name(report.period, self.pages.words, lang), units=units,
            options=filter_options(self.statistics, self.pages, self.today(), lang),
            definitions={key: one[lang] for key, one in load_definitions().items()},
            link=lambda cell: link(wish, cell, lang) if may_see else "", may_see=may_see,
            number=lambda cell: number(cell, self.pages.words(lang, "statistics.hidden"), lang),
            most=load_measures()["small"] - 1, made=f"{self.today():%d.%m.%Y}",
            address=lambda path, **more: f"{PREFIX}{path}{wish.query(lang, **more)}",
            drawable=drawable, no_link=lambda _cell: "",
        )  # fmt: skip

    async def diagram(self, request: Request) -> Response:
        """The chart of one table."""
        await self.door.current(request)
        lang, wanted = reader_language(request), request.query_params.get("table", "")
        report = await self._report(self._wish(request), lang, only=wanted)
        for table in report.tables:
            title = self.pages.words(lang, f"tables.{table.id}")
            svg = await asyncio.to_thread(chart, table, title)
            return Response(
                svg, media_type="image/svg+xml", headers={"Content-Security-Policy": SVG_POLICY}
            )
        raise NotFound()

    async def csv(self, request: Request) -> Response:
        """All tables as text."""
        titled, hidden, _, name = await self._export(request, "csv")
        return _file(as_csv(titled, hidden).encode(), "text/csv; charset=utf-8", f"{name}.csv")

    async def xlsx(self, request: Request) -> Response:
        """All tables as a workbook."""
        titled, hidden, definitions, name = await self._export(request, "xlsx")
        content = await asyncio.to_thread(as_xlsx, titled, hidden, definitions)
        return _file(content, XLSX, f"{name}.xlsx")

    async def _report(self, wish: Wish, lang: str, *, only: str | None = None) -> Report:
        async with self.database.reading() as tx:
            return await self.statistics.report(tx, wish, self.today(), lang, only=only)

    async def _export(self, request: Request, form: str) -> Any:
        staff = await self.door.current(request)
        lang, wish, say = reader_language(request), self._wish(request), self.pages.words
        report = await self._report(wish, lang)
        async with self.database.transaction() as tx:
            self._note(tx, staff, form, wish)
        titled = [
            (say(lang, f"tables.{one.id}"), say(lang, "statistics.row"), one)
            for one in report.tables
        ]
        hidden = say(lang, "statistics.hidden")
        told = load_definitions()
        definitions = [
            (hidden, say(lang, "statistics.hidden_help", most=load_measures()["small"] - 1)),
            *((say(lang, f"tables.{one.id}"), told[one.id][lang]) for one in report.tables),
        ]  # fmt: skip
        return titled, hidden, definitions, f"statistik-{report.period.id}"

    def _note(self, tx: Any, staff: Staff, form: str, wish: Wish) -> None:
        audit(
            tx, actor=staff.username, act="exported", kind="statistics", subject=form,
            now=self.now(), filters=wish.query("da"),
        )  # fmt: skip

    def _wish(self, request: Request) -> Wish:
        """The filters that statistics have; those of the list alone are left out."""
        told = Wish.read(request.query_params)
        return Wish(
            period=Period.read(told.period, self.today()).id, forvaltning=told.forvaltning,
            unit=told.unit, inquiry=told.inquiry, informal=told.informal, topic=told.topic,
        )  # fmt: skip


def build_router(pages: StatisticsPages) -> APIRouter:
    """The addresses."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)

    @router.get("", response_model=None)
    async def show(request: Request) -> Response:
        """The page."""
        return await pages.page(request, "statistics.html")

    @router.get("/rapport", response_model=None)
    async def report(request: Request) -> Response:
        """The report of a period, to print."""
        return await pages.page(request, REPORT)

    router.add_api_route("/diagram.svg", pages.diagram, response_model=None)
    router.add_api_route(".csv", pages.csv, response_model=None)
    router.add_api_route(".xlsx", pages.xlsx, response_model=None)
    return router


def link(wish: Wish, cell: Cell, lang: str) -> str:
    """Where the contacts of a number are; nowhere, where it is hidden or none."""
    if cell.filters is None or cell.hidden or not cell.value:
        return ""
    return f"{CONTACTS}{wish.with_(**cell.filters).query(lang)}"


def number(cell: Cell | None, hidden: str, lang: str) -> str:
    """A number as it is read; a percentage with one decimal."""
    if cell is None or (cell.value is None and cell.percent is None and not cell.hidden):
        return "–"
    if cell.hidden:
        return hidden
    if cell.percent is not None:
        text = f"{cell.percent:.1f}"
        return f"{text} %" if lang == "en" else f"{text.replace('.', ',')} %"
    grouped = f"{cell.value:,}"
    return grouped if lang == "en" else grouped.replace(",", ".")


def filter_options(
    statistics: Statistics, pages: Pages, today: dt.date, lang: str
) -> dict[str, Any]:  # fmt: skip
    """What can be chosen in the filters, here and on the list of contacts."""
    words, say = load_vocabulary(), pages.words
    organisation = statistics.profile.organisation
    return {
        "periods": [(one.id, period_name(one, say, lang)) for one in periods(today)],
        "places": [
            (one, organisation.contact(one).name.of(lang)) for one in organisation.forvaltninger
        ],
        "inquiries": words.options("inquiries", lang),
        "informal": [(one, say(lang, f"informal.{one}")) for one in ("yes", "no")],
        "outcomes": [*words.options("outcomes", lang), (ANY, say(lang, "any_outcome"))],
        "topics": [
            (say(lang, f"statistics.topics.{facet}"),
             [(f"{facet}:{one}", name) for one, name in words.options(of, lang)])
            for facet, of in FACETS.items()
        ],
    }  # fmt: skip


def drawable(table: Table) -> bool:
    """Whether a chart would show anything."""
    return any(row.cells[at].value for row in table.rows for at in table.charted)


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content, media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
