"""The scripts and the pairs, read from their files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
LETTERS = HERE.parents[1] / "knowledge" / "evaluation" / "letters"
TODAY = "2026-11-18"
# Scripts of each kind that every run of the tests holds.
OF_EACH_KIND = 2
LANGUAGE_OF_TELLING = {"english": "en"}
PLAIN = "plain"
TELLINGS = ("angry", "broken", "name", "english")
ROUTE_KEYS = ("routes", "routes_any", "contains_routes", "contains_any")


@dataclass(frozen=True)
class Script:
    """One conversation: what is said, and what must come of it."""

    id: str
    kind: str
    turns: Sequence[Mapping[str, Any]]
    expect: Mapping[str, Any]
    lang: str = "da"
    today: str = TODAY
    answers: Mapping[str, Any] = field(default_factory=dict)
    default: str | None = None

    @property
    def goes_on(self) -> bool:
        """Whether what is asked after the turns is answered to the end."""
        waits = any(key in self.expect for key in ROUTE_KEYS) or self.answers or self.default
        return bool(waits) and not self.expect.get("last", False)


@dataclass(frozen=True)
class Matter:
    """One matter in several tellings, and the guidance that is right for all of them."""

    id: str
    tellings: Mapping[str, str]
    answers: Mapping[str, Any]
    routes: Sequence[str]
    deadlines: Sequence[str] = ()

    def script(self, telling: str) -> Script:
        """The conversation in one telling."""
        return Script(
            id=f"{self.id}/{telling}",
            kind="pairs",
            turns=[{"say": self.tellings[telling]}],
            expect={"contains_routes": self.routes, "deadlines": self.deadlines},
            lang=LANGUAGE_OF_TELLING.get(telling, "da"),
            answers=self.answers,
        )


@cache
def scripts() -> tuple[Script, ...]:
    """All scripts, file by file."""
    return tuple(
        Script(kind=path.stem, **{**row, "expect": row["expect"] or {}})
        for path in sorted((HERE / "scripts").glob("*.yaml"))
        for row in _read(path)
    )


@cache
def matters() -> tuple[Matter, ...]:
    """All matters that are told in several ways."""
    return tuple(
        Matter(
            id=row["id"],
            tellings={name: row[name] for name in (PLAIN, *TELLINGS)},
            answers=row["answers"],
            routes=row["routes"],
            deadlines=row.get("deadlines", ()),
        )
        for row in _read(HERE / "pairs" / "matters.yaml")
    )


def pairs() -> list[tuple[Matter, str]]:
    """Every matter with each telling that is held beside the plain one."""
    return [(matter, telling) for matter in matters() for telling in TELLINGS]


def quick_scripts() -> frozenset[str]:
    """Scripts of every kind, few enough for each run of the tests; `make evaluate` holds all."""
    held = Counter[str]()
    chosen = []
    for script in scripts():
        held[script.kind] += 1
        if held[script.kind] <= OF_EACH_KIND:
            chosen.append(script.id)
    return frozenset(chosen)


def quick_pairs() -> list[tuple[Matter, str]]:
    """Every matter once, each with another telling than the one before it."""
    return [(matter, TELLINGS[at % len(TELLINGS)]) for at, matter in enumerate(matters())]


@cache
def letter(name: str) -> str:
    """The text of a made-up letter."""
    return str(_read(LETTERS / f"{name}.yaml")["text"])


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
