"""The network of contact persons: read and changed in the transaction of the caller."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.learning_models import ContactPerson
from api.masking import holds_cpr
from api.oversight.informal import Place, person_for

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
PHONE = re.compile(r"\+?[0-9 ]{8,20}")
LENGTHS = {"unit": 300, "name": 200, "email": 254, "phone": 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What was written of a contact person, and what is wrong with it by field."""

    forvaltning: str
    unit: str
    name: str
    email: str
    phone: str
    active: bool
    faults: Mapping[str, str] = field(default_factory=dict)


def read_person(form: Mapping[str, str], forvaltninger: tuple[str, ...]) -> Person:
    """Reads the form; nothing is lost when something is wrong."""
    said = {name: form.get(name, "").replace("\x00", "").strip()[:most] for name, most in LENGTHS.items()}  # fmt: skip
    faults = {name: "cpr" for name, text in said.items() if holds_cpr(text)}
    if form.get("forvaltning") not in forvaltninger:
        faults["forvaltning"] = "choice"
    if not said["name"]:
        faults["name"] = "missing"
    if said["email"] and not EMAIL.fullmatch(said["email"]):
        faults["email"] = "email"
    if said["phone"] and not PHONE.fullmatch(said["phone"]):
        faults["phone"] = "phone"
    if not said["email"] and not said["phone"]:
        faults["phone"] = "way"
    return Person(
        forvaltning=form.get("forvaltning", ""), active=form.get("active") == "1", faults=faults,
        **said,
    )  # fmt: skip


async def everybody(tx: AsyncSession) -> list[ContactPerson]:
    """All contact persons, by forvaltning and unit."""
    query = select(ContactPerson).order_by(
        ContactPerson.forvaltning, ContactPerson.unit, ContactPerson.name, ContactPerson.id
    )
    return list(await tx.scalars(query))


async def contact_for(tx: AsyncSession, place: Place) -> ContactPerson | None:
    """Who answers for the place of a matter, if anybody does."""
    if place.contact is None:
        return None
    query = select(ContactPerson).where(
        ContactPerson.forvaltning == place.contact, ContactPerson.active.is_(True)
    )
    return person_for(place, list(await tx.scalars(query.order_by(ContactPerson.id))))


async def save_person(
    tx: AsyncSession, row: ContactPerson | None, person: Person, *, by: str, now: dt.datetime
) -> ContactPerson:
    """Adds a contact person, or changes one."""
    if row is None:
        row = ContactPerson()
        tx.add(row)
    row.forvaltning, row.unit, row.name = person.forvaltning, person.unit, person.name
    row.email, row.phone, row.active = person.email, person.phone, person.active
    row.updated_at, row.updated_by = now, by
    await tx.flush()
    return row
