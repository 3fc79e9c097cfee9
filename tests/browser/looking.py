"""Looks at a page as people do who cannot see, cannot use a mouse, or have a small or a zoomed screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import ConsoleMessage, Error, Page

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
# WCAG 2.2 at levels A and AA, and what came before it.
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
    },
    # It would copy the styles of a shadow root into the page, which our own policy rightly refuses.
    "preload": False,
}
# A desktop, a phone, the narrowest screen that WCAG asks for; a desktop at 400 % is as narrow and lower still.
WIDTHS = {"1280": (1280, 900), "375": (375, 720), "320": (320, 640), "zoom-400": (320, 225)}
PICTURE_ATTEMPTS = 4
# What the keyboard can reach, in a page's own order.
FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  if (!node || node === document.body) return null;
  const look = (element) => {
    const s = getComputedStyle(element);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join("|");
  };
  const style = getComputedStyle(node);
  const with_focus = look(node);
  const box = node.getBoundingClientRect();
  node.blur();
  const without = look(node);
  node.focus();
  const name = node.getAttribute("aria-label") || node.innerText || node.id || node.tagName;
  return {
    name: `${node.tagName} ${name}`.trim().slice(0, 60),
    visible: with_focus !== without && box.width > 0 && box.height > 0,
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    onscreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""

# Where the next Tab starts from, else it would be the last place that had the focus.
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
}"""

# axe does not look at the pale words in an empty field; WCAG 1.4.3 counts them as text.
PALEST = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colours) => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (parts) => parts
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const shadows = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
  const roots = [document, ...shadows.filter(Boolean)];
  return roots.flatMap((root) => [...root.querySelectorAll("[placeholder]")]).map((node) => {
    const back = getComputedStyle(node).backgroundColor;
    const front = getComputedStyle(node, "::placeholder").color;
    const [a, b] = [light(rgb([back])), light(rgb([back, front]))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}"""
READABLE = 4.5


@dataclass
class Watched:
    """A page and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Says that a complaint is part of what is tested."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The complaints that nobody foresaw."""
        return [
            complaint
            for complaint in self.complaints
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]


def watch(page: Page) -> Watched:
    """Notes every error and warning in the console and every exception."""
    watched = Watched(page)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            watched.complaints.append(f"{message.type}: {message.text}")

    def on_error(error: Error) -> None:
        watched.complaints.append(f"exception: {error}")

    page.on("console", on_console)
    page.on("pageerror", on_error)
    return watched


def shot(page: Page, name: str, *, full: bool = False) -> None:
    """Keeps a picture, for people to look at.

    Chromium cannot take one while its drawing process is being started again, which happens
    on a busy machine and says nothing of the page: the picture is then taken once more.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for attempt in range(PICTURE_ATTEMPTS):
        try:
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)
        except Error as fault:
            drawing_failed = "Unable to capture screenshot" in fault.message
            if not drawing_failed or attempt == PICTURE_ATTEMPTS - 1:
                raise
            page.wait_for_timeout(1000)
        else:
            return


def accessible(page: Page) -> None:
    """Asserts that axe finds nothing."""
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()


def placeholders_are_readable(page: Page) -> None:
    """Asserts that the pale words in empty fields stand out enough."""
    contrasts = page.evaluate(PALEST)
    assert all(contrast >= READABLE for contrast in contrasts), contrasts


def fits(page: Page) -> None:
    """Asserts that nothing has to be scrolled sideways."""
    wide = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const shadows = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
          const roots = [document, ...shadows.filter(Boolean)];
          return roots.flatMap((root) => [...root.querySelectorAll("*")])
            .filter((node) => node.getBoundingClientRect().right > width + 1)
            .map((node) => `${node.tagName}.${node.className} ${Math.round(node.getBoundingClientRect().right)}`)
            .concat([`the page is ${document.documentElement.scrollWidth} wide on ${width}`]);
        }"""
    )
    assert wide == [], wide


def looks_right(page: Page, name: str) -> None:
    """Asserts that the page as it stands is accessible, fits every width, and is so in the dark as well."""
    problems = []
    before = page.viewport_size
    for label, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        shot(page, f"{name}-{label}")
        for look in (fits, accessible, placeholders_are_readable):
            try:
                look(page)
            except AssertionError as error:
                problems.append(f"{label}: {error}")
    if before:
        page.set_viewport_size(before)
    page.emulate_media(color_scheme="dark")
    shot(page, f"{name}-dark")
    for look in (accessible, placeholders_are_readable):
        try:
            look(page)
        except AssertionError as error:
            problems.append(f"dark: {error}")
    page.emulate_media(color_scheme="light")
    assert problems == [], "\n\n".join(problems)


def focus_is_visible(page: Page, least: int) -> list[str]:
    """Walks through the page by Tab, asserting that each stop can be seen; gives the names of the stops."""
    page.evaluate(FROM_THE_TOP)
    names: list[str] = []
    hidden: list[str] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (names and stop["name"] == names[0]):
            break
        names.append(stop["name"])
        if not (stop["outline"] or stop["visible"]) or not stop["onscreen"]:
            hidden.append(f"{stop}")
    assert hidden == [], hidden
    assert len(names) >= least, names
    return names
