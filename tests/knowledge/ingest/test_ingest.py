from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.ingest.ingest import Labels, ingest
from knowledge.search.document_store import DocumentStore
from knowledge.search.documents import embed_waiting, open_documents
from knowledge.search.embedder import Progress, TextKind, Vectors
from knowledge.search.search import DOCUMENTS_FILE, KnowledgeBase
from tests.knowledge.fakes import MATERIAL, FakeEmbedder, resolve

SNOW = "# Vintertjeneste\n\n## Sne på fortovet\n\nGrundejeren rydder fortovet for sne før klokken otte.\n"
BIKES = "# Cykler\n\n## Efterladte cykler\n\nEn cykel, der er efterladt, flyttes efter fire uger.\n"


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore(tmp_path / "index" / DOCUMENTS_FILE)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "sne.md", tmp_path / "cykler.md"]
    for path, text in zip(paths, (SNOW, BIKES), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_documents_are_taken_in_once(store: DocumentStore, files: list[Path]) -> None:
    first = ingest(files, store, FakeEmbedder())
    assert (first.new_passages, first.known_passages) == (2, 0)
    again = ingest(files, store, FakeEmbedder())
    assert (again.new_passages, again.known_passages) == (0, 2)
    assert store.counts() == (2, 0)


def test_a_bad_file_does_not_stop_the_others(store: DocumentStore, files: list[Path]) -> None:
    report = ingest([files[0].with_name("none.pdf"), *files], store, FakeEmbedder())
    assert len(report.documents) == 2
    assert [error.path.name for error in report.refused] == ["none.pdf"]


def test_what_was_taken_in_is_found_and_what_was_withdrawn_is_not(
    store: DocumentStore, files: list[Path]
) -> None:
    embedder = FakeEmbedder()
    report = ingest(files, store, embedder, Labels(title="Håndbogen"))
    query = "hvem rydder sne på fortovet"
    (vector,) = embedder.encode([query], "query")

    def titles() -> list[str]:
        index = open_documents(store, embedder.dimension)
        hits = index.search(vector, query, audience="caseworker", municipality=None)
        return [hit.passage.section for hit in hits]

    assert titles() == ["Sne på fortovet", "Efterladte cykler"]
    assert store.withdraw(report.documents[0].id)
    assert titles() == ["Efterladte cykler"]
    assert not store.withdraw(report.documents[0].id)


def test_what_is_for_caseworkers_stays_with_them(store: DocumentStore, files: list[Path]) -> None:
    embedder = FakeEmbedder()
    ingest(files, store, embedder, Labels(audience="caseworker"))
    (vector,) = embedder.encode(["sne"], "query")
    index = open_documents(store, embedder.dimension)
    assert index.search(vector, "sne", audience="citizen", municipality=None) == []


def test_another_municipality_sees_nothing(store: DocumentStore, files: list[Path]) -> None:
    embedder = FakeEmbedder()
    ingest(files, store, embedder, Labels(municipality="gentofte"))
    (vector,) = embedder.encode(["sne"], "query")
    index = open_documents(store, embedder.dimension)
    assert index.search(vector, "sne", audience=None, municipality="koebenhavn") == []
    assert index.search(vector, "sne", audience=None, municipality="gentofte")


class Stopped(Exception):
    """The machine was switched off."""


class FragileEmbedder(FakeEmbedder):
    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        if self.encoded:
            raise Stopped
        return super().encode(texts, kind, progress)


def test_a_stopped_run_goes_on_where_it_stopped(
    store: DocumentStore, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.search.documents.EMBED_BATCH", 1)
    with pytest.raises(Stopped):
        ingest(files, store, FragileEmbedder())
    assert store.counts() == (2, 1)
    rest = FakeEmbedder()
    assert embed_waiting(store, rest) == 1
    assert rest.encoded == 1
    assert store.counts() == (2, 0)


def test_another_model_embeds_again(store: DocumentStore, files: list[Path]) -> None:
    ingest(files, store, FakeEmbedder("one"))
    assert embed_waiting(store, FakeEmbedder("one")) == 0
    assert embed_waiting(store, FakeEmbedder("two")) == 2


def test_the_same_passage_in_two_documents_is_shown_once_and_survives_one(
    store: DocumentStore, files: list[Path]
) -> None:
    files[1].write_text(SNOW + "\nMere.\n", encoding="utf-8")
    files[0].write_text(SNOW, encoding="utf-8")
    embedder = FakeEmbedder()
    report = ingest(files, store, embedder)
    (vector,) = embedder.encode(["sne"], "query")
    store.withdraw(report.documents[0].id)
    index = open_documents(store, embedder.dimension)
    assert len(index.search(vector, "sne", audience=None, municipality=None)) == 1


def test_the_knowledge_base_answers_from_documents_too(
    store: DocumentStore, files: list[Path]
) -> None:
    ingest(files, store, FakeEmbedder(), Labels(audience="citizen"))
    base = KnowledgeBase.open(
        store.path.parent, FakeEmbedder(), articles_folder=MATERIAL, resolve=resolve
    )
    found = base.search("Hvem rydder fortovet for sne før klokken otte?").results[0]
    assert found.article.startswith("dok-")
    assert found.sources[0].label == "Vintertjeneste"
    assert base.search("aktindsigt i min sag").results[0].article == "aktindsigt"


def test_progress_is_told(store: DocumentStore, files: list[Path]) -> None:
    steps: list[str] = []
    ingest(files, store, FakeEmbedder(), progress=lambda step, done, whole: steps.append(step))
    assert steps == ["reading", "reading", "embedding"]
