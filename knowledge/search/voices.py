"""Questions in people's own voices, written for each subject: they are indexed, and the model learns from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from knowledge.articles import ARTICLES_FOLDER, Lang
from knowledge.search.model import Unit, UnitKind

VOICES_FOLDER = Path(__file__).parents[1] / "training" / "voices"
LONG = "long"


@dataclass(frozen=True, slots=True)
class Voice:
    """One text as somebody might write it, with the subject it belongs to."""

    subject: str
    lang: Lang
    style: str
    text: str


def voices_for(articles_folder: Path) -> tuple[Voice, ...]:
    """Read the voices if the articles are the product's own; other articles have none."""
    return load_voices() if articles_folder == ARTICLES_FOLDER else ()


def load_voices(folder: Path = VOICES_FOLDER) -> tuple[Voice, ...]:
    """Read all voices, in a fixed order."""
    return tuple(
        Voice(path.stem, cast(Lang, path.parent.name), str(row["style"]), str(row["text"]).strip())
        for path in sorted(folder.glob("*/*.yaml"))
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or ()
    )


def voice_units(voices: Iterable[Voice], present: Iterable[str]) -> tuple[Unit, ...]:
    """Return a unit for every voice whose subject is there."""
    known = set(present)
    return tuple(
        Unit(UnitKind.QUESTION, voice.subject, voice.lang, voice.text)
        for voice in voices
        if voice.subject in known
    )
