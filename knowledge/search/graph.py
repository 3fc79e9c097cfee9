"""Reads texts with the layers of a sentence model as a graph of eight-bit weights, run by onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from knowledge.search.pieces import Floats, Pieces

log = structlog.get_logger(__name__)

# Beside the weights as they were learnt; `knowledge.models.graph` writes it.
FOLDER = "graph"
FILE = "model.onnx"
_ONLY_ERRORS = 3


class GraphBert:
    """The same encoder as `LeanBert`, in a quarter of its time: the weights are a quarter as large."""

    def __init__(self, folder: Path, session: Any) -> None:
        """Takes a model folder and the session that runs its graph."""
        self._pieces = Pieces(folder)
        self._session = session
        self.width = int(session.get_outputs()[0].shape[-1])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row of unit length per text.

        One by one: the weights stay in the processor's cache, and no text waits for the padding of another.
        """
        run = self._session.run
        rows = [run(None, {"rows": one[None]})[0] for one in self._pieces.of(texts)]
        return np.vstack(rows) if rows else np.zeros((0, self.width), dtype=np.float32)


def open_graph(folder: Path) -> GraphBert | None:
    """The graph of a model folder; nothing where there is none, or where this machine cannot run one."""
    file = folder / FOLDER / FILE
    if not file.is_file():
        return None
    # Builds after the locked one would report to their maker if they were not told before they are loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime
    except ImportError as error:
        log.warning("model.without_graph", reason=str(error))
        return None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ONLY_ERRORS
    # One question is too small to share out, and waiting threads would take the processor from others.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What a long text needed once would be kept for ever.
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return GraphBert(folder, session)
