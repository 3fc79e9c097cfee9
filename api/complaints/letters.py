"""The complaint as a letter: what was approved, laid out for printing and posting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from api.complaints.fields import day_text, get, is_light
from api.complaints.letter import LetterPart, LetterView
from api.complaints.record import Setting
from api.complaints.steps import local_day
from api.complaints.views import own_deadlines, recipient_name, time_text, what_was_sent
from api.db.complaint_models import Complaint
from knowledge.rules.model import Route

# What stands in the letter's head already.
HEAD = frozenset({"you"})


def letter_of(row: Complaint, setting: Setting, lang: str) -> LetterView:
    """The letter of a complaint that was received."""
    say, record = setting.words, row.record
    name = recipient_name(row, setting, lang)
    appeal = row.route == Route.statutory_appeal
    opening = [
        say(lang, "letter.opening", reference=row.reference, received=time_text(row.received_at, lang))
    ]  # fmt: skip
    if appeal and get(record, "/route/send_via") == "target_unit":
        body = str(get(record, "/route/external_authority/name"))
        opening.append(say(lang, "letter.authority", authority=body))
    return LetterView(
        lang=lang,
        title=say(lang, "letter.title", reference=row.reference),
        sender=_sender(record, setting, lang),
        recipient=[part for part in (name, row.unit, *_address(row, setting, lang)) if part],
        place_and_date=say(lang, "letter.place", date=day_text(local_day(row.received_at), lang)),
        subject=_subject(record, appeal=appeal, setting=setting, lang=lang),
        important=_important(row, setting, lang),
        greeting=say(lang, "letter.greeting"),
        opening=opening,
        parts=[
            LetterPart(
                heading=section["title"],
                facts=[(one["label"], one["text"]) for one in section["fields"]],
            )
            for section in what_was_sent(record, row.channel, setting, lang)
        ],
        closing=[say(lang, "letter.closing")],
        regards=say(lang, "letter.regards"),
        signature_hint=say(lang, "letter.signature"),
        name=_name(record, setting, lang),
        foot=say(lang, "letter.foot", reference=row.reference),
    )


def written_at(row: Complaint) -> dt.datetime:
    """The time that the letter carries."""
    return row.submitted_at or row.received_at


def _subject(record: Mapping[str, Any], *, appeal: bool, setting: Setting, lang: str) -> str:
    kind = "letter.subject_appeal" if appeal else "letter.subject"
    kind = "letter.subject_feedback" if is_light(record) else kind
    own = get(record, "/complaint/subject")
    number = get(record, "/target/case_number")
    said = [setting.words(lang, kind), *([str(own)] if own else []), *([str(number)] if number else [])]  # fmt: skip
    return " · ".join(dict.fromkeys(said))


def _important(row: Complaint, setting: Setting, lang: str) -> str | None:
    for one in own_deadlines(row.record):
        if one["kind"] == "appeal":
            return setting.words(
                lang, "letter.important", date=day_text(one["date"], lang),
                received=time_text(row.received_at, lang),
            )  # fmt: skip
    return None


def _sender(record: Mapping[str, Any], setting: Setting, lang: str) -> list[str]:
    contact = get(record, "/complainant/contact") or {}
    address = contact.get("address") or {}
    town = " ".join(str(address[key]) for key in ("postal_code", "city") if address.get(key))
    ways = [contact.get("phone"), contact.get("email")]
    lines = [_name(record, setting, lang), address.get("line1"), town, *ways]
    return [str(line) for line in lines if line]


def _name(record: Mapping[str, Any], setting: Setting, lang: str) -> str:
    return str(get(record, "/complainant/name") or setting.words(lang, "letter.anonymous"))


def _address(row: Complaint, setting: Setting, lang: str) -> list[str]:
    """The recipient's postal address, where a source says it; else the name of the municipality."""
    organisation = setting.profile.organisation
    contact = organisation.contacts.get(row.recipient_contact or "")
    if contact is None:
        return []
    if contact.addresses:
        return contact.addresses[0].value.of(lang).split(", ")
    municipal = contact.kind in ("forvaltning", "adviser", "municipality")
    return [organisation.name.of(lang)] if municipal else []
