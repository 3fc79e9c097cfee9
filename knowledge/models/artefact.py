"""What we ship of the model: new tokens, rows in eight bits, and the low-rank change of the body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).parent / "stafet-da"
TOKENS, WEIGHTS, MANIFEST = "tokens.txt", "weights.npz", "manifest.json"
Floats = npt.NDArray[np.float32]
Change = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Artefact:
    """Tokens to add, rows to replace, and for each changed matrix the two thin ones whose product is added."""

    tokens: tuple[str, ...]
    row_numbers: npt.NDArray[np.int64]
    rows: Floats
    changes: Mapping[str, Change]


def save_artefact(
    artefact: Artefact, manifest: Mapping[str, object], folder: Path = FOLDER
) -> None:
    """Write an artefact; eight bits a number lose nothing that search can see."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TOKENS).write_text("\n".join(artefact.tokens) + "\n", encoding="utf-8")
    codes, scales = _to_bytes(artefact.rows)
    arrays: dict[str, Any] = {
        "row_numbers": artefact.row_numbers.astype(np.int32),
        "rows": codes,
        "scales": scales,
    }
    for name, (up, down) in sorted(artefact.changes.items()):
        arrays[f"up:{name}"] = up.astype(np.float16)
        arrays[f"down:{name}"] = down.astype(np.float16)
    np.savez_compressed(folder / WEIGHTS, **arrays)
    text = json.dumps(dict(manifest), indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def load_artefact(folder: Path = FOLDER) -> Artefact:
    """Read an artefact."""
    tokens = (folder / TOKENS).read_text(encoding="utf-8").splitlines()
    with np.load(folder / WEIGHTS, allow_pickle=False) as data:
        rows = data["rows"].astype(np.float32) * data["scales"].astype(np.float32)[:, None]
        names = [key.removeprefix("up:") for key in data.files if key.startswith("up:")]
        changes = {
            name: (data[f"up:{name}"].astype(np.float32), data[f"down:{name}"].astype(np.float32))
            for name in names
        }
        return Artefact(tuple(tokens), data["row_numbers"].astype(np.int64), rows, changes)


def artefact_hash(folder: Path = FOLDER) -> str:
    """Return one short hash over the artefact's files."""
    total = hashlib.sha256()
    for name in (TOKENS, WEIGHTS):
        total.update((folder / name).read_bytes())
    return total.hexdigest()[:16]


def text_hash(texts: Sequence[str]) -> str:
    """Return one hash over the text a model was made from."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _to_bytes(rows: Floats) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    scales = (np.abs(rows).max(axis=1) / 127.0 + 1e-8).astype(np.float16)
    codes = np.rint(rows / scales.astype(np.float32)[:, None])
    return np.clip(codes, -127, 127).astype(np.int8), scales
