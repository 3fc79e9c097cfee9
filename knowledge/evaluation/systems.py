"""The search as shipped, and the plainer ones it is measured beside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.evaluation.measure import System
from knowledge.evaluation.questions import Question
from knowledge.search.build import Material
from knowledge.search.embedder import Embedder, Vectors
from knowledge.search.lexical import StemBM25
from knowledge.search.model import UnitKind
from knowledge.search.search import KnowledgeBase

PLACES = 10


def shipped(base: KnowledgeBase) -> System:
    """The whole search, as citizens and caseworkers meet it."""

    def ask(question: Question) -> tuple[Sequence[str], bool]:
        answer = base.search(
            question.text, audience=question.audience, lang=question.lang, limit=PLACES
        )
        return [result.article for result in answer.results], answer.answered

    return ask


def stem_bm25(material: Material) -> System:
    """BM25 on stems over the same texts, and nothing else."""
    units = [unit for unit in material.units if unit.kind != UnitKind.OUTSIDE]
    bm25 = StemBM25([unit.text for unit in units], [unit.lang for unit in units])

    def ask(question: Question) -> tuple[Sequence[str], bool]:
        return _ranked([u.article for u in units], bm25.scores(question.text, question.lang)), True

    return ask


def dense_only(material: Material, embedder: Embedder) -> System:
    """A model's cosines over the same texts, and nothing else."""
    units = [unit for unit in material.units if unit.kind != UnitKind.OUTSIDE]
    rows = embedder.encode([unit.text for unit in units], "passage")

    def ask(question: Question) -> tuple[Sequence[str], bool]:
        (vector,) = embedder.encode([question.text], "query")
        return _ranked([unit.article for unit in units], rows @ vector), True

    return ask


def _ranked(articles: Sequence[str], scores: Vectors) -> list[str]:
    order = np.argsort(-scores, kind="stable")
    return list(dict.fromkeys(articles[n] for n in order))[:PLACES]
