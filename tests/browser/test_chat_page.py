"""The chat page in a real browser: by keyboard, with hostile words, on every screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chatting import QUESTION, ask, open_chat
from tests.browser.looking import Watched, focus_is_visible, looks_right, shot
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Its answer rests on a law that can be read out there.
LINKED = "Må jeg få min søster til at gå med til mødet i jobcentret?"
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><b>fed</b> javascript:alert(1)"


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


def test_every_stop_of_the_keyboard_can_be_seen(page: Page) -> None:
    open_chat(page)
    ask(page, QUESTION)
    stops = focus_is_visible(page, 8)
    assert any("chat-text" in stop or "TEXTAREA" in stop for stop in stops), stops


@pytest.fixture
def without_script(chromium: Browser, system: RunningSystem) -> Iterator[Page]:
    context = chromium.new_context(base_url=system.url, java_script_enabled=False, locale="da-DK")
    yield context.new_page()
    context.close()


def test_high_contrast_keeps_every_edge_and_calm_keeps_still(page: Page) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    open_chat(page)
    ask(page, QUESTION)
    edges = page.locator(".bubble, button.secondary:visible, #chat-text").evaluate_all(
        "(nodes) => nodes.map((node) => getComputedStyle(node).borderTopStyle)"
    )
    assert set(edges) == {"solid"}
    moving = page.locator(".entry, .bubble, .chat-waiting, .chat-log").evaluate_all(
        "(nodes) => nodes.filter((node) => getComputedStyle(node).animationName !== 'none').length"
    )
    assert moving == 0
    assert page.locator(".chat-log").evaluate("(n) => getComputedStyle(n).scrollBehavior") == "auto"
    shot(page, "chat-high-contrast")


def test_without_javascript_the_page_shows_the_ways_to_a_person(without_script: Page) -> None:
    page = without_script
    page.goto("/")
    assert "33 66 33 66" in page.locator("noscript li").first.inner_text()
    expect(page.locator("noscript li").first).to_be_visible()
    expect(page.locator("noscript a[href='/klarret']")).to_be_visible()
    shot(page, "chat-noscript")
