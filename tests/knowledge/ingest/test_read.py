from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from knowledge.ingest.model import Fault, IngestError
from knowledge.ingest.read import read_document
from tests.knowledge.ingest.pdf_writer import Text, column, pdf

LEFT = [
    "Den venstre spalte fortæller om svar på",
    "breve. Alle breve skal have et svar, og",
    "svaret skal være til at forstå for den,",
    "der har skrevet. Det er en god skik i for-",
    "valtningen.",
]
RIGHT = [
    "Den højre spalte fortæller om møder. Et",
    "møde begynder til tiden, og den, der er",
    "indkaldt, må tage en anden med sig. Det",
    "skal stå i indkaldelsen.",
]


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_pdf_in_two_columns_is_read_column_by_column(tmp_path: Path) -> None:
    page = [
        Text(60, 780, "Breve og møder", 20),
        *column(60, 740, LEFT),
        *column(320, 740, RIGHT),
    ]
    document = read_document(write(tmp_path, "a.pdf", pdf([page])))
    assert document.title == "Breve og møder"
    left, right = [f.text for f in document.fragments if f.kind == "paragraph"]
    assert left.endswith("Det er en god skik i forvaltningen.")
    assert right.startswith("Den højre spalte")


def test_a_pdf_keeps_page_numbers_and_drops_headers(tmp_path: Path) -> None:
    pages = [
        [
            Text(60, 810, "Vejledning for kontorer"),
            *column(60, 740, [f"Afsnit nummer {n} handler om noget for sig selv.", "Det er kort."]),
            Text(290, 30, str(n)),
        ]
        for n in (1, 2, 3)
    ]
    document = read_document(write(tmp_path, "b.pdf", pdf(pages)))
    assert document.pages == 3
    assert [f.page for f in document.fragments] == [1, 2, 3]
    assert not any("Vejledning for kontorer" in f.text for f in document.fragments)


def test_a_sentence_over_a_page_break_is_joined(tmp_path: Path) -> None:
    pages = [
        column(60, 740, ["Den sidste linje på siden er ikke færdig, for den"]),
        column(60, 740, ["fortsætter på den næste side og slutter her."]),
    ]
    (only,) = read_document(write(tmp_path, "c.pdf", pdf(pages))).fragments
    assert "for den fortsætter på" in only.text
    assert only.page == 1


def test_a_narrow_box_beside_the_text_comes_after_it(tmp_path: Path) -> None:
    page = [
        *column(
            60, 740, ["En lang linje med brødtekst som fylder det meste af siden ud,", *LEFT * 2]
        ),
        *column(420, 735, ["Husk datoen", "og navnet."]),
    ]
    fragments = read_document(write(tmp_path, "d.pdf", pdf([page]))).fragments
    assert [f.kind for f in fragments] == ["paragraph", "box"]
    assert fragments[1].text == "Husk datoen og navnet."


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("a.pdf", b"%PDF-1.4\nrubbish", Fault.BROKEN),
        ("b.pdf", pdf([[]]), Fault.SCANNED),
        ("c.pdf", pdf([[Text(60, 700, "hemmeligt " * 9)]], encrypted=True), Fault.ENCRYPTED),
        ("d.docx", b"PK\x03\x04 rubbish", Fault.BROKEN),
        ("e.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, Fault.ENCRYPTED),
        ("f.txt", b"", Fault.EMPTY),
        ("g.txt", b"a\x00b" * 20, Fault.BROKEN),
        ("h.exe", b"MZ rubbish", Fault.UNKNOWN_TYPE),
        ("i.html", b"<html><script>x()</script></html>", Fault.EMPTY),
        ("j.md", b"# Kun en overskrift\n\n## Og en til\n", Fault.EMPTY),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, fault: Fault) -> None:
    with pytest.raises(IngestError) as error:
        read_document(write(tmp_path, name, data))
    assert error.value.fault is fault
    assert error.value.message("da") != error.value.message("en")


def test_a_missing_or_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(IngestError) as missing:
        read_document(tmp_path / "none.pdf")
    assert missing.value.fault is Fault.MISSING
    monkeypatch.setattr("knowledge.ingest.read.LARGEST", 3)
    with pytest.raises(IngestError) as huge:
        read_document(write(tmp_path, "big.txt", "mere end tre"))
    assert huge.value.fault is Fault.TOO_LARGE


def test_a_word_document_is_read_by_its_styles(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Retningslinje", style="Title")
    document.add_heading("Svar", level=1)
    document.add_paragraph("Alle breve besvares.")
    document.add_paragraph("Skriv en dato", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Frist", "Ti dage"
    data = io.BytesIO()
    document.save(data)
    read = read_document(write(tmp_path, "a.docx", data.getvalue()))
    assert read.title == "Retningslinje"
    assert [(f.kind, f.text) for f in read.fragments] == [
        ("heading", "Svar"),
        ("paragraph", "Alle breve besvares."),
        ("item", "Skriv en dato"),
        ("item", "Frist – Ti dage"),
    ]


def test_a_web_page_is_read_without_its_menus(tmp_path: Path) -> None:
    page = (
        "<title>Svar</title><nav><p>Menu</p></nav><main><h2>Frister</h2><p>Svar kommer <b>snart</b>.</p>"
        "<ul><li>Vent</li></ul></main><footer><p>Bund</p></footer>"
    )
    read = read_document(write(tmp_path, "a.html", page))
    assert [(f.kind, f.text) for f in read.fragments] == [
        ("heading", "Frister"),
        ("paragraph", "Svar kommer snart ."),
        ("item", "Vent"),
    ]


def test_markdown_is_read_by_its_headings(tmp_path: Path) -> None:
    read = read_document(
        write(tmp_path, "a.md", "# Titel\n\n## Del\n\nTekst med *vægt*.\n\n- et\n")
    )
    assert read.title == "Titel"
    assert [f.kind for f in read.fragments] == ["heading", "paragraph", "item"]


def test_text_from_windows_keeps_its_letters(tmp_path: Path) -> None:
    read = read_document(
        write(tmp_path, "a.txt", "Borgerrådgiveren hører på dig.".encode("cp1252"))
    )
    assert read.fragments[0].text == "Borgerrådgiveren hører på dig."
