"""Puts all actions into rasa-sdk's executor: named one by one, nothing is searched for or global."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions.contacts import alarm_number
from actions.danger import danger_actions
from actions.guidance import Guide
from actions.handoff import Handoff, PersonFirst
from actions.language import Speak
from actions.languages import MindDanger
from actions.letter import ReadLetter
from actions.ports import BotAction, Ports
from actions.question import AnswerQuestion, NotHelpful, TellMore
from actions.session import StartOver
from actions.smalltalk import Greet, SayGoodbye
from actions.status import TellStatus
from actions.thread import AnswerFirst, TakeUp
from actions.wrongdoing import WarnWhistleblower
from knowledge.articles import LANGS


def all_actions(ports: Ports) -> list[BotAction]:
    """Every action the bot's domain names."""
    actions: list[BotAction] = [
        AnswerQuestion(ports),
        AnswerFirst(ports, TellMore(ports)),
        AnswerFirst(ports, NotHelpful(ports)),
        Guide(ports),
        TakeUp(ports),
        ReadLetter(ports),
        AnswerFirst(ports, TellStatus(ports)),
        AnswerFirst(ports, Greet(ports)),
        AnswerFirst(ports, SayGoodbye()),
        Handoff(ports),
        WarnWhistleblower(ports),
        AnswerFirst(ports, StartOver()),
        *(Speak(language) for language in LANGS),
    ]
    # Danger goes before all else, then whoever asks for a person.
    first = [PersonFirst(ports, action) for action in actions]
    return [MindDanger(ports, action) for action in (*first, *danger_actions(ports))]


def build_executor(ports: Ports) -> ActionExecutor:
    """The executor that the application's internal route runs.

    Raises:
        KeyError: the organisation has no number for immediate danger; better at start than at a citizen.
    """
    for language in LANGS:
        alarm_number(ports.organisation, language)
    executor = ActionExecutor()
    for action in all_actions(ports):
        executor.register_function(action.name, action.run)
    return executor
