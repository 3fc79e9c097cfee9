"""The bot's files as data, for tests that hold them together."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

BOT = Path(__file__).resolve().parents[2] / "bot"
TOPICS = sorted(path.stem for path in (BOT / "domain").glob("*.yml"))


def read(path: Path) -> Any:
    """One YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def domain_files() -> dict[str, dict[str, Any]]:
    """The domain by topic."""
    return {topic: read(BOT / "domain" / f"{topic}.yml") for topic in TOPICS}


def responses() -> list[tuple[str, list[dict[str, Any]]]]:
    """All responses with their variations, in the order of the files."""
    return [
        item for domain in domain_files().values() for item in domain.get("responses", {}).items()
    ]


def intents() -> list[str]:
    """All intents of the domain."""
    return [intent for domain in domain_files().values() for intent in domain.get("intents", [])]


def rules() -> list[dict[str, Any]]:
    """All rules."""
    return [rule for path in sorted((BOT / "data" / "rules").glob("*.yml"))
            for rule in read(path)["rules"]]  # fmt: skip


def examples(language: str) -> dict[str, list[str]]:
    """The training examples of one language by intent."""
    return {
        item["intent"]: [line.removeprefix("- ") for line in item["examples"].splitlines()]
        for path in sorted((BOT / "data" / "nlu" / language).glob("*.yml"))
        for item in read(path)["nlu"]
    }


def is_english(variation: dict[str, Any]) -> bool:
    """Whether a variation is said in English only."""
    return "condition" in variation
