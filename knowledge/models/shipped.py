"""The model the product comes with, put together on this machine from what ships."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

import structlog

from knowledge.models.artefact import FOLDER, artefact_hash, load_artefact
from knowledge.models.assemble import assemble_artefact
from knowledge.models.base import base_model

log = structlog.get_logger(__name__)

_NAME = "stafet-da-"
_GRAPH_CODE = Path(__file__).with_name("graph.py")


def prepare_model(cache: Path, artefact_folder: Path = FOLDER) -> Path:
    """Return a folder that sentence-transformers can load, assembling it in `cache` when needed.

    Beside the weights lies their graph, which is quicker to run; models of earlier versions go.
    """
    target = cache / f"{_NAME}{_mark(artefact_folder)}"
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="building-", dir=cache))
    try:
        _write_graph(
            assemble_artefact(base_model(), fresh / "model", load_artefact(artefact_folder))
        )
        (fresh / "model").rename(target)
    except OSError:
        # Another process may have been first; its folder is the same.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for old in cache.glob(f"{_NAME}*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def _mark(artefact_folder: Path) -> str:
    total = hashlib.sha256(artefact_hash(artefact_folder).encode())
    total.update(_GRAPH_CODE.read_bytes())
    return total.hexdigest()[:16]


def _write_graph(folder: Path) -> None:
    try:
        from knowledge.models.graph import write_graph
    except ImportError as error:
        log.warning("model.without_graph", reason=str(error))
    else:
        write_graph(folder)
