"""Reads a few texts with a BERT-shaped sentence model in as few steps as it takes.

The general library spends more time around the model than in it when texts come one at a time, as questions
do. The result is the same to four digits; models of any other shape are left to the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

_MODULES = ("Transformer", "Pooling", "Normalize")
_PARTS = (
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)


class LeanBert:
    """A BERT encoder with mean pooling, for a question and its pieces."""

    def __init__(self, model: Any) -> None:
        config = model[0].auto_model.config
        self._tokenizer = model.tokenizer
        self._longest = int(model.max_seq_length)
        self._heads = int(config.num_attention_heads)
        self._width = int(config.hidden_size)
        self._eps = float(config.layer_norm_eps)
        weights = {
            name: tensor.to(_precision())
            for name, tensor in model[0].auto_model.state_dict().items()
            if tensor.is_floating_point()
        }
        self._words = weights["embeddings.word_embeddings.weight"]
        types = weights["embeddings.token_type_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"] + types[0]
        self._norm = _pair(weights, "embeddings.LayerNorm")
        self._layers = [
            _layer(weights, f"encoder.layer.{number}.")
            for number in range(config.num_hidden_layers)
        ]

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one row of unit length per text.

        The texts stand end to end, so that the weights are read once for all of them; no text sees another.
        """
        if not texts:
            return np.zeros((0, self._width), dtype=np.float32)
        ids = [
            self._tokenizer(text, truncation=True, max_length=self._longest)["input_ids"]
            for text in texts
        ]
        lengths = [len(one) for one in ids]
        places = torch.cat([self._places[:length] for length in lengths])
        words = self._words[torch.tensor([number for one in ids for number in one])]
        hidden = self._normed(words + places, self._norm)
        for layer in self._layers:
            hidden = self._through(layer, hidden, lengths)
        means = torch.stack([part.mean(0) for part in torch.split(hidden.float(), lengths)])
        rows: npt.NDArray[np.float32] = F.normalize(means, dim=1).numpy()
        return rows

    def _through(
        self, layer: dict[str, tuple[Tensor, Tensor]], x: Tensor, lengths: list[int]
    ) -> Tensor:
        parts = torch.split(F.linear(x, *layer["qkv"]), lengths)
        seen = torch.cat([self._attended(part) for part in parts])
        seen = F.linear(seen, *layer["attention.output.dense"])
        x = self._normed(x + seen, layer["attention.output.LayerNorm"])
        wide = F.gelu(F.linear(x, *layer["intermediate.dense"]))
        return self._normed(x + F.linear(wide, *layer["output.dense"]), layer["output.LayerNorm"])

    def _attended(self, joined: Tensor) -> Tensor:
        length = len(joined)
        heads = joined.view(length, 3, self._heads, self._width // self._heads).permute(1, 2, 0, 3)
        asked, offered, told = heads.unsqueeze(1)
        seen = F.scaled_dot_product_attention(asked, offered, told)[0]
        return seen.transpose(0, 1).reshape(length, -1)

    def _normed(self, x: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        return F.layer_norm(x, (self._width,), *norm, self._eps)


def lean(model: Any) -> LeanBert | None:
    """Return the short way through a model, or nothing when the model has another shape."""
    if tuple(type(module).__name__ for module in model) != _MODULES:
        return None
    config = model[0].auto_model.config
    plain = (
        config.model_type == "bert"
        and config.hidden_act == "gelu"
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
        and getattr(model[1], "pooling_mode", None) == "mean"
        and not any((model.prompts or {}).values())
    )
    return LeanBert(model) if plain else None


def _precision() -> torch.dtype:
    """Half the bytes to read where the processor multiplies them natively; elsewhere they would be slower."""
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return torch.bfloat16 if native is not None and native() else torch.float32


def _pair(weights: dict[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _layer(weights: dict[str, Tensor], start: str) -> dict[str, tuple[Tensor, Tensor]]:
    three = [_pair(weights, f"{start}attention.self.{part}") for part in ("query", "key", "value")]
    joined = (torch.cat([one for one, _ in three]), torch.cat([one for _, one in three]))
    return {"qkv": joined} | {name: _pair(weights, start + name) for name in _PARTS}
