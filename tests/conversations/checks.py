"""What a conversation is held to: what its script expects, and what goes for every one: a record in, faults out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from knowledge.evaluation.facts_cases import agrees
from tests.conversations.talk import SAME_QUESTION, Message, Record, card_kinds, words

# What would only show if the bot's own language had come through.
LEAKS = re.compile(
    r"(?i:utter_|action_|/ask_|/inform|\{[a-z_]+\}|\[\[|<[a-z]+>|\bslots?_|traceback)|\bNone\b"
)
# Words that talk somebody out of complaining, or tell how a case will end.
DISCOURAGING = re.compile(
    r"kan ikke betale sig|spild af tid|lad være med at klage|ingen grund til at klage|opgiv (sagen|din klage)"
    r"|not worth complaining|waste of time|no point in complaining|give up your",
    re.IGNORECASE,
)
PROMISING = re.compile(
    r"du (vinder|får medhold|taber)|din klage (vil|bliver) (lykkes|taget til følge)|(gode|dårlige) chancer"
    r"|you will (win|lose)|will be upheld|good chance of",
    re.IGNORECASE,
)
A_NUMBER = re.compile(r"\b\d{2} ?\d{2} ?\d{2} ?\d{2}\b|\b112\b|\b116 ?\d{3}\b")
A_PERSON = re.compile(r"menneske|person|medarbejder|adviser|human", re.IGNORECASE)
COMMON = {
    "da": {"og", "du", "er", "det", "ikke", "jeg", "at", "har", "til", "kan", "din", "på", "hvis"},
    "en": {"and", "you", "is", "it", "not", "the", "to", "have", "can", "your", "if", "of", "are"},
}
Check = Callable[[Record, Any], str | None]


def faults(record: Record) -> list[str]:
    """Everything that is wrong with a conversation; nothing where all is as it should be."""
    if record.broken:
        return [f"broke off: {record.broken}"]
    found = [*always(record), *in_turns(record)]
    for key, wanted in record.script.expect.items():
        if key != "last" and (fault := CHECKS[key](record, wanted)):
            found.append(f"{key}: {fault}")
    return found


def always(record: Record) -> Iterable[str]:
    """What goes for every conversation."""
    replies = [*record.replies, record.asked_for_a_person]
    if any(not reply or not any(message["text"].strip() for message in reply) for reply in replies):
        yield "a turn without words"
    spoken = "\n".join(
        message["text"] for reply in replies for message in reply if message["sender"] != "citizen"
    )
    for name, pattern in (("leaks", LEAKS), ("discourages", DISCOURAGING), ("promises", PROMISING)):
        if match := pattern.search(spoken):
            yield f"{name}: {match.group()!r}"
    again = [fact for fact, times in Counter(record.asked).items() if times >= SAME_QUESTION]
    if again:
        yield f"asks again and again for {', '.join(again)}"
    if not leads_to_a_person(record.asked_for_a_person):
        yield "no way to a person at the end"


def in_turns(record: Record) -> Iterable[str]:
    """What single turns of the script expect of the replies to them."""
    spoken = [turn for turn in record.script.turns if "answer" not in turn]
    for turn, place in zip(spoken, record.scripted, strict=False):
        for pattern in turn.get("says", ()):
            if not matches(pattern, record.text(place)):
                yield f"turn {place} does not say {pattern!r}: {record.text(place)[:200]!r}"


def leads_to_a_person(messages: Sequence[Message]) -> bool:
    """Whether these messages hold a hand-off, a telephone number or a button to a person."""
    if "handoff" in card_kinds(messages) or A_NUMBER.search("\n".join(map(words, messages))):
        return True
    titles = [button["title"] for message in messages for button in message["buttons"]]
    return any(A_PERSON.search(title) for title in titles)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is in a text, whatever its case."""
    return re.search(pattern, text, re.IGNORECASE) is not None


def language_of(text: str) -> str:
    """The language that most of the common words in a text belong to."""
    found = Counter(re.findall(r"[a-zæøå]+", text.lower()))
    return max(COMMON, key=lambda lang: sum(found[word] for word in COMMON[lang]))


def _exactly(record: Record, wanted: Sequence[str]) -> str | None:
    return None if set(record.routes()) == set(wanted) else _instead(record)


def _one_of(record: Record, wanted: Sequence[Sequence[str]]) -> str | None:
    return None if any(set(record.routes()) == set(each) for each in wanted) else _instead(record)


def _all_of(record: Record, wanted: Sequence[str]) -> str | None:
    return None if set(wanted) <= set(record.routes()) else _instead(record)


def _any_of(record: Record, wanted: Sequence[str]) -> str | None:
    return None if set(wanted) & set(record.routes()) else _instead(record)


def _none_of(record: Record, wanted: Sequence[str]) -> str | None:
    return _instead(record) if set(wanted) & set(record.routes()) else None


def _first(record: Record, wanted: str) -> str | None:
    return None if record.routes()[:1] == [wanted] else _instead(record)


def _instead(record: Record) -> str:
    return f"{record.routes()} from {dict(record.facts)}"


def _dates(record: Record, wanted: Sequence[str]) -> str | None:
    missing = set(wanted) - set(record.dates("date"))
    return (
        f"{sorted(missing)} not in {record.dates('date')}, {_instead(record)}" if missing else None
    )


def _safe_dates(record: Record, wanted: Sequence[str]) -> str | None:
    shown = record.dates("date", "latest_safe_date")
    return None if set(wanted) & set(shown) else f"{shown}"


def _recipient(record: Record, wanted: str) -> str | None:
    first: Mapping[str, Any] = (record.assessment.get("outcomes") or [{}])[0]
    found = (first.get("recipient") or {}).get("forvaltning")
    return None if found == wanted else f"{found}"


def _facts(record: Record, wanted: Mapping[str, Any]) -> str | None:
    wrong = {
        fact: record.facts.get(fact)
        for fact, value in wanted.items()
        if not _is(record.facts, fact, value)
    }
    return f"{wrong}" if wrong else None


def _is(facts: Mapping[str, Any], fact: str, value: Any) -> bool:
    if isinstance(value, list):
        return set(value) <= set(facts.get(fact) or ())
    return facts.get(fact) is not None and agrees(value, facts[fact])


def _no_facts(record: Record, wanted: Sequence[str]) -> str | None:
    kept = [fact for fact in wanted if record.facts.get(fact) is not None]
    return f"{kept}" if kept else None


def _never_facts(record: Record, wanted: Sequence[str]) -> str | None:
    for entry in wanted:
        fact, _, value = entry.partition("=")
        for seen in (
            record.facts_seen[-1:] if record.script.expect.get("last") else record.facts_seen
        ):
            stated = seen.get(fact)
            if stated is not None and (not value or str(stated).lower() == value):
                return f"{fact} was taken for {stated}"
    return None


def _asked(record: Record, wanted: Sequence[str]) -> str | None:
    missing = set(wanted) - set(record.asked)
    return f"{sorted(missing)} not among {record.asked}" if missing else None


def _not_asked(record: Record, wanted: Sequence[str]) -> str | None:
    asked = set(wanted) & set(record.asked)
    return f"{sorted(asked)} was asked although it was said" if asked else None


def _says(record: Record, wanted: Sequence[str]) -> str | None:
    return _lacks(wanted, record.text())


def _first_says(record: Record, wanted: Sequence[str]) -> str | None:
    return _lacks(wanted, record.text(1))


def _last_says(record: Record, wanted: Sequence[str]) -> str | None:
    return _lacks(wanted, "\n".join(map(words, record.last_scripted())))


def _lacks(wanted: Sequence[str], text: str) -> str | None:
    missing = [pattern for pattern in wanted if not matches(pattern, text)]
    return f"{missing} not in {text[-300:]!r}" if missing else None


def _never(record: Record, wanted: Sequence[str]) -> str | None:
    return _holds(wanted, record.text())


def _last_never(record: Record, wanted: Sequence[str]) -> str | None:
    return _holds(wanted, "\n".join(map(words, record.last_scripted())))


def _holds(wanted: Sequence[str], text: str) -> str | None:
    found = [pattern for pattern in wanted if matches(pattern, text)]
    return f"{found} was said" if found else None


def _cards(record: Record, wanted: Sequence[str]) -> str | None:
    return None if set(wanted) <= set(record.cards()) else f"{record.cards()}"


def _no_cards(record: Record, wanted: Sequence[str]) -> str | None:
    return f"{record.cards()}" if set(wanted) & set(record.cards()) else None


def _no_last_cards(record: Record, wanted: Sequence[str]) -> str | None:
    shown = card_kinds(record.last_scripted())
    return f"{shown}" if set(wanted) & set(shown) else None


def _handoff(record: Record, wanted: bool) -> str | None:
    return None if leads_to_a_person(record.replies[-1]) == wanted else f"{record.text(-1)[:200]!r}"


def _language(record: Record, wanted: str) -> str | None:
    spoken = "\n".join(message["text"] for message in record.replies[-1])
    return None if language_of(spoken) == wanted else f"{spoken[:200]!r}"


CHECKS: Mapping[str, Check] = {
    "routes": _exactly,
    "routes_any": _one_of,
    "contains_routes": _all_of,
    "contains_any": _any_of,
    "never_routes": _none_of,
    "first_route": _first,
    "deadlines": _dates,
    "safe_dates": _safe_dates,
    "forvaltning": _recipient,
    "facts": _facts,
    "no_facts": _no_facts,
    "never_facts": _never_facts,
    "asked": _asked,
    "not_asked": _not_asked,
    "says": _says,
    "first_says": _first_says,
    "last_says": _last_says,
    "never": _never,
    "last_never": _last_never,
    "cards": _cards,
    "cards_never": _no_cards,
    "last_cards_never": _no_last_cards,
    "handoff": _handoff,
    "language": _language,
}


def differences(plain: Record, other: Record) -> list[str]:
    """What two tellings of one matter were given differently: route, deadline, recipient, offer."""
    found = []
    for name, of in (("routes", Record.routes), ("deadlines", lambda r: r.dates("date"))):
        if sorted(of(plain)) != sorted(of(other)):
            found.append(f"{name}: {of(plain)} and {of(other)}")
    if _recipients(plain) != _recipients(other):
        found.append(f"recipients: {_recipients(plain)} and {_recipients(other)}")
    same_language = plain.script.lang == other.script.lang
    if same_language and plain.offers() != other.offers():
        found.append(f"offers: {plain.offers()} and {other.offers()}")
    if not same_language and len(plain.offers()) != len(other.offers()):
        found.append(f"number of offers: {plain.offers()} and {other.offers()}")
    return found


def _recipients(record: Record) -> list[Any]:
    outcomes = record.assessment.get("outcomes", ())
    return [(outcome.get("recipient") or {}).get("forvaltning") for outcome in outcomes]
