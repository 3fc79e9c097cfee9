"""Puts all actions into rasa-sdk's executor: named one by one, nothing is searched for or global."""

from __future__ import annotations

from functools import partial

from rasa_sdk.executor import ActionExecutor

from actions.contacts import alarm_number
from actions.danger import danger_actions
from actions.giving_way import GivesWay
from actions.guidance import Guide
from actions.handoff import Handoff, hand_over
from actions.language import Speak
from actions.languages import meet_foreign_danger
from actions.letter import ReadLetter
from actions.ports import BotAction, Ports
from actions.question import AnswerQuestion, NotHelpful, TellMore
from actions.session import StartOver
from actions.smalltalk import Greet, SayGoodbye
from actions.status import TellStatus
from actions.thread import TakeUp, take_answer
from actions.wrongdoing import WarnWhistleblower
from knowledge.articles import LANGS


def all_actions(ports: Ports) -> list[BotAction]:
    """Every action the bot's domain names; danger goes before all else, then whoever asks for a person."""
    danger, person, answer = (
        partial(takes, ports) for takes in (meet_foreign_danger, hand_over, take_answer)
    )
    always: list[BotAction] = [
        AnswerQuestion(ports),
        Guide(ports),
        TakeUp(ports),
        ReadLetter(ports),
        Handoff(ports),
        WarnWhistleblower(ports),
        *(Speak(language) for language in LANGS),
    ]
    # What a message is easily taken for that answers the open question.
    unless_answered: list[BotAction] = [
        TellMore(ports), NotHelpful(ports), TellStatus(ports), Greet(ports), SayGoodbye(), StartOver(),
    ]  # fmt: skip
    return [
        *(GivesWay(action, (danger,)) for action in danger_actions(ports)),
        *(GivesWay(action, (danger, person)) for action in always),
        *(GivesWay(action, (danger, person, answer)) for action in unless_answered),
    ]


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
