"""Asks the one next question, with its answers as buttons and with what has been understood so far."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from actions.guidance_engine import MOST_OPTIONS, Engine, Guidance
from actions.matter import Matter
from actions.ports import Dispatcher
from actions.understood import for_card, lines, phrase
from knowledge.articles import Lang
from knowledge.rules.assessment import Question
from knowledge.rules.loader import load_texts
from knowledge.rules.wording import Wording

# What people tell of with these has hurt them.
HURTS = frozenset({"behaviour", "discrimination", "delay_no_answer"})
# Understood facts that are offered as buttons to correct.
MOST_CORRECTIONS = 12
# Who says nothing but that they want to complain knows it.
WANTS = frozenset({"wants"})
# Facts on which a deadline hangs: when one of them is new, the deadline is said at once.
MOVES_A_DEADLINE = frozenset(
    {"decision_received", "subject", "subject_text", "delivery", "is_decision"}
)
# What is still worth asking of somebody who cannot say what they complain of; the rest can lead nowhere.
FIRST_OF_ALL = frozenset(
    {
        "acute", "subject", "wants", "municipality", "is_decision", "decision_received", "has_statutory_appeal",
        "ongoing", "waiting_since",
    }
)  # fmt: skip


def option_buttons(question: Question) -> list[dict[str, Any]]:
    """A button for each answer; too many to choose between are answered in the citizen's own words."""
    if len(question.options) > MOST_OPTIONS:
        return []
    return [
        {"title": option.label, "payload": inform(question.fact, option.value)}
        for option in question.options
    ]


def inform(fact: str, value: Any) -> str:
    """The command of a button that answers a question."""
    # As text: Rasa would make one entity of each element of a list.
    return "/complain" + json.dumps({"fact": fact, "value": json.dumps(value)})


def nearest_buttons(
    question: Question, told: Iterable[str], engine: Engine, lang: Lang
) -> list[dict[str, Any]]:
    """Buttons for the areas nearest to all that was told, where words alone did not name one."""
    if question.fact != "subject" or option_buttons(question):
        return []
    return [
        {"title": name.of(lang), "payload": inform("subject", area)}
        for area, name in engine.nearest(" ".join(told))
    ]


def meeting(intent: str, matter: Matter) -> str:
    """The words that meet a matter: glad for praise, sorry for what hurt, and plainly willing otherwise."""
    if matter.facts.get("wants") == "feedback":
        return "utter_ask_praise"
    hurt = intent in HURTS or matter.facts.get("concerns")
    return "utter_ask_first" if hurt else "utter_ask_gladly"


def say_what_to_correct(dispatcher: Dispatcher, matter: Matter, engine: Engine, lang: Lang) -> None:
    """Shows everything that was understood, each with a button that takes it back."""
    known = for_card(matter.facts, lang, engine.profile.book)
    if not known:
        dispatcher.utter_message(response="utter_nothing_to_correct")
        return
    buttons = [
        {"title": f"{row['label']}: {row['value_text']}", "payload": row["change"]}
        for row in known[:MOST_CORRECTIONS]
    ]
    dispatcher.utter_message(response="utter_what_to_correct", buttons=buttons)


def say_question(
    dispatcher: Dispatcher, question: Question, lang: Lang, *, response: str, understood: str = "",
    can_show: bool = False, nearest: Sequence[Mapping[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Asks; `can_show` adds the button that shows what is known now instead.

    `nearest` are buttons for subjects that the question itself does not list, when it is asked a second time.
    """
    buttons = [*option_buttons(question), *map(dict, nearest or ())]
    text = question.text
    if question.fact == "subject":
        if not buttons:
            text = f"{text} {phrase('hint_subject', lang)}"
        if buttons or nearest is not None:
            buttons.append({"title": phrase("other_subject", lang), "payload": "/skip"})
    if can_show:
        buttons.append({"title": phrase("show_now", lang), "payload": '/complain{"do": "result"}'})
    dispatcher.utter_message(
        response=response, question=text, understood=understood, buttons=buttons
    )


def understood_lines(
    matter: Matter, news: Collection[str], guidance: Guidance, engine: Engine, lang: Lang, *,
    pressed: bool = False,
) -> str:  # fmt: skip
    """A line for each new fact, and the deadline when one runs and something about it is new.

    What was just pressed on a button needs no saying back.
    """
    worth = () if set(news) == WANTS and matter.facts["wants"] == "complaint" else news
    told = "" if pressed else lines(matter.facts, worth, lang, engine.profile.book)
    running = running_deadline(guidance, lang) if MOVES_A_DEADLINE & set(news) else ""
    return "\n".join(part for part in (told, running) if part)


def running_deadline(guidance: Guidance, lang: Lang) -> str:
    """The line that names the nearest appeal deadline, or nothing."""
    days = [
        (deadline.passed, deadline.latest_safe_date)
        for outcome in guidance.assessment.outcomes
        for deadline in outcome.deadlines
        if deadline.kind == "appeal" and deadline.whose == "citizen"
    ]
    if not days:
        return ""
    passed, day = min(days)
    line = "line_deadline_passed" if passed else "line_deadline"
    return phrase(line, lang).format(day=_wording(lang).date(day))


def _wording(lang: Lang) -> Wording:
    return Wording(lang, load_texts("phrases")[lang])


def says_too_little(matter: Matter, guidance: Guidance, fact: str) -> bool:
    """Whether nothing can come of this question, since nobody knows what is complained of."""
    passed = "concerns" in matter.skipped and not guidance.assessment.outcomes
    return passed and fact not in FIRST_OF_ALL
