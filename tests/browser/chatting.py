"""Uses the chat page as somebody at a keyboard does."""

from __future__ import annotations

from playwright.sync_api import Page, expect

# Its answer stands early in its article, so that there is more to read.
QUESTION = "Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?"


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
