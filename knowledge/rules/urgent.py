"""What must be said before anything else: the citizen's own last day, and whether it is near or past."""

from __future__ import annotations

import datetime as dt

from knowledge.rules.dates import Dated
from knowledge.rules.deadlines import authority_deadline
from knowledge.rules.model import Route
from knowledge.rules.parts import Part, Setting
from knowledge.rules.wording import sentences

# Where the appeal may already lie, so that nobody is told to send it again.
APPEAL_IS_THERE = ("ankestyrelsen", "other")


def appeal_is_there(part: Part) -> bool:
    """Whether the citizen has told that an appeal body already has the appeal."""
    appeals = part.leaf.rule.route is Route.statutory_appeal
    return appeals and part.facts.pending_elsewhere in APPEAL_IS_THERE


def urgent(part: Part, dated: list[Dated], setting: Setting) -> str:
    """The sentences that stand first."""
    if appeal_is_there(part):
        return setting.wording.say("appeal_is_there")
    said = [_said(item, part, setting) for item in dated]
    return sentences(year_ends_first(part, dated, setting), *said)


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
        return wording.say(f"appeal_{_nearness(item, part.facts.today)}", **values)
    if view.kind != "one_year" or view.passed:
        return ""
    soon = item.state == "soon" and part.leaf.rule.route is not Route.forvaltning_first
    return wording.say("one_year_soon", **values) if soon else ""


def _nearness(item: Dated, today: dt.date) -> str:
    if item.view.passed or item.state == "running":
        return item.state
    if today > item.view.latest_safe_date:
        return "between" if item.outer is None else "between_outer"
    return "today" if today == item.view.latest_safe_date else "soon"
