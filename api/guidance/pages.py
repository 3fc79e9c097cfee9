"""`/vejviser`: the engine as a short guide, one question a page, complete without JavaScript.

Nothing is stored and nothing stands in the address: the answers travel in the form itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.datastructures import FormData

from api.deps import RateLimiter
from api.errors import NotFound, reader_language
from api.guidance.forms import Answers, read_answers, take_answer
from api.guidance.ics import deadline_file
from api.guidance.service import GuidanceService, fact_problem
from api.masking import mask_cpr
from api.pages import Pages
from knowledge.guidance import Assessment, ask
from knowledge.rules.assessment import Option, Question
from knowledge.rules.facts import DATES, FactError, parse_facts

HERE = Path(__file__).parent
STYLE = HERE / "static" / "vejviser.css"
NO_STORE = {"Cache-Control": "no-store"}
CANDIDATES = 3  # more subjects than this is the whole list


def build_pages(
    guidance: GuidanceService, pages: Pages, limiter: RateLimiter, now: Callable[[], datetime],
    is_staff: Callable[[Request], Awaitable[bool]] | None = None,
) -> APIRouter:  # fmt: skip
    """The guide over one municipality's engine; `is_staff` tells who also sees other versions of the rules."""
    router = APIRouter(
        prefix="/vejviser", include_in_schema=False,
        dependencies=[Depends(limiter.rule("guidance"))],
    )  # fmt: skip

    @router.get("/static/vejviser.css")
    def style() -> FileResponse:
        """The style of the guide."""
        return FileResponse(STYLE, headers={"Cache-Control": "public, max-age=3600"})

    @router.get("")
    def start(request: Request) -> HTMLResponse:
        """The first question."""
        return _next(request, guidance, pages, Answers(), first=True)

    @router.post("")
    async def step(request: Request) -> HTMLResponse:
        """Takes one answer and shows the next question, or the result."""
        staff = is_staff is not None and await is_staff(request)
        async with request.form() as form:
            return _step(request, guidance, pages, form, staff)

    @router.post("/frist.ics", response_model=None)
    async def calendar(request: Request) -> Response:
        """One deadline of the result as a calendar file."""
        async with request.form() as form:
            answers, wanted = read_answers(form), str(form.get("deadline", ""))
        assessment = guidance.assess(answers.facts, reader_language(request))
        for key, deadline in _keyed_deadlines(assessment):
            if key == wanted:
                return Response(
                    deadline_file(deadline, now()),
                    media_type="text/calendar; charset=utf-8",
                    headers={
                        "Content-Disposition": f'attachment; filename="frist-{deadline.kind}.ics"',
                        **NO_STORE,
                    },
                )
        raise NotFound("not_found")

    return router


def _step(
    request: Request, guidance: GuidanceService, pages: Pages, form: FormData, staff: bool
) -> HTMLResponse:
    answers = read_answers(form)
    if "restart" in form:
        return _next(request, guidance, pages, Answers(), first=True)
    if "back" in form:
        answers.back()
    elif isinstance(changed := form.get("change"), str):
        answers.forget(changed)
    elif "language" not in form:
        try:
            take_answer(answers, form, guidance.today())
        except FactError as error:
            return _next(request, guidance, pages, answers, fault=error)
    if text := answers.facts.get("subject_text"):
        answers.facts["subject_text"] = mask_cpr(text)
    return _next(request, guidance, pages, answers, result="result" in form, staff=staff)


def _next(
    request: Request, guidance: GuidanceService, pages: Pages, answers: Answers, *,
    first: bool = False, result: bool = False, fault: FactError | None = None, staff: bool = False,
) -> HTMLResponse:  # fmt: skip
    lang = reader_language(request)
    assessment = guidance.assess(answers.facts, lang)
    open_facts = [fact for fact in assessment.missing if fact not in answers.skipped]
    shared: dict[str, Any] = {
        "answers": answers,
        "told": _told(answers, guidance, lang),
        "assessment": assessment,
        "date": lambda day: format_date(day, "full", locale={"da": "da_DK", "en": "en_GB"}[lang]),
        "query": "?lang=en" if lang == "en" else "?lang=da",
    }
    if result or not open_facts:
        return pages.render(
            request, "result.html", headers=NO_STORE, **shared,
            source=lambda basis: guidance.sources.get(basis.source).name(lang),
            concern=lambda name: guidance.profile.book.concern_name[name].of(lang),
            versions=guidance.versions(answers.facts, lang) if staff else [],
        )  # fmt: skip
    question = _question(open_facts[0], assessment, answers, guidance, lang)
    areas = guidance.profile.book.areas.values()
    return pages.render(
        request, "question.html", status=422 if fault else 200, headers=NO_STORE, **shared,
        question=question, first=first, kind=_kind(question), count=len(open_facts),
        fault=_fault(fault, pages, lang), running=_running(assessment),
        unclear="subject_text" in answers.facts and len(question.options) > CANDIDATES,
        every_subject=[Option(value=area.id, label=area.name.of(lang)) for area in areas],
    )  # fmt: skip


def _question(
    fact: str, assessment: Assessment, answers: Answers, guidance: GuidanceService, lang: str
) -> Question:
    question = assessment.next_question
    if question is not None and question.fact == fact:
        return question
    facts = parse_facts(
        answers.facts, today=guidance.today(), areas=guidance.profile.book.areas
    )  # what was passed over stays not known
    return ask(fact, facts, guidance.profile, lang)


def _kind(question: Question) -> str:
    """Which control asks for the fact."""
    if question.fact == "subject":
        return "subject"
    if question.fact in DATES:
        return "date"
    return "several" if question.fact == "concerns" else "one"


def _fault(error: FactError | None, pages: Pages, lang: str) -> str:
    if error is None:
        return ""
    if error.kind == "no_answer":
        return pages.words(lang, "question.no_answer")
    return fact_problem(error, lang)


def _running(assessment: Assessment) -> list[Any]:
    """Appeal deadlines that must be seen on every page, whatever is asked next."""
    return [
        deadline
        for outcome in assessment.outcomes
        for deadline in outcome.deadlines
        if deadline.kind == "appeal"
    ]


def _keyed_deadlines(assessment: Assessment) -> list[tuple[str, Any]]:
    return [
        (f"{place}-{deadline.kind}", deadline)
        for place, outcome in enumerate(assessment.outcomes)
        for deadline in outcome.deadlines
    ]


def _told(answers: Answers, guidance: GuidanceService, lang: str) -> list[tuple[str, str, str]]:
    """What the person has answered: fact, question and answer in words."""
    facts = parse_facts(answers.facts, today=guidance.today(), areas=guidance.profile.book.areas)
    told: list[tuple[str, str, str]] = []
    for fact in answers.trail:
        if fact in answers.skipped:
            continue
        question = ask(fact, facts, guidance.profile, lang)
        told.append((fact, question.text, _answer(question, answers, lang)))
    return told


def _answer(question: Question, answers: Answers, lang: str) -> str:
    value = answers.facts.get(question.fact, answers.facts.get("subject_text", ""))
    labels = {str(option.value): option.label for option in question.options}
    if isinstance(value, list):
        return ", ".join(labels.get(str([item]), str(item)) for item in value)
    if question.fact in DATES and str(value) not in labels:
        return format_date(
            datetime.fromisoformat(str(value)).date(), "full",
            locale={"da": "da_DK", "en": "en_GB"}[lang],
        )  # fmt: skip
    return labels.get(str(value), str(value))
