"""The index on disk: a build artefact with a manifest, one folder per generation, swapped in one step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.evaluation.questions import Question
from knowledge.search import vectors
from knowledge.search.abstain import Calibration
from knowledge.search.lexical import Lexical
from knowledge.search.model import Passage, SourceRef, Unit, UnitKind

CURRENT = "current"
MANIFEST = "manifest.json"
_CODE = (
    "evaluation/questions.py",
    "search/abstain.py",
    "search/build.py",
    "search/clauses.py",
    "search/index.py",
    "search/lexical.py",
    "search/passages.py",
    "search/rank.py",
    "search/scoring.py",
    "search/spelling.py",
    "search/voices.py",
    "text/blocks.py",
    "text/citations.py",
    "text/folding.py",
)


class IndexMismatchError(RuntimeError):
    """The index on disk was made from other articles, another model or other code."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from."""

    model: str
    dimension: int
    code: str
    articles: Mapping[str, str]
    content: str

    @property
    def generation(self) -> str:
        """Name the generation by what went into it."""
        data = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(data.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything that is searched, before or after it was on disk."""

    manifest: Manifest
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    words: Mapping[str, int]
    vectors: Any
    lexical: Lexical
    calibration: Mapping[str, Calibration]


def code_version() -> str:
    """Return one hash over the code that decides what an index holds."""
    total = hashlib.sha256()
    root = Path(__file__).parents[1]
    for name in _CODE:
        total.update((root / name).read_bytes())
    return total.hexdigest()[:16]


def content_hash(
    passages: Sequence[Passage],
    units: Sequence[Unit],
    words: Mapping[str, int],
    calibration: Sequence[Question],
) -> str:
    """Return one hash over every text that is indexed or shown."""
    data = [
        [asdict(passage) for passage in passages],
        [asdict(unit) for unit in units],
        sorted(words.items()),
        [[q.id, q.text, q.lang, q.answerable] for q in calibration],
    ]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def write(folder: Path, collection: Collection) -> None:
    """Write a generation beside the current one, then point at it: readers see one or the other."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / collection.manifest.generation
    fresh = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
    try:
        _write_files(fresh, collection)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    pointer = folder / f"{CURRENT}.{os.getpid()}"
    pointer.write_text(target.name, encoding="ascii")
    previous = current_generation(folder)
    pointer.replace(folder / CURRENT)
    _remove_old(folder, keep={target.name, previous or ""})


def current_generation(folder: Path) -> str | None:
    """Return the name of the generation in use, if there is one."""
    pointer = folder / CURRENT
    return pointer.read_text(encoding="ascii").strip() if pointer.is_file() else None


def read(folder: Path, expected: Manifest) -> Collection:
    """Read the current generation, refusing one that was made from something else."""
    name = current_generation(folder)
    if name is None or not (folder / name / MANIFEST).is_file():
        raise IndexMismatchError(f"no index in {folder}")
    data = json.loads((folder / name / MANIFEST).read_text(encoding="utf-8"))
    found = Manifest(**data)
    if found != expected:
        differing = [key for key, value in asdict(expected).items() if data[key] != value]
        raise IndexMismatchError(f"index differs from what it should hold: {', '.join(differing)}")
    collection = _read_files(folder / name, found)
    if collection.vectors.ntotal != len(collection.units) or (
        collection.vectors.d != found.dimension
    ):
        raise IndexMismatchError("index files do not belong together")
    return collection


def _write_files(folder: Path, collection: Collection) -> None:
    def dump(name: str, data: object) -> None:
        text = json.dumps(data, ensure_ascii=False, sort_keys=True)
        (folder / name).write_text(text, encoding="utf-8")

    vectors.save(collection.vectors, folder / "vectors.faiss")
    collection.lexical.save(folder / "lexical")
    dump("passages.json", [asdict(passage) for passage in collection.passages])
    dump("units.json", [asdict(unit) for unit in collection.units])
    dump("words.json", dict(collection.words))
    dump("calibration.json", {k: c.as_data() for k, c in collection.calibration.items()})
    dump(MANIFEST, asdict(collection.manifest))


def _read_files(folder: Path, manifest: Manifest) -> Collection:
    def parse(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    units = tuple(Unit(**(row | {"kind": UnitKind(row["kind"])})) for row in parse("units.json"))
    return Collection(
        manifest=manifest,
        passages=tuple(_passage(row) for row in parse("passages.json")),
        units=units,
        words=parse("words.json"),
        vectors=vectors.load(folder / "vectors.faiss"),
        lexical=Lexical.load(folder / "lexical", len(units)),
        calibration={k: Calibration.from_data(c) for k, c in parse("calibration.json").items()},
    )


def _passage(row: dict[str, Any]) -> Passage:
    refs = tuple(SourceRef(**ref) for ref in row.pop("sources"))
    return Passage(**row, sources=refs)


def _remove_old(folder: Path, keep: set[str]) -> None:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in keep and not path.name.startswith("building-"):
            shutil.rmtree(path, ignore_errors=True)
