"""Takes what another action was chosen for, where it is about the matter after all."""

from __future__ import annotations

from dataclasses import dataclass

from actions.deciding import asked_for, offered
from actions.guidance import Guide
from actions.hearing import TELLING
from actions.listening import Turn
from actions.matter import remember
from actions.ports import Dispatcher, Event, Tracker
from actions.signs import Sign, shows, wants_to_know
from actions.story import LONG_STORY
from actions.turns import intent_of, words_of

# What a story may begin with.
GREETINGS = frozenset({"greet", "goodbye"})
# Words of a message that tells of a matter; more of them are a letter.
STORY = 80


@dataclass(frozen=True, slots=True)
class Overhearing(Guide):
    """The guidance loop as other actions use it: each method gives None where the message is theirs."""

    async def if_told(self, dispatcher: Dispatcher, tracker: Tracker) -> list[Event] | None:
        """Takes a message that another action was chosen for, where it tells of a matter or corrects one."""
        turn = self.turn(dispatcher, tracker)
        text = words_of(tracker)
        if not text or len(text.split()) > STORY or shows(text, Sign.withdrawing):
            return None
        if (taken := await self.if_decided(turn)) is not None:
            return taken
        heard = self.heard(turn)
        if "wants" in heard.news and heard.matter.facts["wants"] == "guidance":
            # Whoever says at some length that they want guidance tells what about.
            heard = self.heard(turn, is_story=len(text.split()) >= LONG_STORY)
        begins = heard.is_matter and not turn.before.begun
        if not (begins or heard.corrected or heard.asks is False and TELLING & set(heard.news)):
            return None
        return remember(await self.hear(turn, heard), turn.before)

    async def if_answered(self, dispatcher: Dispatcher, tracker: Tracker) -> list[Event] | None:
        """Takes a message that another action was chosen for, where it answers the open question or may well do so."""
        turn = self.turn(dispatcher, tracker)
        if (taken := await self.if_decided(turn)) is not None:
            return taken
        if turn.before.asked is None or not words_of(tracker):
            return None
        heard = self.heard(turn)
        if turn.before.asked in heard.news or heard.passed or self.is_unsure(turn, heard):
            return remember(await self.hear(turn, heard), turn.before)
        return None

    async def if_story(self, dispatcher: Dispatcher, tracker: Tracker) -> list[Event] | None:
        """Takes a message that begins like a greeting and goes on with a long story of one's own."""
        turn, text = self.turn(dispatcher, tracker), words_of(tracker)
        told = len(text.split()) >= LONG_STORY and shows(text, Sign.own) and not wants_to_know(text)
        if turn.before.begun or not told or intent_of(tracker) not in GREETINGS:
            return None
        return remember(await self.hear(turn, self.heard(turn, is_story=True)), turn.before)

    async def if_decided(self, turn: Turn) -> list[Event] | None:
        """Takes a message that another action was chosen for, where it asks for what was offered or is known."""
        decision = asked_for(words_of(turn.tracker), offered(turn.before))
        if decision is not None:
            return remember(await self._decide(turn, decision), turn.before)
        own = await self.of_their_own(turn)
        return None if own is None else remember(own, turn.before)

    async def about(self, turn: Turn, area: str) -> list[Event]:
        """Begins a matter of which nothing but the subject was said."""
        matter = self.begun(turn.before).told({"subject": area})
        return remember(await self._go_on(turn, matter, ("subject",), heard=True), turn.before)

    async def now_safe(self, turn: Turn) -> list[Event]:
        """Goes on with who says that nobody is in danger, as the button under a word on danger does."""
        return remember(await self._do(turn, "safe"), turn.before)
