"""Reads plain text, Markdown and HTML."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from knowledge.ingest.model import Extracted, Fault, Fragment, IngestError
from knowledge.ingest.repair import drop_running_lines, fragments_of, join_lines
from knowledge.text.blocks import markdown_parser, plain_text

_HEADING = re.compile(r"h[1-6]")
_FURNITURE = ("script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template")
_ENCODINGS = ("utf-8-sig", "cp1252")


def decode(path: Path, data: bytes) -> str:
    """Decode text as UTF-8, or as Windows writes it; refuse what is no text at all."""
    if b"\x00" in data[:4096]:
        raise IngestError(path, Fault.BROKEN)
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise IngestError(path, Fault.BROKEN)


def read_text(path: Path, data: bytes) -> Extracted:
    """Read a text file; form feeds separate pages."""
    pages = [page.splitlines() for page in decode(path, data).split("\f")]
    cleaned = drop_running_lines(pages)
    numbered = len(pages) > 1
    fragments = [
        fragment
        for number, lines in enumerate(cleaned, start=1)
        for fragment in fragments_of(lines, number if numbered else None)
    ]
    first = next((f.text for f in fragments if f.kind == "heading"), path.stem)
    return Extracted(first, tuple(fragments), len(pages) if numbered else None)


def read_markdown(path: Path, data: bytes) -> Extracted:
    """Read Markdown by its own structure."""
    fragments: list[Fragment] = []
    title = path.stem
    inside: list[str] = []
    level = 0
    for token in markdown_parser().parse(decode(path, data)):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            inside.append(token.type)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            inside.pop()
        elif token.type == "inline":
            text = plain_text(token.content)
            if level == 1 and title == path.stem:
                title = text
            elif level:
                fragments.append(Fragment("heading", text, level=level))
            elif text:
                fragments.append(Fragment("item" if inside else "paragraph", text))
            level = 0
    return Extracted(title, tuple(fragments), None)


def read_html(path: Path, data: bytes) -> Extracted:
    """Read a web page without its menus and scripts."""
    soup = BeautifulSoup(data, "html.parser")
    for tag in soup(list(_FURNITURE)):
        tag.decompose()
    root = soup.find("main") or soup.find("article") or soup.body or soup
    title = soup.title.get_text(" ", strip=True) if soup.title else path.stem
    fragments: list[Fragment] = []
    for tag in root.find_all([_HEADING, "p", "li", "td", "blockquote"]) if root else []:
        if not isinstance(tag, Tag) or tag.find(["p", "li", "td"]):
            continue
        text = join_lines([tag.get_text(" ", strip=True)])
        if not text:
            continue
        if _HEADING.fullmatch(tag.name):
            fragments.append(Fragment("heading", text, level=int(tag.name[1])))
        else:
            fragments.append(Fragment("item" if tag.name == "li" else "paragraph", text))
    return Extracted(title, tuple(fragments), None)
