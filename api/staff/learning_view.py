"""How a lesson is shown: the questions with their answers, and the sum step by step."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from api.complaints import views
from api.complaints.fields import LOCALES, day_text
from api.complaints.record import Setting
from api.db.learning_models import Lesson, LessonVersion
from api.oversight.error_price import Inputs, price_of
from api.oversight.learning import load_learning
from api.oversight.vocabulary import load_vocabulary
from api.words import Words
from knowledge.sources import load_sources


class LessonView:
    """Shows lessons in the reader's language."""

    def __init__(self, setting: Setting, words: Words, register_words: Words) -> None:
        self.setting = setting
        self.words = words
        self.register_words = register_words

    def show(self, row: Lesson, lang: str) -> dict[str, Any]:
        """One lesson."""
        organisation = self.setting.profile.organisation
        known = row.forvaltning in organisation.contacts if row.forvaltning else False
        place = organisation.contact(row.forvaltning).name.of(lang) if known and row.forvaltning else ""  # fmt: skip
        theme = load_vocabulary().name("themes", row.theme, lang) if row.theme else ""
        return {
            "id": row.id, "where": ", ".join(one for one in (row.unit, place) if one),
            "theme": theme, "version": row.version,
            "closed": self.words(lang, "bank.closed", date=day_text(row.closed_on, lang)),
            "outcome": self._outcome(row.outcome, lang),
            "steps": self._steps(row.steps, lang), "sum": self.sum(row.cost, lang),
        }  # fmt: skip

    def _outcome(self, outcome: str, lang: str) -> str:
        # A case that another system has closed tells us none.
        if not outcome:
            return ""
        said = self.register_words(lang, f"outcomes.{outcome}")
        return self.words(lang, "bank.outcome", outcome=said)

    def version(self, one: LessonVersion, lang: str) -> dict[str, Any]:
        """An earlier version; who wrote it stands in the audit log."""
        said = self.words(
            lang, "bank.version", version=one.version, time=views.time_text(one.at, lang)
        )
        return {
            "said": said, "steps": self._steps(one.content["steps"], lang),
            "sum": self.sum(one.content["cost"], lang),
        }  # fmt: skip

    def _steps(self, steps: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
        return [
            (step["en" if lang == "en" else "da"], said)
            for step in load_learning()["steps"]
            if (said := steps.get(step["id"]))
        ]

    def sum(self, cost: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
        """The sum, line by line; nothing where no cost was given."""
        inputs = Inputs.of(cost)
        if not inputs.given:
            return []
        price, say = price_of(inputs), self.words
        lines = [
            (
                say(
                    lang, "sum.role", role=role["en" if lang == "en" else "da"],
                    minutes=number(inputs.minutes[role["id"]], lang),
                    price=number(inputs.hour_price.get(role["id"], Decimal(0)), lang),
                ),
                price.by_role[role["id"]],
            )
            for role in load_learning()["roles"]
            if inputs.minutes.get(role["id"])
        ]  # fmt: skip
        lines += [
            (say(lang, "sum.direct"), inputs.direct), (say(lang, "sum.once"), price.once),
            (say(lang, "sum.year", times=number(inputs.times, lang)), price.year),
        ]  # fmt: skip
        if inputs.mending:
            lines.append((say(lang, "sum.mending"), inputs.mending))
            lines.append(
                (say(lang, "sum.gain" if price.gain >= 0 else "sum.loss"), abs(price.gain))
            )
        return [
            (text, say(lang, "sum.money", amount=number(amount, lang))) for text, amount in lines
        ]

    def as_form(self, row: Lesson) -> dict[str, str]:
        """A lesson as the form holds it."""
        cost = row.cost
        values = {"unit": row.unit, "theme": row.theme, **row.steps}
        for role in load_learning()["roles"]:
            values[f"minutes_{role['id']}"] = self.plain(cost["minutes"].get(role["id"], "0"))
            values[f"price_{role['id']}"] = self.plain(cost["hour_price"].get(role["id"], "0"))
        values |= {name: self.plain(cost[name]) for name in ("direct", "times", "mending")}
        return values

    @staticmethod
    def plain(text: str) -> str:
        """A kept number as it is typed; nothing for none."""
        amount = Decimal(text)
        return f"{amount:f}".replace(".", ",") if amount else ""

    @staticmethod
    def source(lang: str) -> tuple[str, str]:
        """Where the steps and the sum come from, and where in it."""
        data = load_learning()
        paragraph = data["paragraph"]["en" if lang == "en" else "da"]
        return load_sources().get(data["source"]).name(lang), paragraph


def number(amount: Decimal, lang: str) -> str:
    """A number as it is written in the language."""
    return format_decimal(amount, format="#,##0.##", locale=LOCALES["en" if lang == "en" else "da"])
