"""Asks the guidance engine what a matter's facts lead to, and which question comes next."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.ports import Ports
from knowledge.articles import Lang
from knowledge.guidance import Assessment, Profile, ask, assess, load_profile
from knowledge.rules.assessment import Question
from knowledge.rules.facts import FactError, parse_facts
from knowledge.rules.loader import load_questions
from knowledge.rules.questions import told_by
from knowledge.rules.routing import RuleGapError
from knowledge.rules.subjects import SubjectMatch
from knowledge.sources import load_sources
from knowledge.text.folding import words

# With more areas than this to choose between, the citizen says it in their own words.
MOST_OPTIONS = 12
# Areas that are offered where the citizen's own words point to none.
NEAREST = 4
# How near the words must be to an area for it to be offered so.
OFFERED = 0.1
# How near the words of a story must be to an area.
POINTING = 0.18
# How near, where it is the only one left beside what the matter is about, to be taken for meant.
SETTLING = 0.26
# What ends the first word or words of an area's name.
HEAD_END = re.compile(r",| og | and ")
# The share of the first one's nearness at which a third area is as near.
ALIKE = 0.93
# The share of the first one's nearness under which a second area leaves no doubt.
CLEAR = 0.75
# Areas that say how somebody was treated, by the kind of complaint that says the same.
MANNER = {"conduct": "tvaer_adfaerd", "process": "tvaer_sagsbehandlingstid"}


class NoRulesError(Exception):
    """The rules hold no answer to these facts; a person must take over."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the engine says of a matter, and the next question that was not passed over."""

    assessment: Assessment
    as_json: dict[str, Any]
    question: Question | None


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine for the municipality that is served."""

    ports: Ports

    @property
    def profile(self) -> Profile:
        """The rules, words and organisation."""
        return load_profile(self.ports.municipality)

    def guide(
        self, facts: Mapping[str, Any], skipped: tuple[str, ...], lang: Lang, today: dt.date
    ) -> Guidance:
        """The guidance for the facts.

        Raises:
            NoRulesError: no rule holds for that day, or a fact cannot be one.
        """
        try:
            result = assess(
                facts, self.profile, today=today, lang=lang, similarity=self.ports.similarity,
                passed=skipped,
            )  # fmt: skip
        except (FactError, RuleGapError) as error:
            raise NoRulesError(str(type(error).__name__)) from error
        return Guidance(result, result.as_json(load_sources(), lang), result.next_question)

    def also(self, fact: str, value: Any) -> dict[str, Any]:
        """What the words of an answer to a question tell beside the fact itself."""
        if fact == "subject":
            kind = self.kind_of(value)
            return {"concerns": [kind]} if kind is not None else {}
        question = load_questions().get(fact)
        return told_by(question, value) if question is not None else {}

    def can_ask(self, fact: str) -> bool:
        """Whether there is a question for a fact."""
        return fact in load_questions()

    def question(self, fact: str, facts: Mapping[str, Any], lang: Lang, today: dt.date) -> Question:
        """The question for one fact."""
        known = parse_facts(facts, today=today, areas=self.profile.book.areas)
        text = known.subject_text if fact == "subject" else None
        return ask(fact, known, self.profile, lang, self.match(text) if text else None)

    def named(self, text: str) -> str | None:
        """The area whose name this is, in any language."""
        plain = text.casefold().strip(" .!?\"'")
        return next(
            (
                area.id
                for area in self.profile.book.areas.values()
                if plain in (area.name.da.casefold(), area.name.en.casefold())
            ),
            None,
        )

    def nearest(self, text: str) -> list[tuple[str, Any]]:
        """The areas nearest to a text, each with its name; none where no word of it is any area's."""
        by_words = self.profile.finder.scores(text)
        scores = self.profile.finder.scores(text, self.ports.similarity)
        near = [area for area in scores if by_words[area] >= OFFERED]
        best = sorted(near, key=lambda area: -scores[area])[:NEAREST]
        return [(area, self.profile.book.areas[area].name) for area in best]

    def match(self, text: str) -> SubjectMatch:
        """The area that a text names, or those that it is near to."""
        return self.profile.finder.find(text, self.ports.similarity)

    def subject(
        self, text: str, concerns: Iterable[str] = (), *, told: bool = False
    ) -> tuple[str | None, bool]:
        """The one area that a text names, and whether it points to a few when it names none.

        What the matter is known to be about needs no area of its own: beside it, the other one is meant. `told` are
        words in which a subject may stand; in an answer to the question for it, less is enough to point to one.
        """
        match = self.match(text)
        if match.area is None and (named := self.stands_in(text, match.candidates)) is not None:
            return named, True
        said = {MANNER[concern] for concern in concerns if concern in MANNER}
        if match.area in said and (other := self.beside(text, said)) is not None:
            return other, True
        left = [area for area in match.candidates if area not in said]
        if match.area is None and 0 < len(left) < len(match.candidates):
            meant = [area for area in left if self.points_to(text, area)]
            if not meant:
                # Nobody who only waits is asked whether a child was taken into care.
                return None, False
            if len(left) == 1:
                return left[0], True
        if match.area is None and told and not (self.points(text) and self.stands_out(text)):
            return None, False
        return match.area, bool(match.candidates)

    def stands_in(self, text: str, near: Sequence[str]) -> str | None:
        """The nearest area, where its name of one word stands in a text and no other near one's does."""
        said = set(words(text))
        named = [area for area in near if said & self._names(area)]
        if not near or named != [near[0]]:
            return None
        # 'Merudgifter' begins the names of two areas, and says neither of them.
        shared = (
            said & self._names(near[0]) & {head for area in near[1:] for head in self._begins(area)}
        )
        return None if shared else near[0]

    def _names(self, area: str) -> set[str]:
        """The names of an area that are one word, with what follows it left out."""
        name = self.profile.book.areas[area].name
        heads = (HEAD_END.split(text)[0].casefold() for text in (name.da, name.en))
        return {head for head in heads if " " not in head}

    def _begins(self, area: str) -> set[str]:
        """The words that the names of an area begin with."""
        name = self.profile.book.areas[area].name
        return {text.split(maxsplit=1)[0].casefold().strip(",") for text in (name.da, name.en)}

    def beside(self, text: str, said: Collection[str]) -> str | None:
        """The one area that a text speaks of beside the kind of complaint that it is."""
        scores = self.profile.finder.scores(text)
        first, second, *_ = sorted((a for a in scores if a not in said), key=lambda a: -scores[a])
        clear = scores[first] >= SETTLING and scores[second] < CLEAR * scores[first]
        return first if clear else None

    def points_to(self, text: str, area: str) -> bool:
        """Whether the words of a text are near enough to this area to take it for meant."""
        return self.profile.finder.scores(text)[area] >= SETTLING

    def points(self, text: str, least: float = POINTING) -> bool:
        """Whether the words of a text are near enough to some area to offer it."""
        return max(self.profile.finder.scores(text).values()) >= least

    def stands_out(self, text: str) -> bool:
        """Whether some area is nearer to a text than the next ones; where all are as near, none of them is meant."""
        first, *_, third = sorted(self.profile.finder.scores(text).values())[-1:-4:-1]
        return first >= SETTLING or third < ALIKE * first

    def may_appeal(self, area: Any) -> bool:
        """Whether somebody above the municipality may try decisions of this area, as far as is known."""
        found = self.profile.book.areas.get(str(area))
        return found is None or found.has_statutory_appeal is not False

    def is_not_ours(self, area: Any) -> bool:
        """Whether a matter without a subject, or with this one, is nothing of the municipality's."""
        found = self.profile.book.areas.get(str(area))
        return found is None or found.elsewhere is not None

    def is_treatment(self, area: Any) -> bool:
        """Whether what can be tried in an area is how somebody was treated, and not only decisions."""
        found = self.profile.book.areas.get(str(area))
        deadline = found.decision.deadline if found is not None else None
        return deadline is not None and deadline.start == "event"

    def kind_of(self, area: Any) -> str | None:
        """The kind of complaint that an area is, where it is one."""
        found = self.profile.book.areas.get(str(area))
        return found.concern if found is not None else None
