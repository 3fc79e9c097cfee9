"""The chat page in a real browser: by keyboard, over a broken line, with hostile words, on every screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.looking import Watched, accessible, focus_is_visible, looks_right, shot
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

QUESTION = "Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?"
# Its answer rests on a law that can be read out there.
LINKED = "Må jeg få min søster til at gå med til mødet i jobcentret?"
MESSAGES = "**/api/v1/chat/sessions/*/messages"
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><b>fed</b> javascript:alert(1)"


def field(page: Page) -> str:
    """What stands in the text field."""
    return page.locator("#chat-text").input_value()


def open_chat(page: Page, path: str = "/") -> None:
    """Opens the page and waits for the greeting."""
    page.goto(path)
    expect(page.locator(".entry")).to_have_count(1)


def ask(page: Page, text: str) -> None:
    """Writes and sends by keyboard alone, and waits for the answer."""
    before = page.locator(".entry.from-bot").count()
    page.locator("#chat-text").focus()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    expect(page.locator(".entry.from-bot").nth(before)).to_be_visible()
    expect(page.locator("#chat-text")).to_have_value("")


def test_the_greeting_says_what_this_is(page: Page) -> None:
    open_chat(page)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".entry.from-bot .bubble")).not_to_be_empty()
    expect(page.locator("html")).to_have_attribute("lang", "da")
    looks_right(page, "chat-greeting")


def test_a_question_by_keyboard_alone(page: Page) -> None:
    open_chat(page)
    ask(page, LINKED)
    links = page.locator(".sources a")
    expect(links.first).to_be_visible()
    for link in links.all():
        assert re.match(r"https?://", link.get_attribute("href") or "")
        assert link.get_attribute("rel") == "noopener noreferrer"
    assert re.search(r"§ ?\d+", page.locator(".sources").last.inner_text())
    looks_right(page, "chat-answer")
    answered = page.locator(".entry.from-bot").count()
    more = page.get_by_role("button", name="Fortæl mig mere").last
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".entry.from-citizen")).to_have_count(2)
    expect(page.locator(".entry.from-bot").nth(answered)).to_be_visible()
    expect(page.get_by_role("button", name="Fortæl mig mere").first).to_be_disabled()


def test_the_start_of_a_long_answer_is_in_view(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 720})
    open_chat(page)
    ask(page, QUESTION)
    top = page.locator(".entry.from-bot").nth(1).bounding_box()
    log = page.locator(".chat-log").bounding_box()
    assert top is not None
    assert log is not None
    assert log["y"] - 1 <= top["y"] < log["y"] + log["height"]


def test_the_source_opens(page: Page, watched: Watched) -> None:
    open_chat(page)
    ask(page, LINKED)
    link = page.locator(".sources a").first
    wanted = link.get_attribute("href")
    # The page it leads to is out there; here only that the browser goes to it counts.
    page.context.route(
        lambda url: url.startswith(wanted or "-"),
        lambda route: route.fulfill(body="<p>kilde</p>", content_type="text/html"),
    )
    with page.context.expect_page() as opened:
        link.focus()
        page.keyboard.press("Enter")
    assert opened.value.url == wanted
    assert opened.value.evaluate("window.opener") is None


def test_a_reload_keeps_the_conversation_and_the_draft(page: Page) -> None:
    open_chat(page)
    ask(page, QUESTION)
    page.locator("#chat-text").fill("et udkast, jeg ikke har sendt")
    said = page.locator(".entry .bubble").all_inner_texts()
    page.reload()
    expect(page.locator(".entry")).to_have_count(len(said))
    assert page.locator(".entry .bubble").all_inner_texts() == said
    expect(page.locator("#chat-text")).to_have_value("et udkast, jeg ikke har sendt")
    page.locator("#chat-text").fill("mere")
    page.keyboard.press("Enter")
    expect(page.locator(".entry")).to_have_count(len(said) + 2)


def test_a_text_that_is_too_long_is_told_and_kept(page: Page) -> None:
    open_chat(page)
    long = "å" * 2001
    page.locator("#chat-text").fill(long)
    expect(page.locator("#chat-count")).to_contain_text("2001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("2000")
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


def test_being_offline_is_told_as_such(page: Page, watched: Watched) -> None:
    watched.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    open_chat(page)
    page.context.set_offline(True)
    page.locator("#chat-text").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ingen forbindelse")
    assert field(page) == QUESTION
    page.context.set_offline(False)


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


def test_hostile_words_are_shown_as_words(page: Page) -> None:
    open_chat(page)
    ask(page, HOSTILE)
    expect(page.locator(".entry.from-citizen .bubble")).to_have_text(HOSTILE)
    assert page.locator(".chat-log img, .chat-log b").count() == 0
    assert "hacked" not in page.title()
    page.reload()
    expect(page.locator(".entry.from-citizen .bubble")).to_have_text(HOSTILE)
    assert page.locator(".chat-log img, .chat-log b").count() == 0


def test_a_cpr_number_is_not_shown_again(page: Page) -> None:
    open_chat(page)
    ask(page, "Mit cpr er 170385-9981, kan I se min sag?")
    page.reload()
    expect(page.locator(".entry.from-citizen .bubble")).to_contain_text("[CPR fjernet]")
    assert "9981" not in page.content()


def test_the_conversation_in_english(page: Page) -> None:
    open_chat(page, "/?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ask(page, "Can a neutral person help me and the municipality to talk again?")
    expect(page.locator(".sources").first).to_contain_text("Sources")
    expect(page.get_by_role("button", name="Talk to a person").first).to_be_visible()
    looks_right(page, "chat-english")


def test_a_person_is_one_button_away(page: Page) -> None:
    open_chat(page)
    page.locator(".chat-tools").get_by_role("button", name="Tal med et menneske").click()
    expect(page.locator(".entry.from-system")).to_contain_text("33 66 33 66")
    looks_right(page, "chat-person")


def menu(page: Page, name: str) -> None:
    """Chooses from the menu, by keyboard."""
    page.locator(".chat-menu summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def test_starting_over_asks_first_and_then_greets_anew(page: Page) -> None:
    open_chat(page)
    ask(page, QUESTION)
    menu(page, "Start forfra")
    expect(page.locator(".chat-confirm")).to_be_visible()
    looks_right(page, "chat-confirm")
    page.get_by_role("button", name="Nej, behold").click()
    assert page.locator(".entry").count() > 1
    menu(page, "Start forfra")
    page.get_by_role("button", name="Ja, slet").click()
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry.from-bot")).to_have_count(1)


def test_erasing_leaves_nothing_in_the_browser_or_on_the_server(page: Page) -> None:
    open_chat(page)
    ask(page, QUESTION)
    kept = page.evaluate("JSON.parse(sessionStorage.getItem('stafet-chat'))")
    menu(page, "Slet samtalen")
    page.get_by_role("button", name="Ja, slet").click()
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry")).to_contain_text("Samtalen er slettet")
    assert page.evaluate("sessionStorage.getItem('stafet-chat')") is None
    answer = page.request.get(
        f"/api/v1/chat/sessions/{kept['id']}/messages",
        headers={"Authorization": f"Bearer {kept['token']}"},
    )
    assert answer.status == 401
    looks_right(page, "chat-erased")
    page.reload()
    expect(page.locator(".entry.from-bot")).to_have_count(1)


def test_the_conversation_can_be_saved(page: Page) -> None:
    open_chat(page)
    ask(page, QUESTION)
    with page.expect_download() as saved:
        menu(page, "Gem samtalen")
    text = saved.value.path().read_text(encoding="utf-8")
    assert QUESTION in text
    assert "Kilder:" in text
    assert saved.value.suggested_filename == "stafet.txt"


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


def test_every_stop_of_the_keyboard_can_be_seen(page: Page) -> None:
    open_chat(page)
    ask(page, QUESTION)
    stops = focus_is_visible(page, 8)
    assert any("chat-text" in stop or "TEXTAREA" in stop for stop in stops), stops


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


@pytest.fixture
def without_script(chromium: Browser, system: RunningSystem) -> Iterator[Page]:
    context = chromium.new_context(base_url=system.url, java_script_enabled=False, locale="da-DK")
    yield context.new_page()
    context.close()


def test_without_javascript_the_page_shows_the_ways_to_a_person(without_script: Page) -> None:
    page = without_script
    page.goto("/")
    assert "33 66 33 66" in page.locator("noscript li").first.inner_text()
    expect(page.locator("noscript li").first).to_be_visible()
    expect(page.locator("noscript a[href='/klarret']")).to_be_visible()
    shot(page, "chat-noscript")
