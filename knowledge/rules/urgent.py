"""What must be said before anything else: the citizen's own last day, and whether it is near or past."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from knowledge.rules.dates import Dated
from knowledge.rules.deadlines import authority_deadline
from knowledge.rules.model import Route
from knowledge.rules.parts import Part, Setting
from knowledge.rules.wording import Wording, sentences

# The bodies whose secretariat is Ankestyrelsen: an appeal that lies "with Ankestyrelsen" lies with them.
AT_ANKESTYRELSEN = ("ankestyrelsen", "klagenaevnet-specialundervisning")

# Where the matter is no complaint that anybody here can take: the day is told, but nobody is told to complain.
NOT_COMPLAINING = (Route.feedback, Route.outside_personnel)

Made = Literal["in_time", "late"]


def appeal_is_there(part: Part) -> bool:
    """Whether the citizen has told that the very body that tries the appeal already has it.

    Another body, or "somewhere else", may be any place: a time limit keeps running while they look at the matter.
    """
    if part.leaf.rule.route is not Route.statutory_appeal:
        return False
    body = part.area.decision.body if part.area is not None else None
    there = body is None or body.contact in AT_ANKESTYRELSEN
    return there and part.facts.pending_elsewhere == "ankestyrelsen"


def appeal_made(part: Part, dated: list[Dated]) -> Made | None:
    """Whether the complaint that the municipality already has came in time to be the appeal.

    None where no such complaint is known, or where the appeal is not sent by way of the municipality.
    """
    area, facts = part.area, part.facts
    if area is None or area.decision.send_to.via != "municipality":
        return None
    if part.leaf.rule.route is not Route.statutory_appeal or facts.complained_on is None:
        return None
    appeal = next((item for item in dated if item.view.kind == "appeal"), None)
    received = facts.decision_received
    if appeal is None or received is None or facts.complained_on < received:
        return None  # what was sent before the decision came is no complaint over it
    return "late" if facts.complained_on > appeal.view.date else "in_time"


def urgent(part: Part, dated: list[Dated], setting: Setting) -> str:
    """The sentences that stand first."""
    if appeal_is_there(part):
        return setting.wording.say("appeal_is_there")
    if (made := appeal_made(part, dated)) is not None:
        return _of_the_one_made(made, part, dated, setting.wording)
    said = [_said(item, part, setting) for item in dated]
    return sentences(year_ends_first(part, dated, setting), *said)


def _of_the_one_made(made: Made, part: Part, dated: list[Dated], wording: Wording) -> str:
    """That a complaint is in, and what holds if it was about something else than the decision."""
    appeal = next(item.view for item in dated if item.view.kind == "appeal")
    complained = part.facts.complained_on
    values = {
        "complained": wording.date(complained) if complained is not None else "",
        "date": wording.date(appeal.date),
        "safe": wording.date(appeal.latest_safe_date),
    }
    if made == "late":
        return wording.say("appeal_made_late", **values)
    today = part.facts.today
    otherwise = "running" if today <= appeal.latest_safe_date else "between"
    if appeal.passed:
        otherwise = "passed"
    return sentences(
        wording.say("appeal_made_in_time", **values),
        wording.say(f"appeal_not_made_{otherwise}", **values),
    )


def year_ends_first(part: Part, dated: list[Dated], setting: Setting) -> str:
    """Said where the year runs out before the administration has to answer: waiting would lose the right.

    The complaint has to be handed in within the year; that the dialogue comes first only bars taking a position.
    """
    if part.leaf.rule.route is not Route.forvaltning_first:
        return ""
    year = next((item for item in dated if item.view.kind == "one_year"), None)
    if year is None or year.view.passed:
        return ""
    facts = part.facts
    waiting = any(item.view.kind == "reply" for item in dated)
    start = facts.complained_on if waiting and facts.complained_on else facts.today
    reply = setting.book.limits.reply
    try:
        due = authority_deadline(start, reply, setting.days, moves=True).date
    except OverflowError:
        return ""
    if year.view.date > due:
        return ""
    wording = setting.wording
    return wording.say("one_year_before_reply", date=wording.date(year.view.date))


def _said(item: Dated, part: Part, setting: Setting) -> str:
    view, wording = item.view, setting.wording
    values = {"date": wording.date(view.date), "safe": wording.date(view.latest_safe_date)}
    if view.kind == "appeal":
        ahead = part.facts.today <= view.latest_safe_date
        beside = ahead and part.leaf.rule.route in NOT_COMPLAINING
        state = "beside" if beside else _nearness(item, part.facts.today)
        return wording.say(f"appeal_{state}", **values)
    if view.kind != "one_year" or view.passed:
        return ""
    soon = item.state == "soon" and part.leaf.rule.route is not Route.forvaltning_first
    return wording.say("one_year_soon", **values) if soon else ""


def _nearness(item: Dated, today: dt.date) -> str:
    if item.view.passed or item.state == "running":
        return item.state
    if today > item.view.latest_safe_date:
        return "between" if item.outer is None else "between_outer"
    if today < item.view.latest_safe_date:
        return "soon"
    return "today" if item.view.date == item.view.latest_safe_date else "today_safe"
