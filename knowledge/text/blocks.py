"""Markdown text as sections and blocks, each block with its own citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.text.citations import Citation, take_out

BlockKind = Literal["paragraph", "item", "ordered", "row"]
_HEADING = re.compile(
    r"^(?P<title>.*?)\s*\{#(?P<anchor>[a-z0-9-]+)(?P<classes>(?:\s+\.[a-z-]+)*)\}$"
)
# A subsection belongs to the same readers and the same municipality as the section it stands in.
INHERITED_CLASSES = frozenset({"citizen", "koebenhavn", "gentofte", "law", "readmore"})


class BlockError(ValueError):
    """Text that does not follow the article format."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a list item without its citations."""

    kind: BlockKind
    markdown: str
    text: str
    citations: tuple[Citation, ...]
    advice: bool
    group: int
    line: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading."""

    anchor: str
    title: str
    level: int
    classes: frozenset[str]
    blocks: tuple[Block, ...]
    line: int


@cache
def markdown_parser() -> MarkdownIt:
    """Return the one Markdown dialect articles are written in; raw HTML stays text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def parse_sections(body: str, first_line: int = 1) -> tuple[Section, ...]:
    """Split an article's text at its headings."""
    tokens = markdown_parser().parse(body)
    sections: list[Section] = []
    inherited: frozenset[str] = frozenset()
    for heading, content in _at_headings(tokens):
        line = (heading.map[0] if heading.map else 0) + first_line
        match = _HEADING.match(content[0].content)
        if match is None:
            raise BlockError(f"line {line}: heading without anchor: {content[0].content}")
        level = int(heading.tag[1])
        own = frozenset(match["classes"].replace(".", " ").split())
        if level == 2:
            inherited = own & INHERITED_CLASSES
        classes = own | (inherited if level > 2 else frozenset())
        blocks = _cover_lists(tuple(_blocks(content[2:], first_line)))
        sections.append(
            Section(match["anchor"], match["title"].strip(), level, classes, blocks, line)
        )
    return tuple(sections)


def plain_text(markdown: str) -> str:
    """Return inline Markdown as the words a reader sees."""
    pieces: list[str] = []
    for token in markdown_parser().parseInline(markdown)[0].children or []:
        pieces.append("\n" if token.type in {"softbreak", "hardbreak"} else token.content)
    return " ".join("".join(pieces).split())


def _at_headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    starts = [i for i, token in enumerate(tokens) if token.type == "heading_open"]
    if tokens and (not starts or starts[0] != 0):
        raise BlockError("text before the first heading")
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        yield tokens[start], tokens[start + 1 : end]


def _blocks(tokens: Sequence[Token], first_line: int) -> Iterator[Block]:
    lists: list[BlockKind] = []
    group, row = 0, list[str]()
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            group += 0 if lists else 1
            lists.append("item" if token.type.startswith("bullet") else "ordered")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "table_open":
            group += 1
            lists.append("row")
        elif token.type == "table_close":
            lists.pop()
        elif token.type == "tr_close":
            yield _block("row", " – ".join(row), group, token, first_line, 1)
            row = []
        elif token.type == "inline" and lists and lists[-1] == "row":
            row.append(token.content)
        elif token.type == "inline":
            if not lists:
                group += 1
            kind: BlockKind = lists[-1] if lists else "paragraph"
            yield _block(kind, token.content, group, token, first_line, len(lists))


def _block(
    kind: BlockKind, content: str, group: int, token: Token, first_line: int, depth: int
) -> Block:
    cited = take_out(content)
    line = (token.map[0] if token.map else 0) + first_line
    return Block(
        kind, cited.text, plain_text(cited.text), cited.citations, cited.advice, group, line, depth
    )


def _cover_lists(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give list items, and the line that leads into a list, the citation at the list's end."""
    covered = list(blocks)
    last_of_group = {block.group: block for block in blocks}
    for i in reversed(range(len(covered))):
        block, end = covered[i], last_of_group[covered[i].group]
        if block.kind == "paragraph":
            if not block.text.endswith(":") or i + 1 == len(covered):
                continue
            end = last_of_group[covered[i + 1].group]
            if end.kind == "paragraph":
                continue
        if not block.citations and not block.advice:
            covered[i] = replace(block, citations=end.citations, advice=end.advice)
    return tuple(covered)
