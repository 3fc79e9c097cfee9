"""Whether a quick try or mediation can be offered, who answers for a unit, and when the days are over. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from api.complaints import views
from api.complaints.fields import get
from api.db.complaint_models import Complaint
from api.db.learning_models import ContactPerson, Mediation, QuickTry
from knowledge.guidance import Profile
from knowledge.rules.deadlines import add_working_days

INFORMAL_FILE = Path(__file__).parent / "informal.yaml"
SOLVED, NOT_SOLVED, NO_ANSWER = "solved", "not_solved", "no_answer"
Side = Literal["citizen", "staff"]
OTHER: dict[str, Side] = {"citizen": "staff", "staff": "citizen"}
# What can still be said of a try: an answer that comes late is better than none.
SAYABLE = (SOLVED, NOT_SOLVED)


@cache
def load_informal() -> dict[str, Any]:
    """What both are offered for."""
    found = yaml.safe_load(INFORMAL_FILE.read_text(encoding="utf-8"))
    return cast("dict[str, Any]", found)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter lies: the route, who has it, and the unit if it is known."""

    route: str
    contact: str | None
    unit: str | None


def person_for(place: Place, people: Iterable[ContactPerson]) -> ContactPerson | None:
    """The contact person of the unit, else the one for the whole forvaltning; none who is not active."""
    own = [one for one in people if one.active and one.forvaltning == place.contact]
    unit = _plain(place.unit)
    exact = [one for one in own if unit and _plain(one.unit) == unit]
    return next(iter([*exact, *(one for one in own if not one.unit)]), None)


def may_try(row: Complaint, held: QuickTry | None) -> bool:
    """Whether a quick try can be offered beside this complaint, if there is a contact person."""
    if held is not None or row.is_notice or row.status in views.FINISHED:
        return False
    if get(row.record, "/complainant/identification/method") == "anonymous":
        return False
    # Somebody must be able to reach the citizen within two days.
    return row.route in load_informal()["quick_try"]["routes"] and views.is_reachable(row)


def try_due(asked: dt.date, profile: Profile) -> dt.date:
    """The last day of a try; the day on which it was asked for does not count."""
    days = load_informal()["quick_try"]["working_days"]
    return add_working_days(asked, days, profile.days, cautious=True)


def try_runs(row: Complaint, held: QuickTry) -> bool:
    """Whether the two days still matter."""
    return held.outcome is None and row.status not in views.FINISHED


def may_report(row: Complaint, held: QuickTry | None) -> bool:
    """Whether an outcome of the try can be written down, late or corrected."""
    return held is not None and row.status not in ("closed", "withdrawn")


def may_propose(row: Complaint, held: Mediation | None, municipality: str) -> bool:
    """Whether either side can propose mediation: not while one is open, and not once it was agreed to and ended."""
    if municipality not in load_informal()["mediation"]["municipalities"]:
        return False
    if row.is_notice or row.status in ("closed", "withdrawn"):
        return False
    if row.route in load_informal()["mediation"]["not_for"] or views.is_forwarded(row):
        return False
    if get(row.record, "/complainant/identification/method") == "anonymous":
        return False
    return held is None or held.state == "declined"


def may_answer(row: Complaint, held: Mediation | None, side: Side) -> bool:
    """Whether it is this side that answers the proposal."""
    if held is None or held.state != "proposed" or row.status in ("closed", "withdrawn"):
        return False
    return OTHER[held.proposed_by] == side


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())
