"""The letter: set as it was written, tagged for screen readers, the same each time."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from pdfminer.high_level import extract_text
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1

from api.complaints.letter import LetterPart, LetterView, letter_pdf

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
# What would be markup, if it were read as such.
HOSTILE = 'a #eval(1+1) $x$ *b* _c_ <script> `d` @e #read("letter.typ")'


def view(text: str = HOSTILE) -> LetterView:
    return LetterView(
        lang="da", title="Klage", sender=["Åse Østergård"], recipient=["Socialforvaltningen"],
        place_and_date="København, den 21. november 2026", subject="Klage over æblegrød",
        important="Fristen er den 3. december 2026.", opening=[text],
        parts=[LetterPart(heading="Hvad der skete", facts=[("Modtaget", text)], points=[text])],
        regards="Med venlig hilsen", signature_hint="Underskrift", name="Åse Østergård",
    )  # fmt: skip


def test_what_was_written_is_never_markup() -> None:
    text = " ".join(extract_text(io.BytesIO(letter_pdf(view(), written_at=NOW))).split())
    assert text.count('#eval(1+1) $x$ *b* _c_ <script> `d` @e #read("letter.typ")') == 3
    assert "Åse Østergård" in text
    assert "Klage over æblegrød" in text


def test_the_letter_is_tagged_and_names_its_language() -> None:
    document = PDFDocument(PDFParser(io.BytesIO(letter_pdf(view(), written_at=NOW))))
    catalog = document.catalog
    assert resolve1(catalog["MarkInfo"])["Marked"] is True
    assert catalog["Lang"] == b"da"
    assert resolve1(catalog["StructTreeRoot"])["K"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in letter_pdf(view(), written_at=NOW)


def test_the_same_letter_has_the_same_bytes() -> None:
    assert letter_pdf(view(), written_at=NOW) == letter_pdf(view(), written_at=NOW)


def test_a_long_complaint_goes_on_to_the_next_page() -> None:
    pdf = letter_pdf(view("Det tog lang tid. " * 500), written_at=NOW)
    assert extract_text(io.BytesIO(pdf)).count("\x0c") > 2
