"""Receives complaints: refuses what must not be one, finds the way, keeps it, and gives the receipt.

Everything is written in the transaction of the caller, together with what the outbox shall deliver. The receipt may be
shown only once that transaction is committed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.codes import hash_code, new_code, seal, unseal
from api.complaints.errors import InvalidComplaint, KeyUsed, NotAComplaint, UnknownComplaint
from api.complaints.facts import facts_of
from api.complaints.fields import get
from api.complaints.record import Identity, Setting, Submission, build_record
from api.complaints.routing import Destination, plan, refusal
from api.complaints.schema import Fault, RecordCheck, cpr_faults, digest
from api.complaints.steps import Due, due_dates, local_day
from api.db.complaint_models import Complaint, ComplaintKey
from api.errors import InvalidInput
from api.masking import mask_cpr
from api.outbox.store import enqueue
from knowledge.guidance import Assessment, assess
from knowledge.rules.facts import FactError
from knowledge.rules.model import Route
from knowledge.rules.routing import RuleGapError
from knowledge.rules.subjects import Similarity

log = structlog.get_logger(__name__)

SUBMITTED = "dk.stafet.complaint.submitted"
COMPLETED = "dk.stafet.complaint.completed"
# What the engine calls a thing, and where it stands in a record.
FACT_PLACES = {
    "event_date": "/complaint/occurred/from", "decision_received": "/complaint/decision/received_date",
    "complained_on": "/prior_complaint/date", "subject": "/target/area",
    "concerns": "/complaint/categories",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """A complaint that was written down, in all its parts, and the code that is shown once."""

    parts: tuple[Complaint, ...]
    code: str
    # The same key and body came before: nothing new was written.
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What the guidance says of a submission: the facts, the assessment, and where each part goes."""

    facts: Mapping[str, Any]
    assessment: Assessment
    destinations: tuple[Destination, ...]


class Intake:
    """Receives complaints for the municipality that the deployment serves."""

    def __init__(self, setting: Setting, similarity: Similarity | None = None) -> None:
        self.setting = setting
        self.similarity = similarity
        self.check = RecordCheck("complaint", setting.profile)

    def way(self, given: Submission, today: dt.date) -> Way:
        """Where the parts go, by the guidance of the day.

        Raises:
            NotAComplaint: help comes first, or a channel that protects.
            InvalidComplaint: a date or a choice that cannot be.
        """
        profile = self.setting.profile
        facts = facts_of(given.record, given.facts, profile.municipality)
        if text := facts.get("subject_text"):
            facts["subject_text"] = mask_cpr(str(text))
        try:
            found = assess(facts, profile, today=today, lang=given.lang, similarity=self.similarity)
        except FactError as error:
            place = FACT_PLACES.get(error.field, f"/{error.field}")
            kind = error.kind if error.kind in ("not_a_date", "future_date") else "wrong"
            raise InvalidComplaint([Fault(place, kind)], self.setting.words, given.lang) from error
        except RuleGapError as error:
            # A gap is our fault: the complaint is received, and people find its way.
            log.error("guidance.gap", municipality=profile.municipality, reason=str(error))
            found = Assessment(
                outcomes=(), missing=(), next_question=None, rules_version=profile.book.version
            )
        if refused := refusal(found.outcomes):
            acute = refused.route is Route.acute_help
            key = "refused.acute" if acute else "refused.whistleblower"
            steps = " ".join(refused.next_steps)
            raise NotAComplaint(
                "help_comes_first" if acute else "whistleblower_channel",
                detail=f"{self.setting.words(given.lang, key)} {steps}".strip(),
            )
        if found.subject is not None:
            facts = facts | {"subject": found.subject}
        named = get(given.record, "/target/forvaltning/code")
        return Way(
            facts=facts, assessment=found,
            destinations=tuple(plan(found, profile, given.lang, named)),
        )  # fmt: skip

    def faults(self, given: Submission, *, now: dt.datetime, today: dt.date) -> list[Fault]:
        """What would keep a submission from being received, without receiving it.

        Raises:
            NotAComplaint: help comes first, or a channel that protects.
        """
        if found := cpr_faults(given.record) or self.check.shape_faults(given.record):
            return found
        try:
            way = self.way(given, today)
        except InvalidComplaint as error:
            return list(error.faults)
        to = way.destinations[0]
        who = Identity(
            id=str(uuid4()), reference="KLG-2000-00000", group_id=None, position=1, related=(),
            received_at=now, submitted_at=now,
        )  # fmt: skip
        record = build_record(
            given, who, to, self._due(now, to, way), way.assessment, way.facts, (), self.setting
        )
        return _readable(self.check.faults(record))

    async def receive(
        self, tx: AsyncSession, given: Submission, *, now: dt.datetime, today: dt.date
    ) -> Received:
        """Writes the complaint down, one part per way, and queues it for delivery.

        Raises:
            NotAComplaint, InvalidComplaint: as the errors say; nothing was written then.
        """
        if faults := cpr_faults(given.record) or self.check.shape_faults(given.record):
            raise InvalidComplaint(faults, self.setting.words, given.lang)
        way = self.way(given, today)
        notice = await self._notice(tx, given)
        identities = await self._identities(tx, given, way, notice, now)
        files = (
            await store.attachments(tx, draft_id=given.draft_id) if given.draft_id is not None else []
        )  # fmt: skip
        code = new_code()
        parts: list[Complaint] = []
        for who, to in zip(identities, way.destinations, strict=True):
            due = self._due(who.received_at, to, way)
            record = build_record(
                given, who, to, due, way.assessment, way.facts, store.as_metadata(files),
                self.setting,
            )  # fmt: skip
            if faults := self.check.faults(record):
                raise InvalidComplaint(_readable(faults), self.setting.words, given.lang)
            parts.append(await self._keep(tx, given, who, to, due, record, code, notice, now))
        for row in files:
            row.complaint_id, row.draft_id = parts[0].id, None
        await tx.flush()
        if given.draft_id is not None:
            await store.drop_draft(tx, given.draft_id)
        return Received(tuple(parts), code)

    async def repeated(
        self, tx: AsyncSession, key: str | None, client: str, body: Any
    ) -> Received | None:
        """What the same key from the same client with the same body was given before.

        Raises:
            KeyUsed: the key came before with another body.
        """
        if key is None:
            return None
        used = await store.used_key(tx, _hash(f"key:{client}:{key}"))
        if used is None:
            return None
        if used.body_hash != _body_hash(body):
            raise KeyUsed(field="Idempotency-Key")
        first = await tx.get_one(Complaint, used.complaint_id)
        code = unseal(used.sealed_code, key, used.complaint_id)
        return Received(tuple(await store.group_of(tx, first)), code, repeated=True)

    async def remember(
        self, tx: AsyncSession, key: str | None, client: str, body: Any, received: Received,
        now: dt.datetime,
    ) -> None:  # fmt: skip
        """Keeps the key with the receipt, so that a repeat gets the same."""
        if key is None:
            return
        first = received.parts[0]
        tx.add(
            ComplaintKey(
                key_hash=_hash(f"key:{client}:{key}"), body_hash=_body_hash(body),
                complaint_id=first.id, sealed_code=seal(received.code, key, first.id),
                created_at=now,
            )
        )  # fmt: skip
        await tx.flush()

    async def _notice(self, tx: AsyncSession, given: Submission) -> Complaint | None:
        if given.notice_id is None:
            return None
        found = await tx.get(Complaint, given.notice_id, with_for_update=True)
        return found if found is not None and found.is_notice and not store.has_ended(found) else None  # fmt: skip

    async def _identities(
        self, tx: AsyncSession, given: Submission, way: Way, notice: Complaint | None,
        now: dt.datetime,
    ) -> list[Identity]:  # fmt: skip
        count = len(way.destinations)
        named: list[tuple[str, str]] = []
        for at in range(count):
            if notice is not None and at == 0:
                named.append((notice.id, notice.reference))
                continue
            wanted = given.record.get("id") if at == 0 else None
            named.append((await _own_id(tx, wanted), await store.free_reference(tx, now)))
        group = str(uuid4()) if count > 1 else None
        received = notice.received_at if notice is not None else now
        return [
            Identity(
                id=one, reference=reference, group_id=group, position=at + 1,
                related=[other for other in named if other[0] != one], received_at=received,
                submitted_at=now, notified_at=notice.notified_at if notice else None,
                notice_hash=notice.record_hash if notice else None,
            )
            for at, (one, reference) in enumerate(named)
        ]  # fmt: skip

    def _due(self, received: dt.datetime, to: Destination, way: Way) -> Due:
        profile = self.setting.profile
        area = profile.book.areas.get(way.assessment.subject or "")
        return due_dates(local_day(received), to, area, profile)

    async def _keep(
        self, tx: AsyncSession, given: Submission, who: Identity, to: Destination, due: Due,
        record: dict[str, Any], code: str, notice: Complaint | None, now: dt.datetime,
    ) -> Complaint:  # fmt: skip
        completes = notice is not None and who.id == notice.id
        row = notice if notice is not None and completes else Complaint(id=who.id)
        row.reference, row.code_hash, row.is_notice = who.reference, hash_code(code), False
        row.group_id, row.group_position = who.group_id, who.position
        row.session_id, row.channel, row.language = given.session_id, given.channel, given.lang
        row.record, row.record_hash = record, digest(record)
        row.route, row.forvaltning, row.unit = to.route.value, to.forvaltning, to.unit
        row.recipient_contact, row.recipient_name = to.contact_id, to.name
        row.status = "received"
        row.received_at, row.submitted_at, row.notified_at = who.received_at, now, who.notified_at
        row.answer_due, row.reconsider_due = due.answer, due.reconsider
        email = get(record, "/complainant/contact/email")
        row.email = str(email) if email else None
        if not completes:
            tx.add(row)
        await tx.flush()
        actor = given.staff or "citizen"
        kind = "completed" if completes else "received"
        await store.add_event(tx, row.id, kind, at=now, actor=actor)
        if not to.forward:
            await enqueue(
                tx, event_type=COMPLETED if completes else SUBMITTED, subject_id=row.id,
                payload=record, due=now, idempotency_key=f"{row.id}:{kind}",
            )  # fmt: skip
        return row


async def _own_id(tx: AsyncSession, wanted: Any) -> str:
    """The id that the client gave, if it is one and nobody has it; else a new one."""
    try:
        given = str(UUID(str(wanted)))
    except ValueError:
        return str(uuid4())
    return str(uuid4()) if await tx.get(Complaint, given) is not None else given


def _readable(faults: list[Fault]) -> list[Fault]:
    """Faults of what the citizen can mend; a consent that is missing is said in one way."""
    told = [
        replace(fault, kind="not_confirmed")
        if fault.pointer.startswith(("/consent/forward", "/provenance/confirmed"))
        else fault
        for fault in faults
    ]
    return list(dict.fromkeys(told))


def _body_hash(body: Any) -> str:
    return _hash(json.dumps(body, sort_keys=True, default=str))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_body(body: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A record as a client sent it: an object with nothing unknown at its top.

    Raises:
        InvalidInput: it is not.
    """
    if not isinstance(body, dict):
        raise InvalidInput(field="body")
    unknown = sorted(set(body) - set(schema["properties"]))
    if unknown:
        raise InvalidInput(field=unknown[0][:60])
    for name in ("target", "complaint", "prior_complaint", "complainant", "consent", "provenance",
                 "representation", "support_needs"):  # fmt: skip
        if name in body and not isinstance(body[name], dict):
            raise InvalidInput(field=name)
    return body


__all__ = ["Intake", "Received", "UnknownComplaint", "Way", "read_body"]
