"""A citizen who follows a script: says what stands there, and answers what is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import httpx

from knowledge.rules.loader import load_areas, load_questions, load_texts
from knowledge.rules.wording import Wording
from tests.conversations.data import Script, letter

Message = dict[str, Any]
MOST_ANSWERS = 16
SAME_QUESTION = 3
# What most people would answer, where a script says nothing else.
USUAL: Mapping[str, Any] = {
    "acute": False,
    "municipality": "koebenhavn",
    "wants": "complaint",
    "complainant": "citizen",
    "pending_elsewhere": "none",
    "politically_decided": False,
    "directly_affected": True,
    "complained_to_forvaltning": False,
    "forvaltning_replied": False,
    "complained_how": "written",
    "ongoing": False,
    "event_date": "2026-10-01",
    "appeal_guidance_missing": False,
    "delivery": "digital_post",
    "wants_anonymity": False,
}
# What the bot offers to whoever is thought to be in danger and is not.
NO_DANGER = (
    "Jeg er ikke i fare", "I am not in danger", "Ingen er i fare nu", "Nobody is in danger now",
    "Intet barn er i fare nu", "No child is in danger now", "Hjælp mig videre", "Help me further",
)  # fmt: skip
NOT_KNOWN = {"da": "ved ikke", "en": "I don't know"}
FOR_A_PERSON = {"da": "jeg vil tale med et menneske", "en": "I want to talk to a person"}
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Record:
    """What happened in a conversation."""

    script: Script
    replies: list[list[Message]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    facts_seen: list[Mapping[str, Any]] = field(default_factory=list)
    facts: Mapping[str, Any] = field(default_factory=dict)
    assessment: Mapping[str, Any] = field(default_factory=dict)
    scripted: list[int] = field(default_factory=list)
    asked_for_a_person: list[Message] = field(default_factory=list)
    broken: str | None = None

    def text(self, reply: int | None = None) -> str:
        """The words of all replies or of one, with what stands in their cards; the greeting answers nothing."""
        chosen = self.replies[1:] if reply is None else [self.replies[reply]]
        return "\n".join(words(message) for messages in chosen for message in messages)

    def last_scripted(self) -> list[Message]:
        """The reply to the last thing that the script says."""
        return self.replies[self.scripted[-1]]

    def cards(self) -> list[str]:
        """The kinds of all cards that were shown."""
        return [kind for reply in self.replies for kind in card_kinds(reply)]

    def routes(self) -> list[str]:
        """Where the matter goes, part by part."""
        return [outcome["route"] for outcome in self.assessment.get("outcomes", ())]

    def dates(self, *keys: str) -> list[str]:
        """The dates of all deadlines."""
        return [
            str(deadline.get(key))
            for outcome in self.assessment.get("outcomes", ())
            for deadline in outcome["deadlines"]
            for key in keys
        ]

    def offers(self) -> list[str]:
        """The buttons under the last reply."""
        return [button["title"] for message in self.replies[-1] for button in message["buttons"]]


@dataclass(frozen=True)
class Question:
    """A question of the guidance, as it is put in one language."""

    fact: str
    text: str
    options: Sequence[Mapping[str, Any]]


@cache
def questions(lang: str) -> tuple[Question, ...]:
    """All questions that the guidance can ask; a subject can be asked for in two ways."""
    asked = [
        Question(
            fact=fact,
            text=row["text"][lang],
            options=[{"value": o["value"], "label": o["label"][lang]} for o in row["options"]],
        )
        for fact, row in load_questions().items()
    ]
    which = Wording(lang, load_texts("phrases")[lang]).say("which_subject")
    return (*asked, Question("subject", which, ()))


class Talk:
    """One conversation with the running system over HTTP."""

    def __init__(self, http: httpx.Client, script: Script) -> None:
        self.http, self.script = http, script
        self.record = Record(script)
        self.lang = script.lang
        opened = self._call("POST", "", {"lang": script.lang, "today": script.today})
        self.path = f"/{opened['session']}"
        self.http.headers["Authorization"] = f"Bearer {opened['token']}"
        self.record.replies.append(opened["messages"])

    def hold(self) -> Record:
        """Goes through the whole script and asks for a person at the end."""
        try:
            for turn in self.script.turns:
                self._take(turn)
            if self.script.goes_on:
                self._answer_all()
            self._look()
            self.record.asked_for_a_person = self._send({"text": FOR_A_PERSON[self.lang]})
        except (AssertionError, httpx.HTTPError) as problem:
            self.record.broken = f"{type(problem).__name__}: {problem}"
        return self.record

    def say(self, text: str) -> list[Message]:
        """Says something, and looks at what was understood."""
        self.record.said.append(text)
        return self._reply({"text": text})

    def _take(self, turn: Mapping[str, Any]) -> None:
        if "answer" in turn:
            self._answer_all()
            return
        if "press_any" in turn:
            self._press_matching(str(turn["press_any"]))
        elif "letter" in turn:
            self.say(letter(turn["letter"]))
        elif "say_repeated" in turn:
            self.say(str(turn["say_repeated"]) * int(turn["times"]))
        else:
            self.say(str(turn["say"]))
        self.record.scripted.append(len(self.record.replies) - 1)

    def _answer_all(self) -> None:
        """Answers one question after another until none is asked; is in no danger, unless that is the matter."""
        if self.script.kind != "acute":
            self._press_if_shown(*NO_DANGER)
        for _ in range(MOST_ANSWERS):
            question = self._question()
            if question is None:
                return
            self.record.asked.append(question.fact)
            if self.record.asked.count(question.fact) >= SAME_QUESTION:
                return
            self._answer(question, self._answer_to(question.fact))

    def _answer_to(self, fact: str) -> Any:
        answers = self.script.answers
        if fact in answers:
            return answers[fact]
        if self.script.default is not None:
            return self.script.default
        if fact == "is_decision":
            return "decision" in answers.get("concerns", ())
        return USUAL.get(fact, NOT_KNOWN[self.lang])

    def _answer(self, question: Question, answer: Any) -> None:
        for option in question.options:
            if option["value"] == answer:
                self._choose(str(option["label"]))
                return
        if question.fact == "subject" and answer in load_areas():
            self.say(load_areas()[answer].name.of(self.lang))
            return
        if isinstance(answer, list):
            self.say(", ".join(map(str, answer)))
            return
        self.say(self._spoken(str(answer)))

    def _choose(self, label: str) -> None:
        """Presses the button with this label; says it where the bot shows no such button."""
        for message in self.record.replies[-1]:
            for button in message["buttons"]:
                if button["title"] == label:
                    self.record.said.append(f"[{label}]")
                    self._reply({"payload": button["payload"]})
                    return
        self.say(label)

    def _press_if_shown(self, *titles: str) -> None:
        """Presses a button with one of these titles, where the last reply shows one."""
        shown = {b["title"] for message in self.record.replies[-1] for b in message["buttons"]}
        for title in titles:
            if title in shown:
                self._choose(title)
                return

    def _press_matching(self, pattern: str) -> None:
        titles = []
        for message in self.record.replies[-1]:
            for button in message["buttons"]:
                titles.append(button["title"])
                if re.search(pattern, button["title"], re.IGNORECASE):
                    self.record.said.append(f"[{button['title']}]")
                    self._reply({"payload": button["payload"]})
                    return
        raise AssertionError(f"no button like {pattern!r} in {titles}")

    def _question(self) -> Question | None:
        """What the bot has just asked for: known by the question's words, or by the answers it shows."""
        reply = self.record.replies[-1]
        shown = {button["title"] for message in reply for button in message["buttons"]}
        said = squeezed("\n".join(message["text"] for message in reply))
        for lang in sorted(NOT_KNOWN, key=lambda lang: lang != self.lang):
            put = [q for q in questions(lang) if squeezed(q.text) in said]
            if put:
                # Whoever is answered in another language goes on in it.
                self.lang = lang
                return max(put, key=lambda q: said.rindex(squeezed(q.text)))
        following = self.record.assessment.get("next_question")
        if following and {str(option["label"]) for option in following["options"]} & shown:
            return Question(following["fact"], following["text"], following["options"])
        return None

    def _spoken(self, answer: str) -> str:
        """A date as people write it; anything else as it is."""
        if not ISO.fullmatch(answer):
            return answer
        day = Wording(self.lang, load_texts("phrases")[self.lang]).date(date.fromisoformat(answer))
        return f"den {day}" if self.lang == "da" else day

    def _reply(self, body: Mapping[str, Any]) -> list[Message]:
        messages = self._send(body)
        self.record.replies.append(messages)
        self._look()
        return messages

    def _look(self) -> None:
        seen = self._call("GET", "/assessment")
        self.record.facts = seen["facts"]
        self.record.assessment = seen["assessment"] or {}
        self.record.facts_seen.append(seen["facts"])

    def _send(self, body: Mapping[str, Any]) -> list[Message]:
        answered: list[Message] = self._call("POST", "/messages", body)["messages"]
        return answered

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        where = getattr(self, "path", "")
        answer = self.http.request(method, f"/api/v1/chat/sessions{where}{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code}: {answer.text[:300]}"
        return answer.json()


def hold(url: str, script: Script) -> Record:
    """Holds one conversation with the system at this address."""
    with httpx.Client(base_url=url, timeout=40, trust_env=False) as http:
        return Talk(http, script).hold()


def words(message: Message) -> str:
    """The words of a message and of its card."""
    text, card = str(message["text"]), message["card"]
    return text + ("\n" + json.dumps(card, ensure_ascii=False) if card else "")


def card_kinds(messages: Sequence[Message]) -> list[str]:
    """The kinds of cards under these messages."""
    return [message["card"]["type"] for message in messages if message["card"]]


def squeezed(text: str) -> str:
    """The text without what layout may change."""
    return " ".join(text.lower().split())
