"""Where a colleague can try to solve a matter at once, the result says so, and is otherwise the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.articles import Lang
from knowledge.rules.assessment import Outcome
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking
from tests.actions.test_guidance import REST, RUDE

OFFER = "Der er en kontaktperson."


@dataclass
class FakeTries:
    """Says the same of every matter, and remembers which there were."""

    said: str
    routes: list[str] = field(default_factory=list)

    async def offer(self, outcomes: Sequence[Outcome], lang: Lang) -> str:
        """The sentence."""
        self.routes += [one.route.value for one in outcomes]
        return self.said


def result(tries: FakeTries | None) -> Talking:
    talking = Talking(replace(fake_ports(), quick_tries=tries))
    talking.say(RUDE)
    talking.answer_all(REST)
    return talking


def test_the_result_says_it_before_the_way_on() -> None:
    tries = FakeTries(OFFER)
    talking = result(tries)
    assert tries.routes == ["forvaltning_first"]
    texts = [message.get("text") for message in talking.turn.said]
    assert texts[-2] == OFFER
    assert talking.responses[-1] == "utter_onward_complaint"


def test_route_deadlines_and_way_on_are_the_same_without_it() -> None:
    plain, offered = result(None), result(FakeTries(OFFER))
    assert plain.cards == offered.cards
    assert plain.facts == offered.facts
    assert plain.responses == [one for one in offered.responses if one]


def test_nothing_is_said_where_nobody_can_try() -> None:
    assert result(FakeTries("")).responses == result(None).responses
