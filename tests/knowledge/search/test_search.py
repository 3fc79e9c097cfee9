from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.search.index import IndexMismatchError, current_generation
from knowledge.search.model import Unit, UnitKind
from knowledge.search.search import KnowledgeBase
from tests.knowledge.fakes import CALIBRATION, MATERIAL, FakeEmbedder, resolve


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def base(folder: Path) -> KnowledgeBase:
    return open_base(folder)


def open_base(
    folder: Path, embedder: FakeEmbedder | None = None, **options: object
) -> KnowledgeBase:
    return KnowledgeBase.open(
        folder,
        embedder or FakeEmbedder(),
        articles_folder=MATERIAL,
        resolve=resolve,
        calibration=CALIBRATION,
        **options,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("må jeg se papirerne i min sag", "aktindsigt"),
        ("maa jeg faa aktindsigt", "aktindsigt"),
        ("aktinsigt", "aktindsigt"),
        ("ingen svarer på mit brev", "svarpligt"),
        ("nobody answers my letter", "svarpligt"),
    ],
)
def test_the_right_subject_comes_first(base: KnowledgeBase, question: str, slug: str) -> None:
    assert base.search(question).results[0].article == slug


def test_a_result_carries_its_passage_and_the_sources_of_just_that_passage(
    base: KnowledgeBase,
) -> None:
    result = base.search("Hvad hedder det at se dokumenterne i sagen?").results[0]
    assert result.anchor == "kort"
    assert [(source.id, source.paragraph) for source in result.sources] == [("fvl", "§ 9, stk. 1")]
    assert result.snippet in result.text


def test_citizens_see_what_was_written_for_citizens(base: KnowledgeBase) -> None:
    citizen = base.search("svar på henvendelser", audience="citizen").results
    guide = next(result for result in citizen if result.article == "svarpligt")
    assert guide.anchor == "til-borgeren"
    staff = base.search("medarbejder svare på skriftlige henvendelser", audience="caseworker")
    assert staff.results[0].anchor == "kort"


def test_english_readers_get_the_english_passage(base: KnowledgeBase) -> None:
    result = base.search("aktindsigt i min sag", lang="en").results[0]
    assert (result.article, result.lang) == ("aktindsigt", "en")
    assert "access to files" in result.text


def test_what_holds_elsewhere_is_not_shown_here(base: KnowledgeBase) -> None:
    question = "byens egen vejledning om aktindsigt i Gentofte"
    here = base.search(question, municipality="koebenhavn").results[0]
    there = base.search(question, municipality="gentofte").results[0]
    assert here.anchor != "gentofte"
    assert there.anchor == "gentofte"
    assert there.confidence == "unverified"


@pytest.mark.parametrize("question", ["", "   ", "???", "😀"])
def test_nothing_asked_is_nothing_answered(base: KnowledgeBase, question: str) -> None:
    answer = base.search(question)
    assert not answer.answered
    assert answer.results == ()


@pytest.mark.parametrize("question", ["qqqqq", "a" * 5000, "\x00\x00 klage", "'; DROP TABLE --"])
def test_odd_questions_do_no_harm(base: KnowledgeBase, question: str) -> None:
    assert len(base.search(question, limit=2).results) <= 2


def test_far_questions_are_not_answered_but_show_the_closest(base: KnowledgeBase) -> None:
    answer = base.search("Hvordan bager man boller?")
    assert not answer.answered
    assert answer.results


def test_an_article_is_given_in_the_language_there_is(base: KnowledgeBase) -> None:
    english = base.article("aktindsigt", "en")
    assert english is not None
    assert english.lang == "en"
    assert base.article("findes-ikke") is None


def test_an_unchanged_index_is_read_and_not_built_again(base: KnowledgeBase, folder: Path) -> None:
    embedder = FakeEmbedder()
    open_base(folder, embedder)
    assert embedder.encoded == 1  # only the question that warms the model up


def test_an_index_that_is_read_answers_as_when_it_was_built(tmp_path: Path) -> None:
    built, read = open_base(tmp_path), open_base(tmp_path)
    assert read._loaded.collection is not built._loaded.collection
    for question in ("må jeg se papirerne i min sag", "aktinsigt", "nobody answers my letter", "x"):
        assert read.search(question) == built.search(question)


def test_an_index_of_another_model_is_refused_or_rebuilt(tmp_path: Path) -> None:
    open_base(tmp_path)
    before = current_generation(tmp_path)
    other = FakeEmbedder("fake-2")
    with pytest.raises(IndexMismatchError, match="model"):
        open_base(tmp_path, other, on_mismatch="refuse")
    assert current_generation(tmp_path) == before
    open_base(tmp_path, other)
    assert current_generation(tmp_path) != before


def test_a_half_written_index_is_never_used(tmp_path: Path) -> None:
    open_base(tmp_path)
    generation = tmp_path / str(current_generation(tmp_path))
    (generation / "manifest.json").unlink()
    with pytest.raises(IndexMismatchError, match="no index"):
        open_base(tmp_path, on_mismatch="refuse")


def test_a_swap_changes_what_is_served(base: KnowledgeBase, tmp_path: Path) -> None:
    served = open_base(tmp_path / "one")
    fresh = KnowledgeBase.open(
        tmp_path / "two", FakeEmbedder("fake-3"), articles_folder=tmp_path / "none"
    )
    served.swap(fresh)
    assert served.size == 0
    assert served.search("aktindsigt").results == ()


def test_progress_is_told(tmp_path: Path) -> None:
    steps: list[str] = []
    open_base(tmp_path, progress=lambda step, done, whole: steps.append(step))
    assert {"passages", "questions", "index"} <= set(steps)


def test_outside_questions_are_told_apart_from_subjects(base: KnowledgeBase) -> None:
    assert "" not in base.slugs
    assert Unit(UnitKind.OUTSIDE, "", "da", "x").passage is None
