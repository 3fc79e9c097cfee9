from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.knowledge.pages import STATIC
from knowledge.ingest.ingest import Labels, ingest
from knowledge.search.document_store import DocumentStore
from knowledge.search.search import DOCUMENTS_FILE, KnowledgeBase
from tests.api.knowledge.conftest import knowledge_app
from tests.knowledge.fakes import MATERIAL, FakeEmbedder, resolve


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_look_up_lists_every_article(client: TestClient, lang: str) -> None:
    page = client.get("/klarret", params={"lang": lang})
    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert f"/klarret/aktindsigt?lang={lang}" in page.text
    assert f"/klarret/svarpligt?lang={lang}" in page.text


def test_a_question_is_answered_without_javascript(client: TestClient) -> None:
    page = client.post("/klarret", data={"q": "må jeg få aktindsigt i min sag"}).text
    assert 'href="/klarret/aktindsigt?lang=da#' in page
    assert "<mark>" in page
    assert "§ 9" in page
    assert "<html" in page


def test_the_script_gets_only_the_part_that_changes(client: TestClient) -> None:
    part = client.post("/klarret", data={"q": "aktindsigt"}, headers={"X-Part": "results"}).text
    assert "data-result" in part
    assert "<html" not in part


def test_what_was_asked_is_never_mark_up_and_never_a_cpr_number(client: TestClient) -> None:
    page = client.post("/klarret", data={"q": "<script>alert(1)</script> 010190-1234"}).text
    assert "<script>alert" not in page
    assert "1234" not in page


def test_an_article_page_shows_what_a_caseworker_needs(client: TestClient) -> None:
    page = client.get("/klarret/svarpligt").text
    assert 'href="#tjekliste"' in page  # table of contents
    assert page.count('type="checkbox"') == 2
    assert "forvaltningsloven" in page
    assert 'action="/api/v1/knowledge/feedback"' in page
    assert "10. januar 2027" in page


def test_doubt_is_shown(client: TestClient) -> None:
    page = client.get("/klarret/aktindsigt").text
    assert 'class="badge partly"' in page
    assert 'class="unverified"' in page


def test_a_review_that_is_overdue_is_said(client: TestClient) -> None:
    due = client.get("/klarret/aktindsigt").text
    assert "10. juli 2026" in due
    assert due.count('class="doubt"') == client.get("/klarret/svarpligt").text.count("doubt") + 1


def test_links_between_articles_are_links_to_pages(client: TestClient) -> None:
    page = client.get("/klarret/aktindsigt", params={"lang": "en"}).text
    assert 'href="/klarret/svarpligt?lang=en#kort"' in page
    assert "article:" not in page


def test_an_unknown_page_is_a_404(client: TestClient) -> None:
    assert client.get("/klarret/findes-ikke").status_code == 404
    assert client.get("/klarret/static/pages.py").status_code == 404


def test_pages_hold_no_inline_script_or_style(client: TestClient) -> None:
    pages = [
        client.get("/klarret").text,
        client.get("/klarret/aktindsigt").text,
        client.post("/klarret", data={"q": "aktindsigt"}).text,
    ]
    for page in pages:
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)


def test_every_id_is_used_once(client: TestClient) -> None:
    for page in (client.get("/klarret/aktindsigt").text, client.get("/klarret").text):
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["klarret.css", "klarret.js"])
def test_style_and_script_are_served(client: TestClient, name: str) -> None:
    response = client.get(f"/klarret/static/{name}")
    assert response.text == (STATIC / name).read_text(encoding="utf-8")


def test_only_the_chosen_shelf_is_shown(client: TestClient) -> None:
    asked = {"q": "må jeg få aktindsigt i min sag"}
    guides = client.post("/klarret", data=asked | {"shelf": "borger"}).text
    staff = client.post("/klarret", data=asked | {"shelf": "klarret"}).text
    assert "/klarret/aktindsigt?lang=da#" in guides
    assert "/klarret/aktindsigt?lang=da#" not in staff
    assert '<option value="klarret" selected>' in staff
    assert client.post("/klarret", data=asked | {"shelf": "attic"}).status_code == 422


def test_a_mistake_in_an_article_can_be_reported(client: TestClient) -> None:
    page = client.get("/klarret/svarpligt").text
    assert 'name="comment"' in page
    assert '<option value="kort">' in page


def test_an_ingested_document_has_its_own_page(tmp_path: Path) -> None:
    file = tmp_path / "sne.md"
    file.write_text("# Vintertjeneste\n\n## Sne\n\nRyd <b>sne</b> før otte.\n", encoding="utf-8")
    embedder, folder = FakeEmbedder(), tmp_path / "index"
    labels = Labels(url="javascript:alert(1)", municipality="koebenhavn")
    report = ingest([file], DocumentStore(folder / DOCUMENTS_FILE), embedder, labels)
    base = KnowledgeBase.open(
        folder, embedder, articles_folder=MATERIAL, resolve=resolve, calibration=()
    )
    pages = {place: TestClient(knowledge_app(base, place)) for place in ("koebenhavn", "gentofte")}
    address = f"/klarret/dokumenter/{report.documents[0].id}"
    page = pages["koebenhavn"].get(address)
    assert page.status_code == 200
    assert "Ryd &lt;b&gt;sne&lt;/b&gt; før otte." in page.text
    assert "javascript:" not in page.text
    found = pages["koebenhavn"].post("/klarret", data={"q": "rydde sne vintertjeneste"}).text
    assert f'href="{address}?lang=da#p1"' in found
    assert pages["gentofte"].get(address).status_code == 404
    assert pages["koebenhavn"].get("/klarret/dokumenter/dok-none").status_code == 404
