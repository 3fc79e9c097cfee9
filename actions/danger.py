"""Answers a message that may mean danger: the emergency number first, then who else can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.contacts import alarm_number, contact_lines
from actions.languages import greet_in
from actions.listening import Turn
from actions.matter import remember
from actions.overhearing import Overhearing
from actions.ports import BotAction, Dispatcher, Event, Ports, Tracker
from actions.signs import Sign, shows, without
from actions.turns import language_of, words_of

# Whom to name for each kind of danger, most helpful first; never one single way that may not answer.
HELP = {
    "acute_danger": ("akuttelefon", "politi"),
    "acute_suicide": ("livslinien", "akuttelefon"),
    "acute_violence": ("lev-uden-vold", "politi"),
    "acute_child": ("boern-og-unge", "social-doegnvagt"),
    "acute_need": ("hovednummer", "social-doegnvagt"),
}


# The kind of danger for which a school matter is easily taken.
CHILD = "acute_child"
# What is told of where nobody lacks anything today, though it may sound so.
CALM = (Sign.rent, Sign.put_out, Sign.permitted)
# Of so few words, 'I have already said so' says nothing else.
A_FEW = 6
# The words for whoever may be meant.
ANYBODY = "acute_danger"
# The kind for which trouble with rent is easily taken.
NEED = "acute_need"
# Facts that tell for whom somebody writes, and nothing else.
FOR_WHOM = frozenset({"complainant", "directly_affected", "has_mandate"})
# Facts that only a matter of the municipality's has.
MUNICIPAL = frozenset({"concerns", "is_decision", "complained_on", "waiting_since", "subject"})


@dataclass(frozen=True, slots=True)
class MeetDanger:
    """Says what one kind of danger needs, and asks for nothing."""

    ports: Ports
    kind: str

    @property
    def name(self) -> str:
        """The name in the bot's domain."""
        return f"action_{self.kind}"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Gives the numbers; of the matter that stood beside, only the facts are kept, and no words."""
        guide = Overhearing(self.ports)
        if guide.is_named_answer(guide.turn(dispatcher, tracker)):
            return await guide.run(dispatcher, tracker, domain)
        turn = guide.turn(dispatcher, tracker)
        if shows(words_of(tracker), Sign.safe):
            return await guide.now_safe(turn)
        loud = shows(words_of(tracker), Sign.neighbours) and not shows(words_of(tracker), Sign.harm)
        if loud and (told := guide.about_us(turn)) is not None:
            # Loud music harms nobody; who is threatened says so.
            return told
        if self.kind == CHILD and self._is_only_refused(guide, turn):
            return await guide.run(dispatcher, tracker, domain)
        if self.only_sounds_like_it(words_of(tracker)):
            return await guide.run(dispatcher, tracker, domain)
        if self._is_only_for_whom(guide, turn):
            return await guide.run(dispatcher, tracker, domain)
        # The grown up have no use for the numbers for children.
        grown_up = self.kind == CHILD and _is_of_the_grown_up(words_of(tracker))
        kind = ANYBODY if grown_up else self.kind
        language = language_of(tracker)
        organisation = self.ports.organisation
        if greet_in(dispatcher, words_of(tracker), self.ports, urgent=True):
            return []
        dispatcher.utter_message(
            response=f"utter_{kind}",
            alarm=alarm_number(organisation, language),
            contacts=contact_lines(organisation, HELP[kind], language),
        )
        return self._beside(dispatcher, tracker)

    def only_sounds_like_it(self, text: str) -> bool:
        """Whether it only sounds like this danger: rent that rises, a library's door, a school that does nothing."""
        if shows(text, Sign.told_already) and len(text.split()) <= A_FEW:
            return not shows(text, Sign.harm)
        if self.kind == NEED:
            ends = shows(text, Sign.deadline_near) and shows(text, Sign.complaint)
            calm = ends or any(shows(text, sign) for sign in CALM)
            return calm and not shows(without(text, Sign.put_out), Sign.need)
        if self.kind != CHILD:
            return False
        awake = shows(text, Sign.noise) and shows(text, Sign.crying) and shows(text, Sign.own_child)
        if awake and not shows(without(text, Sign.crying), Sign.harm):
            return True
        # A parent whom a school does not listen to, or who speaks of somebody old; and of no harm.
        parents = shows(text, Sign.own_child) and shows(text, Sign.complained_of)
        return (parents or _is_of_the_grown_up(text)) and not shows(text, Sign.harm)

    def _is_only_refused(self, guide: Overhearing, turn: Turn) -> bool:
        """Whether a parent tells of a decision about their child, and of nothing that could be harm."""
        if shows(words_of(turn.tracker), Sign.harm):
            return False
        return guide.heard(turn).matter.facts.get("is_decision") is True

    def _is_only_for_whom(self, guide: Overhearing, turn: Turn) -> bool:
        """Whether it is only told, in the middle of a matter, for whom it is: 'I do it for my husband'."""
        if turn.before.asked is None or shows(words_of(turn.tracker), Sign.harm):
            return False
        news = set(guide.heard(turn).news)
        return bool(news) and news <= FOR_WHOM

    def _beside(self, dispatcher: Dispatcher, tracker: Tracker) -> list[Event]:
        """Keeps what the message tells of a matter of the municipality's, for when the danger is over."""
        guide = Overhearing(self.ports)
        turn = guide.turn(dispatcher, tracker)
        heard = guide.heard(turn, is_story=shows(words_of(tracker), Sign.own))
        matter = replace(heard.matter, words=turn.before.words)
        if "subject_text" in heard.news:
            matter = matter.without("subject")
        if not MUNICIPAL & set(heard.news):
            return []
        return remember(matter, turn.before)


def _is_of_the_grown_up(text: str) -> bool:
    return shows(text, Sign.adult) and not shows(text, Sign.child)


def danger_actions(ports: Ports) -> list[BotAction]:
    """One action for each kind of danger."""
    return [MeetDanger(ports, kind) for kind in HELP]
