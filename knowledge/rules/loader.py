"""Reads the rules from YAML and refuses, loudly, whatever does not fit together.

Unknown facts, missing bases, texts in one language only, unknown sources and contacts, rows that nothing reaches,
gaps and overlaps in validity: each is an error at loading, never a surprise for a citizen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.organisation import load_organisation
from knowledge.rules.conditions import ConditionError, read_condition
from knowledge.rules.integrity import RulesError, check_area, check_rulebook
from knowledge.rules.model import (
    Area,
    Basis,
    Cited,
    DeadlineRule,
    Edition,
    Limits,
    Note,
    Rule,
    Rulebook,
    Text,
)
from knowledge.rules.routing import Presumption
from knowledge.rules.variables import NOTE_DOMAINS
from knowledge.sources import load_sources

FOLDER = Path(__file__).parent
SKIP = "_"  # files that hold shared blocks
T = TypeVar("T")


@cache
def load_rulebook(municipality: str, folder: Path = FOLDER) -> Rulebook:
    """Everything one municipality's assessments are decided by.

    Raises:
        RulesError: the data breaks one of its own rules; the message says where.
    """
    own = folder / "vedtaegt" / municipality
    if not own.is_dir():
        raise RulesError(f"no rules for {municipality!r}")
    try:
        book = _read_rulebook(municipality, folder, own)
    except (ValidationError, ConditionError, KeyError, TypeError) as error:
        raise RulesError(f"{municipality}: {error}") from error
    organisation = load_organisation(municipality)
    check_rulebook(book, load_sources(), set(organisation.contacts))
    return book


def _read_rulebook(municipality: str, folder: Path, own: Path) -> Rulebook:
    statute, national = _yaml(own / "statute.yaml"), folder / "calendar"
    deadlines = [
        *_deadlines(national / "deadlines.yaml"), *_deadlines(own / "deadlines.yaml"),
    ]  # fmt: skip
    return Rulebook(
        municipality=municipality,
        version=f"{statute['version']}+{digest(folder)}",
        statute_sources=tuple(statute["statute_sources"]),
        knows_units=bool(statute["knows_units"]),
        editions=tuple(_make(Edition, row) for row in statute["editions"]),
        rules=tuple(_rules(own / "rules.yaml")),
        notes=(*_notes(national / "notes.yaml"), *_notes(own / "notes.yaml")),
        deadlines={deadline.id: deadline for deadline in deadlines},
        areas=load_areas(folder),
        limits=_make(Limits, _yaml(own / "deadlines.yaml")["limits"]),
        concern_basis={
            concern: tuple(_make(Basis, row) for row in rows)
            for concern, rows in statute["concern_basis"].items()
        },
        concern_name={
            concern: _make(Text, row) for concern, row in statute["concern_name"].items()
        },
    )


def _rules(path: Path) -> Iterator[Rule]:
    data = _yaml(path)
    for row in data["rules"]:
        yield _make(Rule, {"review": data["review"], **_with_condition(row)})


def _notes(path: Path) -> Iterator[Note]:
    for row in _yaml(path)["notes"]:
        yield _make(Note, _with_condition(row))


def _deadlines(path: Path) -> Iterator[DeadlineRule]:
    for row in _yaml(path)["deadlines"]:
        yield _make(DeadlineRule, _with_condition(row))


def _with_condition(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "when": read_condition(row["when"], NOTE_DOMAINS, str(row.get("id", "?")))}


@cache
def load_areas(folder: Path = FOLDER) -> Mapping[str, Area]:
    """The subject areas by id, in the order of their files.

    Raises:
        RulesError: an area that lacks something, or is there twice.
    """
    shared = _yaml(folder / "areas" / "_shared.yaml")
    sources, contacts = load_sources(), set(load_organisation("koebenhavn").contacts)
    areas: dict[str, Area] = {}
    for path in sorted((folder / "areas").glob("*.yaml")):
        if path.name.startswith(SKIP):
            continue
        for row in _yaml(path)["areas"]:
            where = f"{path.name}: {row.get('id', '?')}"
            try:
                area = _make(Area, _expand(row, shared))
            except (ValidationError, KeyError, TypeError) as error:
                raise RulesError(f"{where}: {error}") from error
            if area.id in areas:
                raise RulesError(f"{where}: there twice")
            check_area(area, where, sources, contacts)
            areas[area.id] = area
    return areas


def _expand(row: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Puts shared blocks where the area names them; what the area writes itself wins."""
    full = dict(row)
    for field, blocks in (("forvaltning", "forvaltninger"), ("otherwise", "otherwise")):
        if isinstance(full.get(field), str):
            full[field] = shared[blocks][full[field]]
    decision = dict(full["decision"])
    if like := decision.pop("like", None):
        decision = {**shared["decisions"][like], **decision}
    full["decision"] = decision
    return full


@cache
def load_usual_way(folder: Path = FOLDER) -> Cited:
    """What most areas say about anything but the decision."""
    shared = _yaml(folder / "areas" / "_shared.yaml")["otherwise"]
    usual: Cited = _make(Cited, shared["leader_first"])
    return usual


@cache
def load_presumptions(municipality: str, folder: Path = FOLDER) -> tuple[Presumption, ...]:
    """What a provisional picture presumes; `served` stands for the municipality served."""
    return tuple(
        Presumption(
            variable=row["variable"],
            value=municipality if row["value"] == "served" else _word(row["value"]),
            given={name: _word(value) for name, value in row.get("given", {}).items()},
        )
        for row in _yaml(folder / "questions" / "presumed.yaml")["presumed"]
    )


@cache
def load_texts(name: str, folder: Path = FOLDER) -> Mapping[str, Mapping[str, Any]]:
    """The texts of one name by language, with the same keys in each.

    Raises:
        RulesError: a text that is there in one language only.
    """
    texts = {lang: _yaml(folder / "texts" / lang / f"{name}.yaml") for lang in ("da", "en")}
    if alone := set(texts["da"]) ^ set(texts["en"]):
        raise RulesError(f"{name}: in one language only: {sorted(alone)}")
    return texts


@cache
def load_questions(folder: Path = FOLDER) -> Mapping[str, Mapping[str, Any]]:
    """The question of each fact, by the fact's name.

    Raises:
        RulesError: a question or an answer that is not text in both languages (YAML reads a bare Yes as true).
    """
    rows = _yaml(folder / "questions" / "questions.yaml")["questions"]
    for row in rows:
        for said in (row["text"], *(option["label"] for option in row["options"])):
            if not all(isinstance(said.get(lang), str) for lang in ("da", "en")):
                raise RulesError(f"question {row['fact']}: not text in both languages: {said}")
    return {row["fact"]: row for row in rows}


@cache
def digest(folder: Path = FOLDER) -> str:
    """A fingerprint of every rule file, so that an assessment can say which rules gave it."""
    fingerprint = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        fingerprint.update(path.relative_to(folder).as_posix().encode())
        fingerprint.update(path.read_bytes())
    return fingerprint.hexdigest()[:12]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _make(kind: type[T], row: Any) -> T:
    made: T = _adapter(cast(Hashable, kind)).validate_python(row)
    return made


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise RulesError(f"{path.name}: {error}") from error
