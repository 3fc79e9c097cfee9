"""What a written complaint says in the terms of the guidance engine, so that it can be routed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.complaints.fields import PRAISE, get

# How a complaint that is already somewhere else is named on the two sides.
ELSEWHERE = {
    "folketingets_ombudsmand": "ombudsman",
    "ankestyrelsen": "ankestyrelsen",
    "kommunalt_tilsyn": "tilsyn",
    "domstol": "court",
    "ligebehandlingsnaevnet": "other",
    "datatilsynet": "other",
}
SPOKEN = ("phone", "in_person")
ANSWERS = {"yes": True, "no": False, "partly": True}
# Longer texts say no more about the subject; see the engine's own limit.
SUBJECT_TEXT = 1000


def facts_of(
    record: Mapping[str, Any], told: Mapping[str, Any], municipality: str
) -> dict[str, Any]:
    """The facts of the record; what was told in answer to a question counts before what is read out of it.

    What can be changed in the record itself (the kinds, the subject, the dates) is read from the record.
    """
    facts: dict[str, Any] = {"municipality": municipality, "acute": False} | dict(told)
    facts |= {name: value for name, value in _written(record).items() if value is not None}
    if facts.get("wants") not in ("finish_case", "feedback"):
        facts["wants"] = "complaint"
    if facts.get("concerns") == PRAISE:
        facts["wants"] = "feedback"
    if facts.get("subject"):
        facts.pop("subject_text", None)
    # The day of the assessment is the day on which it is sent.
    facts.pop("today", None)
    return facts


def _written(record: Mapping[str, Any]) -> dict[str, Any]:
    area = get(record, "/target/area")
    words = (get(record, "/complaint/subject"), get(record, "/complaint/description"))
    politics = [one for one in _elsewhere(record) if one == "politisk_udvalg"]
    decision = get(record, "/complaint/decision/exists")
    return {
        "complainant": _complainant(record),
        "concerns": get(record, "/complaint/categories"),
        "subject": area,
        "subject_text": ". ".join(word for word in words if isinstance(word, str))[:SUBJECT_TEXT] or None,
        "event_date": _day(record, "/complaint/occurred/from"),
        "ongoing": get(record, "/complaint/occurred/ongoing"),
        "is_decision": ANSWERS.get(str(decision)),
        "decision_received": _day(record, "/complaint/decision/received_date")
        or _day(record, "/complaint/decision/date"),
        "appeal_guidance_missing": {"yes": False, "no": True}.get(
            str(get(record, "/complaint/decision/has_klagevejledning"))
        ),
        "complained_to_forvaltning": ANSWERS.get(str(get(record, "/prior_complaint/status"))),
        "complained_on": _day(record, "/prior_complaint/date"),
        "complained_how": _how(record),
        "forvaltning_replied": ANSWERS.get(str(get(record, "/prior_complaint/answered"))),
        "pending_elsewhere": next((ELSEWHERE[one] for one in _elsewhere(record) if one in ELSEWHERE), None),
        "politically_decided": True if politics else None,
        "decided_by": "committee" if politics else None,
        "has_mandate": _mandate(record),
        "wants_anonymity": get(record, "/complainant/identification/method") == "anonymous" or None,
        "acute": get(record, "/complaint/urgency/level") == "akut" or None,
    }  # fmt: skip


def _complainant(record: Mapping[str, Any]) -> str | None:
    if get(record, "/representation/is_represented") is True:
        return "representative"
    return {"borger": "citizen", "virksomhed": "company"}.get(str(get(record, "/complainant/type")))


def _mandate(record: Mapping[str, Any]) -> bool | None:
    if get(record, "/representation/is_represented") is not True:
        return None
    given = get(record, "/representation/power_of_attorney")
    if given in ("attached", "will_follow", "oral", "not_needed"):
        return True
    return False if given == "none" else None


def _how(record: Mapping[str, Any]) -> str | None:
    channel = get(record, "/prior_complaint/channel")
    if channel is None:
        return None
    return "oral" if channel in SPOKEN else "written"


def _day(record: Mapping[str, Any], pointer: str) -> str | None:
    """A day that is known to the day; a month or 'about Christmas' is no day to count from."""
    date = get(record, pointer)
    if not isinstance(date, Mapping) or date.get("precision") != "day":
        return None
    return date.get("value")


def _elsewhere(record: Mapping[str, Any]) -> list[str]:
    rows = record.get("other_proceedings")
    if not isinstance(rows, list):
        return []
    return [
        str(row.get("body"))
        for row in rows
        if isinstance(row, Mapping) and row.get("status", "igangvaerende") == "igangvaerende"
    ]


def prefill(facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The part of a record that the facts already answer, and the places that only follow from them."""
    record: dict[str, Any] = {}
    inferred: list[str] = []

    def put(pointer: str, value: Any) -> None:
        if value is None:
            return
        here = record
        *path, last = pointer.strip("/").split("/")
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
        inferred.append(pointer)

    def day(name: str) -> dict[str, str] | None:
        value = facts.get(name)
        return {"value": str(value), "precision": "day"} if value else None

    concerns = [one for one in facts.get("concerns") or [] if one != "wrongdoing"]
    put("/complaint/categories", concerns or None)
    put("/target/area", facts.get("subject"))
    put("/complaint/occurred/from", day("event_date") or day("waiting_since"))
    put("/complaint/occurred/ongoing", facts.get("ongoing"))
    decided = True if facts.get("decision_received") else facts.get("is_decision")
    put("/complaint/decision/exists", _yes_no(decided))
    put("/complaint/decision/received_date", day("decision_received"))
    missing = facts.get("appeal_guidance_missing")
    put("/complaint/decision/has_klagevejledning", None if missing is None else _yes_no(not missing))  # fmt: skip
    put("/prior_complaint/status", _yes_no(facts.get("complained_to_forvaltning")))
    put("/prior_complaint/date", day("complained_on"))
    if facts.get("complained_how") == "oral":
        put("/prior_complaint/channel", "phone")
    put("/prior_complaint/answered", _yes_no(facts.get("forvaltning_replied")))
    if facts.get("complainant") == "representative":
        put("/representation/is_represented", True)
    elif facts.get("complainant") in ("citizen", "company"):
        put(
            "/complainant/type",
            {"citizen": "borger", "company": "virksomhed"}[facts["complainant"]],
        )
    if facts.get("wants_anonymity") is not None:
        method = "anonymous" if facts["wants_anonymity"] else "self_declared"
        put("/complainant/identification/method", method)
    return record, inferred


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("yes" if value else "no")
