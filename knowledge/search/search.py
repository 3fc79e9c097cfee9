"""The front door of search: open the knowledge base, ask it, read an article."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from knowledge.articles import ARTICLES_FOLDER, Article, Audience, Lang, Resolve
from knowledge.evaluation.questions import Question
from knowledge.search import build as builder
from knowledge.search.abstain import ALWAYS, Calibration, Signals
from knowledge.search.build import OnMismatch, Progress
from knowledge.search.clauses import clauses
from knowledge.search.document_store import DocumentStore
from knowledge.search.documents import DocumentIndex, Hit, embed_waiting, open_documents
from knowledge.search.embedder import Embedder, Vectors
from knowledge.search.index import Collection
from knowledge.search.model import Passage, SearchAnswer, SearchResult
from knowledge.search.scoring import Scored, Scorer
from knowledge.search.snippet import snippet
from knowledge.search.spelling import Speller
from knowledge.sources import SourceRegister, load_sources

# Longer questions are cut: the model reads no further, and a question is not a letter.
DOCUMENTS_FILE = "documents.sqlite"
LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class _Loaded:
    """One generation, complete and never changed: a reload puts another in its place."""

    collection: Collection
    scorer: Scorer
    speller: Speller
    articles: Mapping[tuple[str, str], Article]


class KnowledgeBase:
    """Everything a reader can look up; safe to use from several threads."""

    def __init__(self, loaded: _Loaded, embedder: Embedder, sources: SourceRegister) -> None:
        self._loaded = loaded
        self._embedder = embedder
        self._documents: DocumentIndex | None = None
        self._lock = threading.Lock()
        self.sources = sources

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        articles_folder: Path = ARTICLES_FOLDER,
        sources: SourceRegister | None = None,
        resolve: Resolve | None = None,
        calibration: Sequence[Question] | None = None,
        on_mismatch: OnMismatch = "rebuild",
        progress: Progress | None = None,
    ) -> KnowledgeBase:
        """Open the index in `folder`, building it first where it is missing or out of date."""
        register = sources or load_sources()
        material = builder.gather(articles_folder, register, resolve, calibration=calibration)
        collection = builder.open_collection(folder, material, embedder, on_mismatch, progress)
        base = cls(_load(collection, material.articles), embedder, register)
        base.reload_documents(folder / DOCUMENTS_FILE, progress)
        embedder.encode(["varm op"], "query")  # the first call of a model is slow
        return base

    def swap(self, other: KnowledgeBase) -> None:
        """Take over another base's generation in one step; searches under way keep the old one."""
        self._loaded, self._documents = other._loaded, other._documents

    def reload_documents(self, path: Path, progress: Progress | None = None) -> int:
        """Open the ingested documents as they are now; return how many passages they have."""
        if not path.is_file():
            self._documents = None
            return 0
        store = DocumentStore(path)
        embed_waiting(store, self._embedder, progress)
        self._documents = open_documents(store, self._embedder.dimension, progress)
        return len(self._documents)

    @property
    def embedder(self) -> Embedder:
        """The model that turns texts into vectors."""
        return self._embedder

    @property
    def slugs(self) -> tuple[str, ...]:
        """List the subjects there are."""
        return tuple(sorted({slug for slug, _ in self._loaded.articles}))

    @property
    def size(self) -> int:
        """Count the passages."""
        return len(self._loaded.collection.passages)

    def article(self, slug: str, lang: Lang = "da") -> Article | None:
        """Return the article in the language asked for, else in Danish, else nothing."""
        articles = self._loaded.articles
        return articles.get((slug, lang)) or articles.get((slug, "da"))

    def document(
        self, document_id: str, *, audience: Audience | None, municipality: str | None
    ) -> tuple[Passage, ...]:
        """Return the passages of an ingested document; none when there is no such one for these readers."""
        if self._documents is None:
            return ()
        return self._documents.document(document_id, audience=audience, municipality=municipality)

    def search(
        self,
        query: str,
        *,
        audience: Audience | None = "citizen",
        lang: Lang = "da",
        municipality: str | None = None,
        limit: int = 5,
    ) -> SearchAnswer:
        """Find the subjects nearest to a question, and say whether the first is good enough."""
        loaded = self._loaded
        asked = " ".join(query.split())[:LONGEST_QUERY]
        if not any(char.isalnum() for char in asked) or not loaded.scorer.subjects:
            return SearchAnswer(query, False, ())
        mended = loaded.speller.mend(asked)
        pieces = clauses(mended)
        vector, *rows = self._query_vectors(mended, *pieces)
        parts = list(zip(rows, pieces, strict=True))
        scored = loaded.scorer.score(vector, mended, parts=parts, municipality=municipality)
        calibration = loaded.collection.calibration.get(scored.lang, ALWAYS)
        results = [
            _result(loaded, scored, place, mended, audience, municipality, lang)
            for place in range(min(limit, len(scored.ranking.subjects)))
        ]
        answered = calibration.answers(scored.signals)
        if self._documents is not None:
            hits = self._documents.search(
                vector, mended, audience=audience, municipality=municipality, limit=limit
            )
            answered = answered or _hit_answers(hits, scored, calibration)
            results.extend(_hit_result(hit, mended) for hit in hits)
            results.sort(key=lambda result: -result.score)
        return SearchAnswer(query, bool(results) and answered, tuple(results[:limit]))

    def vector(self, text: str) -> Vectors:
        """The vector of a text that somebody wrote, for comparing it with other things than the articles."""
        return self._query_vectors(text)

    def _query_vectors(self, *texts: str) -> Vectors:
        with self._lock:  # one query at a time in the model: it has one thread
            return self._embedder.encode(texts, "query")


def _load(collection: Collection, articles: tuple[Article, ...]) -> _Loaded:
    return _Loaded(
        collection,
        Scorer(collection.units, collection.passages, collection.vectors, collection.lexical),
        Speller(collection.words),
        MappingProxyType({(article.slug, article.lang): article for article in articles}),
    )


def _hit_answers(hits: list[Hit], scored: Scored, calibration: Calibration) -> bool:
    """Say whether the best document would be good enough, had it been an article."""
    if not hits:
        return False
    best = hits[0]
    others = [hit.score for hit in hits[1:2]] + [float(s) for s in scored.ranking.scores[:1]]
    margin = best.score - max(others, default=best.score)
    inside = best.score - scored.outside
    return calibration.answers(Signals(best.cosine, scored.signals.words, margin, inside))


def _hit_result(hit: Hit, query: str) -> SearchResult:
    passage = hit.passage
    return SearchResult(
        article=passage.article,
        title=passage.title,
        section=passage.section,
        anchor=passage.anchor,
        snippet=snippet(passage.text, query),
        text=passage.text,
        score=round(hit.score, 4),
        sources=passage.sources,
        confidence=passage.confidence,
        lang=passage.lang,
        page=passage.page,
    )


def _result(
    loaded: _Loaded,
    scored: Scored,
    place: int,
    query: str,
    audience: Audience | None,
    municipality: str | None,
    lang: Lang,
) -> SearchResult:
    subject = loaded.scorer.subjects[int(scored.ranking.subjects[place])]
    passage = _best_passage(loaded.scorer, scored, subject, audience, municipality, lang)
    return SearchResult(
        article=subject,
        title=passage.title,
        section=passage.section,
        anchor=passage.anchor,
        snippet=snippet(passage.text, query),
        text=passage.text,
        score=round(float(scored.ranking.scores[place]), 4),
        sources=passage.sources,
        confidence=passage.confidence,
        lang=passage.lang,
        page=passage.page,
    )


def _best_passage(
    scorer: Scorer,
    scored: Scored,
    subject: str,
    audience: Audience | None,
    municipality: str | None,
    lang: Lang,
) -> Passage:
    """Pick the passage to show: for these readers, in their language, nearest to the question."""
    mask = scorer.mask(audience, municipality)
    own = [(float(scored.unit_scores[n]), n, p) for n, p in scorer.passages_of(subject)]
    usable = [row for row in own if mask[row[1]]] or own
    _, _, nearest = max(usable, key=lambda row: (row[0], -row[1]))
    spoken = [row for row in usable if row[2].lang == lang] or usable
    # The same section in the reader's language, even when a text in the other one lay nearer.
    together = [row for row in spoken if row[2].anchor == nearest.anchor] or spoken
    return max(together, key=lambda row: (row[0], -row[1]))[2]
