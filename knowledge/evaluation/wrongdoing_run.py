"""Prints how well wrongdoing is told from other messages: `python -m knowledge.evaluation.wrongdoing_run`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from knowledge.evaluation.facts_cases import HALVES, Half
from knowledge.reading import screen_wrongdoing

FOLDER = Path(__file__).parent / "wrongdoing"


def shares(half: Half, screen: Callable[[str], bool] = screen_wrongdoing) -> tuple[float, float]:
    """The share of reports that are held back, and of other messages that are held back for nothing."""
    texts = yaml.safe_load((FOLDER / f"{half}.yaml").read_text(encoding="utf-8"))
    held = {kind: [screen(text) for text in texts[kind]] for kind in ("wrongdoing", "other")}
    met, alarms = (sum(each) / len(each) for each in held.values())
    return met, alarms


def report() -> str:
    """Both halves as text."""
    lines = ["wrongdoing: reports held back, other messages held back for nothing"]
    for half in HALVES:
        met, alarms = shares(half)
        lines.append(f"{half:8}{met:.3f}  {alarms:.3f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(report())
