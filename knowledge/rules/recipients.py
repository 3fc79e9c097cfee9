"""Who an outcome sends the citizen to, looked up in the subject area and the organisation."""

from __future__ import annotations

from knowledge.organisation import Organisation
from knowledge.rules.assessment import Recipient
from knowledge.rules.model import Area, Elsewhere, Rule, Rulebook
from knowledge.rules.wording import Wording

SWITCHBOARD = "hovednummer"


def find_recipient(
    rule: Rule, area: Area | None, book: Rulebook, organisation: Organisation,
    elsewhere: Organisation | None, wording: Wording, *, is_decided: bool = False,
) -> Recipient | None:  # fmt: skip
    """The recipient of an outcome; None where there is nobody to send anything to."""
    if rule.recipient == "none":
        return None
    if rule.recipient == "municipality":
        return _named(SWITCHBOARD, elsewhere or organisation, wording, municipality=True)
    if rule.recipient == "elsewhere":
        there = whose(area, is_decided=is_decided)
        return _named(there.contact if there else SWITCHBOARD, organisation, wording)
    if rule.recipient == "appeal":
        return _of_appeal(area, book, organisation, wording)
    if rule.recipient == "area":
        return _of_area(area, book, organisation, wording)
    return _named(rule.recipient, organisation, wording)


def whose(area: Area | None, *, is_decided: bool) -> Elsewhere | None:
    """Whose a matter is that is not the municipality's; once it is decided there, who it goes on to."""
    there = area.elsewhere if area is not None else None
    return there.decided if there is not None and is_decided and there.decided else there


def _of_appeal(
    area: Area | None, book: Rulebook, organisation: Organisation, wording: Wording
) -> Recipient | None:
    """By way of the unit that decided, or straight to the body, as the area says."""
    if area is None:
        return None
    decision = area.decision
    if decision.send_to.via == "municipality":
        return _of_area(area, book, organisation, wording)
    contact = decision.send_to.contact or (decision.body.contact if decision.body else None)
    return _named(contact, organisation, wording) if contact else None


def _of_area(
    area: Area | None, book: Rulebook, organisation: Organisation, wording: Wording
) -> Recipient:
    lang = wording.lang
    unit = split_unit(area.unit.of(lang))[0] if area is not None and book.knows_units else None
    forvaltning = area.forvaltning.id if area is not None else None
    way = _way(area) or forvaltning or SWITCHBOARD
    known = forvaltning is not None
    name = (
        organisation.contact(forvaltning).name.of(lang)
        if forvaltning is not None
        else wording.say("unknown_forvaltning")
    )
    return Recipient(
        contact_id=forvaltning if known else None,
        forvaltning=forvaltning,
        unit=unit,
        name=name,
        contact=organisation.reach(way, lang),
    )


def _way(area: Area | None) -> str | None:
    """A contact of its own that the area names for what is sent to the municipality."""
    if area is None or area.decision.send_to.via != "municipality":
        return None
    return area.decision.send_to.contact


def _named(
    contact_id: str, organisation: Organisation, wording: Wording, *, municipality: bool = False
) -> Recipient:
    contact = organisation.contact(contact_id)
    name = organisation.name if municipality else contact.name
    return Recipient(
        contact_id=contact_id,
        forvaltning=contact_id if contact_id in organisation.forvaltninger else None,
        unit=None,
        name=name.of(wording.lang),
        contact=organisation.reach(contact_id, wording.lang),
    )


def split_unit(unit: str) -> list[str]:
    """The unit itself, and the sentences that an area adds after it."""
    noun, *more = unit.split(". ")
    return [noun, *(f"{sentence.rstrip('.')}." for sentence in more)]
