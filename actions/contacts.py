"""Names and numbers for a reply, from the organisation's data."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from actions.ports import Organisation

log = structlog.get_logger(__name__)

ALARM = "alarm.phone"


def contact_lines(organisation: Organisation, contacts: Iterable[str], language: str) -> str:
    """One line per contact: its name and every way to reach it.

    A contact that a municipality lacks is left out and logged: in danger, the rest must still be said.
    """
    lines = []
    for contact in contacts:
        try:
            name = organisation.placeholder(f"{contact}.name", language)
            lines.append(f"- {name[:1].upper()}{name[1:]}: {organisation.reach(contact, language)}")
        except KeyError:
            log.error("contact.missing", contact=contact)
    return "\n".join(lines)


def alarm_number(organisation: Organisation, language: str) -> str:
    """The number for immediate danger.

    Raises:
        KeyError: the organisation has none; build_executor asks for it at start, so no citizen meets this.
    """
    return organisation.placeholder(ALARM, language)
