"""What the bot's actions need from the application, said as small protocols."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from knowledge.articles import Article, Audience, Lang
from knowledge.rules.assessment import Outcome
from knowledge.rules.subjects import Similarity
from knowledge.search.model import SearchAnswer
from knowledge.sources import SourceRegister


class KnowledgeSearch(Protocol):
    """Finds the passage that answers a question, and reads articles."""

    @property
    def sources(self) -> SourceRegister:
        """Everything that an article may cite."""
        ...

    def search(
        self,
        query: str,
        *,
        audience: Audience | None,
        lang: Lang,
        municipality: str | None,
        limit: int,
    ) -> SearchAnswer:
        """The subjects nearest to a question, and whether the first is good enough."""
        ...

    def article(self, slug: str, lang: Lang) -> Article | None:
        """The article, in Danish where the language asked for is missing."""
        ...


class KnowledgeVerdicts(Protocol):
    """Keeps whether an answer helped, so that gaps in the articles can be found."""

    async def unanswered(self, question: str, lang: Lang) -> None:
        """Keep a question that nothing answered."""
        ...

    async def feedback(
        self, question: str, article: str | None, section: str | None, helped: bool, lang: Lang
    ) -> None:
        """Keep a verdict; no article means that there was no answer."""
        ...


class Organisation(Protocol):
    """Names and numbers of those a citizen can turn to."""

    def placeholder(self, key: str, lang: str) -> str:
        """The text for `contact.field`.

        Raises:
            KeyError: there is no such contact or field.
        """
        ...

    def reach(self, contact_id: str, lang: str) -> str:
        """One line with every way to reach a contact.

        Raises:
            KeyError: there is no such contact.
        """
        ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a conversation has found out of a matter, for the complaint."""

    facts: Mapping[str, Any]
    # The citizen's own messages on the matter, oldest first.
    words: Sequence[str]
    # The outcome that was chosen, as JSON of the interface.
    outcome: Mapping[str, Any]
    wants: str | None


class Complaints(Protocol):
    """Makes, keeps and sends the complaint of a conversation; nothing leaves without the citizen's yes."""

    async def draft(self, session: str, lang: Lang, gathered: Gathered) -> dict[str, Any]:
        """Begins or updates the draft; gives the data of a complaint card."""
        ...

    async def notice(self, session: str, lang: Lang, gathered: Gathered) -> dict[str, Any]:
        """Keeps 'I want to complain' with its day; gives the data of a receipt card."""
        ...

    async def send(self, session: str, lang: Lang) -> dict[str, Any]:
        """Sends the draft: `receipt`, or `problems` and the `card` again."""
        ...

    async def status(self, session: str, lang: Lang) -> list[dict[str, Any]]:
        """What was filed from this conversation, and who has it now."""
        ...


class QuickTries(Protocol):
    """Knows where a colleague can try to solve a matter at once, beside the complaint."""

    async def offer(self, outcomes: Sequence[Outcome], lang: Lang) -> str:
        """What to say of it with these outcomes; nothing where nobody can try."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the actions are given; wired in one place, by the application."""

    knowledge: KnowledgeSearch
    organisation: Organisation
    municipality: str
    # What stands in a message where a CPR number was taken out.
    cpr_mark: str
    verdicts: KnowledgeVerdicts | None = None
    complaints: Complaints | None = None
    quick_tries: QuickTries | None = None
    # How near a text is in meaning to each subject area; without it, areas are found by their words alone.
    similarity: Similarity | None = None
    today: Callable[[], dt.date] = dt.date.today


class Dispatcher(Protocol):
    """The part of rasa-sdk's CollectingDispatcher that actions use."""

    def utter_message(
        self,
        text: str | None = None,
        *,
        response: str | None = None,
        json_message: dict[str, Any] | None = None,
        buttons: list[dict[str, Any]] | None = None,
        **values: Any,
    ) -> None:
        """Says something: a response of the domain, with values for its gaps."""
        ...


class Tracker(Protocol):
    """The part of rasa-sdk's Tracker that actions use."""

    latest_message: Mapping[str, Any]
    sender_id: str

    def get_slot(self, key: str) -> Any:
        """The value of a slot, or None."""
        ...


Event = dict[str, Any]


class BotAction(Protocol):
    """One thing the bot can do beyond talking, by the name that rules call it."""

    @property
    def name(self) -> str:
        """The name in the bot's domain."""
        ...

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Does it; returns what the conversation shall remember."""
        ...
