"""KlarRet and the staff pages in a real browser, on every screen and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Watched, focus_is_visible, looks_right
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ACCOUNT = "browser.leder"
PASSWORD = "tre blå cykler i regn"


def test_klarret_finds_and_opens_an_article(page: Page) -> None:
    page.goto("/klarret")
    expect(page.locator("h1")).to_be_visible()
    looks_right(page, "klarret-front")
    page.locator("#q").fill("Hvornår skal jeg skrive et notat om en telefonsamtale?")
    page.keyboard.press("Enter")
    hit = page.locator("#results a[href*='notatpligt']").first
    expect(hit).to_be_visible()
    looks_right(page, "klarret-results")
    hit.click()
    expect(page.locator("h1")).to_contain_text("Notatpligt")
    looks_right(page, "klarret-article")


def test_klarret_says_when_it_has_no_answer(page: Page) -> None:
    page.goto("/klarret")
    page.locator("#q").fill("Hvem vandt fodboldkampen i går aftes?")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).not_to_be_empty()
    looks_right(page, "klarret-no-answer")


def test_klarret_shows_hostile_words_as_words(page: Page) -> None:
    page.goto("/klarret")
    page.locator("#q").fill("<img src=x onerror=\"document.title='hacked'\"> notatpligt")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).not_to_be_empty()
    assert page.locator("#results img").count() == 0
    assert "hacked" not in page.title()


def test_klarret_in_english(page: Page) -> None:
    page.goto("/klarret/klage-over-personalet?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    looks_right(page, "klarret-article-english")


def test_the_keyboard_reaches_all_of_klarret(page: Page) -> None:
    page.goto("/klarret")
    focus_is_visible(page, 10)


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_guide_to_the_right_place(page: Page, lang: str) -> None:
    page.goto(f"/vejviser?lang={lang}")
    expect(page.locator("h1")).to_be_visible()
    looks_right(page, f"vejviser-{lang}")
    focus_is_visible(page, 5)


def test_an_address_that_does_not_exist(page: Page, watched: Watched) -> None:
    watched.expect("404")
    answer = page.goto("/klarret/findes-ikke")
    assert answer is not None
    assert answer.status == 404


def test_staff_sign_in_look_around_and_sign_out(
    page: Page, system: RunningSystem, watched: Watched
) -> None:
    watched.expect("status of 401")
    made = system.cli(
        "staff", "add", ACCOUNT, "--name", "Åse Ærø", "--role", "manager", "--role", "caseworker",
        STAFET_NEW_PASSWORD=PASSWORD,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    page.goto("/staff")
    expect(page).to_have_url(f"{system.url}/staff/login?til=/staff")
    looks_right(page, "staff-sign-in")
    focus_is_visible(page, 4)
    page.locator("#username").fill(ACCOUNT)
    page.locator("#password").fill("forkert adgangskode")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right(page, "staff-sign-in-wrong")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Åse Ærø")
    looks_right(page, "staff-front")
    focus_is_visible(page, 4)
    page.goto("/staff/adgangskode")
    looks_right(page, "staff-password")
    page.goto("/staff/log")
    expect(page.locator("main")).to_contain_text(ACCOUNT)
    looks_right(page, "staff-log")
    page.get_by_role("button", name="Log af").click()
    expect(page).to_have_url(f"{system.url}/staff/login")
    page.goto("/staff/log")
    expect(page.locator("#password")).to_be_visible()
    page.go_back()
    assert page.locator("text=signed_in").count() == 0
