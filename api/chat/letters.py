"""A letter that a citizen hands over as a file: read in memory, never kept, and then treated like a pasted text."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import structlog
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfpage import PDFPage
from pdfminer.psexceptions import PSException

from api.errors import InvalidInput
from knowledge.ingest.pdf import read_pdf

log = structlog.get_logger(__name__)

# The bytes of a PDF in, its text out; a ValueError where there is no text to be had.
LetterReader = Callable[[bytes], str]
# Bytes. A written letter is far smaller; a scanned one holds no text anyway.
LARGEST = 5_000_000
# What every PDF begins with, within its first kilobyte.
MARK, WITHIN = b"%PDF-", 1024
# A decision with its grounds; more pages are a file of the case, and would take long to read.
MOST_PAGES = 25


async def letter_text(content: bytes, read: LetterReader) -> str:
    """The text of a letter.

    Raises:
        InvalidInput: it is no PDF, too big, or holds no text that can be read.
    """
    if len(content) > LARGEST or MARK not in content[:WITHIN]:
        raise InvalidInput("letter_unreadable", field="file")
    try:
        text = await asyncio.to_thread(read, content)
    except ValueError as error:
        # What is wrong with it is nobody's business but the citizen's.
        log.info("letter.unreadable", kind=type(error).__name__)
        raise InvalidInput("letter_unreadable", field="file") from None
    if not text.strip():
        raise InvalidInput("letter_unreadable", field="file")
    return text


def pdf_letter(content: bytes) -> str:
    """The text of a PDF, paragraph by paragraph.

    Raises:
        ValueError: it is broken, locked or scanned, or has too many pages.
    """
    try:
        pages = sum(1 for _ in PDFPage.get_pages(io.BytesIO(content), maxpages=MOST_PAGES + 1))
    except (PDFException, PSException, KeyError, TypeError, IndexError) as error:
        raise ValueError(type(error).__name__) from error
    if pages > MOST_PAGES:
        raise ValueError("pages")
    return "\n\n".join(part.text for part in read_pdf(Path("letter.pdf"), content).fragments)
