"""Reads what people write about their own matter: facts, times, letters; never more than they say."""

from knowledge.reading.facts import Reading, names_time, read_facts
from knowledge.reading.foreign_danger import foreign_danger
from knowledge.reading.languages import foreign_language
from knowledge.reading.letter_parts import Part, letter_texts
from knowledge.reading.letter_split import letters_in
from knowledge.reading.letters import (
    LetterReading,
    looks_like_letter,
    read_letter,
    subject_of_letter,
    without_instance,
)
from knowledge.reading.wrongdoing import screen_wrongdoing

__all__ = [
    "LetterReading",
    "Part",
    "Reading",
    "foreign_danger",
    "foreign_language",
    "letter_texts",
    "letters_in",
    "looks_like_letter",
    "names_time",
    "read_facts",
    "read_letter",
    "screen_wrongdoing",
    "subject_of_letter",
    "without_instance",
]
