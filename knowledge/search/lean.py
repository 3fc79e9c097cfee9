"""Reads texts with a BERT-shaped sentence model in as few steps as it takes, with numpy alone.

The general library brings a framework of several hundred megabytes and seconds of start, and spends more time around
the model than in it when texts come one at a time, as questions do. The result is the same to four digits; models
of any other shape are left to the library. Where the model has a graph beside it, `graph` reads it in less time still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from safetensors import safe_open
from scipy.special import erf

from knowledge.search.pieces import WEIGHTS, Floats, Pieces, read_json

Layer = dict[str, tuple[Floats, Floats]]

_MODULES = ("Transformer", "Pooling", "Normalize")
_DENSE = ("attention.output.dense", "intermediate.dense", "output.dense")
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


class LeanBert:
    """A BERT encoder with mean pooling."""

    def __init__(self, folder: Path) -> None:
        """Reads the weights of a folder that `is_lean` has found plain enough."""
        config = read_json(folder / "config.json")
        self.width = int(config["hidden_size"])
        self._heads = int(config["num_attention_heads"])
        self._eps = np.float32(config["layer_norm_eps"])
        self._pieces = Pieces(folder)
        weights = _read_weights(folder / WEIGHTS)
        self._norm = _pair(weights, "embeddings.LayerNorm")
        self._layers = [
            _layer(weights, f"encoder.layer.{number}.")
            for number in range(int(config["num_hidden_layers"]))
        ]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row of unit length per text.

        The texts stand end to end, so that the weights are read once for all of them; no text sees another.
        """
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        rows = self._pieces.of(texts)
        ends = list(accumulate((len(one) for one in rows), initial=0))
        parts = [slice(start, end) for start, end in pairwise(ends)]
        hidden = self._normed(np.concatenate(rows), self._norm)
        for layer in self._layers:
            hidden = self._through(layer, hidden, parts)
        means = np.stack([hidden[part].mean(axis=0) for part in parts])
        unit: Floats = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def _through(self, layer: Layer, x: Floats, parts: Sequence[slice]) -> Floats:
        joined = _linear(x, layer["qkv"])
        seen = np.concatenate([self._attended(joined[part]) for part in parts])
        x = self._normed(
            x + _linear(seen, layer["attention.output.dense"]), layer["attention.output.LayerNorm"]
        )
        wide = _gelu(_linear(x, layer["intermediate.dense"]))
        return self._normed(x + _linear(wide, layer["output.dense"]), layer["output.LayerNorm"])

    def _attended(self, joined: Floats) -> Floats:
        length, size = len(joined), self.width // self._heads
        # What is asked, what is offered, what is told: each head by head.
        asked, offered, told = joined.reshape(length, 3, self._heads, size).transpose(1, 2, 0, 3)
        scores = asked @ offered.transpose(0, 2, 1) * np.float32(size**-0.5)
        np.exp(scores - scores.max(axis=2, keepdims=True), out=scores)
        scores /= scores.sum(axis=2, keepdims=True)
        seen = (scores @ told).transpose(1, 0, 2)
        return np.asarray(seen.reshape(length, -1), dtype=np.float32)

    def _normed(self, x: Floats, norm: tuple[Floats, Floats]) -> Floats:
        weight, bias = norm
        x = x - x.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", x, x)[:, None] / np.float32(self.width)
        x *= weight / np.sqrt(spread + self._eps)
        x += bias
        return x


def is_lean(folder: Path) -> bool:
    """Whether a model folder holds what `LeanBert` reads; anything else is for the library."""
    needed = ("modules.json", "config.json", "tokenizer.json", WEIGHTS)
    if not all((folder / name).is_file() for name in needed):
        return False
    modules = read_json(folder / "modules.json")
    if tuple(module["type"].rpartition(".")[2] for module in modules) != _MODULES:
        return False
    config, pooling = (
        read_json(folder / "config.json"),
        read_json(folder / "1_Pooling" / "config.json"),
    )
    wanted = {"pooling_mode_mean_tokens"}
    modes = {name for name, on in pooling.items() if name.startswith("pooling_mode_") and on}
    prompts = read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and (modes == wanted or pooling.get("pooling_mode") == "mean")
        and not any(prompts.values())
    )


def _read_weights(file: Path) -> dict[str, Floats]:
    """Everything but the rows that begin a text."""
    with safe_open(file, framework="numpy") as opened:
        names = [name for name in opened.keys() if not name.endswith("_embeddings.weight")]  # noqa: SIM118
        return {name: opened.get_tensor(name) for name in names}


def _pair(weights: Mapping[str, Floats], name: str) -> tuple[Floats, Floats]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _layer(weights: Mapping[str, Floats], start: str) -> Layer:
    three = [_pair(weights, f"{start}attention.self.{part}") for part in ("query", "key", "value")]
    joined = np.concatenate([one for one, _ in three]), np.concatenate([one for _, one in three])
    dense = {"qkv": joined} | {name: _pair(weights, start + name) for name in _DENSE}
    # Turned once, so that no multiplication has to.
    turned = {name: (np.ascontiguousarray(w.T), bias) for name, (w, bias) in dense.items()}
    return turned | {name: _pair(weights, start + name) for name in _NORMS}


def _linear(x: Floats, pair: tuple[Floats, Floats]) -> Floats:
    weight, bias = pair
    out: Floats = x @ weight
    out += bias
    return out


def _gelu(x: Floats) -> Floats:
    half: Floats = erf(x * np.float32(2**-0.5))
    half += 1
    half *= x
    half *= np.float32(0.5)
    return half
