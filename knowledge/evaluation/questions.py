"""The questions to measure with: one half to tune on, one half for the final figure only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from knowledge.articles import Audience, Lang

Half = Literal["dev", "final"]
FOLDER = Path(__file__).parent / "questions"


@dataclass(frozen=True, slots=True)
class Question:
    """One question with the subjects that would be right first answers; none means abstain."""

    id: str
    lang: Lang
    style: str
    text: str
    expect: frozenset[str]
    kind: str | None = None

    @property
    def audience(self) -> Audience:
        """Caseworkers' questions are asked where caseworkers ask."""
        return "caseworker" if self.style == "caseworker" else "citizen"

    @property
    def answerable(self) -> bool:
        """Say whether some article answers it."""
        return bool(self.expect)


def load_questions(half: Half, folder: Path = FOLDER) -> tuple[Question, ...]:
    """Read one half."""
    rows = yaml.load((folder / f"{half}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(
        Question(
            id=row["id"],
            lang=row["lang"],
            style=row["style"],
            text=str(row["q"]).strip(),
            expect=frozenset(row["expect"]),
            kind=row.get("kind"),
        )
        for row in rows
    )
