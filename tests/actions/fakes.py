"""Ports that always answer the same, for tests of the actions and of the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from actions.ports import Complaints, Gathered, KnowledgeVerdicts, Ports
from knowledge.articles import Article, Audience, Lang
from knowledge.search.model import SearchAnswer, SearchResult, SourceRef
from knowledge.sources import SourceRegister, load_sources
from knowledge.text.blocks import parse_sections

CPR_MARK = "[CPR fjernet]"
TODAY = date(2026, 11, 18)

# One made-up article in both languages, cut by the product's own code.
TEXTS: dict[Lang, tuple[str, str]] = {
    "da": (
        "Svar inden ti arbejdsdage",
        "## Kort fortalt {#kort}\n\nDu får svar på din klage inden ti arbejdsdage. [@kktbg]\n\n"
        "## Hvad du kan gøre {#goer}\n\nRyk for svar, når tiden er gået. [@kktbg]\n",
    ),
    "en": (
        "An answer within ten working days",
        "## In short {#kort}\n\nYou get an answer to your complaint within ten working days. "
        "[@kktbg]\n\n## What you can do {#goer}\n\nAsk again when the time has passed. [@kktbg]\n",
    ),
}
SLUG = "tilbagemeldingsgaranti"
ASKED_ABOUT = ("svar", "answer")


def article(lang: Lang) -> Article:
    """The made-up article."""
    title, body = TEXTS[lang]
    day = date(2026, 1, 2)
    return Article(
        slug=SLUG, lang=lang, title=title, collection="borger", summary=title,
        municipality="general", confidence="partly", reviewed=day, review_by=day, owner="test",
        related=(), actions=(), questions=(), sections=tuple(parse_sections(body)),
        path=Path(SLUG), sha256="0",
    )  # fmt: skip


@dataclass
class FakeKnowledge:
    """Answers whatever holds the word `svar` or `answer`, and knows nothing else."""

    sources: SourceRegister = field(default_factory=load_sources)
    languages: tuple[Lang, ...] = ("da", "en")
    empty: bool = False
    broken: bool = False
    # Which section of the article is found.
    found: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)

    def search(
        self,
        query: str,
        *,
        audience: Audience | None,
        lang: Lang,
        municipality: str | None,
        limit: int,
    ) -> SearchAnswer:
        """The made-up article, as an answer or as the nearest subject."""
        self.asked.append({"query": query, "lang": lang, "audience": audience})
        if self.broken:
            raise RuntimeError("the index is gone")
        if self.empty:
            return SearchAnswer(query, False, ())
        answered = any(word in query.lower() for word in ASKED_ABOUT)
        return SearchAnswer(query, answered, (self._result(lang),))

    def article(self, slug: str, lang: Lang) -> Article | None:
        """The made-up article under its slug."""
        return article(self._spoken(lang)) if slug == SLUG else None

    def _spoken(self, lang: Lang) -> Lang:
        return lang if lang in self.languages else "da"

    def _result(self, lang: Lang) -> SearchResult:
        found = article(self._spoken(lang))
        section = found.sections[self.found]
        text = TEXTS[found.lang][1].split("\n\n")[2 * self.found + 1].split(" [@")[0]
        return SearchResult(
            article=SLUG, title=found.title, section=section.title, anchor=section.anchor,
            snippet=text, text=text, score=0.9, confidence="partly", lang=found.lang,
            sources=(SourceRef("kktbg", "Københavns Kommune", "", "https://kk.dk", "partly"),),
        )  # fmt: skip


@dataclass
class FakeOrganisation:
    """Every contact has a name and a number, except those said to be missing."""

    missing: frozenset[str] = frozenset()

    def placeholder(self, key: str, lang: str) -> str:
        """The number 112 for the alarm, made-up text for the rest."""
        contact, _, part = key.partition(".")
        if contact in self.missing:
            raise KeyError(contact)
        return "112" if key == "alarm.phone" else f"{contact}-{part}-{lang}"

    def reach(self, contact_id: str, lang: str) -> str:
        """A made-up way to reach the contact."""
        if contact_id in self.missing:
            raise KeyError(contact_id)
        return f"tlf-{contact_id}"


def fake_ports(
    knowledge: FakeKnowledge | None = None, organisation: FakeOrganisation | None = None,
    complaints: Complaints | None = None, verdicts: KnowledgeVerdicts | None = None,
) -> Ports:  # fmt: skip
    """Ports over the fakes, on a Wednesday."""
    return Ports(
        knowledge=knowledge or FakeKnowledge(),
        organisation=organisation or FakeOrganisation(),
        municipality="koebenhavn",
        cpr_mark=CPR_MARK,
        complaints=complaints,
        verdicts=verdicts,
        today=lambda: TODAY,
    )


@dataclass
class FakeComplaints:
    """Remembers what it was asked for, and can be broken."""

    broken: bool = False
    problems: tuple[str, ...] = ()
    calls: list[tuple[str, Any]] = field(default_factory=list)
    filed: list[dict[str, Any]] = field(default_factory=list)

    async def draft(self, session: str, lang: Lang, gathered: Gathered) -> dict[str, Any]:
        """A draft with nothing in it."""
        self._note("draft", gathered)
        return {"draft": "d1", "ready": True}

    async def notice(self, session: str, lang: Lang, gathered: Gathered) -> dict[str, Any]:
        """A receipt for the day."""
        self._note("notice", gathered)
        return {"kind": "notice", "reference": "N-1"}

    async def send(self, session: str, lang: Lang) -> dict[str, Any]:
        """A receipt, or what is missing."""
        self._note("send", None)
        if self.problems:
            return {
                "problems": [{"pointer": "/x", "text": text} for text in self.problems],
                "card": {"draft": "d1"},
            }
        return {"receipt": {"kind": "complaint", "reference": "K-1"}}

    async def status(self, session: str, lang: Lang) -> list[dict[str, Any]]:
        """What was filed."""
        self._note("status", session)
        return self.filed

    def _note(self, what: str, with_: Any) -> None:
        if self.broken:
            raise RuntimeError("the complaint is broken")
        self.calls.append((what, with_))


@dataclass
class FakeVerdicts:
    """Keeps verdicts in a list."""

    kept: list[tuple[str, str | None, bool]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    async def unanswered(self, question: str, lang: Lang) -> None:
        """Keeps it."""
        self.questions.append(question)

    async def feedback(
        self, question: str, article: str | None, section: str | None, helped: bool, lang: Lang
    ) -> None:
        """Keeps it."""
        self.kept.append((question, article, helped))
