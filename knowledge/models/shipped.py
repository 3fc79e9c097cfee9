"""The model the product comes with, put together on this machine from what ships."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from knowledge.models.artefact import FOLDER, artefact_hash, load_artefact
from knowledge.models.assemble import assemble_artefact
from knowledge.models.base import base_model


def prepare_model(cache: Path, artefact_folder: Path = FOLDER) -> Path:
    """Return a folder that sentence-transformers can load, assembling it in `cache` when needed."""
    target = cache / f"stafet-da-{artefact_hash(artefact_folder)}"
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="building-", dir=cache))
    try:
        assemble_artefact(base_model(), fresh / "model", load_artefact(artefact_folder))
        (fresh / "model").rename(target)
    except FileExistsError:
        pass  # another process was first; its folder is the same
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target
