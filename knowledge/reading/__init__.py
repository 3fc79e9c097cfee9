"""Reads what people write about their own matter: facts, times, letters; never more than they say."""

from knowledge.reading.facts import Reading, read_facts
from knowledge.reading.languages import foreign_language
from knowledge.reading.wrongdoing import screen_wrongdoing

__all__ = ["Reading", "foreign_language", "read_facts", "screen_wrongdoing"]
