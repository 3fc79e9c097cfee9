"""Opens the knowledge base as the settings say; the command that builds the index and the application share it."""

from __future__ import annotations

from collections.abc import Callable

from api.settings import Settings
from knowledge.organisation import Organisation, load_organisation
from knowledge.search.search import KnowledgeBase

# What is being done, how many of how many.
Progress = Callable[[str, int, int], None]


def open_knowledge(
    settings: Settings, organisation: Organisation | None = None, progress: Progress | None = None
) -> KnowledgeBase:
    """The articles and their index; an index that does not fit them any more is built anew."""
    from knowledge.models.base import base_model
    from knowledge.search.embedder import load_embedder

    directory = organisation or load_organisation(settings.municipality)
    wanted = settings.embedding_model
    embedder = load_embedder(wanted or base_model(), allow_download=wanted is not None)
    return KnowledgeBase.open(
        settings.index_folder, embedder, resolve=directory.placeholder, progress=progress
    )
