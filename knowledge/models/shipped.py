"""The model the product comes with, put together on this machine from what ships."""

from __future__ import annotations

from pathlib import Path

from knowledge.models.base import base_model


def prepare_model(cache: Path) -> Path:
    """Return a folder that sentence-transformers can load, assembling it in `cache` when needed."""
    return base_model()
