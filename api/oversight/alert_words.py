"""An alert in a sentence, for the page and for mails; nothing that a citizen wrote. Pure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from api.complaints.fields import LOCALES
from api.complaints.record import Setting
from api.db.alert_models import Alert
from api.oversight.alert_findings import ANSWER_KINDS, FAILED, RISING, ROUTE_GAP
from api.words import load_words

WORDS = load_words(Path(__file__).parent / "alert_texts")


def sentence(alert: Alert, setting: Setting, lang: str) -> str:
    """What it is, in the reader's language."""
    told: dict[str, Any] = dict(alert.details)
    if alert.kind in ANSWER_KINDS:
        values = {"reference": told["reference"], "date": _day(told["date"], lang)}
        return WORDS(lang, f"line.{alert.kind}.{told['step']}", **values)
    if alert.kind == RISING:
        told |= {
            "who": _who(alert, setting, lang), "until": _day(told["until"], lang),
            "expected": format_decimal(told["expected"], locale=_locale(lang)),
        }  # fmt: skip
        return WORDS(lang, "line.rising", **told)
    if alert.kind == ROUTE_GAP:
        return _route_gap(alert, told, setting, lang)
    if alert.kind == FAILED:
        return _failed(told, lang)
    return WORDS(lang, f"line.{alert.kind}", **told)


def _route_gap(alert: Alert, told: dict[str, Any], setting: Setting, lang: str) -> str:
    if alert.contact is not None:
        return WORDS(lang, "line.route_gap.contact", who=_who(alert, setting, lang))
    area = setting.profile.book.areas.get(told["area"])
    key = "area" if told["area"] else "no_area"
    one = "_one" if told["count"] == 1 else ""
    name = area.name.of(lang) if area is not None else told["area"]
    return WORDS(lang, f"line.route_gap.{key}{one}", count=told["count"], area=name)


def _failed(told: dict[str, Any], lang: str) -> str:
    if "reference" in told:
        return WORDS(lang, "line.failed_delivery.case", reference=told["reference"])
    known = WORDS.section(lang, "destination")
    name = known.get(told["destination"], told["destination"])
    if "count" not in told:
        return WORDS(lang, "line.failed_delivery.closed", destination=name)
    one = "_one" if told["count"] == 1 else ""
    return WORDS(lang, f"line.failed_delivery.count{one}", count=told["count"], destination=name)


def _who(alert: Alert, setting: Setting, lang: str) -> str:
    organisation, contact = setting.profile.organisation, alert.contact or ""
    known = contact in organisation.contacts
    name = organisation.contact(contact).name.of(lang) if known else contact
    unit = alert.details.get("unit")
    return f"{unit}, {name}" if unit else name


def _day(day: str, lang: str) -> str:
    return format_date(dt.date.fromisoformat(day), "long", locale=_locale(lang))


def _locale(lang: str) -> str:
    return LOCALES["en" if lang == "en" else "da"]
