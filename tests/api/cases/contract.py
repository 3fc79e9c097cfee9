"""What every case system must do, whichever it is: one suite, run against each adapter and what stands behind it.

A subclass gives `case`: the adapter, and a way to count at the other side how often an event is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from api.cases.port import (
    COMPLETED,
    INFORMATION_ADDED,
    NOTIFIED,
    SUBMITTED,
    WITHDRAWN,
    CaseEvent,
    CaseSystem,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Case:
    """An adapter, and a look at the other side past it."""

    system: CaseSystem
    # How often the very event stands there.
    count: Callable[[CaseEvent], Awaitable[int]]
    # How many cases there are for a complaint.
    cases: Callable[[str], Awaitable[int]]


def record(subject_id: str, **changed: Any) -> dict[str, Any]:
    """A complaint of the published shape, with everything that an adapter reads."""
    return {
        "schema_version": "1.0",
        "id": subject_id,
        "reference": f"KLG-2026-{subject_id[:6].upper()}",
        "received_at": "2026-11-20T10:00:00+01:00",
        "complaint": {
            "categories": ["formalitet", "adfaerd"],
            "themes": ["sagsbehandlingstid_manglende_svar", "betjening_af_borgere"],
            "subject": "Intet svar på ansøgning – æøå",
            "description": "Jeg søgte i august.\nJeg har ikke hørt noget.",
            "desired_outcome": {"codes": ["svar"], "text": "Et svar på min ansøgning."},
        },
        "target": {
            "forvaltning": {"code": "SOF"},
            "unit": {"name": "Borgercenter Voksne"},
        },
        "route": {"id": "forvaltning_first", "recipient": "forvaltning"},
        "prior_complaint": {"status": "no"},
        "deadlines": [
            {"kind": "tilbagemelding", "date": "2026-12-04", "whose": "authority"},
            {"kind": "klagefrist", "date": "2026-12-11", "whose": "citizen"},
        ],
    } | changed


def event(type_: str = SUBMITTED, subject_id: str | None = None, **changed: Any) -> CaseEvent:
    subject = subject_id or str(uuid4())
    payload = record(subject, **changed)
    if type_ == INFORMATION_ADDED:
        payload = {
            "id": subject,
            "reference": payload["reference"],
            "text": "Jeg har fået et brev.",
        }
    if type_ == WITHDRAWN:
        payload = {"id": subject, "reference": payload["reference"]}
    return CaseEvent(str(uuid4()), type_, subject, NOW, payload)


class CaseSystemContract:
    """The suite."""

    async def test_all_is_well(self, case: Case) -> None:
        assert await case.system.check() == []

    async def test_what_was_sent_is_there_once(self, case: Case) -> None:
        sent = event()
        assert await case.system.send(sent)
        assert await case.count(sent) == 1
        assert await case.cases(sent.subject_id) == 1

    async def test_it_is_found_only_when_it_is_there(self, case: Case) -> None:
        if not case.system.can_find:
            # The other side drops repeats by the event's id instead.
            assert await case.system.find(event()) is None
            return
        sent = event()
        assert await case.system.find(sent) is None
        ref = await case.system.send(sent)
        assert await case.system.find(sent) == ref
        assert await case.system.find(replace(sent, id=str(uuid4()))) is None

    async def test_the_same_event_again_makes_no_second_case(self, case: Case) -> None:
        """A repeat is either dropped by the adapter or can be told by its id at the other side."""
        sent = event()
        first = await case.system.send(sent)
        again = await case.system.send(sent)
        assert first == again
        assert await case.count(sent) == 1
        assert await case.cases(sent.subject_id) == 1

    async def test_later_events_belong_to_the_same_case(self, case: Case) -> None:
        made = event()
        added = event(INFORMATION_ADDED, made.subject_id)
        taken_back = event(WITHDRAWN, made.subject_id)
        refs = [await case.system.send(one) for one in (made, added, taken_back)]
        assert [await case.count(one) for one in (made, added, taken_back)] == [1, 1, 1]
        assert await case.cases(made.subject_id) == 1
        if case.system.can_find:
            assert [await case.system.find(one) for one in (made, added, taken_back)] == refs

    async def test_an_early_notice_becomes_the_complaint(self, case: Case) -> None:
        subject = str(uuid4())
        notice = {
            "schema_version": "1.0", "id": subject, "reference": f"KLG-2026-{subject[:6].upper()}",
            "received_at": "2026-11-19T10:00:00+01:00", "matter": {"words": "Jeg vil klage."},
            "recipient": {"route": "forvaltning_first", "forvaltning": "SOF"},
        }  # fmt: skip
        early = CaseEvent(str(uuid4()), NOTIFIED, subject, NOW, notice)
        whole = event(COMPLETED, subject)
        await case.system.send(early)
        await case.system.send(whole)
        assert [await case.count(one) for one in (early, whole)] == [1, 1]
        assert await case.cases(subject) == 1

    async def test_complaints_at_the_same_time_stay_apart(self, case: Case) -> None:
        sent = [event() for _ in range(5)]
        await asyncio.gather(*(case.system.send(one) for one in sent))
        assert [await case.count(one) for one in sent] == [1] * 5

    async def test_asking_for_changes_is_never_an_error(self, case: Case) -> None:
        changes = await case.system.changes(None)
        assert (await case.system.changes(changes.cursor)).items is not None
