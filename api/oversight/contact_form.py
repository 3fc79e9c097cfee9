"""Reads the form of a contact: only choices of the vocabulary, dates that fit, a unit and nothing of a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.datastructures import FormData

from api.errors import ProblemError
from api.masking import holds_cpr
from api.oversight.contacts import LISTS
from api.oversight.proposal import days_between
from api.oversight.vocabulary import WRONGDOING, load_vocabulary
from knowledge.guidance import Profile

UNIT_LENGTH = 200
OLDEST = dt.date(2000, 1, 1)
# The fields and the lists that their values come from.
CHOICES = {
    "inquiry": "inquiries", "channel": "channels", "language": "languages", "outcome": "outcomes",
    "learning": "learning_values",
}  # fmt: skip
MANY = {
    "kinds": "kinds", "themes": "themes", "causes": "causes", "citizen_effects": "citizen_effects",
    "municipality_effects": "municipality_effects",
}  # fmt: skip
REQUIRED = ("inquiry", "channel", "language")


class NotSorted(ProblemError):
    """The form cannot be saved so; `fault` names the sentence that says why."""

    status = 422
    code = "invalid_input"

    def __init__(self, fault: str, *, status: int = 422) -> None:
        super().__init__("conflict" if status == 409 else None, field=fault)
        self.fault = fault
        self.status = status


def text_of(form: FormData, name: str) -> str:
    """A field's text; nothing, where it is missing or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def typed(form: FormData) -> dict[str, Any]:
    """What was filled in, as it was, for showing it again."""
    told: dict[str, Any] = {name: text_of(form, name) for name in (*CHOICES, "forvaltning", "unit")}
    told |= {name: [str(one) for one in form.getlist(name)] for name in LISTS}
    told["informal"] = text_of(form, "informal") == "yes"
    return told | {name: text_of(form, name) for name in ("received_on", "answered_on")}


def read_form(form: FormData, profile: Profile, today: dt.date) -> dict[str, Any]:
    """The values of a contact.

    Raises:
        NotSorted: something is missing or cannot be.
    """
    words = load_vocabulary()
    told: dict[str, Any] = {}
    for name, of in CHOICES.items():
        told[name] = text_of(form, name)
        if told[name] not in (*words.ids(of), *(() if name in REQUIRED else ("",))):
            raise NotSorted("choice")
    for name, of in MANY.items():
        told[name] = words.known(of, form.getlist(name))
    told["informal"] = text_of(form, "informal") == "yes"
    told["forvaltning"] = text_of(form, "forvaltning")
    if told["forvaltning"] not in ("", *profile.organisation.forvaltninger):
        raise NotSorted("choice")
    told["unit"] = text_of(form, "unit").replace("\x00", "")
    if len(told["unit"]) > UNIT_LENGTH or holds_cpr(told["unit"]):
        raise NotSorted("unit")
    received, answered = _day(form, "received_on"), _day(form, "answered_on")
    if received is None or not OLDEST <= received <= today:
        raise NotSorted("dates")
    if answered is not None and not received <= answered <= today:
        raise NotSorted("dates")
    told |= {"received_on": received, "answered_on": answered}
    told["answer_days"] = days_between(received, answered, profile.days)
    return _protected(told)


def _protected(told: dict[str, Any]) -> dict[str, Any]:
    """Nothing that could tell who reported wrongdoing, as when the machine sorts."""
    if WRONGDOING not in told["kinds"]:
        return told
    bare: dict[str, Any] = {
        "kinds": [WRONGDOING], "themes": [], "forvaltning": "", "unit": "", "area": "",
        "causes": [], "citizen_effects": [], "municipality_effects": [], "answered_on": None,
        "answer_days": None, "received_on": told["received_on"].replace(day=1), "outcome": "",
    }  # fmt: skip
    return told | bare


def _day(form: FormData, name: str) -> dt.date | None:
    text = text_of(form, name)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise NotSorted("dates") from None
