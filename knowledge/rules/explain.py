"""Puts the words of an outcome together: the row's own texts, the subject area's, the notes' and the dates'.

Every sentence comes from data. What is urgent is said first; what is in doubt is said as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge.organisation import Organisation
from knowledge.rules.assessment import Deadline, Outcome, Recipient
from knowledge.rules.dates import Dated, date_deadline
from knowledge.rules.deadlines import Days
from knowledge.rules.facts import Facts
from knowledge.rules.model import Area, Basis, Cited, Edition, Note, Route, Rulebook
from knowledge.rules.recipients import find_recipient
from knowledge.rules.routing import Leaf
from knowledge.rules.wording import Wording, capitalise, once, sentences
from knowledge.sources import weakest

WITH_CONCERN_BASIS = (Route.forvaltning_first, Route.borgerraadgiver)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What explaining needs besides the matter itself."""

    book: Rulebook
    organisation: Organisation
    elsewhere: Organisation | None
    edition: Edition
    days: Days
    wording: Wording
    usual_way: Cited  # what most areas say about anything but the decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the matter with its decided row and what is known of it."""

    facts: Facts
    area: Area | None
    concern: str | None
    known: Mapping[str, str]
    leaf: Leaf
    certain: bool


def explain_part(part: Part, setting: Setting) -> Outcome:
    """The outcome of one part, in the words of one language."""
    rule, wording = part.leaf.rule, setting.wording
    recipient = find_recipient(
        rule, part.area, setting.book, setting.organisation, setting.elsewhere, wording
    )
    body = _appeal_body(part.area, wording)
    dated = _dated(part, setting, body)
    values = _values(part, setting, recipient, body, dated)
    notes = _notes(part, setting, dated)
    explanation = sentences(
        _urgent(dated, part.facts.today, wording),
        "" if part.certain else wording.say("provisional"),
        capitalise(rule.explanation.of(wording.lang).format(**values)),
        *_note_texts(notes, "explanation", values, wording),
        _area_says(part, setting),
        _edition_says(part, setting),
    )
    steps = [text.of(wording.lang).format(**values) for text in rule.next_steps]
    steps = _with_area_steps(steps, part, setting, dated)
    steps += _note_texts(notes, "next_steps", values, wording)
    changes = [text.of(wording.lang).format(**values) for text in rule.would_change]
    changes += _note_texts(notes, "would_change", values, wording)
    changes += _area_changes(part, setting)
    return Outcome(
        rule=rule.id,
        leaf=tuple(deadline.id for deadline in part.leaf.deadlines),
        notes=tuple(note.id for note in notes),
        whole_matter=rule.whole_matter,
        route=rule.route,
        concern=part.concern,
        certain=part.certain,
        recipient=recipient,
        basis=_basis(part, notes, setting),
        explanation=explanation,
        next_steps=once(steps),
        deadlines=_sorted(dated),
        would_change=once(changes),
    )


def _values(
    part: Part, setting: Setting, recipient: Recipient | None, body: str, dated: list[Dated]
) -> dict[str, str]:
    """What the placeholders in a row's texts stand for."""
    area, wording, lang = part.area, setting.wording, setting.wording.lang
    organisation = setting.organisation
    reply = next((d for d in dated if d.view.kind == "reply"), None)
    limits = area.decision.body.limits if area and area.decision.body else None
    name = setting.book.concern_name.get(part.concern or "")
    return {
        "recipient": _who(recipient, wording),
        "contact": recipient.contact if recipient else "",
        "municipality": recipient.name if recipient else "",
        "area": area.name.of(lang) if area else "",
        "elsewhere_why": area.elsewhere.why.of(lang) if area and area.elsewhere else "",
        "appeal_body": body,
        "body_limits": limits.of(lang) if limits else "",
        "send_to": _send_to(area, wording),
        "concern": name.of(lang) if name else "",
        "reply_due": wording.date(reply.view.date) if reply else "",
        "akuttelefon": organisation.reach("akuttelefon", lang),
        "social_doegnvagt": organisation.reach("social-doegnvagt", lang),
    }


def _who(recipient: Recipient | None, wording: Wording) -> str:
    if recipient is None:
        return ""
    if recipient.unit is None:
        return recipient.name
    if recipient.forvaltning is None:
        return recipient.unit
    return wording.say("unit_in_forvaltning", unit=recipient.unit, forvaltning=recipient.name)


def _appeal_body(area: Area | None, wording: Wording) -> str:
    if area is None or area.decision.body is None:
        return wording.say("unknown_body")
    return area.decision.body.name.of(wording.lang)


def _send_to(area: Area | None, wording: Wording) -> str:
    """Where the appeal goes; an area that knows of no appeal cannot say, so the letter has to."""
    if area is None or area.decision.body is None:
        return wording.say("unknown_send_to")
    return area.decision.send_to.words.of(wording.lang)


def _dated(part: Part, setting: Setting, body: str) -> list[Dated]:
    soon = setting.book.limits.soon_days
    found = (
        date_deadline(rule, part.facts, part.area, setting.days, setting.wording, body, soon)
        for rule in part.leaf.deadlines
    )
    return [dated for dated in found if dated is not None]


def _sorted(dated: list[Dated]) -> tuple[Deadline, ...]:
    """The citizen's own deadlines first, the nearest first."""
    views = [item.view for item in dated]
    return tuple(sorted(views, key=lambda d: (d.whose != "citizen", d.latest_safe_date)))


def _urgent(dated: list[Dated], today: dt.date, wording: Wording) -> str:
    """What must be said before anything else: the citizen's own last day, and whether it is near or past."""
    said: list[str] = []
    for item in dated:
        view = item.view
        values = {"date": wording.date(view.date), "safe": wording.date(view.latest_safe_date)}
        if view.kind == "appeal":
            said.append(wording.say(f"appeal_{_nearness(item, today)}", **values))
        elif view.kind == "one_year" and item.state == "soon":
            said.append(wording.say("one_year_soon", **values))
    return sentences(*said)


def _nearness(item: Dated, today: dt.date) -> str:
    if item.view.passed or item.state == "running":
        return item.state
    if today > item.view.latest_safe_date:
        return "between"
    return "today" if today == item.view.latest_safe_date else "soon"


def _with_area_steps(
    steps: list[str], part: Part, setting: Setting, dated: list[Dated]
) -> list[str]:
    """Adds what the subject area says about the way: fee, time, the one thing never to leave out."""
    area, wording, lang = part.area, setting.wording, setting.wording.lang
    route = part.leaf.rule.route
    appeal = next((item for item in dated if item.view.kind == "appeal"), None)
    if appeal is not None and appeal.view.passed:
        steps = [
            wording.say("late_hope"),
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
        steps += [area.decision.send_to.words.of(lang), words.of(lang) if words else ""]
    elif area.otherwise != setting.usual_way:
        steps += _texts(area.otherwise, lang)
    steps += [text.of(lang) for text in area.notes]
    if area.forvaltning.note is not None and setting.book.knows_units:
        steps.append(area.forvaltning.note.of(lang))
    return steps


def _area_changes(part: Part, setting: Setting) -> list[str]:
    """The area's exceptions, and what has changed in it."""
    area, lang = part.area, setting.wording.lang
    route = part.leaf.rule.route
    if area is None or not _speaks(route):
        return []
    if part.concern != "decision" and route is not Route.other_authority:
        return []
    return [text.of(lang) for text in (*area.decision.exceptions, *area.changed)]


def _area_says(part: Part, setting: Setting) -> str:
    """The law of an appeal, and that the way is not quite sure where it is not."""
    area, wording = part.area, setting.wording
    if area is None or part.leaf.rule.route is not Route.statutory_appeal:
        return ""
    decision = area.decision
    sure = weakest(decision.appeal_confidence, decision.law.confidence) == "verified"
    return sentences(
        wording.say("law", law=decision.law.of(wording.lang)),
        "" if sure else wording.say("area_confidence"),
    )


def _speaks(route: Route) -> bool:
    """Whether the subject area has anything to add on this route."""
    return route not in (Route.acute_help, Route.whistleblower, Route.feedback)


def _texts(cited: Cited | None, lang: str) -> list[str]:
    return [cited.of(lang)] if cited is not None else []


def _notes(part: Part, setting: Setting, dated: list[Dated]) -> list[Note]:
    facts, known = part.facts, dict(part.known)
    if facts.delivery is not None:
        known["delivery"] = facts.delivery
    for name in ("wants_anonymity", "appeal_guidance_missing"):
        if (value := getattr(facts, name)) is not None:
            known[name] = "yes" if value else "no"
    appeal = next((item for item in dated if item.view.kind == "appeal"), None)
    if appeal is not None:
        known["appeal_state"] = appeal.state
    return [
        note
        for note in setting.book.notes
        if part.leaf.rule.route in note.routes and note.when.evaluate(known)
    ]


def _note_texts(
    notes: list[Note], place: str, values: Mapping[str, str], wording: Wording
) -> list[str]:
    return [note.text.of(wording.lang).format(**values) for note in notes if note.place == place]


def _edition_says(part: Part, setting: Setting) -> str:
    """That the statute may have changed since its text was printed, where the outcome leans on it."""
    rule, edition = part.leaf.rule, setting.edition
    leans = any(basis.source in setting.book.statute_sources for basis in rule.basis)
    if edition.says is None or not leans or not rule.edition_matters:
        return ""
    return edition.says.of(setting.wording.lang)


def _basis(part: Part, notes: list[Note], setting: Setting) -> tuple[Basis, ...]:
    rule, area = part.leaf.rule, part.area
    rows = list(rule.basis)
    if rule.route in WITH_CONCERN_BASIS and part.concern is not None and not rule.whole_matter:
        rows += setting.book.concern_basis[part.concern]
    if rule.route is Route.statutory_appeal and area is not None:
        law = area.decision.law
        rows += [
            Basis(source=source, paragraph=law.of(setting.wording.lang), confidence=law.confidence)
            for source in law.sources
        ]
    rows += [basis for note in notes for basis in note.basis]
    if rule.edition_matters:
        rows = [_as_of(basis, setting) for basis in rows]
    return tuple(dict.fromkeys(rows))


def _as_of(basis: Basis, setting: Setting) -> Basis:
    """A statute's paragraph is no surer than its text was on the day that counts."""
    if basis.source not in setting.book.statute_sources:
        return basis
    return replace(basis, confidence=weakest(basis.confidence, setting.edition.confidence))
