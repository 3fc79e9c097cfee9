"""Builds the index from the articles, or reads it when nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import structlog

from knowledge.articles import ARTICLES_FOLDER, Article, Resolve, load_articles
from knowledge.evaluation.questions import Question, load_questions
from knowledge.search import index as store
from knowledge.search import vectors
from knowledge.search.abstain import Calibration, Observed, calibrate
from knowledge.search.clauses import clauses
from knowledge.search.embedder import Embedder
from knowledge.search.index import Collection, IndexMismatchError, Manifest
from knowledge.search.lexical import Lexical
from knowledge.search.model import Passage, Unit, UnitKind
from knowledge.search.outside import load_outside
from knowledge.search.passages import cut_article, units_of
from knowledge.search.scoring import Scorer
from knowledge.search.spelling import Speller, count_words
from knowledge.search.voices import Voice, voice_units, voices_for
from knowledge.sources import SourceRegister, load_sources

log = structlog.get_logger(__name__)

FEWEST_CALIBRATION_QUESTIONS = 50
GLOSSARY_FOLDER = Path(__file__).parents[1] / "glossary"
# Voices of the other styles are misspelled on purpose.
SPELLED_WELL = frozenset({"plain", "long", "emotional", "caseworker"})
# Tells how far a step has come: its name, how much is done, how much there is.
Progress = Callable[[str, int, int], None]
OnMismatch = Literal["rebuild", "refuse"]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything an index is made of, read and cut but not yet embedded."""

    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    words: Mapping[str, int]
    calibration: tuple[Question, ...] = ()

    def manifest(self, embedder: Embedder) -> Manifest:
        """Say what an index of this material must state about itself."""
        return Manifest(
            model=embedder.fingerprint,
            dimension=embedder.dimension,
            code=store.code_version(),
            articles={f"{a.lang}/{a.slug}": a.sha256 for a in self.articles},
            content=store.content_hash(self.passages, self.units, self.words, self.calibration),
        )


def gather(
    articles_folder: Path = ARTICLES_FOLDER,
    sources: SourceRegister | None = None,
    resolve: Resolve | None = None,
    outside: Sequence[Unit] | None = None,
    glossary_folder: Path = GLOSSARY_FOLDER,
    calibration: Sequence[Question] | None = None,
    voices: Sequence[Voice] | None = None,
) -> Material:
    """Read all articles and cut them into passages and questions; add what people say about each."""
    register = sources or load_sources()
    articles = load_articles(articles_folder, resolve)
    passages = tuple(p for article in articles for p in cut_article(article, register))
    units = units_of(articles, passages, load_outside() if outside is None else outside)
    heard = voices_for(articles_folder) if voices is None else tuple(voices)
    return Material(
        articles,
        passages,
        (*units, *voice_units(heard, {article.slug for article in articles})),
        _known_words(units, heard, glossary_folder),
        _for_calibration(articles) if calibration is None else tuple(calibration),
    )


def open_collection(
    folder: Path,
    material: Material,
    embedder: Embedder,
    on_mismatch: OnMismatch = "rebuild",
    progress: Progress | None = None,
) -> Collection:
    """Read the index if it fits the material; else rebuild it, or refuse to use it."""
    expected = material.manifest(embedder)
    try:
        return store.read(folder, expected)
    except IndexMismatchError as mismatch:
        if on_mismatch == "refuse":
            raise
        log.info("index.rebuild", reason=str(mismatch))
    collection = build(material, embedder, progress)
    store.write(folder, collection)
    return collection


def build(material: Material, embedder: Embedder, progress: Progress | None = None) -> Collection:
    """Embed every unit, index the vectors and calibrate abstention."""

    def step(name: str) -> Callable[[int, int], None] | None:
        return (lambda done, all_: progress(name, done, all_)) if progress else None

    texts = [unit.text for unit in material.units]
    split = len(material.passages)
    rows = np.vstack(
        [
            embedder.encode(texts[:split], "passage", step("passages")),
            embedder.encode(texts[split:], "query", step("questions")),
        ]
    )
    index = vectors.build_vectors(rows, progress=step("index"))
    lexical = Lexical.of(texts, [unit.lang for unit in material.units])
    scorer = Scorer(material.units, material.passages, index, lexical)
    calibration = _calibrate(
        scorer, embedder, material.calibration, Speller(material.words), step("calibration")
    )
    return Collection(
        material.manifest(embedder),
        material.passages,
        material.units,
        material.words,
        index,
        lexical,
        calibration,
    )


def _calibrate(
    scorer: Scorer,
    embedder: Embedder,
    questions: Sequence[Question],
    speller: Speller,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Calibration]:
    """Ask the calibration questions, and learn from them when to keep silent."""
    observed: list[Observed] = []
    for question in questions:
        text = speller.mend(question.text)
        pieces = clauses(text)
        row, *rows = embedder.encode([text, *pieces], "query")
        signals = scorer.score(row, text, parts=list(zip(rows, pieces, strict=True))).signals
        observed.append(Observed(question.lang, question.answerable, signals))
        if progress:
            progress(len(observed), len(questions))
    return calibrate(observed)


def _for_calibration(articles: Sequence[Article]) -> tuple[Question, ...]:
    """Take the tuning questions whose subjects are here; a few alone would teach nothing."""
    present = {article.slug for article in articles}
    questions = [q for q in load_questions("dev") if q.expect <= present]
    enough = sum(q.answerable for q in questions) >= FEWEST_CALIBRATION_QUESTIONS
    return tuple(questions) if enough else ()


def _known_words(
    units: Sequence[Unit], voices: Sequence[Voice], glossary_folder: Path
) -> dict[str, int]:
    """Count the words of the articles and of the glossary; a slip in a question is not a word."""
    counts = count_words(unit.text for unit in units if unit.kind == UnitKind.PASSAGE)
    for path in sorted(glossary_folder.glob("*.tsv")):
        counts.update(count_words(path.read_text(encoding="utf-8").splitlines()))
    questions = count_words(unit.text for unit in units if unit.kind != UnitKind.PASSAGE)
    questions += count_words(voice.text for voice in voices if voice.style in SPELLED_WELL)
    counts.update({word: n for word, n in questions.items() if n > 1 or word in counts})
    return dict(counts)
