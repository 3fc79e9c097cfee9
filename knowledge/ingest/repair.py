"""Mends text that came out of a page layout: broken words, page headers, boxes in mid-sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from knowledge.ingest.model import Fragment
from knowledge.text.folding import words

_LINE_HYPHEN = re.compile(r"(?<=[a-zæøå])-\s*\n\s*(?=[a-zæøå])(?!(?:og|eller|samt|og/eller)\b)")
_SOFT_HYPHEN = re.compile("\u00ad\\s*")
_ENDS = re.compile(r"[.!?:;”\"»)]\s*$")
_LOWER_START = re.compile(r"^[a-zæøå]")
_SIGN = "•▪◦‣●\uf0b7\uf0a7"  # the last two: how Word's own bullets come out
_BULLET = re.compile(rf"^\s*(?:[{_SIGN}*]|[-–]|\d{{1,2}}[.)])\s+(?=\S)")
_DASH = re.compile(r"^\s*[-–]\s")
_PAGE_NUMBER = re.compile(r"(?i)^(?:side |page |s\. ?)?\d{1,4}(?:\s*(?:/|af|of)\s*\d{1,4})?$")
_GAP = re.compile(r"\s{3,}")
# A line that stands this often at the same end of pages is a running header, not text.
REPEATS = 3
# Boxes are set in a narrower measure than the text they stand beside.
NARROW = 0.72


@dataclass(slots=True)
class _Chunk:
    """Lines that stand together."""

    lines: list[str] = field(default_factory=list)
    blanks_before: int = 0
    resumes: bool = False  # begins where a frame ended: extraction leaves a space in front

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def shouted(self) -> bool:
        return _shouted(self.text)


def join_lines(lines: Iterable[str]) -> str:
    """Make one line of several, putting words broken at line ends together again."""
    text = "\n".join(line.rstrip() for line in lines)
    text = _SOFT_HYPHEN.sub("", text)
    return " ".join(_LINE_HYPHEN.sub("", text).split())


def drop_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Remove page numbers and the headers and footers that repeat from page to page."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_blurred(line) for line in _edges(page)})
    running = {line for line, count in seen.items() if count >= REPEATS and line}
    cleaned = []
    for page in pages:
        edge = {id(line): line for line in _edges(page)}
        cleaned.append(
            [
                line
                for line in page
                if not (
                    id(line) in edge
                    and (_blurred(line) in running or _PAGE_NUMBER.match(line.strip()))
                )
            ]
        )
    return cleaned


def split_side_by_side(lines: Sequence[str]) -> list[str]:
    """Put two columns that were printed on the same lines after each other."""
    gaps = Counter(
        round(match.end() / 4)
        for line in lines
        for match in [_GAP.search(line.rstrip())]
        if match and line[: match.start()].strip()
    )
    filled = [line for line in lines if line.strip()]
    if not gaps or len(filled) < 4:
        return list(lines)
    place, count = gaps.most_common(1)[0]
    if count < 0.6 * len(filled):
        return list(lines)
    cut = min(
        match.end()
        for line in lines
        if (match := _GAP.search(line.rstrip())) and abs(round(match.end() / 4) - place) <= 1
    )
    left = [line[:cut].rstrip() for line in lines]
    right = [line[cut:].strip() if len(line) > cut else "" for line in lines]
    return [*left, "", *right]


def fragments_of(lines: Sequence[str], page: int | None = None) -> list[Fragment]:
    """Turn the lines of a text into headings, paragraphs, items and boxes in reading order."""
    chunks = _chunks(split_side_by_side(lines))
    width = median([len(line) for chunk in chunks for line in chunk.lines] or [0])
    measure = max((len(line) for chunk in chunks for line in chunk.lines), default=0)
    measure = int(max(width, min(measure, 110)))
    fragments: list[Fragment] = []
    held: list[Fragment] = []  # boxes wait until the sentence they stand in is finished
    place = 0
    while place < len(chunks):
        end = _box_end(chunks, place, measure)
        if end is not None:
            held.extend(_box(chunks[place:end], page))
            place = end
            continue
        chunk = chunks[place]
        continues = bool(fragments) and _unfinished(fragments[-1]) and _goes_on(chunk)
        if held and not continues:
            fragments.extend(held)
            held = []
        if continues or _heading_goes_on(fragments, chunk, chunks[place - 1]):
            fragments[-1] = _longer(fragments[-1], chunk)
        else:
            fragments.extend(_plain(chunk, page))
        place += 1
    return drop_repeats([*fragments, *held])


def drop_repeats(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Remove pull quotes: short texts that stand word for word inside a longer one."""
    folded = [" ".join(words(f.text)) for f in fragments]
    kept: list[Fragment] = []
    for number, fragment in enumerate(fragments):
        own = folded[number]
        if fragment.kind != "heading" and len(own.split()) >= 6:
            longer = (t for n, t in enumerate(folded) if n != number and len(t) > len(own))
            if any(own in text for text in longer) or own in folded[:number]:
                continue
        kept.append(fragment)
    return kept


def _chunks(lines: Sequence[str]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    blanks = 1
    for line in lines:
        if not line.strip():
            blanks += 1
            continue
        resumes = line.startswith(" ") and not line.startswith("  ") and not _BULLET.match(line)
        shouted = bool(chunks) and _shouted(line) != chunks[-1].shouted
        if not chunks or blanks > 0 or resumes or shouted or _begins_item(line, chunks[-1]):
            chunks.append(_Chunk([], blanks, resumes))
        chunks[-1].lines.append(line.strip())
        blanks = 0
    return chunks


def _begins_item(line: str, before: _Chunk) -> bool:
    """A dash begins an item only where a sentence is over; in mid-sentence it is a dash."""
    if not _BULLET.match(line):
        return False
    in_list = bool(_BULLET.match(before.lines[0]))
    return in_list or not _DASH.match(line) or bool(_ENDS.search(before.lines[-1]))


def _shouted(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return 2 < len(letters) <= 160 and all(c.isupper() for c in letters)


def _box_end(chunks: Sequence[_Chunk], start: int, measure: int) -> int | None:
    """Return where a boxed side text ends that begins here, if one does."""
    title = chunks[start]
    if not title.shouted or title.blanks_before < 2 or start + 1 >= len(chunks):
        return None
    for end in range(start + 1, len(chunks)):
        chunk = chunks[end]
        if chunk.resumes:
            return end if end > start + 1 else None
        if chunk.shouted or max(len(line) for line in chunk.lines) > NARROW * measure:
            return None
    return None


def _box(chunks: Sequence[_Chunk], page: int | None) -> list[Fragment]:
    title = _title_case(join_lines(chunks[0].lines))
    text = join_lines(line for chunk in chunks[1:] for line in chunk.lines)
    return [Fragment("box", f"{title}: {text}", page)]


def _plain(chunk: _Chunk, page: int | None) -> list[Fragment]:
    text = join_lines(chunk.lines)
    if chunk.shouted:
        return [Fragment("heading", _title_case(text), page)]
    if _BULLET.match(chunk.lines[0]):
        return [Fragment("item", _BULLET.sub("", text, count=1), page)]
    return [Fragment("paragraph", text, page)]


def _unfinished(fragment: Fragment) -> bool:
    return fragment.kind != "heading" and not _ENDS.search(fragment.text)


def _goes_on(chunk: _Chunk) -> bool:
    return bool(_LOWER_START.match(chunk.lines[0])) and not chunk.shouted


def _heading_goes_on(fragments: Sequence[Fragment], chunk: _Chunk, before: _Chunk) -> bool:
    """Say whether a heading in capitals was set on two lines."""
    return bool(fragments) and chunk.shouted and before.shouted and chunk.blanks_before < 2


def _longer(fragment: Fragment, chunk: _Chunk) -> Fragment:
    lines = [_title_case(line).lower() for line in chunk.lines] if chunk.shouted else chunk.lines
    text = join_lines([fragment.text, *lines])
    return Fragment(fragment.kind, text, fragment.page, fragment.level)


def _title_case(text: str) -> str:
    return text[:1].upper() + text[1:].lower() if text.isupper() else text


def _edges(page: Sequence[str]) -> list[str]:
    filled = [line for line in page if line.strip()]
    return [*filled[:2], *filled[-2:]]


def _blurred(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()).lower())
