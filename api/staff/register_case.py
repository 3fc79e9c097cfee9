"""One case, readable at a glance: the citizen's words, the days that run, where the law says so, what has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store, views
from api.complaints.baton import held_since
from api.complaints.fields import day_text, get
from api.complaints.parts import ComplaintParts
from api.complaints.steps import local_day
from api.db.case_models import CaseFile, CaseNote
from api.db.complaint_models import Complaint, ComplaintAttachment, ComplaintEvent
from api.knowledge.ports import KnowledgeReader
from api.staff.register_acts import is_anonymous, may_forward
from api.staff.register_list import clock_text, matter, short_day
from api.words import Words
from knowledge.articles import Lang
from knowledge.sources import load_sources

HERE = Path(__file__).parent
GOOD_ANSWER = "det-gode-klagesvar"


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as it lies in the database, with all that belongs to it."""

    row: Complaint
    events: list[ComplaintEvent]
    attachments: list[ComplaintAttachment]
    others: list[Complaint]
    file: CaseFile | None
    notes: list[CaseNote]


async def open_case(tx: AsyncSession, row: Complaint) -> Opened:
    """Everything of a case."""
    notes = select(CaseNote).where(CaseNote.complaint_id == row.id)
    return Opened(
        row=row, events=await store.events(tx, row.id),
        attachments=await store.attachments(tx, complaint_id=row.id),
        others=[one for one in await store.group_of(tx, row) if one.id != row.id],
        file=await tx.get(CaseFile, row.id),
        notes=list(await tx.scalars(notes.order_by(CaseNote.at, CaseNote.id))),
    )  # fmt: skip


@cache
def load_good_answer() -> tuple[dict[str, Any], ...]:
    """What a good answer holds, as data."""
    return tuple(yaml.safe_load((HERE / "good_answer.yaml").read_text(encoding="utf-8")))


@cache
def load_links() -> dict[str, dict[str, list[str]]]:
    """Which articles help with which complaint."""
    found = yaml.safe_load((HERE / "register_links.yaml").read_text(encoding="utf-8"))
    return cast("dict[str, dict[str, list[str]]]", found)


def good_answer(ticked: Sequence[str], lang: str) -> list[dict[str, Any]]:
    """The points of a good answer, with their sources and those that are ticked."""
    register = load_sources()
    told = []
    for point in load_good_answer():
        names = [register.get(source).name(lang) for source in point["sources"]]
        where = ", ".join(names) + (f", {point['paragraph']}" if "paragraph" in point else "")
        told.append(
            {
                "id": point["id"], "text": point[lang], "sources": where,
                "confidence": point["confidence"], "ticked": point["id"] in ticked,
                "href": f"/klarret/{GOOD_ANSWER}#{point['read']}",
            }
        )  # fmt: skip
    return told


class CaseView:
    """Shows cases in the reader's language."""

    def __init__(self, parts: ComplaintParts, words: Words, knowledge: KnowledgeReader) -> None:
        self.parts = parts
        self.setting = parts.setting
        self.words = words
        self.knowledge = knowledge

    def show(self, case: Opened, lang: str) -> dict[str, Any]:
        """All that the page needs."""
        row, setting = case.row, self.setting
        kinds, area = matter(row, setting, lang)
        today = self.parts.following.today()
        file = case.file
        steps = views.steps_of(row, today, setting)
        ended = store.has_ended(row)
        return {
            "reference": row.reference, "kinds": kinds, "area": area, "is_notice": row.is_notice,
            "status": setting.words(lang, f"status.{row.status}"),
            "holder": views.holder(row, setting, lang),
            "since": short_day(local_day(held_since(row, case.events)), lang),
            "recipient": views.recipient_name(row, setting, lang), "unit": row.unit,
            "received": views.time_text(row.received_at, lang),
            "route_text": views.route_text(row, setting, lang),
            "route": self.words(lang, f"routes.{row.route}"),
            "channel": self.words(lang, f"channels.{row.channel}"),
            "elsewhere": self._elsewhere(row), "taken_by": file.taken_by if file else None,
            "related": [one.reference for one in case.others],
            "own_words": self.own_words(row),
            "facts": [] if row.is_notice else views.what_was_sent(row.record, row.channel, setting, lang),
            "steps": [
                {
                    "what": setting.words(lang, f"due.{step.kind}"), "date": day_text(step.date, lang),
                    "text": clock_text(step, self.words, lang), "passed": step.passed,
                }
                for step in steps
            ],
            "deadlines": [
                {"what": one["what"], "date": day_text(one["date"], lang), "basis": one.get("basis", "")}
                for one in self._deadlines(row)
            ],
            "basis": self.basis(row), "articles": self.articles(row, cast("Lang", lang)),
            "explanation": get(row.record, "/assessment/outcome/explanation"),
            "attachments": [
                {"id": one.id, "filename": one.filename, "size": one.size} for one in case.attachments
            ],
            "transcript": list(get(row.record, "/transcript/messages") or []),
            "history": [
                {**one, "actor": event.actor}
                for one, event in zip(
                    views.history(row, case.events, setting, lang), case.events, strict=True
                )
            ],
            "notes": [
                {"author": one.author, "text": one.text, "at": views.time_text(one.at, lang)}
                for one in case.notes
            ],
            "answer": file.answer if file else "", "version": file.version if file else 0,
            "points": good_answer(file.ticked if file else (), lang),
            "answered": self._answered(file, lang), "ended_text": self._ended(file, lang),
            "anonymous": is_anonymous(row), "ended": ended, "may_forward": may_forward(row),
            "belongs_elsewhere": views.is_forwarded(row),
        }  # fmt: skip

    def _deadlines(self, row: Complaint) -> list[dict[str, Any]]:
        if not row.is_notice:
            return views.own_deadlines(row.record)
        running = get(row.record, "/deadline")
        return [running] if running else []

    def own_words(self, row: Complaint) -> list[str]:
        """What the citizen wrote themselves, the heading first."""
        places = (
            ("/matter/words",) if row.is_notice else ("/complaint/subject", "/complaint/description")
        )  # fmt: skip
        return [str(said) for place in places if (said := get(row.record, place))]

    def basis(self, row: Complaint) -> list[dict[str, Any]]:
        """The rules that the guidance went by, as it said them then."""
        rows = get(row.record, "/assessment/outcome/basis") or []
        return [dict(one) for one in rows if isinstance(one, Mapping)]

    def articles(self, row: Complaint, lang: Lang) -> list[dict[str, str]]:
        """The articles of KlarRet that help with this complaint."""
        place = "/matter/categories" if row.is_notice else "/complaint/categories"
        links, known = load_links(), set(self.knowledge.slugs)
        slugs: list[str] = []
        for kind in get(row.record, place) or []:
            slugs += links["kinds"].get(kind, [])
        slugs += links["routes"].get(row.route, [])
        found = [
            self.knowledge.article(slug, lang) for slug in dict.fromkeys(slugs) if slug in known
        ]
        suffix = "?lang=en" if lang == "en" else ""
        return [
            {"href": f"/klarret/{one.slug}{suffix}", "title": one.title} for one in found if one
        ]

    def _elsewhere(self, row: Complaint) -> str:
        if row.external_system in (None, "register") or not row.external_ref:
            return ""
        return f"{row.external_system}: {row.external_ref}"

    def _answered(self, file: CaseFile | None, lang: str) -> str:
        if file is None or file.answered_at is None:
            return ""
        return self.words(
            lang, "case.answered", time=views.time_text(file.answered_at, lang),
            name=file.answered_by, how=self.words(lang, f"how.{file.answered_how}"),
        )  # fmt: skip

    def _ended(self, file: CaseFile | None, lang: str) -> str:
        if file is None or file.outcome_at is None:
            return ""
        return self.words(
            lang, "case.ended", time=views.time_text(file.outcome_at, lang), name=file.outcome_by,
            outcome=self.words(lang, f"outcomes.{file.outcome}"),
        )  # fmt: skip
