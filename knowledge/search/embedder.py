"""Turns text into vectors with the shipped model or any sentence-transformers model, offline unless asked otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.search import graph
from knowledge.search.lean import LeanBert, is_lean

Vectors = npt.NDArray[np.float32]
TextKind = Literal["query", "passage"]
Progress = Callable[[int, int], None]

# Models of the e5 family were trained with these words in front of each text.
_E5_PREFIX: dict[TextKind, str] = {"query": "query: ", "passage": "passage: "}

# Texts read at once: enough to use the processor well, few enough to tell of progress.
BATCH = 64
AT_ONCE = 16


class Embedder(Protocol):
    """What search needs of a model."""

    @property
    def fingerprint(self) -> str:
        """Identify the model; another fingerprint means another index."""

    @property
    def dimension(self) -> int:
        """Give the length of the vectors."""

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        """Return one unit-length row per text."""


class _Known:
    """What all embedders know of their model."""

    def __init__(self, model: Any, fingerprint: str, e5: bool = False) -> None:
        self._model = model
        self._fingerprint = fingerprint
        self._e5 = e5

    @property
    def fingerprint(self) -> str:
        """Identify the model by the hash of its files."""
        return self._fingerprint


class LeanEmbedder(_Known):
    """A plain model on the CPU, read without the library."""

    @property
    def dimension(self) -> int:
        """Give the length of the vectors."""
        return int(self._model.width)

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        """Return one unit-length row per text."""
        encode = self._model.encode
        return _in_batches(_prefixed(texts, kind, self._e5), encode, AT_ONCE, progress)


class TransformerEmbedder(_Known):
    """Any sentence-transformers model on the CPU."""

    @property
    def dimension(self) -> int:
        """Give the length of the vectors."""
        return int(self._model.get_embedding_dimension())

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        """Return one unit-length row per text."""
        encode = self._model.encode_query if kind == "query" else self._model.encode_document

        def rows(part: Sequence[str]) -> Vectors:
            encoded: Vectors = encode(
                list(part), normalize_embeddings=True, show_progress_bar=False
            )
            return encoded

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return _in_batches(_prefixed(texts, kind, self._e5), rows, BATCH, progress)


def load_embedder(model: str | Path, *, allow_download: bool = False) -> Embedder:
    """Load a model by folder or name; names are fetched from a hub only when that is allowed."""
    folder = Path(model)
    if is_lean(folder):
        quick = graph.open_graph(folder)
        # Read in eight bits, texts lie a little elsewhere: passages and questions have to be read alike.
        mark = hash_folder(folder) if quick else hash_model(folder)
        return LeanEmbedder(quick or LeanBert(folder), mark, _is_e5(folder))
    return load_by_library(model, allow_download=allow_download)


def load_by_library(model: str | Path, *, allow_download: bool = False) -> TransformerEmbedder:
    """Load a model of any shape with sentence-transformers; brings torch, which takes seconds and memory."""
    import torch
    from sentence_transformers import SentenceTransformer

    # With two threads and other load on the machine the slowest queries took many times longer.
    torch.set_num_threads(1)
    loaded = SentenceTransformer(str(model), device="cpu", local_files_only=not allow_download)
    loaded.eval()
    folder = Path(model)
    mark = hash_model(folder) if folder.is_dir() else _hash_weights(loaded)
    return TransformerEmbedder(loaded, mark, _is_e5(folder))


def _is_e5(folder: Path) -> bool:
    return "e5" in folder.name.lower().split("-")


def _prefixed(texts: Sequence[str], kind: TextKind, e5: bool) -> Sequence[str]:
    return [_E5_PREFIX[kind] + text for text in texts] if e5 else texts


def _in_batches(
    texts: Sequence[str],
    encode: Callable[[Sequence[str]], Vectors],
    size: int,
    progress: Progress | None,
) -> Vectors:
    rows: list[Vectors] = []
    for start in range(0, len(texts), size):
        rows.append(encode(texts[start : start + size]))
        if progress:
            progress(min(start + size, len(texts)), len(texts))
    return np.ascontiguousarray(np.vstack(rows or [encode(())]), dtype=np.float32)


def hash_folder(folder: Path) -> str:
    """Return one hash over the names and contents of all files in a folder."""
    return _hash_files(folder, folder.rglob("*"))


def hash_model(folder: Path) -> str:
    """Return one hash over a model as it was learnt, without the graph made of it."""
    beside = folder / graph.FOLDER
    return _hash_files(folder, (p for p in folder.rglob("*") if not p.is_relative_to(beside)))


def _hash_files(folder: Path, paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(p for p in paths if p.is_file()):
        total.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _hash_weights(model: Any) -> str:
    total = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        total.update(name.encode())
        total.update(tensor.detach().float().cpu().numpy().tobytes())
    return total.hexdigest()
