"""Puts a model folder together: the English body with our change, our rows, our tokenizer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from knowledge.models.artefact import Artefact, Change, Floats
from knowledge.models.graft import ROW_NAME, base_rows, base_vocabulary
from knowledge.models.vocabulary import build_tokenizer

# Tokens read of each text: longer questions say little more, and time grows with length.
LENGTH = 160
_COPIED = ("config.json", "config_sentence_transformers.json", "special_tokens_map.json")


def assemble_artefact(base: Path, target: Path, artefact: Artefact) -> Path:
    """Write the folder of the model that an artefact describes."""
    tokens = [*base_vocabulary(base), *artefact.tokens]
    rows = np.vstack(
        [base_rows(base), np.zeros((len(artefact.tokens), artefact.rows.shape[1]), np.float32)]
    )
    rows[artefact.row_numbers] = artefact.rows
    return assemble(base, target, tokens, rows, artefact.changes)


def assemble(
    base: Path,
    target: Path,
    tokens: Sequence[str],
    rows: Floats,
    changes: Mapping[str, Change] | None = None,
) -> Path:
    """Write a folder that plain `SentenceTransformer(path)` loads."""
    from safetensors.numpy import load_file, save_file

    target.mkdir(parents=True)
    for name in _COPIED:
        shutil.copy(base / name, target / name)
    weights = load_file(base / "model.safetensors")
    weights[ROW_NAME] = np.ascontiguousarray(rows, dtype=np.float32)
    for name, (up, down) in (changes or {}).items():
        weights[name] = np.ascontiguousarray(weights[name] + up @ down, dtype=np.float32)
    save_file(weights, target / "model.safetensors", {"format": "pt"})
    build_tokenizer(tokens, LENGTH).save(str(target / "tokenizer.json"))
    config = json.loads((target / "config.json").read_text(encoding="utf-8"))
    _dump(target / "config.json", config | {"vocab_size": len(tokens)})
    _dump(
        target / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LENGTH},
    )
    _dump(target / "sentence_bert_config.json", {"max_seq_length": LENGTH, "do_lower_case": False})
    for name in ("1_Pooling", "modules.json"):
        source = base / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / name)
    (target / "2_Normalize").mkdir(exist_ok=True)
    return target


def _dump(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
