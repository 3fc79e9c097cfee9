"""The chat page when something is in the way: a broken line, a bot that is away, a session that is over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.chatting import QUESTION, ask, field, open_chat
from tests.browser.looking import Watched, accessible, looks_right
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MESSAGES = "**/api/v1/chat/sessions/*/messages"


def test_a_text_that_is_too_long_is_told_and_kept(page: Page) -> None:
    open_chat(page)
    long = "å" * 10_001
    page.locator("#chat-text").fill(long)
    expect(page.locator("#chat-count")).to_contain_text("10001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("10000")
    assert field(page) == long
    expect(page.locator(".entry")).to_have_count(1)
    looks_right(page, "chat-too-long")
    page.locator("#chat-text").fill("Hvor lang tid må en sag tage?")
    page.keyboard.press("Enter")
    expect(page.locator(".entry.from-bot").nth(1)).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_broken_line_keeps_the_text(page: Page, watched: Watched) -> None:
    watched.expect("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    open_chat(page)
    page.route(MESSAGES, lambda route: route.abort())
    page.locator("#chat-text").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Beskeden kom ikke frem")
    assert field(page) == QUESTION
    expect(page.locator(".entry")).to_have_count(1)
    looks_right(page, "chat-failed")
    page.unroute(MESSAGES)
    page.keyboard.press("Enter")
    expect(page.locator(".entry.from-bot").nth(1)).to_be_visible()
    expect(page.locator("#chat-text")).to_have_value("")
    expect(page.locator(".entry.from-citizen")).to_have_count(1)


def test_what_is_written_offline_is_sent_once_when_the_line_is_back(
    page: Page, watched: Watched
) -> None:
    watched.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket")
    open_chat(page)
    page.context.set_offline(True)
    page.locator("#chat-text").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ingen forbindelse")
    expect(page.locator(".entry.from-citizen .queued")).to_contain_text("når der er forbindelse")
    assert field(page) == ""
    page.context.set_offline(False)
    expect(page.locator(".sources").first).to_be_visible()
    expect(page.locator(".queued")).to_have_count(0)
    page.reload()
    expect(page.locator(".sources").first).to_be_visible()
    expect(page.locator(".entry.from-citizen")).to_have_count(1)


def lost_answer(page: Page) -> None:
    """Lets the server have the message while its answer is lost on the way back."""

    def drop(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(MESSAGES, drop)
    page.locator("#chat-text").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Beskeden kom ikke frem")
    page.unroute(MESSAGES)


def test_an_answer_lost_on_the_way_is_fetched_by_sending_again(
    page: Page, watched: Watched
) -> None:
    """The message had arrived: sending the same words again must not ask twice."""
    watched.expect("ERR_FAILED")
    open_chat(page)
    lost_answer(page)
    page.locator("#chat-text").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sources").first).to_be_visible()
    page.reload()
    expect(page.locator(".sources").first).to_be_visible()
    expect(page.locator(".entry.from-citizen")).to_have_count(1)


def test_an_answer_lost_on_the_way_is_fetched_by_a_reload(page: Page, watched: Watched) -> None:
    watched.expect("ERR_FAILED")
    open_chat(page)
    lost_answer(page)
    page.reload()
    expect(page.locator(".sources").first).to_be_visible()
    expect(page.locator("#chat-text")).to_have_value("")
    expect(page.locator(".entry.from-citizen")).to_have_count(1)


def test_a_bot_that_is_away_is_told_on_the_page(page: Page, system: RunningSystem) -> None:
    open_chat(page)
    with system.stopped("bot"):
        page.locator("#chat-text").fill(QUESTION)
        page.keyboard.press("Enter")
        away = page.locator(".entry.from-system")
        expect(away).to_contain_text("kan desværre ikke svare lige nu")
        expect(away).to_contain_text("33 66 33 66")
    looks_right(page, "chat-bot-away")
    system.wait_until_ready(20)
    page.get_by_role("button", name="Prøv igen").click()
    expect(page.locator(".sources").first).to_be_visible()


def test_a_session_that_is_over_is_told_and_a_new_one_begins(page: Page, watched: Watched) -> None:
    watched.expect("401")
    open_chat(page)
    page.evaluate(
        """() => {
          const kept = JSON.parse(sessionStorage.getItem("stafet-chat"));
          sessionStorage.setItem("stafet-chat", JSON.stringify({...kept, token: "gone"}));
        }"""
    )
    page.reload()
    expect(page.locator(".entry.from-system")).to_contain_text("stille for længe")
    expect(page.locator(".entry.from-bot")).to_have_count(1)
    ask(page, QUESTION)


def test_the_waiting_is_announced(page: Page, system: RunningSystem) -> None:
    open_chat(page)
    with system.stopped("bot"):
        page.locator("#chat-text").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".chat-waiting")).to_contain_text("Stafet skriver")
        accessible(page)
        expect(page.locator(".entry.from-system")).to_be_visible()
    expect(page.locator(".chat-waiting")).to_be_empty()
    system.wait_until_ready(20)


def test_own_words_that_come_back_late_stand_there_once(page: Page) -> None:
    """Where the answer by HTTP overtakes the live connection, neither words nor choices may suffer."""
    late: list[tuple[WebSocketRoute, str | bytes]] = []
    open_line: list[bool] = []

    def hold(ws: WebSocketRoute) -> None:
        server = ws.connect_to_server()
        server.on_message(lambda said: ws.send(said) if open_line else late.append((ws, said)))

    page.route_web_socket(re.compile("/socket"), hold)
    open_chat(page)
    ask(page, QUESTION)
    page.wait_for_timeout(1000)
    entries = page.locator(".entry").count()
    open_line.append(True)
    assert any('"citizen"' in str(said) for _, said in late)
    for ws, said in late:
        ws.send(said)
    page.wait_for_timeout(500)
    expect(page.locator(".entry")).to_have_count(entries)
    expect(page.locator(".entry.from-citizen")).to_have_count(1)
    expect(page.locator(".choices button").last).to_be_enabled()
