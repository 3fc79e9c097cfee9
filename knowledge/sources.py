"""The register of everything an article, a rule or a route may cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

Confidence = Literal["verified", "partly", "unverified"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
SOURCES_FILE = Path(__file__).parent / "sources.yaml"


class SourceError(ValueError):
    """The register is malformed, or a citation names a source it does not hold."""


@dataclass(frozen=True, slots=True)
class Source:
    """One law, statute, guide, report or page that may be cited."""

    id: str
    label: Mapping[str, str]
    kind: str
    confidence: Confidence
    url: str | None = None
    note: str | None = None

    def name(self, lang: str) -> str:
        """Return the readable name in `lang`, in Danish where there is no other."""
        return self.label.get(lang) or self.label["da"]


class SourceRegister:
    """Looks sources up by id and refuses unknown ones."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)

    def __contains__(self, source_id: object) -> bool:
        return source_id in self._sources

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def __len__(self) -> int:
        return len(self._sources)

    def get(self, source_id: str) -> Source:
        """Return the source, or raise `SourceError`: a citation never points at nothing."""
        try:
            return self._sources[source_id]
        except KeyError:
            raise SourceError(f"unknown source: {source_id}") from None


def weakest(*values: Confidence) -> Confidence:
    """Return the lowest of several confidences: a chain is as sure as its weakest link."""
    return max(values, key=CONFIDENCES.index, default="verified")


@cache
def load_sources(path: Path = SOURCES_FILE) -> SourceRegister:
    """Read the register, once for each file, failing on a row that lacks what a citation needs."""
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    sources: dict[str, Source] = {}
    for row in rows:
        source = _source(row)
        if source.id in sources:
            raise SourceError(f"source defined twice: {source.id}")
        sources[source.id] = source
    return SourceRegister(sources)


def _source(row: Mapping[str, object]) -> Source:
    label, confidence = row.get("label"), row.get("confidence")
    if not row.get("id") or not isinstance(label, dict) or not label.get("da"):
        raise SourceError(f"a source needs an id and a Danish label: {row}")
    # An unquoted comma in `{da: ..., en: ...}` cuts a label in two without a word from YAML.
    if not set(label) <= {"da", "en"} or not all(label.values()):
        raise SourceError(f"{row['id']}: quote the labels, they hold a comma: {label}")
    if confidence not in CONFIDENCES:
        raise SourceError(f"{row['id']}: confidence must be one of {', '.join(CONFIDENCES)}")
    return Source(
        id=str(row["id"]),
        label={str(lang): str(text) for lang, text in label.items()},
        kind=str(row.get("kind", "document")),
        confidence=confidence,
        url=str(row["url"]) if row.get("url") else None,
        note=str(row["note"]) if row.get("note") else None,
    )
