"""What the subject area adds to an outcome: its fee and time, its law, its exceptions and doubts."""

from __future__ import annotations

from knowledge.rules.dates import Dated, is_treatment
from knowledge.rules.model import Area, Cited, Route
from knowledge.rules.parts import Part, Setting
from knowledge.rules.recipients import split_unit
from knowledge.rules.urgent import appeal_is_there, appeal_made
from knowledge.rules.wording import Wording, sentences
from knowledge.sources import weakest

# Routes on which the citizen writes to somebody about the matter itself.
TO_SOMEBODY = (
    Route.statutory_appeal, Route.forvaltning_first, Route.borgerraadgiver, Route.delay_push,
    Route.other_authority,
)  # fmt: skip

# What the area has to tell holds here too: another way may still be open when the adviser's year is over.
WITH_NOTES = (*TO_SOMEBODY, Route.too_old)


def with_area_steps(
    steps: list[str], part: Part, setting: Setting, dated: list[Dated]
) -> list[str]:
    """Adds what the subject area says about the way: fee, time, the one thing never to leave out."""
    area, wording, lang = part.area, setting.wording, setting.wording.lang
    route = part.leaf.rule.route
    appeal = next((item for item in dated if item.view.kind == "appeal"), None)
    if appeal_is_there(part):
        there = wording.say("appeal_is_there_step")
        return [there, *_notes_of(area, route, setting)]
    made = appeal_made(part, dated)
    if made is not None:
        steps = [wording.say("appeal_made_step"), *steps]
    if _went_astray(part):
        body = area.decision.body if area is not None else None
        name = body.name.of(lang) if body is not None else wording.say("unknown_body")
        steps = [wording.say("appeal_went_astray", appeal_body=name), *steps]
    if appeal is not None and appeal.view.passed and made != "in_time":
        no_letter = part.facts.appeal_guidance_missing or is_treatment(area, part.facts)
        hope = "" if no_letter else wording.say("late_hope")
        steps = [
            hope,
            *_texts(area.decision.late if area else None, lang),
            *steps,
        ]
    if route is Route.statutory_appeal:
        if appeal is None and not part.facts.known("decision_received"):
            steps = [wording.say("no_deadline_known"), *steps]
        elif appeal is None:
            words = area.decision.deadline.words if area and area.decision.deadline else None
            steps = [words.of(lang) if words else wording.say("no_deadline_known"), *steps]
    if area is None or not _speaks(route):
        return steps
    if part.concern in ("decision", area.concern, None):
        steps += _texts(area.must_say, lang)
    if route is Route.statutory_appeal:
        looks_again = area.decision.reconsideration.words
        steps += [looks_again.of(lang)] if looks_again else []
        steps += _texts(area.decision.fee, lang)
        steps += _texts(area.decision.suspensive, lang)
    elif part.concern == "decision" and area.decision.appeal == "none":
        words = area.decision.deadline.words if area.decision.deadline else None
        first = words.of(lang) if words else ""  # the only time that runs in such a matter
        asked = part.facts.complained_to_forvaltning or part.facts.known("complained_on")
        steps = [first, *steps, "" if asked else area.decision.send_to.words.of(lang)]
    elif area.otherwise != setting.usual_way:
        steps += _texts(area.otherwise, lang)
    return steps + _notes_of(area, route, setting)


def _went_astray(part: Part) -> bool:
    """Whether the municipality has a complaint that was to go straight to the appeal body, by a day that counts."""
    area, facts = part.area, part.facts
    if area is None or part.leaf.rule.route is not Route.statutory_appeal:
        return False
    if not area.has_countable_deadline or is_treatment(area, facts):
        return False
    complained = facts.complained_to_forvaltning is True or facts.known("complained_on")
    return area.decision.send_to.via == "body" and complained


def _notes_of(area: Area | None, route: Route, setting: Setting) -> list[str]:
    """The area's notes, and who else may have the case, where there is somebody to write to."""
    if area is None or route not in WITH_NOTES:
        return []
    lang = setting.wording.lang
    found = [text.of(lang) for text in area.notes]
    if setting.book.knows_units and route not in (Route.other_authority, Route.too_old):
        _, *more = split_unit(area.unit.of(lang))
        found += more
        if area.forvaltning.note is not None:
            found.append(area.forvaltning.note.of(lang))
    return found


def area_changes(part: Part, setting: Setting) -> list[str]:
    """The area's exceptions, and what has changed in it."""
    area, lang = part.area, setting.wording.lang
    route = part.leaf.rule.route
    if area is None or not _speaks(route):
        return []
    if part.concern != "decision" and route is not Route.other_authority:
        return []
    return [text.of(lang) for text in (*area.decision.exceptions, *area.changed)]


def area_says(part: Part, setting: Setting) -> str:
    """The law of an appeal, and what is not quite sure: the way of it, or that there is none."""
    area, wording = part.area, setting.wording
    if area is None:
        return ""
    decision = area.decision
    if part.leaf.rule.route is not Route.statutory_appeal:
        return _no_appeal_says(part, area, wording)
    sure = weakest(decision.appeal_confidence, decision.law.confidence) == "verified"
    return sentences(
        wording.say("law", law=decision.law.of(wording.lang).rstrip(".")),
        "" if sure else wording.say("area_confidence"),
    )


def _no_appeal_says(part: Part, area: Area, wording: Wording) -> str:
    """That there may be an appeal body after all, where a decision is treated as if there were none."""
    known, decision = part.known, area.decision
    if part.concern != "decision" or part.leaf.rule.route not in TO_SOMEBODY:
        return ""
    if known.get("is_decision") != "yes" or known.get("has_statutory_appeal") != "no":
        return ""
    if decision.appeal == "none":
        sure = decision.appeal_confidence == "verified"
        return "" if sure else wording.say("no_appeal_unsure")
    if decision.body is None:
        return wording.say("no_appeal_unsure")
    return wording.say("appeal_after_all", appeal_body=decision.body.name.of(wording.lang))


def _speaks(route: Route) -> bool:
    """Whether the subject area has anything to add on this route."""
    return route not in (Route.acute_help, Route.whistleblower, Route.feedback)


def _texts(cited: Cited | None, lang: str) -> list[str]:
    return [cited.of(lang)] if cited is not None else []
