"""The chat on somebody else's page: by one tag, several at once, in a frame; and not on every page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import QUESTION
from tests.browser.looking import Watched, accessible, fits, shot
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# What a host may do to everything on its page; none of it may reach the chat.
STYLES = """
  * { font-family: fantasy !important; letter-spacing: 9px; text-transform: uppercase; }
  div, p, button, textarea { color: rgb(255, 0, 0) !important; border: 7px dotted red !important; }
"""
TAG = '<script async src="{stafet}/static/embed.js" data-lang="da"></script>'
TWO = """
  <stafet-chat id="one" style="height: 30rem"></stafet-chat>
  <stafet-chat id="two" lang="en" style="height: 30rem"></stafet-chat>
"""
FRAME = (
    '<iframe src="{stafet}/chat/frame?lang=da" title="Stafet" width="100%" height="640"></iframe>'
)

PAGE = (
    '<!doctype html><html lang="da"><title>Vært</title><style>{styles}</style><h1>Vært</h1>{body}'
)
# The page's own policy allows Stafet what docs/embedding.md says that it needs, and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline' {it}; script-src {it}; connect-src {it} {live}; frame-src {it}"
LOOK = """(node) => {
  const s = getComputedStyle(node);
  return [s.fontFamily, s.letterSpacing, s.textTransform, s.color, s.borderTopStyle];
}"""

Host = Callable[[str], str]


@pytest.fixture
def host(system: RunningSystem) -> Iterator[Host]:
    """Puts up a page with a policy of its own around a piece of HTML; gives its address."""
    body = ""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            live = f"ws://127.0.0.1:{system.port}"
            self.send_header("Content-Security-Policy", POLICY.format(it=system.url, live=live))
            self.end_headers()
            self.wfile.write(PAGE.format(styles=STYLES, body=body).encode())

        def log_message(self, format: str, *args: object) -> None:
            """The console of a test stays silent."""

    server = ThreadingHTTPServer(("127.0.0.1", system.host_port), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def put_up(html: str) -> str:
        nonlocal body
        body = html.format(stafet=system.url)
        return f"http://127.0.0.1:{system.host_port}/"

    yield put_up
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asked_of(page: Page) -> set[str]:
    """The hosts and ports that the page asks for anything."""
    places: set[str] = set()
    page.on("request", lambda request: places.add(urlsplit(request.url).netloc))
    return places


def test_two_on_a_page_are_two_conversations(
    page: Page, watched: Watched, host: Host, asked_of: set[str], system: RunningSystem
) -> None:
    watched.expect("favicon")
    page.goto(host(TWO + TAG))
    one, two = page.locator("#one"), page.locator("#two")
    expect(one.locator(".entry")).to_have_count(1)
    expect(two.locator(".entry")).to_have_count(1)
    one.locator("#chat-text").fill(QUESTION)
    one.locator("#chat-text").press("Enter")
    expect(one.locator(".entry.from-bot").nth(1)).to_be_visible()
    expect(two.locator(".entry")).to_have_count(1)
    expect(two.locator("button[type=submit]")).to_have_text("Send")
    # A reload continues both.
    page.reload()
    expect(one.locator(".entry.from-citizen")).to_have_count(1)
    expect(one.locator(".entry.from-bot").last).to_be_in_viewport()
    expect(two.locator(".entry")).to_have_count(1)
    shot(page, "embedded-two", full=True)
    assert asked_of == {f"127.0.0.1:{system.port}", f"127.0.0.1:{system.host_port}"}


def test_the_styles_of_page_and_chat_do_not_meet(
    page: Page, watched: Watched, host: Host, system: RunningSystem
) -> None:
    watched.expect("favicon")
    page.goto(host(TWO))
    before = page.locator("h1").evaluate(LOOK)
    page.goto(host(TWO + TAG))
    bubble = page.locator("#one .bubble").first
    expect(bubble).to_be_visible()
    font, spacing, case, colour, border = bubble.evaluate(LOOK)
    assert "fantasy" not in font
    assert (spacing, case) == ("normal", "none")
    assert colour != "rgb(255, 0, 0)"
    assert border != "dotted"
    assert page.locator("h1").evaluate(LOOK) == before


def test_one_tag_puts_a_button_in_the_corner(page: Page, watched: Watched, host: Host) -> None:
    watched.expect("favicon")
    page.goto(host(TAG))
    button = page.locator("stafet-launcher button.launcher")
    expect(button).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.locator(".entry")).to_have_count(1)
    accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    fits(page)
    shot(page, "embedded-launcher-320")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()


def test_in_a_frame(page: Page, watched: Watched, host: Host) -> None:
    watched.expect("favicon")
    page.goto(host(FRAME))
    inside = page.frame_locator("iframe")
    expect(inside.locator(".entry")).to_have_count(1)
    inside.locator("#chat-text").fill("Tak")
    inside.locator("#chat-text").press("Enter")
    expect(inside.locator(".entry.from-bot")).to_have_count(2)


def test_only_named_origins_may_call_and_frame(system: RunningSystem) -> None:
    for origin, allowed in (
        (f"http://127.0.0.1:{system.host_port}", True),
        ("http://127.0.0.1:9", False),
    ):
        answer = httpx.get(
            f"{system.url}/chat/frame", headers={"Origin": origin}, trust_env=False, timeout=10
        )
        named = answer.headers.get("access-control-allow-origin")
        assert (named == origin) is allowed
        assert (origin in answer.headers["content-security-policy"]) is allowed
