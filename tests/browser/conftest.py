"""A real browser against the running system; every page is watched for errors in its console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.looking import Watched, watch
from tests.conftest import CHROMIUM
from tests.journeys.system import RunningSystem, shared_system

ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture
def system(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> RunningSystem:
    """The product, with everything answering; the same one as the journeys'."""
    return shared_system(pytestconfig, tmp_path_factory.getbasetemp() / "running-system")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, started once a module: as long as it lives, no asynchronous test can run in this process."""
    # The bot's answer takes seconds on a machine that others use as well.
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, system: RunningSystem) -> Iterator[BrowserContext]:
    """A browser of somebody in Denmark who was never here before."""
    context = chromium.new_context(
        base_url=system.url, locale="da-DK", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def watched(tab: BrowserContext) -> Iterator[Watched]:
    """A page whose console must stay silent, apart from what a test expects."""
    page = tab.new_page()
    watched = watch(page)
    yield watched
    assert watched.unexpected() == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """The watched page itself."""
    return watched.page
