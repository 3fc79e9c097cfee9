"""Prints how well wrongdoing is told from other messages: `python -m knowledge.evaluation.wrongdoing_run`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import yaml

from knowledge.reading import screen_wrongdoing

# What was tuned on, what the choice was made by, and what nobody looked at.
Messages = Literal["tune", "dev", "final"]
SETS: tuple[Messages, ...] = ("tune", "dev", "final")
FOLDER = Path(__file__).parent / "wrongdoing"


def shares(
    messages: Messages, screen: Callable[[str], bool] = screen_wrongdoing
) -> tuple[float, float]:
    """The share of reports that are held back, and of other messages that are held back for nothing."""
    texts = yaml.safe_load((FOLDER / f"{messages}.yaml").read_text(encoding="utf-8"))
    held = {kind: [screen(text) for text in texts[kind]] for kind in ("wrongdoing", "other")}
    met, alarms = (sum(each) / len(each) for each in held.values())
    return met, alarms


def report() -> str:
    """All sets as text."""
    lines = ["wrongdoing: reports held back, other messages held back for nothing"]
    for messages in SETS:
        met, alarms = shares(messages)
        lines.append(f"{messages:8}{met:.3f}  {alarms:.3f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(report())
