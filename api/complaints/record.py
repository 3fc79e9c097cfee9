"""Builds the canonical record: what the citizen approved, and beside it what the service has decided. Pure."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.clock import DENMARK
from api.complaints.fields import field_at, get, is_light, options_of
from api.complaints.routing import Destination
from api.complaints.schema import UNKNOWN, VERSION
from api.complaints.steps import Due
from api.words import Words
from knowledge.guidance import Profile
from knowledge.rules.assessment import Assessment, Deadline
from knowledge.rules.model import Basis, Route
from knowledge.sources import SourceRegister

# What a citizen fills in; everything else in a record is ours to say.
CITIZENS_OWN = (
    "target", "complaint", "prior_complaint", "other_proceedings", "complainant", "representation",
    "support_needs", "consent",
)  # fmt: skip
# The version of the notice about personal data that is shown before sending.
PRIVACY_VERSION = "2026-11"
SUBJECT_LENGTH = 120
# KLE's facet for complaints, as a hint for filing.
COMPLAINT_FACET = "K01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What somebody wants to complain of, in the shape they approved, and on which way it came."""

    record: Mapping[str, Any]
    lang: str
    channel: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    inferred: Sequence[str] = ()
    session_id: str | None = None
    draft_id: str | None = None
    notice_id: str | None = None
    # The member of staff who wrote it down for the citizen.
    staff: str | None = None
    transcript: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What one part of a complaint is called, and when it came."""

    id: str
    reference: str
    group_id: str | None
    position: int
    related: Sequence[tuple[str, str]]
    received_at: dt.datetime
    submitted_at: dt.datetime
    notified_at: dt.datetime | None = None
    notice_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is the same for every record of a deployment."""

    profile: Profile
    sources: SourceRegister
    words: Words
    version: str
    knowledge_version: str


def build_record(
    given: Submission, who: Identity, to: Destination, due: Due, assessment: Assessment,
    facts: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]], setting: Setting,
) -> dict[str, Any]:  # fmt: skip
    """The whole record of one part, ready to be checked against the schema."""
    own = {key: copy.deepcopy(given.record[key]) for key in CITIZENS_OWN if key in given.record}
    _complete(own, to, given, setting)
    record: dict[str, Any] = {
        "schema_version": VERSION,
        "id": who.id,
        "reference": who.reference,
        "created_at": stamp(who.notified_at or who.submitted_at),
        "submitted_at": stamp(who.submitted_at),
        "received_at": stamp(who.received_at),
        "language": given.lang,
        "source": _source(given, setting),
        "route": _route(to, given, setting),
        **own,
        "deadlines": _deadlines(to, due, given, setting),
        "assessment": _assessment(to, assessment, facts, given, setting),
        "journal": {"handlingsfacet": COMPLAINT_FACET},
        "provenance": _provenance(given, who, setting),
    }
    if who.notified_at is not None:
        record["notified_at"] = stamp(who.notified_at)
        record["notice_sha256"] = who.notice_hash
    if who.group_id is not None:
        record["group"] = {
            "id": who.group_id, "position": who.position, "total": len(who.related) + 1,
            "related_ids": [one for one, _ in who.related],
            "related_references": [reference for _, reference in who.related],
        }  # fmt: skip
    if attachments:
        record["attachments"] = [dict(one) for one in attachments]
    if given.transcript and get(record, "/consent/share_transcript/granted") is True:
        record["transcript"] = {
            "included": True,
            "redaction": {"cpr": True},
            "messages": [dict(message) for message in given.transcript],
        }
    return record


def stamp(moment: dt.datetime) -> str:
    """A time as records write it: Danish, with its offset."""
    return moment.astimezone(DENMARK).isoformat(timespec="seconds")


def approve(record: Mapping[str, Any], now: dt.datetime, lang: str) -> dict[str, Any]:
    """The record with the citizen's yes to sending it, given on one of our own pages."""
    approved = copy.deepcopy(dict(record))
    consent = approved.setdefault("consent", {})
    consent["privacy_notice"] = {
        "version": PRIVACY_VERSION, "shown_at": stamp(now), "language": lang,
    }  # fmt: skip
    consent["forward_to_recipient"] = {
        "granted": True, "at": stamp(now), "text_version": PRIVACY_VERSION,
    }  # fmt: skip
    approved["provenance"] = {"confirmed_by_complainant": True, "confirmed_at": stamp(now)}
    return approved


def _complete(own: dict[str, Any], to: Destination, given: Submission, setting: Setting) -> None:
    """Fills in what follows from the rest, so that a citizen need not say it twice."""
    target = own.setdefault("target", {})
    code = get(target, "/forvaltning/code") or to.forvaltning or UNKNOWN
    organisation = setting.profile.organisation
    target["forvaltning"] = {"code": code}
    if code in organisation.contacts:
        target["forvaltning"]["name"] = organisation.contact(code).name.da
    complaint = own.setdefault("complaint", {})
    kinds = complaint.get("categories")
    if isinstance(kinds, list) and to.concerns:
        complaint["categories"] = [kind for kind in kinds if kind in to.concerns] or kinds
    if isinstance(complaint.get("categories"), list) and complaint["categories"]:
        complaint.setdefault("primary_category", complaint["categories"][0])
        if complaint["primary_category"] not in complaint["categories"]:
            complaint["primary_category"] = complaint["categories"][0]
        if "decision" in complaint["categories"]:
            complaint.setdefault("decision", {}).setdefault("exists", "unknown")
        if "discrimination" not in complaint["categories"]:
            complaint.pop("discrimination", None)
    complaint.setdefault("desired_outcome", {}).setdefault("codes", ["ved_ikke"])
    complaint.setdefault("subject", _subject(own, given, setting))
    own.setdefault("prior_complaint", {}).setdefault("status", "unknown")
    complainant = own.setdefault("complainant", {})
    complainant.setdefault("type", "borger")
    complainant.setdefault("identification", {}).setdefault("method", "self_declared")
    if complainant["identification"].get("method") == "anonymous":
        # Whoever asks to be anonymous is, whatever was filled in before.
        for name in ("name", "contact", "cvr", "name_address_protection", "preferred_contact"):
            complainant.pop(name, None)
    if "representation" in own:
        own["representation"].setdefault("is_represented", False)
    interpreter = get(own, "/support_needs/interpreter")
    if isinstance(interpreter, dict) and not interpreter.get("needed"):
        own["support_needs"]["interpreter"] = {"needed": False}


def _subject(own: Mapping[str, Any], given: Submission, setting: Setting) -> str:
    """A heading: what it is about, from the kinds and the area."""
    words, lang = setting.words, given.lang
    if is_light(own):
        return words(lang, "words.feedback")
    area = setting.profile.book.areas.get(str(get(own, "/target/area")))
    if area is not None:
        return words(lang, "words.about", what=area.name.of(lang))[:SUBJECT_LENGTH]
    one = field_at("/complaint/categories")
    labels = {o["value"]: o["label"] for o in options_of(one, setting.profile, lang)} if one else {}
    kinds = get(own, "/complaint/categories")
    first = labels.get(str(kinds[0])) if isinstance(kinds, list) and kinds else None
    untitled = words(lang, "words.untitled")
    return f"{untitled}: {first}"[:SUBJECT_LENGTH] if first else untitled


def _source(given: Submission, setting: Setting) -> dict[str, Any]:
    source: dict[str, Any] = {
        "system": "stafet", "version": setting.version, "channel": given.channel,
    }  # fmt: skip
    if given.staff is not None:
        source["handed_off_by"] = given.staff
    return source


def _route(to: Destination, given: Submission, setting: Setting) -> dict[str, Any]:
    route: dict[str, Any] = {
        "id": to.route.value, "recipient": to.kind,
        "decided_by": "citizen" if to.chosen_by_citizen else "rules",
        "reasons": list(to.rules), "send_via": to.send_via,
        "forward_under_fvl_7_2": to.forward and to.route is Route.other_authority,
    }  # fmt: skip
    if to.contact_id:
        route["contact"] = to.contact_id
    if to.unit:
        route["unit"] = to.unit
    route["name"] = to.name
    if to.kind in ("rekursinstans", "anden_myndighed"):
        body = to.authority or setting.words(given.lang, "words.unknown_body")
        route["external_authority"] = {"name": body}
    if to.kind == "borgerraadgiver" and get(given.record, "/prior_complaint/status") != "yes":
        # The guidance has found that the way is open all the same; its rule says why.
        said = get(given.record, "/route/override_reason")
        route["override_reason"] = said if isinstance(said, str) and said else ", ".join(to.rules)
    return route


def _deadlines(
    to: Destination, due: Due, given: Submission, setting: Setting
) -> list[dict[str, Any]]:
    rows = [_deadline(one, setting) for one in to.deadlines]
    reply = setting.profile.book.deadlines.get("reply")
    looked_again = setting.profile.book.deadlines.get("reconsideration")
    for kind, day, rule in (
        ("answer", due.answer, reply),
        ("reconsider", due.reconsider, looked_again),
    ):
        if day is None or rule is None:
            continue
        rows.append(
            {
                "kind": kind, "what": rule.what.of(given.lang), "date": day.isoformat(),
                "whose": "authority", "basis": _basis(rule.basis, setting)[:300],
                "certainty": _certainty(rule.basis), "source": f"deadline.{rule.id}",
            }
        )  # fmt: skip
    return rows


def _deadline(one: Deadline, setting: Setting) -> dict[str, Any]:
    return {
        "kind": one.kind, "what": one.what[:300], "date": one.date.isoformat(),
        "latest_safe_date": one.latest_safe_date.isoformat(), "whose": one.whose,
        "basis": _basis(one.basis, setting)[:300], "certainty": _certainty(one.basis),
        "source": f"deadline.{one.kind}", "exceeded": one.passed,
    }  # fmt: skip


def _basis(rows: Sequence[Basis], setting: Setting) -> str:
    return "; ".join(f"{setting.sources.get(row.source).name('da')}, {row.paragraph}" for row in rows)  # fmt: skip


def _certainty(rows: Sequence[Basis]) -> str:
    return "sikker" if rows and all(row.confidence == "verified" for row in rows) else "skoennet"


def _assessment(
    to: Destination, assessment: Assessment, facts: Mapping[str, Any], given: Submission,
    setting: Setting,
) -> dict[str, Any]:  # fmt: skip
    """The guidance that decided the route: the facts, the outcome in full, and which rules said so."""
    outcomes = assessment.as_json(setting.sources, given.lang)["outcomes"]
    pairs = zip(assessment.outcomes, outcomes, strict=True)
    chosen = next((written for outcome, written in pairs if outcome.rule in to.rules), None)
    said: dict[str, Any] = {
        "facts": {name: value for name, value in facts.items() if name != "subject_text"},
        "rules_version": assessment.rules_version,
        "knowledge_version": setting.knowledge_version,
    }
    return said | ({"outcome": chosen} if chosen is not None else {})


def _provenance(given: Submission, who: Identity, setting: Setting) -> dict[str, Any]:
    told = given.record.get("provenance")
    confirmed = isinstance(told, Mapping) and told.get("confirmed_by_complainant") is True
    return {
        "confirmed_by_complainant": confirmed,
        "confirmed_at": stamp(who.submitted_at),
        "bot_version": setting.version,
        "knowledge_version": setting.knowledge_version,
        "inferred_fields": list(dict.fromkeys(given.inferred)),
    }
