"""Questions that people ask but the articles do not answer: they mark where the subject ends."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import yaml

from knowledge.articles import Lang
from knowledge.search.model import Unit, UnitKind

OUTSIDE_FILE = Path(__file__).parent / "outside.yaml"


def load_outside(path: Path = OUTSIDE_FILE) -> tuple[Unit, ...]:
    """Read the questions, by language and topic."""
    topics = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        Unit(UnitKind.OUTSIDE, "", cast(Lang, lang), str(question))
        for lang, by_topic in topics.items()
        for questions in by_topic.values()
        for question in questions
    )
