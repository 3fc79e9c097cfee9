"""Puts the application together; the one place where parts are given to each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

import api.cases.status_route
import api.chat.assessment_router
import api.chat.complaint_router
import api.chat.router
import api.chat.socket
import api.complaints.router
import api.guidance.pages
import api.guidance.router
import api.health
import api.knowledge.feedback
import api.knowledge.pages
import api.knowledge.router
import api.staff.alerts
import api.staff.console_page
import api.staff.conversations
import api.staff.gaps
import api.staff.informal
import api.staff.learning
import api.staff.network
import api.staff.outbox
import api.staff.register
import api.staff.register_list
import api.staff.register_pages
import api.staff.router
import api.web.complaint_beside
import api.web.complaint_follow
import api.web.complaint_form
import api.web.router
from actions import understood
from actions.ports import Ports
from actions.registry import build_executor
from api import __version__, actions_route
from api.auth import StaffDoor
from api.cases.documents import CaseFiles, build_documents_route, document_keys
from api.chat.handoff import HandoffDesk
from api.chat.hub import open_hub
from api.chat.letters import pdf_letter
from api.chat.live import LiveService
from api.chat.rasa import LoopbackLine, RasaClient, RasaLine
from api.chat.service import ChatService
from api.chat.staffing import Staffing
from api.clock import Clock
from api.complaints.parts import ComplaintParts, open_complaints
from api.db.engine import Database
from api.deps import BodyLimit, RateLimiter, SecurityHeaders
from api.errors import install_error_handlers
from api.guidance.briefing import GuidanceBriefing
from api.guidance.service import GuidanceService
from api.keeping.forgetting import Forgetting, folders_of
from api.keeping.house import chores_of, keep_house, keep_queue
from api.keeping.periods import load_periods
from api.knowledge_base import open_areas, open_knowledge, warm_up
from api.livedesk.matrix_route import WHERE as MATRIX
from api.livedesk.registry import OpenDesk, open_desk
from api.logs import RequestLog
from api.masking import MASK
from api.outbox.looking import take
from api.outbox.service import Outbox, open_outbox
from api.oversight.alert_findings import KINDS
from api.oversight.alert_limits import load_limits
from api.oversight.alerts import Alerts
from api.oversight.chores import chores_of as oversight_chores
from api.oversight.contact_parts import open_contacts
from api.oversight.door import Door
from api.oversight.gaps import Gaps
from api.oversight.recipients import load_recipients
from api.oversight.registration import keep_registering
from api.pages import Pages
from api.secrets import revealed, with_secrets
from api.settings import Settings
from api.web.complaint_sites import CitizenSite, CookieJar, StaffSite
from api.words import load_words
from knowledge.organisation import Organisation, load_organisation
from knowledge.reading.wrongdoing import screen_wrongdoing
from knowledge.rules.calendar import load_calendar
from knowledge.rules.model import Rulebook
from knowledge.rules.subjects import Similarity
from knowledge.search.search import KnowledgeBase

log = structlog.get_logger(__name__)

HERE = Path(__file__).parent
# The largest body that any address takes, in bytes; a file comes with a little around it.
BODY_LIMIT = 1_000_000
FILE_LIMIT = 10_500_000
FILES_AT = ("/attachments", "/bilag", "/letter")


@dataclass(frozen=True)
class Parts:
    """What the application stands on; tests bring their own."""

    database: Database
    knowledge: KnowledgeBase
    organisation: Organisation
    rasa_http: RasaLine
    clock: Clock
    # How near a text is in meaning to each subject area; without it, areas are found by their words alone.
    area_meaning: Similarity | None = None


def open_parts(settings: Settings) -> Parts:
    """The real parts, as the settings say."""
    organisation = load_organisation(settings.municipality)
    knowledge = open_knowledge(settings, organisation)
    clock = Clock(fixed_day=settings.today)
    warm_up(settings.municipality, clock.today())
    return Parts(
        database=Database(settings.database),
        knowledge=knowledge,
        organisation=organisation,
        rasa_http=LoopbackLine(settings.bot_url, seconds=settings.rasa_timeout_seconds),
        clock=clock,
        area_meaning=open_areas(settings, knowledge),
    )


def create_app(settings: Settings, parts: Parts | None = None) -> FastAPI:
    """The whole application over its parts."""
    settings = with_secrets(settings)
    use = parts or open_parts(settings)
    words = load_words(HERE / "chat" / "texts")
    rasa = RasaClient(use.rasa_http, revealed(settings.rasa_token))
    desk = HandoffDesk(use.organisation, words, settings.live_hours)
    guidance = GuidanceService(settings.municipality, use.clock.today, use.area_meaning)
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    hub = open_hub(redis_url, others_write=not settings.database.startswith("sqlite"))
    live = LiveService(
        database=use.database, clock=use.clock, desk=desk, hub=hub, calendar=load_calendar(),
        wait_minutes=settings.live_wait_minutes, briefing=GuidanceBriefing(guidance),
    )  # fmt: skip
    chat = ChatService(
        database=use.database, rasa=rasa, clock=use.clock, words=words, desk=desk,
        session_hours=settings.session_hours, turn_seconds=settings.rasa_timeout_seconds,
        live=live, hub=hub, screen=screen_wrongdoing,
    )  # fmt: skip
    door = StaffDoor(
        use.database,
        lifetime=timedelta(hours=settings.staff_session_hours),
        idle=timedelta(minutes=settings.staff_idle_minutes),
    )
    limiter = RateLimiter(on=settings.limits_on, redis_url=redis_url)

    app = FastAPI(
        title="Stafet", version=__version__, lifespan=_lifespan(use, chat, door, deliver=settings.outbox_worker),
        # The interactive pages of the framework load scripts from elsewhere; the description itself is served.
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.database = use.database
    app.state.clock = use.clock
    app.state.door = door
    app.state.chat = chat
    app.state.hub = hub
    app.state.knowledge = use.knowledge
    app.state.organisation = use.organisation
    install_error_handlers(app)
    _install_middleware(app, settings)

    exist = ("/", "/vejviser", "/klage", "/opfoelgning", "/klarret", "/staff")
    complaints = open_complaints(
        municipality=settings.municipality, database=use.database,
        folder=settings.var / "attachments", now=use.clock.now, today=use.clock.today,
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        knowledge_version=__version__, similarity=use.area_meaning,
        mail=settings.smtp_host is not None,
    )  # fmt: skip
    app.state.following = complaints.following
    periods = load_periods(settings.periods)
    # By the machine's own day: to look at another one must not delete what will be old by then.
    app.state.forgetting = Forgetting(
        use.database, folders_of(settings.var, settings.case_folder), periods, Clock().now
    )
    app.state.check_session = partial(api.chat.complaint_router.check_session, clock=use.clock)
    app.state.alerts = open_alerts(settings, complaints, use.organisation)
    app.include_router(
        api.staff.alerts.build_router(
            app.state.alerts,
            Pages(HERE / "staff" / "templates", load_words(HERE / "staff" / "alert_words"), exist),
        )
    )
    app.state.gaps = Gaps(use.database, use.knowledge, settings.municipality, use.clock.now)
    app.include_router(
        api.staff.gaps.build_router(
            app.state.gaps,
            Pages(HERE / "staff" / "templates", load_words(HERE / "staff" / "gap_words"), exist),
        )
    )
    keys = document_keys(settings, use.clock.now)
    app.state.outbox = open_outbox(
        settings, use.database, use.clock, complaints.delivery,
        files=CaseFiles(use.database, complaints.files.read).of,
        access=keys.access if keys else None,
    )  # fmt: skip
    if keys is not None:
        app.include_router(build_documents_route(keys, complaints.files.answer, limiter))
    beside = api.web.complaint_beside.Beside(complaints.following)
    ports = Ports(
        knowledge=use.knowledge, organisation=use.organisation,
        municipality=settings.municipality, cpr_mark=MASK,
        verdicts=api.knowledge.feedback.FeedbackBook(use.database, use.clock, use.knowledge),
        complaints=complaints.conversation, similarity=use.area_meaning, today=use.clock.today,
        quick_tries=beside.tries,
    )  # fmt: skip
    app.include_router(
        api.health.build_router(
            {
                "bot": rasa.ready,
                "index": _index_answers(use.knowledge),
                "database": use.database.answers,
            }
        )
    )
    app.include_router(actions_route.build_refusal())
    app.add_middleware(
        actions_route.OurBotFirst,
        executor=build_executor(ports),
        secret=revealed(settings.action_secret),
    )
    app.include_router(api.chat.router.build_router(chat, limiter, pdf_letter))
    staffing = Staffing(
        live, session_hours=settings.session_hours, units=use.organisation.forvaltninger
    )
    app.state.desk = open_desk(settings, staffing)
    if app.state.desk is not None:
        app.include_router(app.state.desk.router)
    app.include_router(
        api.staff.conversations.build_router(
            staffing, door, use.knowledge, settings.municipality,
            load_words(HERE / "staff" / "canned"),
            lambda facts, lang: as_people_say(facts, lang, guidance.profile.book),
        )
    )  # fmt: skip
    app.include_router(
        api.staff.console_page.build_page(
            Pages(HERE / "staff" / "templates", load_words(HERE / "staff" / "i18n"), exist),
            partial(unit_names, use.organisation),
        )
    )  # fmt: skip
    app.include_router(api.chat.socket.build_socket(chat, limiter, settings.allowed_origins))
    app.include_router(
        api.chat.assessment_router.build_router(use.database, use.clock, guidance.assess_json)
    )
    app.include_router(
        api.knowledge.router.build_router(use.knowledge, limiter, settings.municipality)
    )
    app.include_router(api.knowledge.feedback.build_feedback(use.knowledge, limiter))
    app.include_router(
        api.knowledge.pages.build_pages(
            use.knowledge, limiter, settings.municipality, use.clock.today, exist
        )
    )
    app.include_router(
        api.staff.router.build_router(
            door, Pages(HERE / "staff" / "templates", load_words(HERE / "staff" / "i18n"), exist),
            limiter, secure_cookies=settings.environment.value == "production",
        )
    )  # fmt: skip
    app.include_router(api.complaints.router.build_router(complaints, limiter))
    app.include_router(api.chat.complaint_router.build_router(complaints.conversation, limiter))
    app.include_router(
        api.staff.outbox.build_router(
            Pages(HERE / "staff" / "templates", load_words(HERE / "staff" / "i18n"), exist),
            app.state.outbox.policy.late,
        )
    )
    app.include_router(
        api.staff.register.build_router(
            complaints,
            Pages(
                HERE / "staff" / "templates", load_words(HERE / "staff" / "register_words"), exist
            ),
            use.knowledge,
        )
    )
    register = api.staff.register_pages.Register(
        complaints,
        Pages(HERE / "staff" / "templates", load_words(HERE / "staff" / "register_words"), exist),
        use.knowledge,
    )
    app.include_router(
        api.staff.learning.build_learning(
            register,
            complaints,
            Pages(
                HERE / "staff" / "templates", load_words(HERE / "staff" / "learning_words"), exist
            ),
        )
    )
    app.include_router(api.staff.informal.build_informal(register, complaints.following))
    app.include_router(
        api.staff.network.build_network(
            complaints.following,
            Pages(
                HERE / "staff" / "templates",
                load_words(HERE / "oversight" / "informal_words"),
                exist,
            ),
        )
    )
    contacts = open_contacts(
        profile=complaints.setting.profile, database=use.database, clock=use.clock,
        pages=Pages(
            HERE / "oversight" / "templates", load_words(HERE / "oversight" / "statistics_words"), exist
        ),
        door=Door(api.staff.router.page_staff, api.staff.router.current_staff),
        cases_seen=api.staff.register_list.visible,
    )  # fmt: skip
    app.state.registration = contacts.registration
    for shown in contacts.routers:
        app.include_router(shown)
    app.include_router(
        api.cases.status_route.build_status_route(
            settings.webhook_status_secret, partial(take, sink=complaints.delivery),
            use.clock.now, limiter,
        )
    )  # fmt: skip
    app.include_router(api.guidance.router.build_router(guidance, limiter))
    app.include_router(
        api.guidance.pages.build_pages(
            guidance,
            Pages(HERE / "guidance" / "templates", load_words(HERE / "guidance" / "i18n"), exist),
            limiter, use.clock.now, api.staff.router.is_signed_in,
        )
    )  # fmt: skip
    pages = Pages(HERE / "web" / "templates", load_words(HERE / "web" / "i18n"), exist)
    app.include_router(
        api.web.router.build_router(
            pages, desk, settings.session_hours, load_words(HERE / "guidance" / "i18n"),
            use.clock.today,
        )
    )  # fmt: skip
    complaint_pages = Pages(
        HERE / "web" / "complaint_templates", load_words(HERE / "web" / "complaint_i18n"), exist
    )
    jar = CookieJar(secure=settings.environment.value == "production")
    for site in (CitizenSite(jar), StaffSite(api.staff.router.current_staff)):
        app.include_router(
            api.web.complaint_form.build_form(
                site,
                complaints,
                guidance,
                complaint_pages,
                limiter,
                api.web.complaint_form.Kept(
                    complaint=periods["complaint_ended"].days, praise=periods["praise"].days
                ),
                beside,
            )
        )
    app.include_router(
        api.web.complaint_follow.build_follow(complaints, complaint_pages, jar, limiter, beside)
    )
    app.mount("/static", api.web.router.static_files(), name="static")
    return app


def open_alerts(
    settings: Settings, complaints: ComplaintParts, organisation: Organisation
) -> Alerts:
    """The alerts as the settings say.

    Raises:
        ValueError: a file of limits or recipients cannot be used.
    """
    recipients = load_recipients(
        settings.alert_recipients, contacts=frozenset(organisation.contacts), kinds=frozenset(KINDS)
    )
    return Alerts(
        complaints.following, load_limits(settings.alerts), recipients,
        webhook=settings.alert_webhook_url is not None,
    )  # fmt: skip


def as_people_say(facts: Mapping[str, Any], lang: str, book: Rulebook) -> list[dict[str, str]]:
    """What is known of a matter, in the words that the questions use."""
    rows = understood.for_card(facts, "en" if lang == "en" else "da", book)
    return [{"label": row["label"], "value_text": row["value_text"]} for row in rows]


def unit_names(organisation: Organisation, lang: str) -> dict[str, str]:
    """The forvaltninger by id, as they are called."""
    return {unit: organisation.contact(unit).name.of(lang) for unit in organisation.forvaltninger}


def _install_middleware(app: FastAPI, settings: Settings) -> None:
    # The last one added is the outermost.
    app.add_middleware(
        BodyLimit, limit=BODY_LIMIT, files_at=FILES_AT, files_limit=FILE_LIMIT,
        files_below=(MATRIX,) if settings.live_desk == "matrix" else (),
    )  # fmt: skip
    app.add_middleware(SecurityHeaders, origins=settings.allowed_origins)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Follow-Up-Code"],
        )  # fmt: skip
    app.add_middleware(RequestLog)


def _index_answers(knowledge: KnowledgeBase) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        return knowledge.size > 0

    return probe


def _lifespan(
    parts: Parts, chat: ChatService, door: StaffDoor, *, deliver: bool
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Keeps house and delivers while the application runs, and closes what it opened."""
        outbox: Outbox = app.state.outbox
        state = app.state
        chores = chores_of(chat, door, state.following, state.forgetting, parts.clock)
        tasks = [
            asyncio.create_task(keep_house((*chores, *oversight_chores(state.gaps, state.alerts)))),
            asyncio.create_task(keep_queue(chat)),
            asyncio.create_task(keep_registering(state.registration)),
        ]
        if deliver:
            tasks.append(asyncio.create_task(outbox.run()))
        desk: OpenDesk | None = app.state.desk
        if desk is not None:
            tasks.append(asyncio.create_task(desk.bridge.run()))
        try:
            async with chat.hub.running():
                yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await outbox.close()
            if desk is not None:
                await desk.bridge.desk.close()
            await parts.rasa_http.aclose()
            await parts.database.close()

    return lifespan
