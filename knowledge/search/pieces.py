"""Cuts texts into word pieces and looks up what a BERT-shaped model begins with: a row per piece, a row per place."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Floats = npt.NDArray[np.float32]

WEIGHTS = "model.safetensors"
# How far a text may be read where the model does not say.
LONGEST = 512
_KINDS = {"F32": "<f4", "F16": "<f2"}


class Pieces:
    """The first step of a model: from texts to rows, one matrix per text."""

    def __init__(self, folder: Path) -> None:
        """Reads a model folder; the rows of the words stay on the disk."""
        longest = int(
            read_json(folder / "sentence_bert_config.json").get("max_seq_length") or LONGEST
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        file = folder / WEIGHTS
        self._words = RowsOnDisk(file, "embeddings.word_embeddings.weight")
        places = RowsOnDisk(file, "embeddings.position_embeddings.weight")
        kinds = RowsOnDisk(file, "embeddings.token_type_embeddings.weight")
        self._places = places.rows(range(min(longest, len(places)))) + kinds.rows([0])

    def of(self, texts: Sequence[str]) -> list[Floats]:
        """Return the rows of each text, words and places added."""
        found = [one.ids for one in self._tokenizer.encode_batch_fast(list(texts))]
        return [self._words.rows(ids) + self._places[: len(ids)] for ids in found]


class RowsOnDisk:
    """A matrix in a safetensors file, by far the largest of a model, of which a text needs a few rows.

    They are read one by one: the machine keeps the file at hand by itself, and no process has to hold it.
    """

    def __init__(self, file: Path, name: str) -> None:
        """Finds the matrix in the file; the format is eight bytes of length, a JSON header, the numbers."""
        with file.open("rb") as opened:
            header = int.from_bytes(opened.read(8), "little")
            entry = json.loads(opened.read(header))[name]
        self._kind = np.dtype(_KINDS[entry["dtype"]])
        self._count, self._width = entry["shape"]
        self._start = 8 + header + entry["data_offsets"][0]
        self._file = os.open(file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        return int(self._count)

    def rows(self, numbers: Sequence[int]) -> Floats:
        """Return the rows of these numbers."""
        file, size, start = self._file, self._kind.itemsize * self._width, self._start
        data = b"".join([os.pread(file, size, start + size * number) for number in numbers])
        found = np.frombuffer(data, dtype=self._kind).reshape(len(numbers), self._width)
        return found.astype(np.float32, copy=False)


def read_json(path: Path) -> Any:
    """The content of a JSON file; nothing where there is no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
