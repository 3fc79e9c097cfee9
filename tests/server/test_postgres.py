"""The same models, turns and sign-in on a real PostgreSQL as on SQLite."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from alembic import command
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, audit
from api.chat import store
from api.chat.model import NewMessage, NewSession, Sender
from api.chat.rasa import BotReply
from api.chat.service import ChatService
from api.db.engine import Database, open_engine
from api.db.migrate import alembic_config, migrate
from api.db.models import AuditEvent, Base, ChatMessage, ChatOffer, ChatSession, SignInFailure
from tests.api.conftest import World
from tests.api.staff.conftest import add, hidden, sign_in

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SESSIONS = "/api/v1/chat/sessions"


async def opened(client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """A conversation's address and the header that opens it."""
    answer = await client.post(SESSIONS)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    return f"{SESSIONS}/{body['session']}", {"Authorization": f"Bearer {body['token']}"}


async def tables(url: str) -> set[str]:
    """The tables that a database has."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    return set(names)


async def test_migrations_go_up_and_down_and_are_the_models(empty_url: str) -> None:
    await asyncio.to_thread(migrate, empty_url)
    assert await tables(empty_url) == {*Base.metadata.tables, "alembic_version"}
    await asyncio.to_thread(command.check, alembic_config(empty_url))
    await asyncio.to_thread(command.downgrade, alembic_config(empty_url), "base")
    assert await tables(empty_url) == {"alembic_version"}
    await asyncio.to_thread(migrate, empty_url)
    await asyncio.to_thread(migrate, empty_url)
    await asyncio.to_thread(command.check, alembic_config(empty_url))


def test_two_processes_may_migrate_at_the_same_time(empty_url: str) -> None:
    """Two applications started at once on a new database must both come up."""
    program = "import sys; from api.db.migrate import migrate; migrate(sys.argv[1])"
    both = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], said


async def test_a_turn_is_kept_as_it_was_said(world: World) -> None:
    world.rasa.replies = lambda said: [
        {"text": f"svar på {said} æøå", "buttons": [{"title": "Mere", "payload": "/ask_more"}]},
        {"custom": {"sources": [{"label": "Forvaltningsloven", "paragraph": "§ 7"}]}},
    ]
    world.rasa.slots = {"last_article": "svarpligt", "language": "da"}
    async with world.client() as client:
        address, headers = await opened(client)
        message = {"text": "Hvornår får jeg svar?", "client_id": "a"}
        first = await client.post(f"{address}/messages", json=message, headers=headers)
        assert first.status_code == 200, first.text
        again = await client.post(f"{address}/messages", json=message, headers=headers)
        assert again.json() == first.json()
        stored = (await client.get(f"{address}/messages", headers=headers)).json()["messages"]
        assert [m["seq"] for m in stored] == [1, 2, 3]
        assert stored[2]["sources"][0]["paragraph"] == "§ 7"
        payload = stored[2]["buttons"][0]["payload"]
        pressed = await client.post(
            f"{address}/messages", json={"payload": payload}, headers=headers
        )
        assert "/ask_more" in pressed.json()["messages"][0]["text"]
        assert world.rasa.sent[-1]["metadata"]["facts"] == {"last_article": "svarpligt"}
        assert (await client.get("/readyz")).json()["parts"]["database"] is True


async def test_what_is_erased_is_gone_from_every_table(world: World) -> None:
    world.rasa.replies = lambda said: [
        {"text": said, "buttons": [{"title": "Mere", "payload": "/ask_more"}]}
    ]
    async with world.client() as client:
        address, headers = await opened(client)
        kept, kept_headers = await opened(client)
        await client.post(f"{address}/messages", json={"text": "hej"}, headers=headers)
        assert (await client.delete(address, headers=headers)).status_code == 204
        assert (await client.get(f"{address}/messages", headers=headers)).status_code == 401
        assert (await client.get(f"{kept}/messages", headers=kept_headers)).status_code == 200
    async with world.database.reading() as tx:
        for table in (ChatMessage, ChatOffer):
            owners = set(await tx.scalars(select(table.session_id)))
            assert owners == {kept.rsplit("/", 1)[1]}


async def test_silent_conversations_are_erased_when_their_time_is_up(world: World) -> None:
    async with world.client() as client:
        await opened(client)
        world.time.move(hours=world.settings.session_hours, seconds=1)
        assert await world.app.state.chat.purge() == 1
    async with world.database.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(ChatSession)) == 0


async def test_turns_at_once_keep_their_numbers_apart(world: World) -> None:
    """Ten messages of one conversation at once, through one application."""
    async with world.client() as client:
        address, headers = await opened(client)
        answers = await asyncio.gather(
            *(
                client.post(f"{address}/messages", json={"text": f"nr. {n}"}, headers=headers)
                for n in range(10)
            )
        )
        assert {answer.status_code for answer in answers} == {200}
        stored = (await client.get(f"{address}/messages", headers=headers)).json()["messages"]
    assert [m["seq"] for m in stored] == list(range(1, 22))
    assert [m["sender"] for m in stored[1:]] == ["citizen", "bot"] * 10
    assert world.rasa.most_at_once == 1


@pytest.fixture
async def second(world: World, url: str) -> AsyncIterator[ChatService]:
    """The chat of another process over the same database and the same Rasa."""
    chat: ChatService = world.app.state.chat
    database = Database(url)
    yield ChatService(
        database=database, rasa=chat.rasa, clock=chat.clock, words=chat.words, desk=chat.desk,
        session_hours=24, turn_seconds=4, live=chat.live, hub=chat.hub, screen=lambda _text: False,
    )  # fmt: skip
    await database.close()


async def test_two_applications_share_a_conversation(world: World, second: ChatService) -> None:
    """The lease in the database, not a lock in one process, keeps the turns apart."""
    first: ChatService = world.app.state.chat
    opened_ = await first.open(NewSession())
    session, token = opened_.session, opened_.token
    message = NewMessage(text="samme besked", client_id="one")
    both = await asyncio.gather(
        first.send(session, token, message), second.send(session, token, message)
    )
    assert both[0] == both[1]
    many = [NewMessage(text=f"nr. {n}", client_id=f"n{n}") for n in range(8)]
    await asyncio.gather(
        *((first, second)[n % 2].send(session, token, one) for n, one in enumerate(many))
    )
    stored = (await first.read(session, token, 0)).messages
    assert [m.seq for m in stored] == list(range(1, 20))
    assert len(world.rasa.sent) == 1 + 1 + len(many)
    assert world.rasa.most_at_once == 1


async def test_asking_for_a_person_during_a_turn_elsewhere_succeeds(
    world: World, second: ChatService
) -> None:
    """One process answers the citizen while another is asked for a person, in the same conversation."""
    first: ChatService = world.app.state.chat
    opened_ = await first.open(NewSession())
    session, token = opened_.session, opened_.token
    for number in range(10):
        await asyncio.gather(
            first.send(session, token, NewMessage(text=f"nr. {number}")),
            *(second.handoff(session, token) for _ in range(2)),
            *(first.handoff(session, token) for _ in range(2)),
        )
    stored = (await first.read(session, token, 0)).messages
    assert [m.seq for m in stored] == list(range(1, 1 + 1 + 10 * 6))


async def add_chat(tx: AsyncSession, today: date | None = None) -> ChatSession:
    """A conversation that was just opened."""
    values, _ = store.new_session(language="da", page=None, today=today, now=NOW, lifetime=HOUR)
    chat = ChatSession(**values)
    tx.add(chat)
    await tx.flush()
    return chat


async def test_of_many_who_take_a_turn_at_once_one_gets_it(database: Database, url: str) -> None:
    async with database.transaction() as tx:
        chat = await add_chat(tx)
    engines = [Database(url) for _ in range(4)]

    async def take(one: Database) -> bool:
        async with one.transaction() as tx:
            loaded = await tx.get_one(ChatSession, chat.id, with_for_update=True)
            return store.take_turn(loaded, now=NOW, until=NOW + HOUR)

    try:
        for _ in range(5):
            won = await asyncio.gather(*(take(one) for one in engines for _ in range(3)))
            assert won.count(True) == 1
            async with database.transaction() as tx:
                (await tx.get_one(ChatSession, chat.id)).turn_until = None
        assert await take(engines[0])
        assert not await take(engines[1])
        async with engines[2].transaction() as tx:
            later = NOW + HOUR + timedelta(seconds=1)
            loaded = await tx.get_one(ChatSession, chat.id, with_for_update=True)
            assert store.take_turn(loaded, now=later, until=later + HOUR)
    finally:
        for one in engines:
            await one.close()


async def test_a_number_cannot_be_given_twice(database: Database) -> None:
    async with database.transaction() as tx:
        chat = await add_chat(tx)
        store.add_reply(tx, chat, BotReply(text="a"), sender=Sender.BOT, now=NOW, reply_to=None)
    with pytest.raises(DBAPIError):
        async with database.transaction() as tx:
            tx.add(ChatMessage(session_id=chat.id, seq=1, sender="bot", text="b", at=NOW))


async def test_times_come_back_as_they_went_in(database: Database) -> None:
    async with database.transaction() as tx:
        chat = await add_chat(tx, today=NOW.date())
        await tx.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
    async with database.reading() as tx:
        found = await tx.get_one(ChatSession, chat.id)
        assert found.created_at == NOW
        assert found.created_at.tzinfo is not None
        assert found.today == NOW.date()


async def test_staff_sign_in_is_audited_and_ends(world: World) -> None:
    await add(world, "mette", Role.MANAGER)
    async with world.client() as browser:
        assert (await sign_in(browser, "mette", "forkert adgangskode")).status_code == 401
        assert (await sign_in(browser, "mette")).status_code == 303
        front = await browser.get("/staff")
        assert "Mette" in front.text
        assert (await browser.get("/staff/log")).status_code == 200
        gone = await browser.post("/staff/logout", data={"csrf": hidden(front.text, "csrf")})
        assert gone.status_code == 303
        assert (await browser.get("/staff")).status_code == 303
    async with world.database.reading() as tx:
        acts = list(await tx.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))
        assert acts == ["created", "signed_in", "viewed", "signed_out"]
        assert await tx.scalar(select(func.count()).select_from(SignInFailure)) == 2


async def test_an_account_is_locked_for_those_who_guess_at_once(world: World) -> None:
    await add(world, "jonas", Role.CASEWORKER)
    async with world.client() as browser:
        page = await browser.get("/staff/login")
        form = {
            "username": "jonas",
            "password": "gæt gæt gæt gæt",
            "form": hidden(page.text, "form"),
        }
        answers = await asyncio.gather(
            *(browser.post("/staff/login", data=form) for _ in range(12))
        )
        assert (await sign_in(browser, "jonas")).status_code == 429
    assert {answer.status_code for answer in answers} <= {401, 429}


async def test_the_audit_log_is_written_with_the_act_or_not_at_all(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            audit(tx, actor="a", act="viewed", kind="staff", subject="1", now=NOW, why="æøå")
            await tx.flush()
            raise RuntimeError
    async with database.transaction() as tx:
        assert await tx.scalar(select(func.count()).select_from(AuditEvent)) == 0
        audit(tx, actor="a", act="viewed", kind="staff", subject="1", now=NOW, why="æøå")
    async with database.reading() as tx:
        assert (await tx.scalars(select(AuditEvent.details))).one() == {"why": "æøå"}


async def test_an_outage_is_not_ready_and_passes(world: World, url: str) -> None:
    """The server ends all connections, as a restart does; the next request finds its way back."""
    async with world.client() as client:
        address, headers = await opened(client)
        engine = open_engine(url)
        async with engine.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await engine.dispose()
        sent = await client.post(f"{address}/messages", json={"text": "hej"}, headers=headers)
        assert sent.status_code == 200, sent.text
