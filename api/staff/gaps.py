"""`/staff/videnshuller`: what people asked in vain, put together by meaning, with an owner, a state and the effect."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.complaints.views import time_text
from api.db.alert_models import GapQuestion, KnowledgeGap
from api.db.models import KnowledgeFeedback, StaffAccount
from api.deps import Transaction
from api.errors import NotFound, reader_language
from api.oversight.gaps import CLOSED, IN_WORK, OPEN, STATES, Gaps
from api.pages import Pages
from api.staff.router import current_staff, page_staff
from knowledge.articles import Lang

PREFIX = "/staff/videnshuller"
ROLES = (Role.EDITOR, Role.MANAGER)
PAGE = 25
SHOWN = 100
# What is still to be done, which the list shows unless something else is chosen.
WORK, ALL = "work", "all"
STATUS = {"article": 422, "changed": 409}
SAID = {"gemt": "done", "fjernet": "removed"}


def build_router(gaps: Gaps, pages: Pages) -> APIRouter:
    """The pages."""
    router = APIRouter(include_in_schema=False)
    view = GapPages(gaps, pages)

    @router.get(PREFIX, response_model=None)
    async def listed(
        request: Request, tx: Transaction, tilstand: str = WORK, side: int = 1
    ) -> Response:
        """The gaps, the most asked first."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *ROLES)
        return await view.overview(request, tx, staff, tilstand, max(1, min(side, 10_000)))

    @router.get(f"{PREFIX}/{{number}}", response_model=None)
    async def one(request: Request, number: int, tx: Transaction, gjort: str = "") -> Response:
        """One of them, with its questions."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *ROLES)
        gap = await _gap(tx, number)
        view.note(tx, staff, "viewed", "knowledge_gap", number)
        return await view.show(request, tx, staff, gap, done=SAID.get(gjort, ""))

    @router.post(f"{PREFIX}/{{number}}", response_model=None)
    async def change(
        request: Request, number: int, tx: Transaction, csrf: Annotated[str, Form()] = "",
        state: Annotated[str, Form()] = "", owner: Annotated[str, Form(max_length=100)] = "",
        article: Annotated[str, Form(max_length=100)] = "", version: Annotated[int, Form()] = 0,
    ) -> Response:  # fmt: skip
        """Says who sees to it and how far it has come."""
        staff = await current_staff(request)
        require_role(staff, *ROLES)
        require_csrf(staff, csrf)
        gap = await _gap(tx, number, to_change=True)
        typed = {"state": state, "owner": owner, "article": article}
        fault = await view.change(tx, staff, gap, typed, version)
        if fault is not None:
            return await view.show(request, tx, staff, gap, fault=fault, typed=typed)
        return _back(request, f"{PREFIX}/{number}?gjort=gemt")

    @router.post(f"{PREFIX}/{{number}}/fjern", response_model=None)
    async def remove(
        request: Request, number: int, tx: Transaction, csrf: Annotated[str, Form()] = "",
        question: Annotated[int, Form()] = 0,
    ) -> Response:  # fmt: skip
        """Takes out a question in which somebody can be recognised; a gap without questions goes with it."""
        staff = await current_staff(request)
        require_role(staff, *ROLES)
        require_csrf(staff, csrf)
        gap = await _gap(tx, number, to_change=True)
        left = await view.remove(tx, staff, gap, question)
        return _back(
            request, f"{PREFIX}/{number}?gjort=fjernet" if left else f"{PREFIX}?gjort=fjernet"
        )

    return router


class GapPages:
    """What the pages show and do."""

    def __init__(self, gaps: Gaps, pages: Pages) -> None:
        self.gaps = gaps
        self.pages = pages

    def note(self, tx: AsyncSession, staff: Staff, act: str, kind: str, subject: int | str) -> None:
        """Writes down who saw or did what."""
        audit(
            tx, actor=staff.username, act=act, kind=kind, subject=str(subject), now=self.gaps.now()
        )

    async def overview(
        self, request: Request, tx: AsyncSession, staff: Staff, chosen: str, page: int
    ) -> Response:
        """The list, or a page of it."""
        lang, say = reader_language(request), self.pages.words
        chosen = chosen if chosen in (*STATES, ALL) else WORK
        wanted = {WORK: (OPEN, IN_WORK), ALL: STATES}.get(chosen, (chosen,))
        total = await tx.scalar(
            select(func.count(KnowledgeGap.id)).where(KnowledgeGap.state.in_(wanted))
        )
        times, latest = func.count(GapQuestion.id), func.max(GapQuestion.at)
        counted = (
            select(GapQuestion.gap_id, times.label("times"), latest.label("latest"))
            .group_by(GapQuestion.gap_id)
            .subquery()
        )
        query = (
            select(KnowledgeGap, counted.c.times, counted.c.latest)
            .join(counted, counted.c.gap_id == KnowledgeGap.id)
            .where(KnowledgeGap.state.in_(wanted))
            .order_by(counted.c.times.desc(), counted.c.latest.desc(), KnowledgeGap.id)
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
        rows = [
            {
                "id": gap.id, "title": gap.title, "times": count, "latest": time_text(last, lang),
                "state": say(lang, f"states.{gap.state}"), "owner": gap.owner,
            }
            for gap, count, last in await tx.execute(query)
        ]  # fmt: skip
        self.note(tx, staff, "viewed", "knowledge_gap_list", "page")
        named = [(one, say(lang, f"states.{one}")) for one in STATES]
        both = ", ".join(text.lower() if at else text for at, (_, text) in enumerate(named[:2]))
        return self.pages.render(
            request, "gap_list.html", staff=staff, rows=rows, total=total or 0, chosen=chosen,
            states=[(WORK, both), *named, (ALL, say(lang, "any"))], page=page,
            pages=max(1, -(-(total or 0) // PAGE)), query=_query(lang),
            before=_query(lang, tilstand=chosen, side=page - 1),
            after=_query(lang, tilstand=chosen, side=page + 1),
        )  # fmt: skip

    async def show(
        self, request: Request, tx: AsyncSession, staff: Staff, gap: KnowledgeGap, *,
        done: str = "", fault: str = "", typed: dict[str, str] | None = None,
    ) -> Response:  # fmt: skip
        """One gap."""
        lang, say = reader_language(request), self.pages.words
        questions = list(
            await tx.scalars(
                select(GapQuestion)
                .where(GapQuestion.gap_id == gap.id)
                .order_by(GapQuestion.at.desc(), GapQuestion.id.desc())
                .limit(SHOWN + 1)
            )
        )
        changed = ""
        if gap.changed_by:
            changed = say(
                lang, "changed", time=time_text(gap.changed_at, lang), name=gap.changed_by
            )
        effect = await self.gaps.effect(tx, gap)
        articles = dict(self._articles(lang))
        known = {"state": gap.state, "owner": gap.owner or "", "article": gap.article or ""}
        return self.pages.render(
            request, "gap_one.html", staff=staff, gap=gap, changed=changed, typed=typed or known,
            done=say(lang, done) if done else "", fault=say(lang, f"faults.{fault}") if fault else "",
            effect=effect, owners=await _owners(tx, gap.owner),
            states=[(one, say(lang, f"states.{one}")) for one in STATES],
            articles=list(articles.items()), more=len(questions) > SHOWN,
            questions=[
                {
                    "id": row.id, "text": row.question, "at": time_text(row.at, lang),
                    "source": say(lang, f"sources.{row.source}"), "why": say(lang, f"whys.{row.why}"),
                }
                for row in questions[:SHOWN]
            ],
            found_in=[(slug, articles[slug]) for slug in effect.found_in if slug in articles],
            query=_query(lang), status=STATUS.get(fault, 200),
        )  # fmt: skip

    async def change(
        self, tx: AsyncSession, staff: Staff, gap: KnowledgeGap, given: dict[str, str], version: int
    ) -> str | None:
        """Saves it; gives what is wrong, if anything is."""
        if version != gap.version:
            return "changed"
        state = given["state"] if given["state"] in STATES else gap.state
        article = given["article"] if given["article"] in self.gaps.knowledge.slugs else None
        if state == CLOSED and article is None:
            return "article"
        now = self.gaps.now()
        if state == CLOSED and gap.state != CLOSED:
            gap.closed_at = now
        elif state != CLOSED:
            gap.closed_at = None
        owners = await _owners(tx, gap.owner)
        gap.state, gap.article = state, article
        gap.owner = given["owner"] if given["owner"] in owners else None
        gap.changed_at, gap.changed_by, gap.version = now, staff.username, gap.version + 1
        self.note(tx, staff, f"set_{state}", "knowledge_gap", gap.id)
        return None

    async def remove(
        self, tx: AsyncSession, staff: Staff, gap: KnowledgeGap, question: int
    ) -> bool:
        """Takes out a question, and every other that says exactly the same; whether any is left."""
        row = await tx.get(GapQuestion, question)
        if row is None or row.gap_id != gap.id:
            raise NotFound()
        same = GapQuestion.question == row.question
        # What it was taken over from says the same, and would bring it back.
        verdicts = select(GapQuestion.feedback_id).where(GapQuestion.gap_id == gap.id, same)
        await tx.execute(
            update(KnowledgeFeedback)
            .where(KnowledgeFeedback.id.in_(verdicts))
            .values(question="", comment=None)
        )
        await tx.execute(delete(GapQuestion).where(GapQuestion.gap_id == gap.id, same))
        self.note(tx, staff, "removed_question", "knowledge_gap", gap.id)
        newest = await tx.scalar(
            select(GapQuestion).where(GapQuestion.gap_id == gap.id).order_by(GapQuestion.id.desc())
        )
        if newest is None:
            await tx.delete(gap)
            return False
        gap.title, gap.language = newest.question, newest.language
        return True

    def _articles(self, lang: str) -> list[tuple[str, str]]:
        knowledge = self.gaps.knowledge
        found = [knowledge.article(slug, cast("Lang", lang)) for slug in knowledge.slugs]
        return sorted(((one.slug, one.title) for one in found if one), key=lambda pair: pair[1])


async def _gap(tx: AsyncSession, number: int, *, to_change: bool = False) -> KnowledgeGap:
    gap = await tx.get(KnowledgeGap, number, with_for_update=to_change or None)
    if gap is None:
        raise NotFound()
    return gap


async def _owners(tx: AsyncSession, held: str | None) -> list[str]:
    """Who can see to a gap: whoever may edit, and the one who has it."""
    accounts = await tx.scalars(select(StaffAccount).where(StaffAccount.active.is_(True)))
    names = {one.username for one in accounts if {role.value for role in ROLES} & set(one.roles)}
    return sorted(names | ({held} if held else set()))


def _query(lang: str, **more: Any) -> str:
    pairs = {key: value for key, value in more.items() if value} | (
        {"lang": "en"} if lang == "en" else {}
    )
    return "?" + "&".join(f"{key}={value}" for key, value in pairs.items()) if pairs else ""


def _back(request: Request, to: str) -> Response:
    suffix = "&lang=en" if reader_language(request) == "en" else ""
    return RedirectResponse(f"{to}{suffix}", status_code=303)
