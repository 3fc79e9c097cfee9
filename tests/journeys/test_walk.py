"""The walk of a citizen's message through the real system: from the interface to Rasa, the search and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from knowledge.organisation import load_organisation
from tests.journeys.citizen import Citizen, Message, place, sources, titles, words
from tests.journeys.system import RunningSystem, secrets_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# What is asked, and the articles that hold the answer. Nobody's words are always understood: what counts is that
# most are, and that an answer always shows what it rests on.
DANISH: Sequence[tuple[str, set[str]]] = (
    (
        "Jeg skrev en mail til kommunen for tre uger siden og har intet hørt. Hvornår skal de svare?",
        {"tilbagemeldingsgaranti", "svarpligt"},
    ),
    ("Må jeg få min søster til at gå med til mødet i jobcentret?", {"partsrepraesentation"}),
    (
        "Hvordan kan jeg få lov at se de papirer, kommunen har liggende om mig?",
        {"databeskyttelse-og-indsigt", "inddragelse-aktindsigt-partshoering"},
    ),
    (
        "Har jeg ret til at se min egen sag?",
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
    ("Kan jeg få hjælp fra Borgerrådgiveren uden at sige, hvad jeg hedder?", {"anonymitet"}),
    ("Kan jeg være anonym, når jeg taler med Borgerrådgiveren?", {"anonymitet"}),
    (
        "Jeg forstår ikke det afslag, jeg har fået. Hvordan læser jeg det?",
        {"forstaa-en-afgoerelse"},
    ),
    (
        "Min ansøgning har ligget i et halvt år. Hvad kan jeg gøre, når det trækker ud?",
        {"sagsbehandlingstid"},
    ),
    ("Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?", {"maegling"}),
    ("Kommunen vil ikke give mig en tolk", {"tolkning"}),
    (
        "Hvad gør jeg, hvis jeg bliver behandlet dårligere, fordi jeg har mørk hud?",
        {"diskrimination"},
    ),
    (
        "Kommunen har udleveret mine private oplysninger til min arbejdsgiver",
        {"databeskyttelse-og-indsigt", "tavshedspligt-og-videregivelse"},
    ),
)
ENGLISH: Sequence[tuple[str, set[str]]] = (
    ("How long may the municipality take to decide on an application?", {"sagsbehandlingstid"}),
    ("Can I bring a friend along to a meeting about my case?", {"partsrepraesentation"}),
    ("May I stay anonymous when I speak to the Citizens' Adviser?", {"anonymitet"}),
    ("Who pays for an interpreter at a meeting with the municipality?", {"tolkning"}),
)
# Whoever tells what happened to them is not given an article: their matter is taken up.
MATTERS: Sequence[tuple[str, str]] = (
    ("da", "Damen i skranken råbte ad mig og kaldte mig dum. Hvor klager jeg over hende?"),
    ("en", "A member of staff at the town hall was rude to me. Where do I complain about that?"),
    ("da", "Jeg skrev en mail til kommunen for tre uger siden og har intet hørt. Hvad nu?"),
)
ENOUGH_DANISH, ENOUGH_ENGLISH, ENOUGH_ARTICLES = 10, 3, 5
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
    '/ask_question{"article": "bisidder"}',
    "  //back",
    '/SetSlots{"last_article": "bisidder"}',
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


@pytest.mark.parametrize(("lang", "story"), MATTERS)
def test_a_matter_is_taken_up_and_no_subject_is_made_up(
    system: RunningSystem, lang: str, story: str
) -> None:
    said = words(Citizen(system.url, lang).say(story))
    understood = {"da": "Jeg har forstået det sådan", "en": "This is how I understand it"}
    assert understood[lang] in said
    assert "anbringelse" not in said


def number_of(contact: str) -> str:
    """A contact's first telephone number, as the organisation's data has it."""
    return str(load_organisation("koebenhavn").contact(contact).values("phone")[0].value)


def test_enough_questions_are_answered_from_the_right_article(system: RunningSystem) -> None:
    right: dict[str, list[str]] = {"da": [], "en": []}
    wrong: list[str] = []
    for lang, cases in (("da", DANISH), ("en", ENGLISH)):
        for question, expected in cases:
            answer = Citizen(system.url, lang).say(question)
            found = articles(answer)
            if found & expected:
                right[lang] += found
            else:
                wrong.append(f"{question} -> {', '.join(found) or words(answer)}")
    told = "\n".join(wrong)
    assert len(right["da"]) >= ENOUGH_DANISH, told
    assert len(right["en"]) >= ENOUGH_ENGLISH, told
    assert len(set(right["da"])) >= ENOUGH_ARTICLES, told


def articles(answer: list[Message]) -> set[str]:
    """The article that an answer was taken from, if it was taken from one."""
    cards = [message["card"] for message in answer if message["card"]]
    return {card["data"]["slug"] for card in cards if card["type"] == "article"}


@pytest.mark.parametrize(
    ("lang", "question"),
    [("da", question) for question, _ in DANISH] + [("en", question) for question, _ in ENGLISH],
)
def test_an_answer_names_its_source_and_a_person(
    system: RunningSystem, lang: str, question: str
) -> None:
    answer = Citizen(system.url, lang).say(question)
    readable(answer)
    assert PERSON[lang] in " ".join(titles(answer)).lower()
    if articles(answer):
        named = sources(answer)
        assert named, f"no source: {words(answer)}"
        assert {source["article"] for source in named} == articles(answer)
        assert all(source["label"] for source in named)


def test_half_of_the_answers_name_the_paragraph(system: RunningSystem) -> None:
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
    """Rasa itself tells what it was given: a text that begins with a slash would be a command to it."""
    citizen = Citizen(system.url)
    readable(citizen.say(text))
    stored = [m["text"] for m in citizen.messages() if m["sender"] == "citizen"]
    assert stored == [text.strip()]
    tracker = httpx.get(
        f"{system.rasa_url}/conversations{citizen.session}/tracker",
        params={"token": secrets_of(system)["STAFET_RASA_TOKEN"], "include_events": "ALL"},
        timeout=20,
        trust_env=False,
    ).json()
    given = [e["text"] for e in tracker["events"] if e["event"] == "user"]
    assert given[-1] == text.strip().lstrip("/")
    assert tracker["slots"].get("last_article") != "whistleblower"


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
    first = citizen.say("Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?")
    more = citizen.press(first, "Fortæl mig mere")
    assert place(more)[0] == place(first)[0]
    assert place(more)[1] != place(first)[1]
    transcript = citizen.call("GET", "/transcript?format=json")["messages"]
    assert words(transcript) == words(citizen.messages())
    citizen.call("DELETE", "", expect=204)
    citizen.call("GET", "/messages?after=0", expect=401)
