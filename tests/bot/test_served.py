"""The running bot: real Rasa, real actions, made-up knowledge."""

from __future__ import annotations

import json
import socket
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.actions.fakes import CPR_MARK, SLUG, FakeKnowledge, FakeOrganisation, fake_ports
from tests.bot.project import domain_files, intents
from tests.bot.serving import SECRET, TOKEN, ServedBot, served
from tests.knowledge.reading.test_letters import DECISION

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture
def session() -> str:
    """A conversation nobody has used."""
    return uuid.uuid4().hex


def test_a_question_is_answered_with_its_source(bot: ServedBot, session: str) -> None:
    replies = bot.say(session, "Hvornår får jeg svar på min ansøgning?", lang="da")

    assert replies[0]["text"].startswith("Svar inden ti arbejdsdage")
    assert replies[1]["custom"]["sources"][0]["article"] == SLUG
    assert {b["payload"] for b in replies[0]["buttons"]} >= {"/ask_more", "/talk_to_human"}


def test_the_facts_go_home_and_come_back_after_everything_is_forgotten(
    bot: ServedBot, session: str
) -> None:
    bot.say(session, "Hvornår får jeg svar?", lang="da")
    facts = bot.slots(session)
    bot.forget(session)

    answer = bot.text(session, "/ask_more", lang="en", facts=facts)

    assert facts["last_article"] == SLUG
    assert "Ask again when the time has passed" in answer
    assert bot.slots(session)["language"] == "en"


def test_the_first_message_to_a_new_conversation_is_answered_in_its_language(
    bot: ServedBot, session: str
) -> None:
    assert "not helpful" not in bot.text(session, "thank you", lang="en")
    assert bot.tracker(session)["slots"]["language"] == "en"


def test_the_language_may_change_from_one_message_to_the_next(bot: ServedBot, session: str) -> None:
    danish = bot.text(session, "/help", lang="da")
    english = bot.text(session, "/help", lang="en")

    assert "Hvor længe" in danish
    assert "How long" in english


def test_choosing_a_language_is_answered_in_it(bot: ServedBot, session: str) -> None:
    assert "English" in bot.text(session, "kan vi tale engelsk?", lang="da")
    assert bot.slots(session)["language"] == "en"


def test_a_forgotten_conversation_leaves_nothing(bot: ServedBot, session: str) -> None:
    bot.say(session, "Hvornår får jeg svar?", lang="da")
    bot.forget(session)

    assert bot.slots(session)["last_article"] is None
    assert not any(e["event"] == "user" for e in bot.tracker(session, "ALL").get("events") or [])


@pytest.mark.parametrize(
    "text", ["jeg vil ikke leve mere", "min mand slår mig", "det brænder hos naboen",
             "my child is in danger", "vi har ikke noget sted at sove i nat"]
)  # fmt: skip
def test_danger_is_met_first(bot: ServedBot, session: str, text: str) -> None:
    replies = bot.say(session, text, lang="da")

    assert len(replies) == 1
    assert "112" in replies[0]["text"].split(".")[0]
    assert "tlf-" in replies[0]["text"]


def test_an_answer_of_several_paragraphs_stays_one_message(bot: ServedBot, session: str) -> None:
    replies = bot.say(session, "jeg vil tale med et menneske", lang="da")

    assert [list(reply) for reply in replies] == [
        ["recipient_id", "text", "buttons"],
        ["recipient_id", "custom"],
    ]
    assert replies[1]["custom"]["card"]["type"] == "handoff"


def test_paragraphs_stay_together_without_buttons_too(bot: ServedBot, session: str) -> None:
    bot.say(session, "/understand_letter", lang="da")
    letter = DECISION.format(guidance="Du er velkommen til at ringe.")
    read, *_ = bot.say(session, letter, lang="da")

    assert "buttons" not in read
    assert read["text"].startswith("Jeg har læst teksten.")
    assert read["text"].endswith("Det er brevet selv, der gælder.")


@pytest.mark.parametrize(
    "text", ["😀", "?", "!!!", "...", " . ", "asdkjh qwlkej", "🤷‍♀️ 🤷‍♀️", "{x} [y](z)"]
)
def test_what_nobody_can_read_is_still_answered(bot: ServedBot, session: str, text: str) -> None:
    assert bot.text(session, text, lang="da")


def test_a_long_text_is_answered(bot: ServedBot, session: str) -> None:
    assert bot.text(session, "jeg venter på svar " * 100, lang="da")


@pytest.mark.parametrize("intent", intents())
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_intent_is_answered_in_both_languages(
    bot: ServedBot, session: str, intent: str, language: str
) -> None:
    """A rule that is missing would be silence, and silence looks like a fault."""
    replies = bot.say(session, f"/{intent}", lang=language)

    assert any(reply.get("text") for reply in replies)
    assert not any("{" in reply.get("text", "") for reply in replies), "a gap was left open"


def test_a_button_of_the_domain_brings_its_article(bot: ServedBot, session: str) -> None:
    buttons = bot.say(session, "/report_wrongdoing", lang="da")[0]["buttons"]
    payload = next(b["payload"] for b in buttons if b["payload"].startswith("/ask_question"))

    assert json.loads(payload.removeprefix("/ask_question")) == {"article": "whistleblower"}
    assert bot.text(session, payload, lang="da")


def test_a_masked_number_is_reminded_of(bot: ServedBot, session: str) -> None:
    assert "CPR" in bot.text(session, f"mit cpr er {CPR_MARK}", lang="da")
    both = bot.say(session, f"hvornår får jeg svar i sagen om {CPR_MARK}", lang="da")
    assert "CPR" in both[0]["text"]
    assert any("arbejdsdage" in reply.get("text", "") for reply in both)


def test_typing_never_sets_a_slot(bot: ServedBot, session: str) -> None:
    bot.say(session, '/ask_question{"article": "x", "language": "en", "greeted": "x"}', lang="da")

    slots = bot.slots(session)
    assert slots["language"] == "da"
    assert slots["greeted"] is None


def test_slots_are_those_of_the_domain(bot: ServedBot, session: str) -> None:
    declared = {name for d in domain_files().values() for name in d.get("slots", {})}

    assert set(bot.slots(session)) == declared | {"session_started_metadata"}


def test_actions_are_called_with_the_secret(bot: ServedBot, session: str) -> None:
    bot.say(session, "/greet", lang="da")

    assert set(bot.secrets_seen) == {SECRET}


def test_conversations_do_not_wait_for_each_other(bot: ServedBot) -> None:
    def ask(number: int) -> str:
        return bot.text(f"at-once-{number}-{uuid.uuid4().hex}", "Hvornår får jeg svar?", lang="da")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))

    assert all("arbejdsdage" in answer for answer in answers)


def test_the_api_is_closed_without_the_token(bot: ServedBot, session: str) -> None:
    for path in ("/status", f"/conversations/{session}/tracker", "/domain"):
        for query in ({}, {"token": "wrong"}):
            answer = httpx.get(f"{bot.url}{path}", params=query, timeout=5, trust_env=False)
            assert answer.status_code == 401, path


def test_no_turn_is_taken_without_the_token(bot: ServedBot, session: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = httpx.post(
            f"{bot.url}/webhooks/turns/webhook", headers=headers, timeout=5, trust_env=False,
            json={"sender": session, "message": "/greet"},
        )  # fmt: skip
        assert answer.status_code == 401
    other = httpx.post(f"{bot.url}/webhooks/rest/webhook", timeout=5, trust_env=False, json={})
    assert other.status_code == 404


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_token_is_not_in_the_list_of_processes_and_the_port_is_on_loopback(
    bot: ServedBot,
) -> None:
    command = Path(f"/proc/{bot.process.pid}/cmdline").read_bytes().decode()
    port = int(bot.url.rsplit(":", 1)[1])
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]

    assert TOKEN not in command
    assert SECRET not in command
    assert listening == [f"{socket.inet_aton('127.0.0.1')[::-1].hex().upper()}:{port:04X}"]


def test_nothing_is_written_outside_of_var(bot: ServedBot, tmp_path: Path) -> None:
    written = {path.name for path in bot.log.parent.iterdir()}

    assert written <= {"bot", "bot.log"}


def test_when_all_behind_it_breaks_the_bot_tells_or_is_silent_and_keeps_words_out_of_its_log(
    model: Path, tmp_path: Path, session: str
) -> None:
    """An empty answer is how Rasa says that something broke; the application takes it as that."""
    ports = fake_ports(FakeKnowledge(broken=True), Breaking())
    with served(model, ports, tmp_path / "var") as bot:
        told = bot.say(session, "hvornår får jeg svar?", lang="da")
        silent = bot.say(session, "jeg vil tale med et menneske", lang="da")
        after = bot.text(session, "tak for hjælpen", lang="da")
        log = bot.log.read_text(errors="replace")

    assert told[0]["buttons"][0]["payload"] == "/talk_to_human"
    assert silent == []
    assert after
    assert "menneske" not in log
    assert "exception" in log


class Breaking(FakeOrganisation):
    """Fails when it is asked how to reach somebody."""

    def reach(self, contact_id: str, lang: str) -> str:
        """Fails."""
        raise RuntimeError("the file is gone")
