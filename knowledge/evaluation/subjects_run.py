"""Prints how well subject areas are found in free text: `python -m knowledge.evaluation.subjects_run`."""

from __future__ import annotations

import sys

from knowledge.rules.subjects_measured import Half, report

if __name__ == "__main__":
    halves: tuple[Half, ...] = ("dev", "final")
    for half in halves:
        sys.stdout.write(f"{report(half)}\n\n")
