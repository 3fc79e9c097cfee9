"""Reads any document we know, by its contents as much as by its name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from knowledge.ingest.model import Extracted, Fault, IngestError

# Larger files are refused before they are opened.
LARGEST = 100_000_000
Reader = Callable[[Path, bytes], Extracted]

# The readers' libraries are slow to import, and most runs need one of them.
_READERS = {
    ".pdf": ("knowledge.ingest.pdf", "read_pdf"),
    ".docx": ("knowledge.ingest.docx", "read_docx"),
    ".html": ("knowledge.ingest.plain", "read_html"),
    ".htm": ("knowledge.ingest.plain", "read_html"),
    ".md": ("knowledge.ingest.plain", "read_markdown"),
    ".markdown": ("knowledge.ingest.plain", "read_markdown"),
    ".txt": ("knowledge.ingest.plain", "read_text"),
}


def read_document(path: Path) -> Extracted:
    """Read a document, or raise `IngestError` that says why not."""
    if not path.is_file():
        raise IngestError(path, Fault.MISSING)
    if path.stat().st_size > LARGEST:
        raise IngestError(path, Fault.TOO_LARGE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(path, Fault.MISSING) from error
    if not data.strip():
        raise IngestError(path, Fault.EMPTY)
    extracted = _reader(path, data)(path, data)
    if not any(fragment.kind != "heading" for fragment in extracted.fragments):
        raise IngestError(path, Fault.EMPTY)
    return extracted


def _reader(path: Path, data: bytes) -> Reader:
    suffix = ".pdf" if data.startswith(b"%PDF-") else path.suffix.lower()
    if suffix not in _READERS:
        raise IngestError(path, Fault.UNKNOWN_TYPE)
    module, name = _READERS[suffix]
    return cast(Reader, getattr(importlib.import_module(module), name))
