"""Reads PDF files by where the text stands on the page."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer, LTTextLine
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from knowledge.ingest.model import Extracted, Fault, Fragment, IngestError
from knowledge.ingest.repair import drop_repeats, join_lines

# Pages beyond this are a book, to be taken in by chapters.
MOST_PAGES = 3000
# Fewer letters than this on the average page means pictures of text.
FEWEST_LETTERS = 20
_BULLET = re.compile(r"^(?:[•▪◦‣●\uf0b7\uf0a7*]|[-–](?=\s)|\d{1,2}[.)])\s+")
_PAGE_NUMBER = re.compile(r"(?i)^(?:side |page )?\d{1,4}(?:\s*(?:/|af|of)\s*\d{1,4})?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line with its place, size and page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    page: int

    @property
    def height(self) -> float:
        return self.top - self.bottom


def read_pdf(path: Path, data: bytes) -> Extracted:
    """Read the text of a PDF in reading order, with page numbers."""
    pages: list[list[Line]] = []
    try:
        for number, page in enumerate(
            extract_pages(io.BytesIO(data), laparams=LAParams()), start=1
        ):
            if number > MOST_PAGES:
                raise IngestError(path, Fault.TOO_LARGE)
            pages.append(list(_lines(page, number)))
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise IngestError(path, Fault.ENCRYPTED) from error
    except (PDFException, PSException, ValueError, KeyError, TypeError, IndexError) as error:
        if isinstance(error, IngestError):
            raise
        # Damaged files fail in many places of the parser; all of them mean the same to a person.
        raise IngestError(path, Fault.BROKEN) from error
    letters = sum(len(line.text) for page in pages for line in page)
    if not pages:
        raise IngestError(path, Fault.BROKEN)
    if letters < FEWEST_LETTERS * len(pages):
        raise IngestError(path, Fault.SCANNED)
    body = _body_size(line for page in pages for line in page)
    fragments: list[Fragment] = []
    for page_lines in _without_running_lines(pages):
        _append(fragments, _page_fragments(page_lines, body))
    fragments = drop_repeats(fragments)
    title = next((f.text for f in fragments if f.kind == "heading"), path.stem)
    return Extracted(title, tuple(fragments), len(pages))


def reading_order(lines: Sequence[Line]) -> list[list[Line]]:
    """Cut a page along its white space: into stripes, each stripe into columns, and so on."""
    if len(lines) < 2:
        return [list(lines)] if lines else []
    columns = _split(lines, _left, _right, _column_gap(lines))
    if len(columns) > 1:
        return [block for column in columns for block in reading_order(column)]
    gap = 1.1 * median(line.height for line in lines)
    stripes = _split(lines, _top, _bottom, gap)
    if len(stripes) > 1:
        # Stripes that are cut into the same columns belong together: read each column whole.
        return [block for stripe in _merge(stripes) for block in _stripe(stripe)]
    return [sorted(lines, key=lambda line: (-round(line.top), line.left))]


def _stripe(lines: Sequence[Line]) -> list[list[Line]]:
    columns = _split(lines, _left, _right, _column_gap(lines))
    if len(columns) > 1:
        return [block for column in columns for block in reading_order(column)]
    gap = 1.1 * median(line.height for line in lines)
    return _split(lines, _top, _bottom, gap)


def _merge(stripes: list[list[Line]]) -> list[list[Line]]:
    """Join neighbouring stripes as long as a white column runs through both of them."""
    merged: list[list[Line]] = []
    for stripe in stripes:
        if merged:
            both = [*merged[-1], *stripe]
            parts = _split(both, _left, _right, _column_gap(both))
            if len(parts) > 1:
                merged[-1] = both
                continue
        merged.append(list(stripe))
    return merged


def _column_gap(lines: Sequence[Line]) -> float:
    return 1.2 * median(line.size for line in lines)


def _left(line: Line) -> float:
    return line.left


def _right(line: Line) -> float:
    return line.right


def _top(line: Line) -> float:
    return -line.top


def _bottom(line: Line) -> float:
    return -line.bottom


def _split(
    lines: Sequence[Line],
    start: Callable[[Line], float],
    end: Callable[[Line], float],
    gap: float,
) -> list[list[Line]]:
    """Part lines where nothing stands for at least `gap` along one direction."""
    ordered = sorted(lines, key=start)
    parts: list[list[Line]] = [[ordered[0]]]
    reach = end(ordered[0])
    for line in ordered[1:]:
        if start(line) - reach >= gap:
            parts.append([])
        parts[-1].append(line)
        reach = max(reach, end(line))
    return parts


def _lines(container: LTContainer[Any], page: int) -> Iterable[Line]:
    for item in container:
        if isinstance(item, LTTextLine):
            text = item.get_text().rstrip("\n")
            sizes = [char.size for char in item if isinstance(char, LTChar)]
            if text.strip() and sizes:
                yield Line(text, item.x0, item.x1, item.y1, item.y0, median(sizes), page)
        elif isinstance(item, LTContainer):
            yield from _lines(item, page)


def _body_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0]


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop page numbers and what stands at the same edge of three pages or more."""
    height = max((line.top for page in pages for line in page), default=0.0)
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({_mark(line) for line in page if _at_edge(line, height)})
    running = {mark for mark, count in seen.items() if count >= 3}
    return [
        [
            line
            for line in page
            if not (
                _at_edge(line, height)
                and (_mark(line) in running or _PAGE_NUMBER.match(line.text.strip()))
            )
        ]
        for page in pages
    ]


def _at_edge(line: Line, height: float) -> bool:
    return line.bottom > 0.9 * height or line.top < 0.1 * height


def _mark(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.strip().lower()), round(line.bottom / 6)


def _page_fragments(lines: Sequence[Line], body: float) -> list[Fragment]:
    """Turn blocks into fragments; narrow blocks beside the text are boxes and come last."""
    blocks = [part for block in reading_order(lines) for part in _by_size(block)]
    if not blocks:
        return []
    widest = max(line.right - line.left for line in lines)
    main: list[Fragment] = []
    boxes: list[Fragment] = []
    for block in blocks:
        fragment = _fragment(block, body)
        beside = _beside(block, lines)
        narrow = max(line.right - line.left for line in block) < 0.4 * widest
        (boxes if beside and narrow and fragment.kind == "paragraph" else main).append(fragment)
    return [*main, *(Fragment("box", f.text, f.page) for f in boxes)]


def _by_size(block: Sequence[Line]) -> list[list[Line]]:
    """Part a block where the type size changes or a list item begins."""
    parts: list[list[Line]] = []
    for line in block:
        if (
            not parts
            or abs(parts[-1][-1].size - line.size) > 0.6
            or _BULLET.match(line.text.strip())
        ):
            parts.append([])
        parts[-1].append(line)
    return parts


def _fragment(block: Sequence[Line], body: float) -> Fragment:
    text = join_lines(line.text for line in block)
    page = block[0].page
    letters = [c for c in text if c.isalpha()]
    shouted = len(letters) > 2 and all(c.isupper() for c in letters)
    if len(text) <= 160 and (block[0].size > 1.12 * body or shouted):
        level = 1 if block[0].size > 1.6 * body else 2
        return Fragment("heading", text.capitalize() if shouted else text, page, level)
    if _BULLET.match(text):
        return Fragment("item", _BULLET.sub("", text), page)
    return Fragment("paragraph", text, page)


def _beside(block: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Say whether wider text stands at the same height."""
    top, bottom = max(line.top for line in block), min(line.bottom for line in block)
    left, right = min(line.left for line in block), max(line.right for line in block)
    return any(
        line.bottom < top
        and line.top > bottom
        and (line.left >= right or line.right <= left)
        and line.right - line.left > 1.4 * (right - left)
        for line in lines
    )


def _append(fragments: list[Fragment], more: list[Fragment]) -> None:
    """Join a paragraph that runs over the page."""
    last = next((n for n in range(len(fragments) - 1, -1, -1) if fragments[n].kind != "box"), None)
    if more and last is not None:
        before, after = fragments[last], more[0]
        runs_on = before.kind != "heading" and not re.search(r"[.!?:;”\"»)]\s*$", before.text)
        if runs_on and after.kind == "paragraph" and after.text[:1].islower():
            text = join_lines([before.text, after.text])
            fragments[last] = Fragment(before.kind, text, before.page, before.level)
            more = more[1:]
    fragments.extend(more)
