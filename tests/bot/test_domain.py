"""What the bot says and when: each trap that Rasa sets here has a test."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.bot.project import (
    BOT,
    TOPICS,
    domain_files,
    intents,
    is_english,
    read,
    responses,
    rules,
)

ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]
ACTIONS = Path(__file__).resolve().parents[2] / "actions"
ARTICLES = Path(__file__).resolve().parents[2] / "knowledge" / "articles"
# Words. A worried person reads no longer sentence with ease.
LONGEST_SENTENCE = 20

each_response = pytest.mark.parametrize(
    ("name", "variations"), responses(), ids=[n for n, _ in responses()]
)


def texts() -> list[tuple[str, str]]:
    """Every text the bot may say, with the response's name."""
    return [(name, v["text"]) for name, variations in responses() for v in variations]


@each_response
def test_every_wording_stands_in_both_languages(
    name: str, variations: list[dict[str, Any]]
) -> None:
    """A missing English one would silently be Danish."""
    english = [v for v in variations if is_english(v)]
    danish = [v for v in variations if not is_english(v)]

    assert len(english) == len(danish) >= 1
    assert all(v["condition"] == ENGLISH for v in english)
    assert not any("channel" in v for v in variations), "a channel beats the language"
    for ours, theirs in zip(danish, english, strict=True):
        assert gaps(ours["text"]) == gaps(theirs["text"])


@each_response
def test_both_languages_offer_the_same_ways_on(name: str, variations: list[dict[str, Any]]) -> None:
    switch = {"/speak_english": "/speak_danish"}
    offers = [[b["payload"] for b in v.get("buttons", [])] for v in variations]
    english = [offer for v, offer in zip(variations, offers, strict=True) if is_english(v)]
    danish = [offer for v, offer in zip(variations, offers, strict=True) if not is_english(v)]

    assert english == [[switch.get(p, p) for p in offer] for offer in danish]


def test_no_response_is_defined_twice() -> None:
    """Rasa drops the second one with no more than a warning."""
    keys = [
        match
        for topic in TOPICS
        for match in re.findall(
            r"^  (utter_\w+):$", (BOT / "domain" / f"{topic}.yml").read_text("utf-8"), re.MULTILINE
        )
    ]

    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert len(keys) == len(responses())


def test_every_intent_has_exactly_one_rule() -> None:
    """Without TED, a message that fits no rule would be met with silence."""
    ruled = Counter(
        step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step
    )

    assert sorted(ruled) == sorted(intents())
    assert set(ruled.values()) == {1}


def test_every_rule_answers_with_something_that_exists() -> None:
    known = {name for name, _ in responses()}
    known |= {action for domain in domain_files().values() for action in domain.get("actions", [])}
    called = {step["action"] for rule in rules() for step in rule["steps"] if "action" in step}

    assert called <= known


def test_every_response_is_said_by_a_rule_or_an_action_and_every_one_said_exists() -> None:
    code = "".join(path.read_text("utf-8") for path in sorted(ACTIONS.glob("*.py")))
    said = set(re.findall(r'"(utter_[a-z_]+)"', code))
    said |= {f"utter_{intent}" for intent in intents() if intent.startswith("acute_")}
    said |= {
        step["action"] for rule in rules() for step in rule["steps"] if "action" in step
        if step["action"].startswith("utter_")
    }  # fmt: skip

    assert said == {name for name, _ in responses()}


def test_every_button_leads_to_an_intent_there_is() -> None:
    for name, variations in responses():
        for variation in variations:
            for button in variation.get("buttons", []):
                payload = button["payload"].replace("{{", "{").replace("}}", "}")
                intent, brace, rest = payload.removeprefix("/").partition("{")
                assert payload.startswith("/"), name
                assert intent in intents(), name
                assert not brace or set(json.loads(brace + rest)) in (
                    {"article"},
                    {"do"},
                    {"change"},
                ), name


def test_every_article_a_button_names_is_written() -> None:
    named = set(re.findall(r'"article": "([a-z-]+)"', str(responses())))

    assert named
    for slug in named:
        assert (ARTICLES / "da" / f"{slug}.md").is_file(), slug
        assert (ARTICLES / "en" / f"{slug}.md").is_file(), slug


def test_braces_in_a_payload_are_doubled() -> None:
    """Rasa fills single ones as gaps."""
    for name, variations in responses():
        for variation in variations:
            for button in variation.get("buttons", []):
                assert button["payload"].count("{") in (0, 2), name


def test_a_person_is_offered_wherever_the_bot_is_at_a_loss() -> None:
    for name in ("utter_no_answer", "utter_no_answer_at_all", "utter_search_down", "utter_answer",
                 "utter_not_helpful", "utter_abuse", "utter_out_of_scope", "utter_help",
                 "utter_greet", "utter_nothing_more"):  # fmt: skip
        for variation in dict(responses())[name]:
            assert "/talk_to_human" in [b["payload"] for b in variation["buttons"]], name


@pytest.mark.parametrize("intent", [i for i in intents() if i.startswith("acute_")])
def test_danger_is_answered_with_the_alarm_in_the_first_sentence_and_without_questions(
    intent: str,
) -> None:
    for variation in dict(responses())[f"utter_{intent}"]:
        assert "{alarm}" in re.split(r"[.!?]\s", variation["text"])[0]
        assert "{contacts}" in variation["text"]
        assert "?" not in variation["text"]


def test_no_number_or_address_stands_in_the_words() -> None:
    """They are the organisation's, and change without us."""
    for name, text in texts():
        assert not re.search(r"\d{2,}|@|\bwww\.|\.dk\b", text), name


@pytest.mark.parametrize("part", ["CPR", "menneske", "whistleblower", "robot", "{alarm}", "klage"])
def test_the_greeting_says_what_must_be_known_first(part: str) -> None:
    assert part in dict(responses())["utter_greet"][0]["text"]


def test_sentences_are_short() -> None:
    long = [
        (name, sentence)
        for name, text in texts()
        for sentence in re.split(r"(?<=[.!?:])\s+|\n", text)
        if len(sentence.split()) > LONGEST_SENTENCE
    ]

    assert long == []


def test_at_most_one_question_at_a_time() -> None:
    asking = [name for name, text in texts() if re.sub(r"[»\"].*?[«\"]", "", text).count("?") > 1]

    assert asking == []


def test_sessions_never_end_inside_rasa() -> None:
    """An expired session would un-pause, forget a form and speak over staff."""
    settings = [d["session_config"] for d in domain_files().values() if "session_config" in d]

    assert settings == [{"session_expiration_time": 0, "carry_over_slots_to_new_session": True}]


def test_slots_are_set_by_actions_and_by_the_application_alone() -> None:
    """Nothing that a citizen types may land in a slot, and no slot steers the policies."""
    for domain in domain_files().values():
        for name, slot in domain.get("slots", {}).items():
            assert slot["mappings"] == [{"type": "custom"}], name
            assert slot["influence_conversation"] is False, name


def test_nothing_is_guarded_by_the_absence_of_an_intent() -> None:
    """`not_intent` swallows the sentence that was the complaint."""
    for path in sorted(BOT.rglob("*.yml")):
        assert "not_intent" not in path.read_text("utf-8"), path.name


def test_the_selective_domain_stays_off() -> None:
    """Rasa then sends no domain, and every action fails with an empty answer."""
    endpoints = (BOT / "endpoints.yml").read_text("utf-8")

    assert "enable_selective_domain" not in "".join(
        line for line in endpoints.splitlines() if not line.startswith("#")
    )


def test_the_application_is_the_only_channel() -> None:
    assert read(BOT / "credentials.yml") == {"bot.channel.TurnInput": None}


def test_nothing_is_left_to_a_neural_network() -> None:
    config = read(BOT / "config.yml")

    assert [policy["name"] for policy in config["policies"]] == ["MemoizationPolicy", "RulePolicy"]
    assert [part["name"].rsplit(".", 1)[-1] for part in config["pipeline"]] == [
        "FoldingTokenizer", "TfidfIntentClassifier", "FallbackClassifier", "LetterFinder",
    ]  # fmt: skip
    fallback = config["policies"][1]["core_fallback_action_name"]
    assert fallback == "action_answer_question", "silence is never an answer"


def test_one_topic_has_one_stem() -> None:
    assert {p.stem for p in (BOT / "data" / "rules").glob("*.yml")} == set(TOPICS)
    for language in ("da", "en"):
        assert {p.stem for p in (BOT / "data" / "nlu" / language).glob("*.yml")} == set(TOPICS)
    assert {p.stem for p in (BOT / "data" / "stories").glob("*.yml")} <= set(TOPICS)
    speaking = {topic for topic, domain in domain_files().items() if domain.get("actions")}
    assert speaking <= {path.stem for path in ACTIONS.glob("*.py")}


def gaps(text: str) -> list[str]:
    """The names of the gaps in a text."""
    return sorted(re.findall(r"\{(\w+)\}", text))
