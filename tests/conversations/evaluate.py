"""Holds all conversations and prints what went wrong: `python -m tests.conversations.evaluate [--kind K] [--url URL]`.

Without an address it starts a system of its own from what `make ready` built.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.conversations.checks import differences, faults
from tests.conversations.data import PLAIN, matters, pairs, scripts
from tests.conversations.talk import hold
from tests.journeys.system import RunningSystem


def main() -> None:
    """Holds what is asked for, and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", help="only the scripts of this file, or `pairs`")
    parser.add_argument("--id", help="only the script with this id, with everything that is said")
    parser.add_argument("--url", help="a system that already runs")
    given = parser.parse_args()
    with a_system(given.url) as url:
        if given.kind != "pairs":
            sys.stdout.write(report_scripts(url, given.kind, given.id))
        if given.kind in (None, "pairs") and given.id is None:
            sys.stdout.write(report_pairs(url))


@contextmanager
def a_system(url: str | None) -> Iterator[str]:
    """The address of a running system."""
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        system = RunningSystem(Path(folder)).start()
        try:
            yield system.url
        finally:
            system.stop()


def report_scripts(url: str, kind: str | None = None, name: str | None = None) -> str:
    """How many scripts went as they should, by kind, and the faults of the others."""
    chosen = [s for s in scripts() if kind in (None, s.kind) and name in (None, s.id)]
    lines: list[str] = []
    right: dict[str, list[bool]] = {}
    for script in chosen:
        record = hold(url, script)
        found = faults(record)
        right.setdefault(script.kind, []).append(not found)
        lines += (
            [f"  {script.kind}/{script.id}", *(f"      {fault}" for fault in found)]
            if found
            else []
        )
        if name is not None:
            lines.append(record.text())
    table = [f"  {each:16}{sum(oks):4} of {len(oks)}" for each, oks in sorted(right.items())]
    whole = sum(sum(oks) for oks in right.values())
    return _text(f"conversations: {whole} of {len(chosen)} go as they should", table, lines)


def report_pairs(url: str) -> str:
    """How many tellings got the same guidance as the plain one, by what differs."""
    plain = {matter.id: hold(url, matter.script(PLAIN)) for matter in matters()}
    lines: list[str] = []
    same: dict[str, list[bool]] = {}
    right = 0
    for matter, telling in pairs():
        other = hold(url, matter.script(telling))
        apart = differences(plain[matter.id], other)
        wrong = faults(plain[matter.id]) + faults(other)
        same.setdefault(telling, []).append(not apart)
        right += not apart and not wrong
        if apart or wrong:
            lines += [f"  {matter.id}/{telling}", *(f"      {fault}" for fault in [*apart, *wrong])]
    table = [
        f"  plain and {name:10}{sum(oks):4} of {len(oks)} the same" for name, oks in same.items()
    ]
    return _text(f"neutral pairs: {right} of {len(pairs())} the same and right", table, lines)


def _text(title: str, table: Sequence[str], lines: Sequence[str]) -> str:
    return "\n".join([title, *table, *lines]) + "\n"


if __name__ == "__main__":
    main()
