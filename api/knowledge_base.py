"""Opens the knowledge base as the settings say; the command that builds the index and the application share it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from api.settings import Settings
from knowledge.organisation import Organisation, load_organisation
from knowledge.search.search import KnowledgeBase

if TYPE_CHECKING:
    from knowledge.search.areas import AreaMeaning
    from knowledge.search.embedder import Embedder

# What is being done, how many of how many.
Progress = Callable[[str, int, int], None]


def load_model(settings: Settings) -> Embedder:
    """The sentence model that the settings name; without one, the model the product comes with."""
    from knowledge.models.shipped import prepare_model
    from knowledge.search.embedder import load_embedder

    wanted = settings.embedding_model
    model = wanted or prepare_model(settings.var / "models")
    return load_embedder(model, allow_download=wanted is not None)


def warm_up(municipality: str, day: dt.date) -> None:
    """Reads and compiles now what the first message would have to wait for: languages, patterns, rules, holidays."""
    from knowledge.guidance import assess, load_profile
    from knowledge.reading.facts import read_facts
    from knowledge.reading.languages import language_scores
    from knowledge.reading.wrongdoing import screen_wrongdoing
    from knowledge.rules.calendar import load_calendar

    language_scores("Goddag")
    screen_wrongdoing("Goddag")
    read_facts("Goddag", today=day, lang="da")
    assess({}, load_profile(municipality), today=day)
    load_calendar().is_public_holiday(day)


def open_areas(settings: Settings, knowledge: KnowledgeBase) -> AreaMeaning:
    """What tells how near a text is in meaning to each subject area; its vectors are made once."""
    from knowledge.rules.loader import load_areas
    from knowledge.search.areas import area_phrases, open_area_meaning

    return open_area_meaning(
        settings.index_folder, area_phrases(load_areas()), knowledge.embedder, knowledge.vector
    )


def open_knowledge(
    settings: Settings, organisation: Organisation | None = None, progress: Progress | None = None
) -> KnowledgeBase:
    """The articles and their index; an index that does not fit them any more is built anew."""
    directory = organisation or load_organisation(settings.municipality)
    return KnowledgeBase.open(
        settings.index_folder,
        load_model(settings),
        resolve=directory.placeholder,
        progress=progress,
    )
