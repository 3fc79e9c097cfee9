"""A whole conversation with the actions, without Rasa: slots are carried on, intents are given."""

from __future__ import annotations

import json
from typing import Any

from actions.ports import BotAction, Ports
from actions.registry import all_actions
from tests.actions.turn import Turn, run


class Talking:
    """One conversation; what was said last stands in `turn`."""

    def __init__(self, ports: Ports, lang: str = "da") -> None:
        self.actions: dict[str, BotAction] = {action.name: action for action in all_actions(ports)}
        self.slots: dict[str, Any] = {"language": lang, "greeted": True}
        self.turn = Turn([], [])
        self.sure = 1.0

    @property
    def facts(self) -> dict[str, Any]:
        """What was understood so far."""
        return dict(self.slots.get("facts") or {})

    @property
    def responses(self) -> list[str]:
        """The responses of the last turn."""
        return self.turn.responses

    @property
    def question(self) -> str:
        """The question that was asked last."""
        return next(str(m["question"]) for m in reversed(self.turn.said) if "question" in m)

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The cards of the last turn."""
        return [m["custom"]["card"] for m in self.turn.said if "card" in m.get("custom", {})]

    @property
    def titles(self) -> list[str]:
        """The buttons that the actions added in the last turn."""
        return [button["title"] for m in self.turn.said for button in m.get("buttons") or []]

    def say(self, text: str, intent: str = "complain", action: str = "action_guide") -> Turn:
        """Says something that is understood as `intent`."""
        return self._take(self.actions[action], text, intent, [])

    def ask(self, text: str) -> Turn:
        """Says something that is taken for a question."""
        return self.say(text, "ask_question", "action_answer_question")

    def press(self, title: str) -> Turn:
        """Presses a button that the actions added."""
        for message in self.turn.said:
            for button in message.get("buttons") or []:
                if button["title"] == title:
                    return self.command(button["payload"])
        raise AssertionError(f"no button {title!r} in {self.titles}")

    def command(self, payload: str) -> Turn:
        """Sends what a button holds, as Rasa reads it."""
        intent, brace, rest = payload.removeprefix("/").partition("{")
        held = json.loads(brace + rest) if brace else {}
        entities = [{"entity": name, "value": value} for name, value in held.items()]
        return self._take(self.actions["action_guide"], payload, intent, entities)

    def answer_all(self, answers: dict[str, Any]) -> None:
        """Answers every question with these values, until nothing is asked."""
        for _ in range(20):
            asked = self.slots.get("asked")
            if asked is None:
                return
            if asked in answers:
                value = json.dumps(answers[asked])
                self.command("/complain" + json.dumps({"fact": asked, "value": value}))
            else:
                self.command("/dont_know")
        raise AssertionError("questions without end")

    def _take(
        self, action: BotAction, text: str, intent: str, entities: list[dict[str, Any]]
    ) -> Turn:
        self.turn = run(
            action, text, slots=self.slots, entities=entities, intent=intent, sure=self.sure
        )
        self.slots.update(self.turn.slots)
        return self.turn
