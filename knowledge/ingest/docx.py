"""Reads Word documents by their paragraph styles."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.ingest.model import Extracted, Fault, Fragment, IngestError

_HEADING = re.compile(r"(?:heading|overskrift) (\d)", re.IGNORECASE)
# A small file that unpacks to more than this is an attack or a mistake.
UNPACKED_LIMIT = 500_000_000
# The first bytes of the container that holds a Word document locked with a password.
_LOCKED = b"\xd0\xcf\x11\xe0"


def read_docx(path: Path, data: bytes) -> Extracted:
    """Read paragraphs, headings, list items and table rows in order."""
    if data.startswith(_LOCKED):
        raise IngestError(path, Fault.ENCRYPTED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > UNPACKED_LIMIT:
                raise IngestError(path, Fault.TOO_LARGE)
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        if isinstance(error, IngestError):
            raise
        raise IngestError(path, Fault.BROKEN) from error
    fragments: list[Fragment] = []
    title = (document.core_properties.title or "").strip()
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            fragments.extend(_rows(part))
            continue
        fragment = _paragraph(part)
        if fragment is None:
            continue
        if not title and (part.style is not None and part.style.name == "Title"):
            title = fragment.text
        else:
            fragments.append(fragment)
    return Extracted(title or path.stem, tuple(fragments), None)


def _paragraph(paragraph: Paragraph) -> Fragment | None:
    text = " ".join(paragraph.text.split())
    if not text:
        return None
    style = str(paragraph.style.name) if paragraph.style is not None else ""
    heading = _HEADING.match(style)
    if heading:
        return Fragment("heading", text, level=int(heading[1]) + 1)
    return Fragment(
        "item" if style.lower().startswith(("list", "opstilling")) else "paragraph", text
    )


def _rows(table: Table) -> list[Fragment]:
    rows = [
        " – ".join(dict.fromkeys(" ".join(c.text.split()) for c in row.cells)) for row in table.rows
    ]
    return [Fragment("item", row) for row in rows if row.strip(" –")]
