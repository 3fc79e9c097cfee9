"""Complaints being written: kept for some days, changed field by field, shown as a card or a page."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.facts import prefill
from api.complaints.fields import (
    CannotBe,
    Field,
    Section,
    all_fields,
    field_at,
    get,
    load_sections,
    options_of,
    text_of,
    value_of,
    with_value,
)
from api.complaints.record import Submission, approve
from api.complaints.schema import Fault
from api.complaints.service import Intake
from api.db.complaint_models import ComplaintAttachment, ComplaintDraft
from api.masking import holds_cpr

# Long enough to find a paper, short enough not to lie about.
LIFETIME = dt.timedelta(days=3)
# What most people are; they see it and can change it.
BEGINNING = {"complainant": {"type": "borger", "identification": {"method": "self_declared"}}}
# A way to be reached is asked for as a whole; this is the first of its fields.
REACH = "/complainant/contact/email"


class Shown(TypedDict):
    """A section as it is shown."""

    id: str
    title: str
    fields: list[dict[str, Any]]


class Drafts:
    """Opens, changes and shows drafts."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.setting = intake.setting

    async def open(
        self, tx: AsyncSession, owner: str, lang: str, now: dt.datetime,
        facts: Mapping[str, Any] | None = None,
    ) -> ComplaintDraft:  # fmt: skip
        """The owner's draft; a new one where there is none."""
        draft = await store.draft_of(tx, owner, now, to_change=True)
        if draft is None:
            await store.drop_owned(tx, owner)
            draft = ComplaintDraft(
                id=str(uuid4()), owner=owner, language=lang, record=copy.deepcopy(BEGINNING), facts={}, inferred=[],
                created_at=now, updated_at=now, expires_at=now + LIFETIME,
            )  # fmt: skip
            tx.add(draft)
        draft.language = lang
        if facts:
            self.take_facts(draft, facts)
        self._touch(draft, now)
        await tx.flush()
        return draft

    def take_facts(self, draft: ComplaintDraft, facts: Mapping[str, Any]) -> None:
        """Lets what the guidance has learnt fill what is empty, or was filled from it before."""
        draft.facts = {**draft.facts, **facts}
        found, places = prefill(draft.facts)
        record, inferred = dict(draft.record), set(draft.inferred)
        for pointer in places:
            held = value_at(record, pointer)
            if held is None or pointer in inferred or held == get(BEGINNING, pointer):
                record = _put(record, pointer, get(found, pointer))
                inferred.add(pointer)
        draft.record, draft.inferred = record, sorted(inferred)

    def put_words(self, draft: ComplaintDraft, pointer: str, text: str) -> None:
        """Lets what was said in the chat stand in a field that nobody has written in themselves."""
        if value_at(draft.record, pointer) is None or pointer in draft.inferred:
            draft.record = _put(dict(draft.record), pointer, text)
            draft.inferred = sorted({*draft.inferred, pointer})

    def fill(
        self, draft: ComplaintDraft, values: Mapping[str, Any], *, now: dt.datetime, today: dt.date
    ) -> list[Fault]:
        """Writes what was filled in; what cannot stand there is left out and named."""
        record, faults, inferred = dict(draft.record), [], set(draft.inferred)
        for pointer, raw in values.items():
            one = field_at(pointer)
            if one is None:
                faults.append(Fault(pointer[:100], "unknown"))
                continue
            try:
                before = value_of(one, record)
                record = with_value(
                    record, one, raw, profile=self.setting.profile, now=now, today=today
                )
            except CannotBe as error:
                faults.append(Fault(pointer, error.kind))
                continue
            if value_of(one, record) != before:
                inferred.discard(pointer)
            if isinstance(raw, str) and holds_cpr(raw):
                # The number is out already; the rest of the text stays, and the writer is told.
                faults.append(Fault(pointer, "cpr_removed"))
        draft.record, draft.inferred = record, sorted(inferred)
        self._touch(draft, now)
        return faults

    def submission(
        self, draft: ComplaintDraft, channel: str, now: dt.datetime, **more: Any
    ) -> Submission:
        """The draft as it would be sent after the citizen's yes."""
        shown = shown_record(draft.record, channel)
        return Submission(
            record=approve(shown, now, draft.language), lang=draft.language, channel=channel,
            facts=draft.facts, inferred=draft.inferred, draft_id=draft.id,
            notice_id=draft.notice_id, **more,
        )  # fmt: skip

    def faults(
        self, draft: ComplaintDraft, channel: str, now: dt.datetime, today: dt.date
    ) -> list[Fault]:
        """What is still missing or wrong, in the order of the fields.

        Raises:
            NotAComplaint: help comes first, or a channel that protects.
        """
        record = draft.record
        missing = [
            Fault(one.pointer, "missing")
            for one in all_fields()
            if one.shown(record, channel) and one.needed(record) and value_of(one, record) is None
        ]
        named = {fault.pointer for fault in missing}
        found = self.intake.faults(self.submission(draft, channel, now), now=now, today=today)
        order = {one.pointer: at for at, one in enumerate(all_fields())}
        more = [_mendable(fault) for fault in found]
        for fault in more:
            if fault.pointer not in named:
                named.add(fault.pointer)
                missing.append(fault)
        return sorted(missing, key=lambda fault: order.get(fault.pointer, len(order)))

    def card(
        self, draft: ComplaintDraft, files: Sequence[ComplaintAttachment], faults: Sequence[Fault],
        channel: str,
    ) -> dict[str, Any]:  # fmt: skip
        """The draft as the card in the chat shows it."""
        lang, record = draft.language, draft.record
        say = self.setting.words
        texts = {fault.pointer: say(lang, f"faults.{fault.kind}") for fault in faults}
        sections = [
            Shown(id=section.id, title=section.title.of(lang), fields=fields)
            for section in load_sections()
            if (fields := self.fields_of(section, draft, channel, texts))
        ]
        return {
            "draft": draft.id,
            "record": record,
            "editable": [field["pointer"] for section in sections for field in section["fields"]],
            "sections": sections,
            "attachments": [
                {"id": row.id, "filename": row.filename, "size": row.size} for row in files
            ],
            "problems": [
                {"pointer": fault.pointer, "text": self.fault_text(fault, lang)} for fault in faults
            ],
            "ready": not faults,
            "actions": [
                {"id": one, "label": self.setting.words(lang, f"action.{one}")}
                for one in ("approve", "save", "discard", "print")
            ],
        }  # fmt: skip

    def fields_of(
        self, section: Section, draft: ComplaintDraft, channel: str, texts: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """The fields of a section as they stand, those alone that are asked for."""
        return [
            self._field(one, draft, texts.get(one.pointer))
            for one in section.fields
            if one.shown(draft.record, channel)
        ]

    def fault_text(self, fault: Fault, lang: str) -> str:
        """What is wrong, with the name of the field."""
        one = field_at(fault.pointer)
        said = self.setting.words(lang, f"faults.{fault.kind}")
        if one is None or fault.kind == "no_way_to_reach":
            return said
        label = one.label.of(lang)
        return f"{label} {said}" if label.endswith("?") else f"{label}: {said}"

    def _field(self, one: Field, draft: ComplaintDraft, problem: str | None) -> dict[str, Any]:
        lang, profile = draft.language, self.setting.profile
        yes_no = (self.setting.words(lang, "words.yes"), self.setting.words(lang, "words.no"))
        options = options_of(one, profile, lang)
        if one.kind in ("yesno", "grant"):
            pairs = zip(("true", "false"), yes_no, strict=True)
            options = [{"value": value, "label": label} for value, label in pairs]
        return {
            "pointer": one.pointer,
            "label": one.label.of(lang),
            "value": value_of(one, draft.record),
            "value_text": text_of(one, draft.record, profile, lang, yes_no),
            # A yes of its own is asked for like any other; the record keeps when it was given.
            "kind": "yesno" if one.kind == "grant" else one.kind,
            "options": options,
            "required": one.needed(draft.record),
            "max": one.max,
            "help": one.help.of(lang) if one.help else None,
            "autocomplete": one.autocomplete,
            "inferred": one.pointer in draft.inferred,
            "problem": problem,
        }

    def _touch(self, draft: ComplaintDraft, now: dt.datetime) -> None:
        draft.updated_at, draft.expires_at = now, now + LIFETIME


def shown_record(record: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """Without what was filled in once and is no longer asked for, which the citizen does not see."""
    kept = dict(record)
    for one in all_fields():
        if not one.shown(record, channel):
            kept = _put(kept, one.pointer, None)
    return kept


def value_at(record: Mapping[str, Any], pointer: str) -> Any:
    """What is filled in at a place."""
    one = field_at(pointer)
    return value_of(one, record) if one is not None else get(record, pointer)


def _mendable(fault: Fault) -> Fault:
    """The same fault where it can be mended; no way to be reached is one fault of several fields."""
    field = _nearest(fault.pointer)
    is_way = field == REACH and not fault.pointer.startswith(REACH) and fault.kind == "missing"
    return Fault(field, "no_way_to_reach" if is_way else fault.kind)


def _nearest(pointer: str) -> str:
    """The field in which a fault can be mended."""
    if pointer.endswith("/contact") or pointer == "/complainant/contact":
        return REACH
    for one in all_fields():
        if pointer == one.pointer or pointer.startswith(f"{one.pointer}/"):
            return one.pointer
    return pointer


def _put(record: Mapping[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """A copy with one place changed; None takes it out, with the boxes that become empty."""
    changed = dict(record)
    first, _, rest = pointer.strip("/").partition("/")
    if rest:
        inner = changed.get(first)
        value = _put(inner if isinstance(inner, Mapping) else {}, rest, value) or None
    if value is None:
        changed.pop(first, None)
    else:
        changed[first] = value
    return changed
