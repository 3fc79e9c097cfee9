"""Staff sign in with their own account, are kept out after guessing, and leave a trace of what they saw."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from api.auth import (
    ACCOUNT_FAILURES,
    Role,
    Staff,
    create_account,
    require_csrf,
    reset_password,
    set_active,
)
from api.db.models import AuditEvent, SignInFailure, StaffAccount, StaffSession
from api.errors import Conflict, Forbidden, InvalidInput, NotFound
from api.staff.router import COOKIE, own_page
from tests.api.conftest import World
from tests.api.staff.conftest import PASSWORD, add, hidden, sign_in  # fmt: skip


async def test_the_front_page_asks_for_sign_in_and_comes_back(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    away = await browser.get("/staff/adgangskode")
    assert away.status_code == 303
    assert away.headers["location"] == "/staff/login?til=/staff/adgangskode"
    done = await sign_in(browser, "Mette ", to="/staff/adgangskode")
    assert (done.status_code, done.headers["location"]) == (303, "/staff/adgangskode")
    front = await browser.get("/staff")
    assert front.status_code == 200
    assert "Mette" in front.text
    assert "Sagsbehandler" in front.text


async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    cookie = (await sign_in(browser, "mette")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    async with world.database.reading() as tx:
        stored = await tx.scalar(select(StaffSession.token_hash))
    assert stored
    assert stored not in cookie


@pytest.mark.parametrize(
    ("username", "password"), [("mette", "forkert adgangskode"), ("ukendt", PASSWORD)]
)
async def test_wrong_name_and_wrong_password_look_the_same(
    world: World, browser: httpx.AsyncClient, username: str, password: str
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    answer = await sign_in(browser, username, password)
    assert answer.status_code == 401
    assert "Brugernavn eller adgangskode er forkert" in answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")


async def test_guessing_locks_the_account_even_for_the_right_password(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    for _ in range(ACCOUNT_FAILURES):
        assert (await sign_in(browser, "mette", "et forkert forsøg")).status_code == 401
    locked = await sign_in(browser, "mette")
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) >= 60
    world.time.move(minutes=16)
    assert (await sign_in(browser, "mette")).status_code == 303


async def test_guesses_made_at_once_count_as_well(world: World, browser: httpx.AsyncClient) -> None:
    await add(world, "mette", Role.CASEWORKER)
    form = hidden((await browser.get("/staff/login")).text, "form")
    data = {"username": "mette", "password": "et forkert forsøg", "form": form, "til": ""}
    answers = await asyncio.gather(*(browser.post("/staff/login", data=data) for _ in range(12)))
    assert [answer.status_code for answer in answers].count(401) == ACCOUNT_FAILURES


async def test_a_right_password_does_not_wipe_out_guesses(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette", "et forkert forsøg")
    await sign_in(browser, "mette")
    async with world.database.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(SignInFailure)) == 2


async def test_another_sites_form_does_not_sign_in(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    answer = await browser.post(
        "/staff/login", data={"username": "mette", "password": PASSWORD, "form": "x"}
    )
    assert answer.status_code == 403
    assert (await browser.get("/staff")).status_code == 303


async def test_signing_out_ends_the_session_and_needs_our_form(
    world: World, browser: httpx.AsyncClient, problem: Any
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette")
    problem(await browser.post("/staff/logout", data={"csrf": "forged"}), 403, "csrf")
    stolen = browser.cookies[COOKIE]
    csrf = hidden((await browser.get("/staff")).text, "csrf")
    assert (await browser.post("/staff/logout", data={"csrf": csrf})).status_code == 303
    async with world.client(cookies={COOKIE: stolen}) as thief:
        assert (await thief.get("/staff")).status_code == 303


async def test_sessions_end_by_silence_and_by_age(world: World, browser: httpx.AsyncClient) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette")
    for _ in range(int(world.settings.staff_session_hours)):
        world.time.move(minutes=59)
        assert (await browser.get("/staff")).status_code == 200
    world.time.move(minutes=11)
    assert (await browser.get("/staff")).status_code == 303
    await sign_in(browser, "mette")
    world.time.move(minutes=61)
    assert (await browser.get("/staff")).status_code == 303


async def test_a_closed_account_is_out_at_once(world: World, browser: httpx.AsyncClient) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette")
    await set_active(world.database, "mette", active=False, now=world.time())
    assert (await browser.get("/staff")).status_code == 303
    assert (await sign_in(browser, "mette")).status_code == 401
    await set_active(world.database, "mette", active=True, now=world.time())
    assert (await sign_in(browser, "mette")).status_code == 303


async def test_changing_ones_password(world: World, browser: httpx.AsyncClient) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette")
    csrf = hidden((await browser.get("/staff/adgangskode")).text, "csrf")
    wanted = "en helt ny sætning"

    async def change(current: str, new: str) -> httpx.Response:
        data = {"current": current, "wanted": new, "csrf": csrf}
        return await browser.post("/staff/adgangskode", data=data)

    assert (await change("forkert adgangskode", wanted)).status_code == 401
    assert (await change(PASSWORD, "kort")).status_code == 422
    assert (await change(PASSWORD, wanted)).status_code == 303
    assert (await browser.get("/staff")).status_code == 303
    assert (await sign_in(browser, "mette", PASSWORD)).status_code == 401
    assert (await sign_in(browser, "mette", wanted)).status_code == 303


async def test_the_audit_log_is_for_managers_and_notes_who_reads_it(
    world: World, browser: httpx.AsyncClient, problem: Any
) -> None:
    await add(world, "mette", Role.CASEWORKER, Role.EDITOR, Role.LIVE_STAFF)
    await add(world, "lars", Role.MANAGER)
    await sign_in(browser, "mette")
    problem(await browser.get("/staff/log"), 403, "forbidden")
    async with world.client() as other:
        await sign_in(other, "lars")
        assert "loggede på" in (await other.get("/staff/log")).text
        assert "denne log" in (await other.get("/staff/log")).text
    async with world.database.reading() as tx:
        seen = (await tx.scalars(select(AuditEvent.actor).where(AuditEvent.act == "viewed"))).all()
    assert seen == ["lars", "lars"]


async def test_every_act_that_is_logged_has_words(world: World, browser: httpx.AsyncClient) -> None:
    await add(world, "lars", Role.MANAGER)
    await set_active(world.database, "lars", active=False, now=world.time())
    await set_active(world.database, "lars", active=True, now=world.time())
    await reset_password(world.database, "lars", "endnu en god sætning", world.time())
    await sign_in(browser, "lars", "endnu en god sætning")
    for lang in ("da", "en"):
        assert (await browser.get("/staff/log", params={"lang": lang})).status_code == 200


@pytest.mark.parametrize("password", ["kort", "aaaaaaaaaaaaaaaa", "jegermette123456"])
async def test_weak_passwords_are_refused(world: World, password: str) -> None:
    with pytest.raises(InvalidInput):
        await create_account(world.database, username="mette", name="M", password=password,
                             roles=[], units=[], now=world.time())  # fmt: skip


async def test_names_are_taken_once(world: World) -> None:
    await add(world, "mette")
    with pytest.raises(Conflict):
        await add(world, "METTE")
    with pytest.raises(NotFound):
        await reset_password(world.database, "ukendt", PASSWORD, world.time())


async def test_passwords_are_stored_as_argon2id(world: World) -> None:
    await add(world, "mette")
    async with world.database.reading() as tx:
        stored = await tx.scalar(select(StaffAccount.password_hash))
    assert stored
    assert stored.startswith("$argon2id$")


async def test_an_unknown_role_in_the_database_opens_nothing(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette")
    async with world.database.transaction() as tx:
        await tx.execute(update(StaffAccount).values(roles=["superuser"]))
    assert (await browser.get("/staff/log")).status_code == 500


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example/staff", "/staff\\@evil", "javascript:x", ""]
)
def test_nobody_is_sent_to_another_site(to: str) -> None:
    assert own_page(to) == "/staff"


def test_csrf_compares_the_whole_token() -> None:
    staff = Staff(1, "m", "M", frozenset(), frozenset(), "token")
    require_csrf(staff, "token")
    for given in (None, "", "toke", "token2"):
        with pytest.raises(Forbidden):
            require_csrf(staff, given)
