"""What the guidance pages and the chat ask: one municipality's engine with the clock and the words beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from api.errors import InvalidInput
from knowledge.guidance import Assessment, Profile, assess, differing_versions, load_profile
from knowledge.rules.facts import FactError
from knowledge.rules.loader import load_texts
from knowledge.rules.routing import RuleGapError
from knowledge.rules.subjects import Similarity
from knowledge.sources import SourceRegister, load_sources

log = structlog.get_logger(__name__)

LONGEST_NAME = 60  # characters of a fact's name that an error repeats


class GuidanceService:
    """Assesses matters for the municipality that the deployment serves."""

    def __init__(
        self, municipality: str, today: Callable[[], dt.date], similarity: Similarity | None = None
    ) -> None:
        self.profile: Profile = load_profile(municipality)
        self.sources: SourceRegister = load_sources()
        self.today = today
        self.similarity = similarity

    def assess(self, facts: Mapping[str, Any], lang: str) -> Assessment:
        """The guidance for the facts.

        Raises:
            InvalidInput: a fact that cannot be one, or a day whose rules are not known.
        """
        try:
            return assess(
                facts, self.profile, today=self.today(), lang=lang, similarity=self.similarity
            )
        except FactError as error:
            raise invalid_fact(error, lang) from error
        except RuleGapError as error:
            # A gap is a fault of the rules, not of the citizen: it is kept to be mended, and a person takes over.
            log.error("guidance.gap", municipality=self.profile.municipality, reason=str(error))
            raise InvalidInput(
                field="today",
                title=_problem("da", "no_rules"),
                detail=_problem(lang, "no_rules_detail"),
            ) from error

    def versions(self, facts: Mapping[str, Any], lang: str) -> list[tuple[dt.date, Assessment]]:
        """For staff: the days whose rules give another outcome than today's, with theirs; empty when all agree."""
        return differing_versions(facts, self.profile, today=self.today(), lang=lang)

    def assess_json(self, facts: Mapping[str, Any], lang: str) -> dict[str, Any]:
        """The guidance as the contract writes it.

        Raises:
            InvalidInput: as `assess`.
        """
        return self.assess(facts, lang).as_json(self.sources, lang)


def invalid_fact(error: FactError, lang: str) -> InvalidInput:
    """The problem that names the field: its title in Danish, its detail in the reader's language."""
    field = error.field[:LONGEST_NAME]
    return InvalidInput(
        field=field,
        title=fact_problem(error, "da"),
        detail=fact_problem(error, lang),
    )


def fact_problem(error: FactError, lang: str) -> str:
    """What is wrong with a fact, said to a person."""
    field = error.field[:LONGEST_NAME]
    name = load_texts("problems")[lang]["fields"].get(field, field)
    return _problem(lang, error.kind).replace("{field}", name)


def _problem(lang: str, key: str) -> str:
    return str(load_texts("problems")[lang][key])
