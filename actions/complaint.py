"""Makes a complaint of the matter: the draft, the day that is kept, sending; each only when the citizen asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from actions.contacts import contact_lines
from actions.guidance_engine import Guidance
from actions.handoff import PEOPLE
from actions.matter import CONFIRM, RESULT, Matter
from actions.outcomes import chosen
from actions.ports import Dispatcher, Gathered, Ports
from knowledge.articles import Lang

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Filing:
    """What the bot does with the complaint of one conversation."""

    ports: Ports

    async def draft(
        self, dispatcher: Dispatcher, session: str, matter: Matter, guidance: Guidance, lang: Lang
    ) -> Matter:
        """Shows the complaint to be read through; a yes then sends it."""
        gathered = gather(matter, guidance)
        if self.ports.complaints is None or gathered is None:
            return self._down(dispatcher, matter, lang)
        try:
            card = await self.ports.complaints.draft(session, lang, gathered)
        except Exception as error:
            return self._down(dispatcher, matter, lang, error)
        praises = matter.facts.get("wants") == "feedback"
        dispatcher.utter_message(
            response="utter_draft_praise" if praises else "utter_draft",
            json_message=_card("complaint", card),
        )
        return matter.at(CONFIRM)

    async def keep(
        self, dispatcher: Dispatcher, session: str, matter: Matter, guidance: Guidance, lang: Lang
    ) -> Matter:
        """Keeps the day on which the citizen said that they want to complain."""
        gathered = gather(matter, guidance)
        if self.ports.complaints is None or gathered is None:
            return self._down(dispatcher, matter, lang)
        try:
            card = await self.ports.complaints.notice(session, lang, gathered)
        except Exception as error:
            return self._down(dispatcher, matter, lang, error)
        dispatcher.utter_message(response="utter_day_kept", json_message=_card("receipt", card))
        return matter.at(RESULT)

    async def send(
        self, dispatcher: Dispatcher, session: str, matter: Matter, guidance: Guidance, lang: Lang
    ) -> Matter:
        """Sends the complaint, or says what it still lacks."""
        if self.ports.complaints is None:
            return self._down(dispatcher, matter, lang)
        if matter.stage != CONFIRM:
            # A yes counts only for a complaint that was just shown.
            return await self.draft(dispatcher, session, matter, guidance, lang)
        try:
            answer = await self.ports.complaints.send(session, lang)
        except Exception as error:
            return self._down(dispatcher, matter, lang, error)
        if "receipt" in answer:
            dispatcher.utter_message(
                response="utter_sent", json_message=_card("receipt", answer["receipt"])
            )
            return Matter(later=matter.later)
        problems = "\n".join(f"- {problem['text']}" for problem in answer["problems"])
        dispatcher.utter_message(
            response="utter_draft_incomplete", problems=problems,
            json_message=_card("complaint", answer["card"]),
        )  # fmt: skip
        return matter.at(CONFIRM)

    def _down(
        self, dispatcher: Dispatcher, matter: Matter, lang: Lang, error: Exception | None = None
    ) -> Matter:
        """Says the truth, and how to keep a deadline without us."""
        if error is not None:
            # No traceback: some show variables, and those hold what the citizen wrote.
            log.error("complaint.failed", reason=type(error).__name__)
        dispatcher.utter_message(
            response="utter_complaint_down",
            contacts=contact_lines(self.ports.organisation, PEOPLE, lang),
        )
        return matter.at(RESULT)


def gather(matter: Matter, guidance: Guidance) -> Gathered | None:
    """What the complaint is made from; nothing where no outcome allows one."""
    place = chosen(guidance.assessment.outcomes)
    if place is None:
        return None
    outcome: Mapping[str, Any] = guidance.as_json["outcomes"][place]
    wants = matter.facts.get("wants")
    return Gathered(facts=matter.facts, words=matter.words, outcome=outcome, wants=wants)


def _card(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"card": {"type": kind, "data": dict(data)}}
