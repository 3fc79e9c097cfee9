"""A member of staff who signs in, and a complaint that waits for them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.api.complaints.conftest import changed
from tests.journeys.system import RunningSystem

NAME = "Åse Ærø"
PASSWORD = "fire gule måger i blæst"
ROLES = ("manager", "caseworker")


def sign_in(
    page: Page, system: RunningSystem, account: str, roles: tuple[str, ...] = ROLES
) -> None:
    """Makes the account and signs in by keyboard."""
    wanted = [part for role in roles for part in ("--role", role)]
    made = system.cli(
        "staff", "add", account, "--name", NAME, *wanted, STAFET_NEW_PASSWORD=PASSWORD
    )
    assert made.returncode == 0, made.stderr
    page.goto("/staff")
    page.locator("#username").fill(account)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(NAME)


def file_one(page: Page, **places: object) -> tuple[str, str]:
    """A complaint by a citizen without e-mail, as its reference and its code."""
    record = changed(complainant__contact={"phone": "20304050"}, **places)
    sent = page.request.post("/api/v1/complaints", data=record)
    assert sent.status == 201, sent.text()
    told = sent.json()
    return told["reference"], told["follow_up_code"]
