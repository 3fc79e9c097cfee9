"""Questions that people ask but the articles do not answer: they mark where the subject ends.

Some are indexed, so that a question can be seen to lie nearer to them. Others, the near misses, are kept out of
the index, of the model and of the calibration, and show beside the evaluation how much of such is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import yaml

from knowledge.articles import Lang
from knowledge.evaluation.questions import Question
from knowledge.search.model import Unit, UnitKind

OUTSIDE_FILE = Path(__file__).parent / "outside.yaml"
NEAR_MISSES_FILE = Path(__file__).parents[1] / "training" / "near_misses.yaml"


def load_outside(path: Path = OUTSIDE_FILE) -> tuple[Unit, ...]:
    """Read the questions, by language and topic."""
    topics = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(
        Unit(UnitKind.OUTSIDE, "", cast(Lang, lang), str(question))
        for lang, by_topic in topics.items()
        for questions in by_topic.values()
        for question in questions
    )


def load_near_misses(path: Path = NEAR_MISSES_FILE) -> tuple[Question, ...]:
    """Read the near misses, by language."""
    by_lang = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(
        Question(f"{lang}-near-{number}", cast(Lang, lang), "near", str(text), frozenset(), "near")
        for lang, texts in by_lang.items()
        for number, text in enumerate(texts)
    )
