"""What these routes need of the knowledge base."""

from __future__ import annotations

from typing import Protocol

from knowledge.articles import Article, Audience, Lang
from knowledge.search.model import Passage, SearchAnswer
from knowledge.sources import SourceRegister


class KnowledgeReader(Protocol):
    """Searches and reads articles; `knowledge.search.search.KnowledgeBase` is one."""

    @property
    def sources(self) -> SourceRegister:
        """Give the register that citations point into."""

    @property
    def slugs(self) -> tuple[str, ...]:
        """List the subjects there are."""

    def article(self, slug: str, lang: Lang = "da") -> Article | None:
        """Return an article, or nothing for an unknown slug."""

    def document(
        self, document_id: str, *, audience: Audience | None, municipality: str | None
    ) -> tuple[Passage, ...]:
        """Return the passages of an ingested document, if these readers may see it."""

    def search(
        self,
        query: str,
        *,
        audience: Audience | None = "citizen",
        lang: Lang = "da",
        municipality: str | None = None,
        limit: int = 5,
    ) -> SearchAnswer:
        """Find the subjects nearest to a question."""
