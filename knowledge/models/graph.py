"""Writes a sentence model's layers as a graph of eight-bit weights, which onnxruntime runs in a quarter of the time.

Only what is large goes into eight bits: the matrices, and what they are multiplied with, in blocks with a scale each.
The vectors differ from those of the weights as learnt in the fourth digit. The operators are onnxruntime's own, joined
as it would join them itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from knowledge.models.artefact import Floats
from knowledge.search.graph import FILE, FOLDER

# Numbers that share a scale. More are quicker and lose more: with 64, 2.0 ms for ten words instead of 2.5, and one
# question in two hundred finds its article a place further down.
BLOCK = 32
# Multiplies in integers, with the processor's instructions for them where it has any.
_IN_INTEGERS = 4
_MIDDLE = 128
_OWN = "com.microsoft"
_STANDARD_SET, _OWN_SET, _FORMAT = 18, 1, 9


def write_graph(folder: Path) -> Path:
    """Write the graph of a BERT with mean pooling beside its weights, and return its file."""
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    graph = _Graph(load_file(folder / "model.safetensors"), config)
    file = folder / FOLDER / FILE
    file.parent.mkdir(exist_ok=True)
    # The numbers lie in a file of their own, which is mapped and not held.
    onnx.save(graph.model(), file, save_as_external_data=True, location=f"{FILE}.data")
    return file


class _Graph:
    """A graph in the making: its steps and its numbers."""

    def __init__(self, weights: Mapping[str, Floats], config: Mapping[str, Any]) -> None:
        order = by_size(weights)
        self._order, self._weights = order, reordered(weights, order)
        self._width: int = config["hidden_size"]
        self._heads: int = config["num_attention_heads"]
        self._eps: float = config["layer_norm_eps"]
        self._layers: int = config["num_hidden_layers"]
        self._steps: list[onnx.NodeProto] = []
        self._numbers: list[TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """Everything from the rows of a text's pieces to its vector."""
        order = self._number("order", self._order)
        x = self._step("Gather", "rows", order, out="ordered", axis=2)
        x = self._step("LayerNormalization", x, *self._norm("embeddings.LayerNorm"),
                       out="start", epsilon=self._eps, axis=-1)  # fmt: skip
        for number in range(self._layers):
            x = self._layer(x, f"encoder.layer.{number}.")
        along = self._number("along", np.array([1], dtype=np.int64))
        mean = self._step("ReduceMean", x, along, out="mean", keepdims=0)
        back = self._number("back", np.argsort(self._order))
        mean = self._step("Gather", mean, back, out="as before", axis=1)
        self._step("LpNormalization", mean, out="vector", axis=1, p=2)
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._steps,
            "sentence",
            [value("rows", TensorProto.FLOAT, [1, "length", self._width])],
            [value("vector", TensorProto.FLOAT, [1, self._width])],
            self._numbers,
        )
        sets = [helper.make_opsetid("", _STANDARD_SET), helper.make_opsetid(_OWN, _OWN_SET)]
        return helper.make_model(graph, opset_imports=sets, ir_version=_FORMAT)

    def _layer(self, x: str, at: str) -> str:
        three = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        joined = self._dense(x, f"{at}three", *three)
        parts = [f"{at}asked", f"{at}offered", f"{at}told"]
        self._steps.append(helper.make_node("Split", [joined], parts, axis=-1, num_outputs=3))
        seen = self._own("MultiHeadAttention", *parts, out=f"{at}seen", num_heads=self._heads)
        seen = self._dense(seen, f"{at}attended", f"{at}attention.output.dense")
        x = self._joined(seen, x, f"{at}attention.output.LayerNorm")
        wide = self._dense(x, f"{at}wide", f"{at}intermediate.dense")
        wide = self._own("Gelu", wide, out=f"{at}bent")
        return self._joined(
            self._dense(wide, f"{at}narrow", f"{at}output.dense"), x, f"{at}output.LayerNorm"
        )

    def _dense(self, x: str, out: str, *names: str) -> str:
        matrix = np.concatenate([self._weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        codes, scales = in_blocks(matrix)
        height, width = matrix.shape
        return self._own(
            "MatMulNBits", x, self._number(f"{out}.codes", codes), self._number(f"{out}.scales", scales),
            "", "", self._number(f"{out}.bias", bias), out=out,
            K=width, N=height, bits=8, block_size=BLOCK, accuracy_level=_IN_INTEGERS,
        )  # fmt: skip

    def _joined(self, new: str, old: str, norm: str) -> str:
        return self._own(
            "SkipLayerNormalization", new, old, *self._norm(norm), out=f"{norm}.out", epsilon=self._eps
        )  # fmt: skip

    def _norm(self, name: str) -> tuple[str, str]:
        parts = f"{name}.weight", f"{name}.bias"
        return self._number(parts[0], self._weights[parts[0]]), self._number(
            parts[1], self._weights[parts[1]]
        )

    def _number(self, name: str, value: npt.NDArray[Any]) -> str:
        self._numbers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _own(self, kind: str, *inputs: str, out: str, **settings: Any) -> str:
        return self._step(kind, *inputs, out=out, domain=_OWN, **settings)

    def _step(self, kind: str, *inputs: str, out: str, **settings: Any) -> str:
        self._steps.append(helper.make_node(kind, inputs, [out], **settings))
        return out


def by_size(weights: Mapping[str, Floats]) -> npt.NDArray[np.int64]:
    """Return the places of what flows from layer to layer, those with the largest numbers first.

    A few places hold far larger numbers than the rest; in blocks of their own they do not make the rest coarse.
    """
    norms = [name.removesuffix(".weight") for name in weights if name.endswith("LayerNorm.weight")]
    sizes = [
        np.abs(weights[f"{norm}.bias"]) + 2 * np.abs(weights[f"{norm}.weight"])
        for norm in norms
        if norm.startswith("encoder.")
    ]
    return np.argsort(-np.mean(sizes, axis=0), kind="stable")


def reordered(weights: Mapping[str, Floats], order: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """Return the same layers over the places in another order; what lies inside a layer stays."""

    def turned(name: str, value: Floats) -> Floats:
        if "LayerNorm" in name or name.endswith(("output.dense.weight", "output.dense.bias")):
            return value[order]
        if name.startswith("encoder.") and name.endswith(".weight"):
            return value[:, order]
        return value

    return {name: turned(name, value) for name, value in weights.items()}


def in_blocks(matrix: Floats) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Return a matrix as bytes around 128 and the scale of each block of a row."""
    height, width = matrix.shape
    blocks = matrix.reshape(height, width // BLOCK, BLOCK)
    scales = (np.abs(blocks).max(axis=2) / 127 + 1e-12).astype(np.float32)
    codes = np.rint(blocks / scales[:, :, None]) + _MIDDLE
    return codes.astype(np.uint8), scales
