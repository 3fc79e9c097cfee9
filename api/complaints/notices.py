"""The early notice: 'I want to complain', kept with its time and a hash before the complaint is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.codes import hash_code, new_code
from api.complaints.errors import InvalidComplaint
from api.complaints.record import Setting, Submission, stamp
from api.complaints.routing import Destination
from api.complaints.schema import VERSION, RecordCheck, digest
from api.complaints.service import Intake
from api.db.complaint_models import Complaint
from api.masking import mask_cpr
from api.outbox.store import enqueue

NOTIFIED = "dk.stafet.complaint.notified"
WORDS_LENGTH = 20_000


class Notices:
    """Receives early notices."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.setting: Setting = intake.setting
        self.check = RecordCheck("notice", intake.setting.profile)

    async def receive(
        self, tx: AsyncSession, *, session_id: str, lang: str, words: Sequence[str],
        facts: Mapping[str, Any], record: Mapping[str, Any], now: dt.datetime, today: dt.date,
    ) -> tuple[Complaint, str]:  # fmt: skip
        """Keeps the notice and hands it over; gives it and the code that is shown once.

        Raises:
            NotAComplaint: help comes first, or a channel that protects.
        """
        given = Submission(record=record, lang=lang, channel="chat", facts=facts)
        way = self.intake.way(given, today)
        to = way.destinations[0]
        notice = self._notice(to, words, way.facts, lang, now)
        notice["reference"] = await store.free_reference(tx, now)
        notice["sha256"] = digest(notice)
        if faults := self.check.faults(notice):
            raise InvalidComplaint(faults, self.setting.words, lang)
        code = new_code()
        row = Complaint(
            id=notice["id"], reference=notice["reference"], code_hash=hash_code(code),
            is_notice=True, group_id=None, group_position=1, session_id=session_id, channel="chat",
            language=lang, record=notice, record_hash=notice["sha256"], route=to.route.value,
            forvaltning=to.forvaltning, unit=to.unit, recipient_contact=to.contact_id,
            recipient_name=to.name, status="received", received_at=now, notified_at=now,
        )  # fmt: skip
        tx.add(row)
        await tx.flush()
        await store.add_event(tx, row.id, "notified", at=now, actor="citizen")
        if not to.forward:
            await enqueue(
                tx, event_type=NOTIFIED, subject_id=row.id, payload=notice, due=now,
                idempotency_key=f"{row.id}:notified",
            )  # fmt: skip
        return row, code

    def _notice(
        self, to: Destination, words: Sequence[str], facts: Mapping[str, Any], lang: str,
        now: dt.datetime,
    ) -> dict[str, Any]:  # fmt: skip
        """What is kept: the citizen's words, what the matter is, who it is for, the deadline that runs."""
        told = mask_cpr("\n\n".join(word.strip() for word in words if word.strip()))[:WORDS_LENGTH]
        matter: dict[str, Any] = {"words": told or self.setting.words(lang, "words.wants_to_complain")}  # fmt: skip
        kinds = [kind for kind in facts.get("concerns") or [] if kind != "wrongdoing"]
        if kinds:
            matter["categories"] = kinds
        if facts.get("subject"):
            matter["area"] = facts["subject"]
        if facts.get("decision_received"):
            matter["decision_received"] = str(facts["decision_received"])
        recipient: dict[str, Any] = {
            "route": to.route.value, "contact": to.contact_id, "forvaltning": to.forvaltning,
            "unit": to.unit, "name": to.name,
        }  # fmt: skip
        if to.forward:
            recipient["forward"] = True
        notice: dict[str, Any] = {
            "schema_version": VERSION, "id": str(uuid4()), "notified_at": stamp(now),
            "received_at": stamp(now), "language": lang,
            "source": {"system": "stafet", "version": self.setting.version, "channel": "chat"},
            "matter": matter,
            "recipient": {key: value for key, value in recipient.items() if value is not None},
        }  # fmt: skip
        for deadline in to.deadlines:
            if deadline.whose == "citizen" and not deadline.passed:
                notice["deadline"] = {
                    "what": deadline.what[:300], "date": deadline.date.isoformat(),
                }  # fmt: skip
                break
        return notice
