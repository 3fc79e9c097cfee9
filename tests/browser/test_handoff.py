"""A citizen and a member of staff in two browsers: from the bot to a person, and back to the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.chatting import QUESTION, ask, open_chat
from tests.browser.looking import Watched, focus_is_visible, looks_right, shot, watch
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ACCOUNT = "browser.samtaler"
PASSWORD = "otte små hejrer i sivene"
NAME = "Søs Ærlig"
# What the console fetches a conversation from, and how long it takes on a slow line, in ms.
CONVERSATIONS, SLOW_LINE = "**/conversations/*", 800
# What must be shown as it is written, whoever wrote it.
HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> & \"så\""
)


@pytest.fixture(scope="module")
def account() -> dict[str, bool]:
    """Remembers whether the account was made."""
    return {"made": False}


@pytest.fixture
def staff(chromium: Browser, system: RunningSystem, account: dict[str, bool]) -> Iterator[Watched]:
    """The console of somebody who is signed in, in a browser of their own."""
    if not account["made"]:
        made = system.cli(
            "staff", "add", ACCOUNT, "--name", NAME, "--role", "live_staff",
            STAFET_NEW_PASSWORD=PASSWORD,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        account["made"] = True
    context = chromium.new_context(
        base_url=system.url, locale="da-DK", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    watched = watch(page)
    page.goto("/staff")
    page.locator("#username").fill(ACCOUNT)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(NAME)
    page.get_by_role("link", name="Samtaler", exact=True).click()
    expect(page.get_by_role("heading", name="Kø")).to_be_visible()
    yield watched
    if page.get_by_label("Jeg er klar til samtaler").is_checked():
        with page.expect_response("**/heartbeat"):
            page.get_by_label("Jeg er klar til samtaler").uncheck()
    context.close()
    assert watched.unexpected() == []


def ready(desk: Page) -> None:
    with desk.expect_response("**/heartbeat"):
        desk.get_by_label("Jeg er klar til samtaler").check()
    expect(desk.get_by_text(f"Klar nu: {NAME}")).to_be_visible()


def write(desk: Page, text: str) -> None:
    desk.get_by_label("Skriv til borgeren").fill(text)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_label("Skriv til borgeren")).to_have_value("")


def ask_for_person(page: Page) -> None:
    """By the button that is always there."""
    page.locator(".chat-form").get_by_role("button", name="Tal med et menneske").click()


def say(page: Page, text: str) -> None:
    """What the citizen writes to a person, who need not answer at once."""
    page.locator("#chat-text").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#chat-text")).to_have_value("")


def test_from_the_bot_to_a_person_and_back(page: Page, staff: Watched) -> None:
    desk = staff.page
    looks_right(desk, "console-empty")
    ready(desk)
    open_chat(page)
    ask(page, "Jeg har fået afslag på kontanthjælp i dag. Hvordan klager jeg?")
    ask_for_person(page)
    expect(page.locator(".chat-state")).not_to_be_empty()
    looks_right(page, "handoff-waiting")

    waiting = desk.get_by_role("button", name="Tag samtalen").first
    expect(waiting).to_be_visible()
    expect(desk.get_by_role("status").filter(has_text="En borger venter i kø")).to_have_count(1)
    looks_right(desk, "console-waiting")
    desk.keyboard.press("Alt+KeyN")
    expect(desk.get_by_label("Skriv til borgeren")).to_be_focused()
    expect(page.locator(".chat-log")).to_contain_text(NAME)
    expect(desk.locator(".known")).to_contain_text("afslag på kontanthjælp")

    write(desk, f"Goddag, jeg har læst det hele. {HOSTILE}")
    expect(page.locator(".from-staff .bubble")).to_contain_text(HOSTILE)
    say(page, f"Tak. {HOSTILE}")
    expect(desk.locator(".desk-log .from-citizen").last).to_contain_text(HOSTILE)
    assert "taken" not in (page.title(), desk.title())

    page.locator("#chat-text").press_sequentially("jeg tænker")
    expect(desk.get_by_text("Borgeren skriver")).to_be_visible()
    page.locator("#chat-text").fill("")
    desk.get_by_label("Skriv til borgeren").press_sequentially("jeg")
    expect(page.locator(".chat-waiting")).not_to_be_empty()
    desk.get_by_label("Skriv til borgeren").fill("")

    desk.get_by_label("Ny note, kun for ansatte").fill(f"Vil ringes op i morgen {HOSTILE}")
    desk.get_by_role("button", name="Gem note").click()
    expect(desk.locator(".note")).to_contain_text(HOSTILE)

    say(page, QUESTION)
    suggestion = desk.locator(".suggestion").first
    expect(suggestion).to_be_visible()
    looks_right(desk, "console-talking")
    shot(desk, "console-talking-whole", full=True)
    focus_is_visible(desk, 15)
    desk.get_by_label("Skriv til borgeren").focus()
    desk.keyboard.press("Alt+KeyI")
    expect(desk.locator(".attached")).to_contain_text("Kilder")
    desk.keyboard.press("Control+Enter")
    expect(page.locator(".from-staff").last.locator(".sources li").first).to_be_visible()
    looks_right(page, "handoff-staff")

    desk.get_by_text("Giv videre eller afslut").click()
    looks_right(desk, "console-ending")
    desk.get_by_role("button", name="Giv tilbage til Stafet").click()
    expect(page.locator(".chat-state")).to_be_empty()
    ask(page, "Hvad er klagefristen?")
    assert "ringes op" not in page.inner_text("body")
    desk.get_by_text("Afsluttede", exact=True).click()
    expect(desk.get_by_role("button", name="Samtale").first).to_be_visible()
    looks_right(desk, "console-over")


def test_nobody_there_is_said_and_a_call_is_asked_for(page: Page, staff: Watched) -> None:
    desk = staff.page
    open_chat(page)
    ask_for_person(page)
    card = page.locator(".card-handoff").last
    expect(card).to_be_visible()
    looks_right(page, "handoff-closed")
    card.get_by_label("Navn").fill(f"Ida {HOSTILE}")
    card.get_by_label("Telefon").fill("12 34 56 78")
    card.get_by_role("button").first.click()
    expect(page.locator(".from-system").last).to_contain_text("ringe")
    desk.get_by_text("Vil ringes op").click()
    expect(desk.locator(".call").first).to_contain_text(HOSTILE)
    looks_right(desk, "console-calls")
    before = desk.locator(".call").count()
    desk.get_by_role("button", name="Jeg har ringet").first.click()
    expect(desk.locator(".call")).to_have_count(before - 1)


def late(page: Page, route: Route) -> None:
    """Lets an answer through that takes its time."""
    page.wait_for_timeout(SLOW_LINE)
    route.continue_()


def test_two_at_once_by_keyboard(page: Page, staff: Watched) -> None:
    desk = staff.page
    ready(desk)
    other = page.context.new_page()
    for citizen, words in ((page, "Jeg er den første"), (other, "Jeg er den anden")):
        open_chat(citizen)
        ask_for_person(citizen)
        expect(citizen.locator(".chat-state")).not_to_be_empty()
        say(citizen, words)
    for words in ("Jeg er den første", "Jeg er den anden"):
        desk.keyboard.press("Alt+KeyN")
        expect(desk.locator(".desk-log")).to_contain_text(words)
    desk.get_by_label("Skriv til borgeren").fill("et udkast")
    say(page, "Er du der?")
    expect(desk.get_by_text("Ny besked", exact=True)).to_be_visible()
    looks_right(desk, "console-several")
    desk.keyboard.press("Alt+Digit1")
    expect(desk.locator(".desk-log")).to_contain_text("Er du der?")
    expect(desk.get_by_label("Skriv til borgeren")).to_have_value("")
    desk.keyboard.press("Alt+Digit2")
    expect(desk.get_by_label("Skriv til borgeren")).to_have_value("et udkast")
    desk.route(CONVERSATIONS, lambda route: late(desk, route))
    desk.keyboard.press("Alt+Digit1")
    # Nothing goes to the one who is still on the screen.
    assert desk.locator(".desk-panel").evaluate("(panel) => panel.inert")
    desk.keyboard.type("til den første")
    expect(desk.get_by_label("Skriv til borgeren")).to_have_value("")
    desk.keyboard.press("Alt+Digit2")
    expect(desk.get_by_label("Skriv til borgeren")).to_have_value("et udkast")
    desk.unroute(CONVERSATIONS)
    for left in ("Mine samtaler (1)", "Mine samtaler"):
        desk.keyboard.press("Alt+Digit1")
        desk.get_by_text("Giv videre eller afslut").click()
        desk.get_by_label("Hvorfor slutter den").select_option("answered")
        desk.get_by_role("button", name="Afslut", exact=True).click()
        expect(desk.get_by_role("heading", name=left, exact=True)).to_be_visible()
    expect(page.locator(".chat-state")).to_contain_text("slut")
    looks_right(page, "handoff-ended")
    ask(page, "Hvad er klagefristen?")
