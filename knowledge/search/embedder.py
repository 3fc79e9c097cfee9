"""Turns text into vectors with any sentence-transformers model, offline unless asked otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
TextKind = Literal["query", "passage"]
Progress = Callable[[int, int], None]

# Models of the e5 family were trained with these words in front of each text.
_E5_PREFIX: dict[TextKind, str] = {"query": "query: ", "passage": "passage: "}

# More texts than this go through the library, which reads them in batches; a question with its pieces is fewer.
FEW = 12


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


class TransformerEmbedder:
    """A sentence-transformers model on the CPU."""

    def __init__(self, model: Any, fingerprint: str, e5: bool = False) -> None:
        self._model = model
        self._fingerprint = fingerprint
        self._e5 = e5
        from knowledge.search.lean import lean  # brings torch, which takes seconds

        self._lean = lean(model)

    @property
    def fingerprint(self) -> str:
        """Identify the model by the hash of its files."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Give the length of the vectors."""
        return int(self._model.get_embedding_dimension())

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        """Return one unit-length row per text; many go in batches, so that progress can be told."""
        if self._lean is not None and len(texts) <= FEW:
            return self._lean.encode([self._prefixed(text, kind) for text in texts])
        return self.encode_by_library(texts, kind, progress)

    def encode_by_library(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        """Return the same rows the general way, in batches."""
        rows: list[Vectors] = []
        batch = 64
        for start in range(0, len(texts), batch):
            part = [self._prefixed(text, kind) for text in texts[start : start + batch]]
            encode = self._model.encode_query if kind == "query" else self._model.encode_document
            rows.append(encode(part, normalize_embeddings=True, show_progress_bar=False))
            if progress:
                progress(min(start + batch, len(texts)), len(texts))
        if not rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.ascontiguousarray(np.vstack(rows), dtype=np.float32)

    def _prefixed(self, text: str, kind: TextKind) -> str:
        return _E5_PREFIX[kind] + text if self._e5 else text


def load_embedder(model: str | Path, *, allow_download: bool = False) -> TransformerEmbedder:
    """Load a model by folder or name; names are fetched from a hub only when that is allowed."""
    import torch
    from sentence_transformers import SentenceTransformer

    # With two threads and other load on the machine the slowest queries took many times longer.
    torch.set_num_threads(1)
    loaded = SentenceTransformer(str(model), device="cpu", local_files_only=not allow_download)
    loaded.eval()
    folder = Path(model)
    mark = hash_folder(folder) if folder.is_dir() else _hash_weights(loaded)
    return TransformerEmbedder(loaded, mark, e5="e5" in folder.name.lower().split("-"))


def hash_folder(folder: Path) -> str:
    """Return one hash over the names and contents of all files in a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
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
