"""What a subject area is in one municipality: what only holds elsewhere is left out of it."""

from __future__ import annotations

from dataclasses import replace

from knowledge.rules.model import Area, Cited, Elsewhere


def area_in(area: Area, municipality: str) -> Area:
    """The area as it is where the matter belongs."""
    decision, elsewhere = area.decision, area.elsewhere
    deadline = decision.deadline
    if deadline is not None and not _holds(deadline.only_in, municipality):
        deadline = None
    return replace(
        area,
        elsewhere=_elsewhere(elsewhere, municipality) if elsewhere is not None else None,
        decision=replace(
            decision, deadline=deadline, exceptions=_of(decision.exceptions, municipality)
        ),
        notes=_of(area.notes, municipality),
        changed=_of(area.changed, municipality),
    )


def _holds(only_in: tuple[str, ...], municipality: str) -> bool:
    return not only_in or municipality in only_in


def _of(texts: tuple[Cited, ...], municipality: str) -> tuple[Cited, ...]:
    return tuple(text for text in texts if _holds(text.only_in, municipality))


def _elsewhere(there: Elsewhere, municipality: str) -> Elsewhere:
    """Where nobody is known whom it goes on to, the one that has decided it is still the one to ask."""
    decided = there.decided
    if decided is None or _holds(decided.only_in, municipality) or decided.outside is None:
        return there
    return replace(there, decided=Elsewhere(contact=there.contact, why=decided.outside))
