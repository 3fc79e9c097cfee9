"""Where each part of a complaint is sent: the guidance engine's outcomes turned into recipients. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.guidance import Profile
from knowledge.rules.assessment import Assessment, Deadline, Outcome
from knowledge.rules.model import Area, Route
from knowledge.rules.recipients import SWITCHBOARD, split_unit

# Never a complaint here: help comes first, and a report of wrongdoing has a channel of its own that protects.
REFUSED = frozenset({Route.acute_help, Route.whistleblower})
ADVISER = "borgerraadgiveren"
# What goes to Borgerrådgiveren, also before the forvaltning has answered.
TO_ADVISER = frozenset({Route.borgerraadgiver, Route.delay_push, Route.discrimination_advice})


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Who gets one part of a complaint, on which way, and which deadlines run."""

    route: Route
    # forvaltning | borgerraadgiver | rekursinstans | anden_myndighed, as the schema says it.
    kind: str
    concerns: tuple[str, ...]
    contact_id: str | None
    forvaltning: str | None
    unit: str | None
    name: str
    reach: str
    send_via: str
    rules: tuple[str, ...]
    # Set where somebody outside the municipality decides in the end.
    authority: str | None = None
    # A member of staff sends it on to the right authority (forvaltningsloven § 7, stk. 2).
    forward: bool = False
    # The guidance points elsewhere, and the citizen wants it sent all the same.
    chosen_by_citizen: bool = False
    deadlines: tuple[Deadline, ...] = field(default=())


def plan(
    assessment: Assessment, profile: Profile, lang: str, forvaltning: str | None = None
) -> list[Destination]:
    """One destination per route and recipient; a decision with a running deadline comes first, as in the guidance.

    `forvaltning` is the one that the citizen named, which counts where the subject does not tell.
    """
    area = profile.book.areas.get(assessment.subject or "")
    found: dict[tuple[str, str | None], Destination] = {}
    for outcome in assessment.outcomes:
        if outcome.route in REFUSED:
            continue
        wanted = _destination(outcome, area, profile, lang, forvaltning)
        key = (wanted.kind if wanted.chosen_by_citizen else outcome.route.value, wanted.contact_id)
        if key in found:
            wanted = _together(found[key], wanted)
        found[key] = wanted
    return list(found.values()) or [_unsorted(area, profile, lang, forvaltning)]


def refusal(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The outcome that forbids a complaint for the whole matter, if there is one."""
    refused = [outcome for outcome in outcomes if outcome.route in REFUSED]
    open_parts = [outcome for outcome in outcomes if outcome.route not in REFUSED]
    if refused and (not open_parts or any(outcome.whole_matter for outcome in refused)):
        return refused[0]
    return None


def _together(first: Destination, second: Destination) -> Destination:
    """Two parts that go the same way are one complaint."""
    return Destination(
        route=first.route, kind=first.kind,
        concerns=tuple(dict.fromkeys((*first.concerns, *second.concerns))),
        contact_id=first.contact_id, forvaltning=first.forvaltning, unit=first.unit,
        name=first.name, reach=first.reach, send_via=first.send_via,
        rules=tuple(dict.fromkeys((*first.rules, *second.rules))), authority=first.authority,
        forward=first.forward, chosen_by_citizen=first.chosen_by_citizen,
        deadlines=tuple({(d.kind, d.date): d for d in (*first.deadlines, *second.deadlines)}.values()),
    )  # fmt: skip


def _destination(
    outcome: Outcome, area: Area | None, profile: Profile, lang: str, named: str | None
) -> Destination:
    concerns = (outcome.concern,) if outcome.concern else ()
    rules, deadlines = (outcome.rule,), outcome.deadlines
    if outcome.route in TO_ADVISER:
        contact = ADVISER
        return Destination(
            route=outcome.route, kind="borgerraadgiver", concerns=concerns, contact_id=contact,
            forvaltning=None, unit=None, name=profile.organisation.contact(contact).name.of(lang),
            reach=profile.organisation.reach(contact, lang), send_via="central_intake",
            rules=rules, deadlines=deadlines,
        )  # fmt: skip
    if outcome.route is Route.other_authority:
        return _elsewhere(outcome, concerns, "anden_myndighed")
    if outcome.route is Route.statutory_appeal:
        return _appeal(outcome, concerns, area, profile, lang, named)
    unit = _unit_of(area, profile, lang, named)
    barred = outcome.route not in (Route.forvaltning_first, Route.feedback)
    return Destination(
        route=outcome.route, kind="forvaltning", concerns=concerns, **unit,
        send_via="target_unit", rules=rules, chosen_by_citizen=barred, deadlines=deadlines,
    )  # fmt: skip


def _appeal(
    outcome: Outcome, concerns: tuple[str, ...], area: Area | None, profile: Profile, lang: str,
    named: str | None,
) -> Destination:  # fmt: skip
    """By way of the unit that decided, which looks again first; straight to the body where the law says so."""
    decision = area.decision if area is not None else None
    body = decision.body.name.of(lang) if decision is not None and decision.body else None
    if decision is not None and decision.send_to.via != "municipality" and outcome.recipient:
        return _elsewhere(outcome, concerns, "rekursinstans")
    return Destination(
        route=outcome.route, kind="rekursinstans", concerns=concerns,
        **_unit_of(area, profile, lang, named), send_via="target_unit", rules=(outcome.rule,),
        authority=body, deadlines=outcome.deadlines,
    )  # fmt: skip


def _elsewhere(outcome: Outcome, concerns: tuple[str, ...], kind: str) -> Destination:
    to = outcome.recipient
    name = to.name if to else ""
    return Destination(
        route=outcome.route, kind=kind, concerns=concerns,
        contact_id=to.contact_id if to else None, forvaltning=None, unit=None, name=name,
        reach=to.contact if to else "", send_via="direct", rules=(outcome.rule,), authority=name,
        forward=True, deadlines=outcome.deadlines,
    )  # fmt: skip


def _unit_of(area: Area | None, profile: Profile, lang: str, named: str | None) -> dict[str, Any]:
    """The unit that answers for the area; without one, the forvaltning named, else the municipality's switchboard."""
    organisation = profile.organisation
    forvaltning = area.forvaltning.id if area is not None and area.forvaltning.id else named
    unit = split_unit(area.unit.of(lang))[0] if area is not None and profile.book.knows_units else None  # fmt: skip
    if forvaltning is None or forvaltning not in organisation.contacts:
        return {
            "contact_id": SWITCHBOARD, "forvaltning": None, "unit": unit,
            "name": organisation.name.of(lang), "reach": organisation.reach(SWITCHBOARD, lang),
        }  # fmt: skip
    return {
        "contact_id": forvaltning, "forvaltning": forvaltning, "unit": unit,
        "name": organisation.contact(forvaltning).name.of(lang),
        "reach": organisation.reach(forvaltning, lang),
    }  # fmt: skip


def _unsorted(area: Area | None, profile: Profile, lang: str, named: str | None) -> Destination:
    """Nothing is known of the matter yet: the municipality receives it all the same, and finds out."""
    return Destination(
        route=Route.forvaltning_first, kind="forvaltning", concerns=(),
        **_unit_of(area, profile, lang, named), send_via="central_intake", rules=("unsorted",),
    )  # fmt: skip
