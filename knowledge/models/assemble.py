"""Puts a model folder together: the English body, our rows, our tokenizer, our last layer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.models.graft import ROW_NAME, Rows
from knowledge.models.vocabulary import build_tokenizer

# Tokens read of each text: longer questions say little more, and time grows with length.
LENGTH = 160
_COPIED = ("config.json", "config_sentence_transformers.json", "special_tokens_map.json")


def assemble(
    base: Path,
    target: Path,
    tokens: Sequence[str],
    rows: Rows,
    head: npt.NDArray[np.float32] | None = None,
) -> Path:
    """Write a folder that plain `SentenceTransformer(path)` loads."""
    from safetensors.numpy import load_file, save_file

    target.mkdir(parents=True)
    for name in _COPIED:
        shutil.copy(base / name, target / name)
    weights = load_file(base / "model.safetensors")
    weights[ROW_NAME] = np.ascontiguousarray(rows, dtype=np.float32)
    save_file(weights, target / "model.safetensors", {"format": "pt"})
    build_tokenizer(tokens, LENGTH).save(str(target / "tokenizer.json"))
    _edit(target / "config.json", vocab_size=len(tokens))
    _dump(
        target / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LENGTH},
    )
    _dump(target / "sentence_bert_config.json", {"max_seq_length": LENGTH, "do_lower_case": False})
    shutil.copytree(base / "1_Pooling", target / "1_Pooling")
    modules = [
        ("", "sentence_transformers.models.Transformer"),
        ("1_Pooling", "sentence_transformers.models.Pooling"),
    ]
    if head is not None:
        _write_head(target / "2_Dense", head)
        modules.append(("2_Dense", "sentence_transformers.models.Dense"))
    _dump(
        target / "modules.json",
        [{"idx": n, "name": str(n), "path": p, "type": t} for n, (p, t) in enumerate(modules)],
    )
    return target


def _write_head(folder: Path, head: npt.NDArray[np.float32]) -> None:
    from safetensors.numpy import save_file

    folder.mkdir()
    _dump(
        folder / "config.json",
        {
            "in_features": head.shape[1],
            "out_features": head.shape[0],
            "bias": False,
            "activation_function": "torch.nn.modules.linear.Identity",
        },
    )
    weights = {"linear.weight": np.ascontiguousarray(head, dtype=np.float32)}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def _edit(path: Path, **changes: object) -> None:
    _dump(path, json.loads(path.read_text(encoding="utf-8")) | changes)


def _dump(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
