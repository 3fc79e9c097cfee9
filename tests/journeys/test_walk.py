"""The walk of a citizen's message through the real system: from the interface to Rasa, the search and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.organisation import load_organisation
from tests.journeys.citizen import Citizen, Message, place, sources, titles, words
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# What is asked, and the articles that hold the answer.
DANISH: Sequence[tuple[str, set[str]]] = (
    (
        "Jeg skrev en mail til kommunen for tre uger siden og har intet hørt. Hvornår skal de svare?",
        {"tilbagemeldingsgaranti", "svarpligt"},
    ),
    (
        "Må jeg få min søster til at gå med til mødet i jobcentret?",
        {"partsrepraesentation"},
    ),
    (
        "Hvordan kan jeg få lov at se de papirer, kommunen har liggende om mig?",
        {"databeskyttelse-og-indsigt", "inddragelse-aktindsigt-partshoering"},
    ),
    (
        "Det er snart fjorten måneder siden, det skete. Er jeg for sent ude hos Borgerrådgiveren?",
        {"klagefrist-et-aar"},
    ),
    (
        "Damen i skranken råbte ad mig og kaldte mig dum. Hvor klager jeg over hende?",
        {"klage-over-personalet"},
    ),
    (
        "De gav mig et forkert råd, og det har kostet mig penge. Kan jeg få dem igen?",
        {"erstatning-for-forkert-vejledning"},
    ),
    (
        "Jeg kan ikke bruge Digital Post. Hvordan bliver jeg fritaget?",
        {"digital-post-og-selvbetjening"},
    ),
    (
        "Ankestyrelsen har sendt min sag tilbage til kommunen. Hvad sker der nu?",
        {"hjemvisning-fra-ankestyrelsen"},
    ),
    (
        "Kan jeg få hjælp fra Borgerrådgiveren uden at sige, hvad jeg hedder?",
        {"anonymitet"},
    ),
    (
        "Jeg forstår ikke det afslag, jeg har fået. Hvordan læser jeg det?",
        {"forstaa-en-afgoerelse"},
    ),
    (
        "Min ansøgning har ligget i et halvt år. Hvad kan jeg gøre, når det trækker ud?",
        {"sagsbehandlingstid"},
    ),
    (
        "Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?",
        {"maegling"},
    ),
)
ENGLISH: Sequence[tuple[str, set[str]]] = (
    (
        "A member of staff at the town hall was rude to me. Where do I complain about that?",
        {"klage-over-personalet"},
    ),
    (
        "Can I bring a friend along to a meeting about my case?",
        {"partsrepraesentation"},
    ),
)
OUT_OF_SCOPE = (
    "Hvor mange indbyggere er der i Australien?",
    "Kan du anbefale en god opskrift på rugbrød?",
    "Hvem vandt fodboldkampen i går?",
    "What is the best way to train a puppy?",
)
# What was written, and a word of the help that must be named besides the emergency number.
ACUTE = (
    ("Jeg kan ikke mere, jeg vil tage mit eget liv i aften", "Livslinien"),
    ("Min mand slår mig, og jeg er bange for ham", "Lev Uden Vold"),
    ("Der ligger en mand på gulvet, og han trækker ikke vejret", "112"),
    ("I want to end my life tonight", "Livslinien"),
)
BOT_SYNTAX = (
    "/greet",
    "/restart",
    "/session_start",
    "/talk_to_human",
    '/ask_question{"article": "anonymitet"}',
    "  //back",
    "/SetSlots(last_article=maegling)",
)
# What would only show if the bot's own language had come through.
LEAKS = re.compile(r"utter_|action_|/ask_|/inform|\{[a-z_]+\}|\[\[|@[a-z]+ §|None\b")
PERSON = {"da": "menneske", "en": "person"}


def readable(messages: list[Message]) -> None:
    """Asserts that an answer holds something and nothing of the bot's own language."""
    assert messages
    for message in messages:
        assert message["text"].strip()
        assert not LEAKS.search(message["text"]), message["text"]
        assert not any(button["payload"].startswith("/") for button in message["buttons"])


def number_of(contact: str) -> str:
    """A contact's first telephone number, as the organisation's data has it."""
    return str(load_organisation("koebenhavn").contact(contact).values("phone")[0].value)


@pytest.mark.parametrize(
    ("lang", "question", "expected"),
    [("da", *case) for case in DANISH] + [("en", *case) for case in ENGLISH],
)
def test_a_question_is_answered_with_its_source(
    system: RunningSystem, lang: str, question: str, expected: set[str]
) -> None:
    answer = Citizen(system.url, lang).say(question)
    readable(answer)
    assert place(answer)[0] in expected
    named = sources(answer)
    assert named, words(answer)
    assert {source["article"] for source in named} == {place(answer)[0]}
    assert all(source["label"] for source in named)
    assert PERSON[lang] in " ".join(titles(answer)).lower()


def test_most_answers_name_the_paragraph(system: RunningSystem) -> None:
    """A guide may rest on a web page, which has no paragraphs; over all questions law is what is named."""
    with_paragraph = 0
    for question, _ in DANISH:
        named = sources(Citizen(system.url).say(question))
        with_paragraph += any(source["paragraph"] for source in named)
    assert with_paragraph >= len(DANISH) // 2


@pytest.mark.parametrize("question", OUT_OF_SCOPE)
def test_what_the_guides_do_not_hold_is_not_answered(system: RunningSystem, question: str) -> None:
    lang = "en" if question.isascii() and question.startswith("What") else "da"
    answer = Citizen(system.url, lang).say(question)
    readable(answer)
    assert not sources(answer), words(answer)
    way_on = f"{words(answer)} {' '.join(titles(answer))}".lower()
    assert PERSON[lang] in way_on


def test_whoever_asks_for_a_person_gets_phone_and_hours(system: RunningSystem) -> None:
    organisation = load_organisation("koebenhavn")
    phone = number_of("hovednummer")
    answer = Citizen(system.url).say("jeg vil tale med et menneske")
    readable(answer)
    assert phone in words(answer)
    assert organisation.placeholder("hovednummer.hours", "da") in words(answer)


def test_the_button_to_a_person_needs_no_bot(system: RunningSystem) -> None:
    answer = Citizen(system.url, "en").call("POST", "/handoff")
    assert number_of("hovednummer") in words(answer["messages"])
    assert answer["state"] == "bot"
    assert answer["opening_hours"]


@pytest.mark.parametrize(("text", "help_named"), ACUTE)
def test_acute_words_give_the_emergency_number_first(
    system: RunningSystem, text: str, help_named: str
) -> None:
    lang = "en" if text.startswith("I ") else "da"
    answer = Citizen(system.url, lang).say(text)
    readable(answer)
    said = words(answer)
    numbers = re.findall(r"\b\d{3}\b|\b\d{2}(?: \d{2}){3}\b", said)
    assert numbers[:1] == ["112"], said
    assert help_named in said
    assert not sources(answer)


@pytest.mark.parametrize("text", BOT_SYNTAX)
def test_no_bot_syntax_gets_through(system: RunningSystem, text: str) -> None:
    citizen = Citizen(system.url)
    before = place(citizen.say(DANISH[0][0]))
    readable(citizen.say(text))
    stored = [m["text"] for m in citizen.messages() if m["sender"] == "citizen"]
    assert stored[-1] == text.strip()
    # A command that had worked would have wiped out or changed what the conversation is about.
    if "ask_question" not in text:
        assert place(citizen.say("fortæl mig mere"))[0] == before[0]


def test_a_cpr_number_is_kept_nowhere(system: RunningSystem) -> None:
    citizen = Citizen(system.url)
    written = ("170385-9981", "1703859981", "170385 9981")
    for number in written:
        readable(citizen.say(f"Mit cpr er {number}. Hvor lang tid må en sag tage?"))
    citizen.call("GET", "/transcript?format=json")
    shown = words(citizen.messages())
    assert not any(number in shown for number in written)
    holders = [
        str(file.relative_to(system.var))
        for file in [*system.var.rglob("*"), system.output]
        if file.is_file() and holds_any(file, written)
    ]
    assert holders == []


def holds_any(file: Path, written: Sequence[str]) -> bool:
    """Whether a file holds one of the texts, in any of its bytes."""
    content = file.read_bytes()
    return any(text.encode() in content or text.encode("utf-16-le") in content for text in written)


def test_message_text_is_in_no_log(system: RunningSystem) -> None:
    rare = "kvadratrodsmargerit"
    Citizen(system.url).say(f"Hvorfor svarer {rare} ikke på mit brev?")
    for file in system.logs.values():
        assert rare not in file.read_text(encoding="utf-8", errors="replace")


def test_a_conversation_goes_on_and_is_erased(system: RunningSystem) -> None:
    citizen = Citizen(system.url)
    first = citizen.say(DANISH[4][0])
    more = citizen.press(first, "Fortæl mig mere")
    assert place(more)[0] == place(first)[0]
    assert place(more)[1] != place(first)[1]
    transcript = citizen.call("GET", "/transcript?format=json")["messages"]
    assert words(transcript) == words(citizen.messages())
    citizen.call("DELETE", "", expect=204)
    citizen.call("GET", "/messages?after=0", expect=401)
