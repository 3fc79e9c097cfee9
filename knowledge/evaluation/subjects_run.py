"""Prints how well subject areas are found in free text: `python -m knowledge.evaluation.subjects_run`.

First by the areas' words alone, then with the search model beside them, as the product does it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from knowledge.models.shipped import prepare_model
from knowledge.rules.loader import load_areas
from knowledge.rules.subjects_measured import Half, report
from knowledge.search.areas import AreaMeaning, area_phrases, open_area_meaning
from knowledge.search.embedder import load_embedder

VAR = Path(__file__).resolve().parents[2] / "var"


def open_meaning(var: Path) -> AreaMeaning:
    """The search model's view of the areas, as the product opens it."""
    embedder = load_embedder(prepare_model(var / "models"))
    return open_area_meaning(
        var / "index", area_phrases(load_areas()), embedder,
        lambda text: embedder.encode([text], "query"),
    )  # fmt: skip


if __name__ == "__main__":
    meaning = open_meaning(VAR)
    halves: tuple[Half, ...] = ("dev", "final")
    for half in halves:
        sys.stdout.write(f"{report(half)}\n\nwith the search model\n{report(half, meaning)}\n\n")
