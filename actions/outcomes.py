"""Says what the guidance came to: one text and one card for each part, the running deadline first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from actions.guidance_engine import Engine, Guidance
from actions.matter import KEEP, RESULT, Matter
from actions.ports import Dispatcher
from actions.understood import for_card, phrase
from knowledge.articles import Lang
from knowledge.rules.assessment import Outcome
from knowledge.rules.model import Route
from knowledge.sources import load_sources

# Days before a deadline at which keeping the day is offered before the complaint itself.
NEAR = 7
# What a complaint is never made of: danger needs help first, wrongdoing a channel that protects, politics politicians.
NEVER_FILED = frozenset(
    {
        Route.acute_help, Route.whistleblower, Route.outside_political_level,
        Route.outside_already_decided_politically,
    }
)  # fmt: skip
# What only politicians can answer.
POLITICAL = frozenset({Route.outside_political_level, Route.outside_already_decided_politically})
# How a place within a source begins that needs no colon before it.
SHORT_PLACES = ("§", "afsnit", "kap", "s.", "section")
# The source of what is known without one.
NO_SOURCE = "gk"
# Legal grounds named in the text; the card has all of them.
GROUNDS = 3


def say_outcomes(
    dispatcher: Dispatcher, matter: Matter, guidance: Guidance, engine: Engine, lang: Lang,
    today: dt.date, quick_try: str = "",
) -> Matter:  # fmt: skip
    """Says every outcome and what can be done now; the matter then waits for the answer to that."""
    outcomes = guidance.as_json["outcomes"]
    understood = for_card(matter.facts, lang, engine.profile.book)
    for place, outcome in enumerate(outcomes, start=1):
        data = {**outcome, "understood": understood, "position": place, "total": len(outcomes)}
        dispatcher.utter_message(
            response="utter_outcome",
            explanation=outcome_text(outcome, lang),
            json_message={
                "card": {"type": "guidance", "data": data}, "sources": sources_of(outcome)
            },
        )  # fmt: skip
    if any(not outcome["certain"] for outcome in outcomes):
        dispatcher.utter_message(response="utter_outcome_uncertain")
    if quick_try:
        dispatcher.utter_message(text=quick_try)
    return say_onward(dispatcher, matter, guidance, today)


def say_onward(
    dispatcher: Dispatcher, matter: Matter, guidance: Guidance, today: dt.date
) -> Matter:
    """Offers the way on that fits the outcomes."""
    response, stage = onward(guidance.assessment.outcomes, today)
    dispatcher.utter_message(response=response)
    return matter.at(stage)


def say_what_would_change(dispatcher: Dispatcher, guidance: Guidance) -> None:
    """Says what would lead elsewhere, part by part but each thing once."""
    changes = dict.fromkeys(
        change for outcome in guidance.assessment.outcomes for change in outcome.would_change
    )
    dispatcher.utter_message(
        response="utter_would_change" if changes else "utter_nothing_would_change",
        changes="\n".join(f"- {change}" for change in changes),
    )


def onward(outcomes: Sequence[Outcome], today: dt.date) -> tuple[str, str | None]:
    """Which offer is made, and what a yes to it means."""
    place = chosen(outcomes)
    if not outcomes:
        return "utter_know_too_little", None
    if place is None:
        political = any(outcome.route in POLITICAL for outcome in outcomes)
        return "utter_onward_politicians" if political else "utter_onward_person", None
    if outcomes[place].route is Route.feedback:
        return "utter_onward_praise", RESULT
    if outcomes[place].route is Route.other_authority:
        return "utter_onward_elsewhere", RESULT
    if is_near(outcomes, today):
        return "utter_onward_deadline", KEEP
    return "utter_onward_complaint", RESULT


def chosen(outcomes: Sequence[Outcome]) -> int | None:
    """The place of the outcome that a complaint is made from: the first that one can be made from.

    What another authority answers for is only sent on, so anything of the municipality's comes before it.
    """
    able = [at for at, o in enumerate(outcomes) if o.route not in NEVER_FILED]
    ours = [at for at in able if outcomes[at].route is not Route.other_authority]
    return next(iter(ours or able), None)


def is_near(outcomes: Sequence[Outcome], today: dt.date) -> bool:
    """Whether a deadline of the citizen's is so near that the day itself should be kept."""
    return any(
        not deadline.passed and (deadline.latest_safe_date - today).days <= NEAR
        for outcome in outcomes
        for deadline in outcome.deadlines
        if deadline.kind == "appeal" and deadline.whose == "citizen"
    )


def outcome_text(outcome: Mapping[str, Any], lang: Lang) -> str:
    """The explanation, who receives it, the next step and the grounds; each with its doubt."""
    parts = [str(outcome["explanation"])]
    to = outcome["recipient"]
    steps = outcome["next_steps"]
    if to is not None and not (steps and to["contact"] and to["contact"] in steps[0]):
        parts.append(
            phrase("line_recipient", lang).format(name=to["unit"] or to["name"], contact=to["contact"])
        )  # fmt: skip
    if steps:
        parts.append(phrase("line_step", lang).format(step=steps[0]))
    grounds = _grounds(outcome["basis"][:GROUNDS], lang)
    if grounds:
        parts.append(phrase("line_basis", lang).format(basis=grounds))
    # Rasa's templates take these two signs for a gap of their own and then fill none at all.
    return "\n\n".join(parts).replace("0[", "0 [")


def sources_of(outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The grounds of an outcome as the chat shows sources."""
    return [
        {
            "label": basis["source"], "paragraph": basis["paragraph"] or None, "url": None,
            "confidence": basis["confidence"],
        }
        for basis in outcome["basis"]
    ]  # fmt: skip


def _grounds(basis: Sequence[Mapping[str, str]], lang: Lang) -> str:
    """The grounds, each source once with all its places, and its doubt."""
    places: dict[tuple[str, str], list[str]] = {}
    for row in basis:
        places.setdefault((row["source"], row["confidence"]), []).append(row["paragraph"])
    return "; ".join(
        _ground(source, [place for place in named if place], confidence, lang)
        for (source, confidence), named in places.items()
    )


def _ground(source: str, places: Sequence[str], confidence: str, lang: Lang) -> str:
    named = ", ".join(places)
    if not named or named in source:
        text = source
    elif source == load_sources().get(NO_SOURCE).name(lang):
        # A law that is known of, and whose text nobody has looked up: the law first.
        text = f"{named} ({source})"
    else:
        text = f"{source} {named}" if named.startswith(SHORT_PLACES) else f"{source}: {named}"
    return text if confidence == "verified" else f"{text} ({phrase('in_doubt', lang)})"
