"""Puts the words of an outcome together: the row's own texts, the subject area's, the notes' and the dates'.

Every sentence comes from data. What is urgent is said first; what is in doubt is said as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.rules.area_words import area_changes, area_says, with_area_steps
from knowledge.rules.assessment import Deadline, Outcome, Recipient
from knowledge.rules.dates import Dated, date_deadline, is_treatment
from knowledge.rules.model import Area, Basis, DeadlineRule, Note, Route
from knowledge.rules.parts import Part, Setting
from knowledge.rules.recipients import find_recipient, whose
from knowledge.rules.urgent import appeal_is_there, appeal_made, urgent, year_ends_first
from knowledge.rules.wording import Wording, capitalise, once, sentences
from knowledge.sources import weakest

WITH_CONCERN_BASIS = (Route.forvaltning_first, Route.borgerraadgiver)


def explain_parts(parts: Sequence[Part], setting: Setting) -> list[Outcome]:
    """Each part in words; a running appeal deadline that no row gives is told with the first that can tell it."""
    outcomes = [explain_part(part, setting) for part in parts]
    if any(_gives_appeal(outcome) for outcome in outcomes):
        return outcomes
    for place, part in enumerate(parts):
        fuller = explain_part(part, setting, all_told=True)
        if _gives_appeal(fuller):
            return [*outcomes[:place], fuller, *outcomes[place + 1 :]]
    return outcomes


def _gives_appeal(outcome: Outcome) -> bool:
    return any(deadline.kind == "appeal" for deadline in outcome.deadlines)


def explain_part(part: Part, setting: Setting, *, all_told: bool = False) -> Outcome:
    """The outcome of one part, in the words of one language.

    `all_told` tells the citizen's running deadlines that the row itself does not give, too.
    """
    rule, wording = part.leaf.rule, setting.wording
    recipient = find_recipient(
        rule, part.area, setting.book, setting.organisation, setting.elsewhere, wording,
        is_decided=_is_decided(part),
    )  # fmt: skip
    body = _appeal_body(part.area, wording)
    dated = _dated(part, setting, body, all_told=all_told)
    values = _values(part, setting, recipient, body, dated)
    notes = _notes(part, setting, dated)
    explanation = sentences(
        urgent(part, dated, setting),
        "" if part.certain else wording.say("provisional"),
        capitalise(rule.explanation.of(wording.lang).format(**values)),
        *_note_texts(notes, "explanation", values, wording),
        area_says(part, setting),
        _edition_says(part, setting),
    )
    steps = _both_ways(part, setting, dated)
    if not _is_sent(part, dated):
        steps += [text.of(wording.lang).format(**values) for text in rule.next_steps]
    steps = with_area_steps(steps, part, setting, dated)
    steps += _note_texts(notes, "next_steps", values, wording)
    changes = [text.of(wording.lang).format(**values) for text in rule.would_change]
    changes += _note_texts(notes, "would_change", values, wording)
    changes += area_changes(part, setting)
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
        deadlines=_sorted(dated, part, setting),
        would_change=once(changes),
    )


def _is_sent(part: Part, dated: list[Dated]) -> bool:
    """Whether nobody is to be told how to send the appeal: it is there, or what is there came when it could."""
    if appeal_is_there(part):
        return True
    made = appeal_made(part, dated)
    appeal = next((item.view for item in dated if item.view.kind == "appeal"), None)
    return made is not None and (made == "late" or appeal is not None and appeal.passed)


def _both_ways(part: Part, setting: Setting, dated: list[Dated]) -> list[str]:
    """How to reach the adviser too, where the year runs out before the administration has to answer."""
    if not year_ends_first(part, dated, setting):
        return []
    reach = setting.organisation.reach("borgerraadgiveren", setting.wording.lang)
    return [setting.wording.say("one_year_step", contact=reach)]


def _values(
    part: Part, setting: Setting, recipient: Recipient | None, body: str, dated: list[Dated]
) -> dict[str, str]:
    """What the placeholders in a row's texts stand for."""
    area, wording, lang = part.area, setting.wording, setting.wording.lang
    organisation = setting.organisation
    reply = next((d for d in dated if d.view.kind == "reply"), None)
    limits = area.decision.body.limits if area and area.decision.body else None
    there = whose(area, is_decided=_is_decided(part))
    tried = "treatment" if is_treatment(area, part.facts) else "decision"
    name = setting.book.concern_name.get(part.concern or "")
    return {
        "recipient": _who(recipient, wording),
        "contact": recipient.contact if recipient else "",
        "municipality": recipient.name if recipient else "",
        "area": area.name.of(lang) if area else "",
        "elsewhere_why": there.why.of(lang) if there else "",
        "tried": wording.say(f"tried_{tried}"),
        "tried_of": wording.say(f"tried_{tried}_of"),
        "tried_with": wording.say(f"tried_{tried}_with"),
        "appeal_body": body,
        "body_limits": limits.of(lang) if limits else "",
        "send_to": _send_to(area, wording),
        "concern": name.of(lang) if name else "",
        "reply_due": wording.date(reply.view.date) if reply else wording.say("unknown_reply_due"),
        "akuttelefon": organisation.reach("akuttelefon", lang),
        "social_doegnvagt": organisation.reach("social-doegnvagt", lang),
    }


def _is_decided(part: Part) -> bool:
    """Whether there is a decision by the one whose matter it is."""
    facts = part.facts
    return (
        facts.is_decision is True or facts.is_decision is None and facts.known("decision_received")
    )


def _who(recipient: Recipient | None, wording: Wording) -> str:
    if recipient is None:
        return ""
    if recipient.unit is None:
        return recipient.name
    if recipient.forvaltning is None or recipient.name.lower() in recipient.unit.lower():
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


def _dated(part: Part, setting: Setting, body: str, *, all_told: bool) -> list[Dated]:
    soon = setting.book.limits.soon_days

    def date(rule: DeadlineRule) -> Dated | None:
        return date_deadline(rule, part.facts, part.area, setting.days, setting.wording, body, soon)

    given = [date(rule) for rule in part.leaf.deadlines]
    found = [dated for dated in given if dated is not None]
    if not all_told:
        return found
    beside = [date(rule) for rule in _never_hidden(part, setting)]
    return found + [dated for dated in beside if dated is not None and not dated.view.passed]


def _never_hidden(part: Part, setting: Setting) -> list[DeadlineRule]:
    """Deadlines over a decision that the citizen has told of, in a matter that is about something else.

    Where only the letter can tell whether there is an appeal, the day is told too: the shorter time is the safe one.
    """
    known, route = part.known, part.leaf.rule.route
    if not _is_decided(part) or known.get("has_statutory_appeal") == "no":
        return []
    return [
        rule
        for rule in setting.book.deadlines.values()
        if rule.never_hidden and route not in rule.silent_on
    ]


def _sorted(dated: list[Dated], part: Part, setting: Setting) -> tuple[Deadline, ...]:
    """The citizen's own deadlines first, the nearest first; each as sure as the statute was that day."""
    views = [item.view for item in dated]
    if part.leaf.rule.edition_matters:
        views = [
            replace(view, basis=tuple(_as_of(basis, setting) for basis in view.basis))
            for view in views
        ]
    return tuple(sorted(views, key=lambda d: (d.whose != "citizen", d.latest_safe_date)))


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
    if rule.route is Route.other_authority:  # what another authority does, our statute does not say
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
