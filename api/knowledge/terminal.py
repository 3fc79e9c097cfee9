"""Search results as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from api.words import load_words
from knowledge.articles import Lang
from knowledge.search.model import SearchAnswer

WIDTH = 96


def show(answer: SearchAnswer, lang: Lang) -> Iterator[str]:
    """The results, best first, each with its section, passage and sources."""
    words = load_words(Path(__file__).parent / "i18n")
    if not answer.answered:
        yield words(lang, "results.unsure" if answer.results else "results.none")
    for result in answer.results:
        yield f"\n{result.title} › {result.section}  ({result.article}, {result.score:.2f})"
        yield textwrap.fill(result.snippet, WIDTH, initial_indent="  ", subsequent_indent="  ")
        for source in result.sources:
            paragraph = f", {source.paragraph}" if source.paragraph else ""
            yield f"  - {source.label}{paragraph}"
