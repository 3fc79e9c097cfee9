"""How a complaint is told to the citizen: the receipt, the history, who has it now, what can be done. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import format_datetime

from api.clock import DENMARK
from api.complaints.fields import LOCALES, day_text, get, is_light, load_sections, text_of
from api.complaints.record import Setting
from api.complaints.steps import Step, local_day, open_steps
from api.db.complaint_models import Complaint, ComplaintAttachment, ComplaintEvent
from knowledge.rules.model import Route
from knowledge.rules.recipients import SWITCHBOARD

ADVISER = "borgerraadgiveren"
FOLLOW_UP = "/opfoelgning"
FINISHED = ("answered", "closed", "withdrawn")


def time_text(moment: dt.datetime, lang: str) -> str:
    """A time in words, as it is in Denmark."""
    local = moment.astimezone(DENMARK)
    pattern = "d. MMMM y 'kl.' HH.mm" if lang != "en" else "d MMMM y 'at' HH:mm"
    return format_datetime(local, pattern, locale=LOCALES["en" if lang == "en" else "da"])


def recipient(row: Complaint, setting: Setting, lang: str) -> dict[str, Any]:
    """Who gets the complaint, and how they are reached."""
    organisation, contact = setting.profile.organisation, row.recipient_contact
    known = contact is not None and contact in organisation.contacts
    return {
        "route": row.route,
        "forvaltning": row.forvaltning,
        "unit": row.unit,
        "name": recipient_name(row, setting, lang),
        "contact": organisation.reach(contact, lang) if known and contact else "",
    }


def recipient_name(row: Complaint, setting: Setting, lang: str) -> str:
    """The recipient's name in the reader's language where it is one we know; else as it was written down."""
    organisation, contact = setting.profile.organisation, row.recipient_contact
    if contact is None or contact not in organisation.contacts:
        return row.recipient_name
    if contact == SWITCHBOARD:
        return organisation.name.of(lang)
    return organisation.contact(contact).name.of(lang)


def is_forwarded(row: Complaint) -> bool:
    """Whether a member of staff sends it on to another authority."""
    if row.is_notice:
        return bool(get(row.record, "/recipient/forward"))
    return bool(get(row.record, "/route/send_via") == "direct")


def is_reachable(row: Complaint) -> bool:
    """Whether somebody can call, write or send a letter; an anonymous citizen has the follow-up page alone."""
    contact = get(row.record, "/complainant/contact") or {}
    return row.email is not None or any(contact.get(way) for way in ("phone", "email", "address"))


def holder(row: Complaint, setting: Setting, lang: str) -> str:
    """Who has the baton now, in a sentence."""
    key = "notice" if row.is_notice and row.status not in FINISHED else row.status
    if key == "received" and is_forwarded(row):
        key = "forward"
    return setting.words(lang, f"holder.{key}", recipient=recipient_name(row, setting, lang))


def route_text(row: Complaint, setting: Setting, lang: str) -> str:
    """Why it goes where it goes."""
    key = row.route
    if get(row.record, "/route/decided_by") == "citizen":
        key = "chosen"
    elif key == Route.statutory_appeal and is_forwarded(row):
        key = "direct_appeal"
    elif key == Route.statutory_appeal and not _looked_at_again(row, setting):
        key = "unsure_appeal"
    authority = get(row.record, "/route/external_authority/name")
    authority = authority or setting.words(lang, "words.unknown_body")
    name = recipient_name(row, setting, lang)
    unit = f"{row.unit}, {name}" if row.unit else name
    return setting.words(lang, f"route.{key}", recipient=unit, authority=authority)


def _looked_at_again(row: Complaint, setting: Setting) -> bool:
    """Whether a source says that the unit must look again before the appeal body does."""
    subjects = (
        get(row.record, at) for at in ("/assessment/facts/subject", "/target/area", "/matter/area")
    )
    areas = setting.profile.book.areas
    area = next((areas[one] for one in subjects if one in areas), None)
    return area is not None and area.decision.reconsideration.required is True


def steps_of(row: Complaint, today: dt.date, setting: Setting) -> list[Step]:
    """What the authority still owes; nothing once it has answered, or the citizen has withdrawn."""
    if row.status in FINISHED or row.is_notice:
        return []
    return open_steps(
        answer=row.answer_due, reconsider=row.reconsider_due, today=today, profile=setting.profile
    )


def what_to_do(row: Complaint, step: Step, setting: Setting, lang: str) -> str:
    """What the citizen can do when a step's time has passed; nothing before."""
    if not step.passed:
        return ""
    key = step.kind
    if key == "answer" and row.recipient_contact == ADVISER:
        key = "answer_adviser"
    reach = setting.profile.organisation.reach(ADVISER, lang)
    return setting.words(lang, f"overdue.{key}", reach=reach)


def clock(row: Complaint, today: dt.date, setting: Setting, lang: str) -> list[dict[str, Any]]:
    """The second clock, as the follow-up page shows it."""
    return [
        {
            "kind": step.kind, "what": setting.words(lang, f"due.{step.kind}"),
            "date": step.date.isoformat(), "date_text": day_text(step.date, lang),
            "days_left": step.days_left, "passed": step.passed,
            "what_to_do": what_to_do(row, step, setting, lang),
        }
        for step in steps_of(row, today, setting)
    ]  # fmt: skip


def what_was_sent(
    record: Mapping[str, Any], channel: str, setting: Setting, lang: str
) -> list[dict[str, Any]]:
    """The complaint as its writer filled it in: headings with labels and answers."""
    yes_no = (setting.words(lang, "words.yes"), setting.words(lang, "words.no"))
    told: list[dict[str, Any]] = []
    for section in load_sections():
        rows = [
            {"label": one.label.of(lang), "text": text}
            for one in section.fields
            if one.shown(record, channel)
            and (text := text_of(one, record, setting.profile, lang, yes_no))
        ]
        if rows:
            told.append({"title": section.title.of(lang), "fields": rows})
    files = record.get("attachments") or []
    if files:
        names = ", ".join(str(one["filename"]) for one in files)
        label = setting.words(lang, "words.attachments")
        told.append({"title": label, "fields": [{"label": label, "text": names}]})
    return told


def next_steps(row: Complaint, setting: Setting, lang: str, *, new_code: bool = False) -> list[str]:
    """What the citizen shall know and can do after the receipt."""
    words, record = setting.words, row.record
    said = [words(lang, "receipt.keep")]
    if new_code:
        said.append(words(lang, "receipt.new_code"))
    reach = setting.profile.organisation.reach(ADVISER, lang)
    if row.is_notice:
        own = recipient(row, setting, lang)["contact"] or reach
        said += [words(lang, "receipt.next_notice"), words(lang, "receipt.next_notice_reach", reach=own)]  # fmt: skip
        if is_forwarded(row):
            to = recipient_name(row, setting, lang)
            said.append(words(lang, "receipt.next_notice_forward", recipient=to))
        return said
    said += _of_deadlines(row, setting, lang)
    if is_light(record):
        return [*said, words(lang, "receipt.next_feedback")]
    if get(record, "/complainant/identification/method") == "anonymous":
        said.append(words(lang, "receipt.next_anonymous"))
    elif row.answer_due is not None:
        said.append(words(lang, "receipt.next_answer", date=day_text(row.answer_due, lang)))
        if row.recipient_contact != ADVISER:
            said.append(words(lang, "receipt.next_silence", reach=reach))
    else:
        said.append(words(lang, "receipt.next_no_day"))
    if row.reconsider_due is not None:
        said.append(words(lang, "receipt.next_reconsider", date=day_text(row.reconsider_due, lang)))  # fmt: skip
    return [*said, words(lang, "receipt.next_follow")]


def _of_deadlines(row: Complaint, setting: Setting, lang: str) -> list[str]:
    said = []
    for one in own_deadlines(row.record):
        if one["kind"] != "appeal":
            continue
        late = one["date"] < local_day(row.received_at).isoformat()
        # What another authority decides has to reach it; only the municipality's own day counts at once.
        in_time = "next_deadline_forward" if is_forwarded(row) else "next_deadline"
        key = "next_deadline_late" if late else in_time
        said.append(
            setting.words(
                lang, f"receipt.{key}", date=day_text(one["date"], lang),
                received=time_text(row.received_at, lang),
                recipient=recipient_name(row, setting, lang),
            )
        )  # fmt: skip
    return said


def own_deadlines(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The citizen's own deadlines."""
    return [one for one in record.get("deadlines") or [] if one.get("whose") == "citizen"]


def receipt(
    parts: Sequence[Complaint], code: str | None, setting: Setting, lang: str
) -> dict[str, Any]:
    """What the citizen gets once everything is saved; without a code where it was shown before."""
    first = parts[0]
    completed = first.notified_at is not None and not first.is_notice
    told: dict[str, Any] = {
        "kind": "notice" if first.is_notice else "complaint",
        "id": first.id,
        "reference": first.reference,
        "follow_up_code": code,
        "received_at": first.received_at.astimezone(DENMARK).isoformat(timespec="seconds"),
        "received_at_text": time_text(first.received_at, lang),
        "recipient": recipient(first, setting, lang),
        "route_text": route_text(first, setting, lang),
        "answer_due": first.answer_due.isoformat() if first.answer_due else None,
        "answer_due_text": day_text(first.answer_due, lang) if first.answer_due else None,
        "status": first.status,
        "status_text": setting.words(lang, f"status.{first.status}"),
        "what_was_sent": [] if first.is_notice else what_was_sent(first.record, first.channel, setting, lang),
        "deadlines": list(first.record.get("deadlines") or []),
        "next_steps": next_steps(first, setting, lang, new_code=completed and code is not None),
        "follow_up_url": FOLLOW_UP,
        "letter_url": f"/api/v1/complaints/{first.reference}/letter.pdf",
        "parts": [
            {
                "reference": row.reference, "recipient": recipient(row, setting, lang),
                "route_text": route_text(row, setting, lang),
                "answer_due": row.answer_due.isoformat() if row.answer_due else None,
            }
            for row in parts[1:]
        ],
    }  # fmt: skip
    return told


def history(
    row: Complaint, events: Sequence[ComplaintEvent], setting: Setting, lang: str
) -> list[dict[str, Any]]:
    """What has happened, in plain words, oldest first."""
    told = []
    for event in events:
        named = event.details.get("recipient") or recipient_name(row, setting, lang)
        text = setting.words(
            lang, f"event.{event.kind}", recipient=named, name=event.details.get("name", "")
        )
        told.append(
            {
                "at": event.at.astimezone(DENMARK).isoformat(timespec="seconds"),
                "at_text": time_text(event.at, lang), "status": event.kind, "text": text,
                "note": event.note,
            }
        )  # fmt: skip
    return told


def follow_up(
    row: Complaint, events: Sequence[ComplaintEvent], files: Sequence[ComplaintAttachment],
    others: Sequence[Complaint], today: dt.date, setting: Setting, lang: str,
) -> dict[str, Any]:  # fmt: skip
    """Everything that the holder of the code may see."""
    return {
        "kind": "notice" if row.is_notice else "complaint",
        "reference": row.reference,
        "status": row.status,
        "status_text": setting.words(lang, f"status.{row.status}"),
        "holder": holder(row, setting, lang),
        "received_at": row.received_at.astimezone(DENMARK).isoformat(timespec="seconds"),
        "received_at_text": time_text(row.received_at, lang),
        "recipient": recipient(row, setting, lang),
        "route_text": route_text(row, setting, lang),
        "answer_due": row.answer_due.isoformat() if row.answer_due else None,
        "steps": clock(row, today, setting, lang),
        "deadlines": own_deadlines(row.record),
        "history": history(row, events, setting, lang),
        "what_was_sent": [] if row.is_notice else what_was_sent(row.record, row.channel, setting, lang),
        "attachments": [
            {"id": one.id, "filename": one.filename, "media_type": one.media_type, "size": one.size}
            for one in files
        ],
        "email": {"given": row.email is not None, "confirmed": row.email_confirmed_at is not None},
        "related": [other.reference for other in others if other.id != row.id],
        "may_add": row.status not in ("withdrawn", "closed"),
        "may_withdraw": row.status not in ("withdrawn", "closed"),
        "letter_url": f"/api/v1/complaints/{row.reference}/letter.pdf",
    }  # fmt: skip


def without_code(card: dict[str, Any]) -> dict[str, Any]:
    """A receipt card as it may be kept: the follow-up code is shown once and stored nowhere."""
    if card.get("type") != "receipt":
        return card
    return {**card, "data": {**card["data"], "follow_up_code": None}}


def receipt_text(row: Complaint, setting: Setting, lang: str) -> str:
    """The receipt in one line, for the conversation."""
    if row.answer_due is None:
        return setting.words(lang, "receipt.chat", reference=row.reference)
    date = day_text(row.answer_due, lang)
    return setting.words(lang, "receipt.chat_answer", reference=row.reference, date=date)
