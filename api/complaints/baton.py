"""Who has had a complaint since when, and whether the way to Borgerrådgiveren is open now. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from api.complaints import views
from api.complaints.fields import day_text, get
from api.complaints.record import Setting
from api.complaints.steps import Step, local_day
from api.db.complaint_models import Complaint, ComplaintEvent

# After these somebody else has it; what happens between them changes nothing of that.
PASSED_ON = frozenset(
    {"notified", "received", "completed", "sent", "forwarded", "handed_on", "delivery_failed",
     "answered", "closed", "withdrawn"}
)  # fmt: skip
ADVISERS_TURN = frozenset({"answer_passed", "reconsider_passed"})


def held_since(row: Complaint, events: Sequence[ComplaintEvent]) -> dt.datetime:
    """When the one who has it now got it."""
    times = [event.at for event in events if event.kind in PASSED_ON]
    return max(times, default=row.received_at)


def told_since(row: Complaint, events: Sequence[ComplaintEvent], lang: str) -> dict[str, str]:
    """The same for the follow-up page."""
    since = held_since(row, events)
    return {
        "holder_since": local_day(since).isoformat(),
        "holder_since_text": day_text(local_day(since), lang),
    }


def may_go_on(row: Complaint, today: dt.date, setting: Setting) -> bool:
    """Whether the forvaltning has had its chance, so that Borgerrådgiveren is open."""
    if row.is_notice or row.status == "withdrawn" or row.route == "feedback":
        return False
    if get(row.record, "/route/recipient") != "forvaltning":
        return False
    answered = row.status in ("answered", "closed")
    return answered or any(step.passed for step in views.steps_of(row, today, setting))


def mail_about(row: Complaint, what: str, today: dt.date, setting: Setting) -> str:
    """Which words a mail of news has: those of their own where the citizen can now turn to Borgerrådgiveren."""
    if what == "answer_passed":
        return what if may_go_on(row, today, setting) else "news"
    return what if what in ADVISERS_TURN else "news"


def to_say(row: Complaint, what: str, setting: Setting, lang: str) -> str:
    """What whoever calls the citizen should say, where it is more than that there is news."""
    if what not in ADVISERS_TURN:
        return ""
    kind = what.removesuffix("_passed")
    day = row.answer_due if kind == "answer" else row.reconsider_due
    if day is None:
        return ""
    return views.what_to_do(row, Step(kind, day, 0, passed=True), setting, lang)


def onward(row: Complaint) -> dict[str, Any]:
    """What was written, as the beginning of a complaint to Borgerrådgiveren: of what, and that it was not answered."""
    record: dict[str, Any] = {
        key: value for key, value in row.record.items()
        if key in ("target", "complaint", "complainant", "representation", "support_needs")
    }  # fmt: skip
    answered = row.status in ("answered", "closed")
    prior: Mapping[str, Any] = {
        "status": "yes",
        "to": row.recipient_name[:200],
        "date": {"value": local_day(row.received_at).isoformat(), "precision": "day"},
        "channel": "form",
        "answered": "yes" if answered else "no",
        "reference": row.reference,
    }
    return record | {"prior_complaint": dict(prior)}
