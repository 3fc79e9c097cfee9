"""What reading a document gives, and what can go wrong while reading it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

FragmentKind = Literal["heading", "paragraph", "item", "box"]
MESSAGES_FILE = Path(__file__).parent / "messages.yaml"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A heading, paragraph, list item or boxed side text, with the page it began on."""

    kind: FragmentKind
    text: str
    page: int | None = None
    level: int = 2


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document as text in reading order."""

    title: str
    fragments: tuple[Fragment, ...]
    pages: int | None


class Fault(StrEnum):
    """Why a document could not be taken in."""

    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    SCANNED = "scanned"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    UNKNOWN_TYPE = "unknown_type"
    MISSING = "missing"


class IngestError(ValueError):
    """A document that cannot be taken in; the message tells a person what to do."""

    def __init__(self, path: Path, fault: Fault) -> None:
        self.path, self.fault = path, fault
        super().__init__(f"{path.name}: {self.message('da')}")

    def message(self, lang: str) -> str:
        """Return the explanation in the reader's language."""
        return _messages()[self.fault][lang]


@cache
def _messages() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(MESSAGES_FILE.read_text(encoding="utf-8"))
    return loaded
