"""From any state, any message or button: there is an answer, a way to a person, and nothing of the machinery shows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.sets import utterances
from tests.conversations.checks import LEAKS, leads_to_a_person
from tests.conversations.data import Script, scripts
from tests.conversations.talk import FOR_A_PERSON, Message
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# Bounded in number, since each step is a turn through the whole system.
WALKS, STEPS = 25, 14
UTTERED = [u.text for lang in ("da", "en") for u in utterances("tune", lang)]
SCRIPTED = [str(turn["say"]) for script in scripts() for turn in script.turns if "say" in turn]
# Signs without a letter, tags, commands, what other programs would take for their own.
ODD = [
    "😡",
    "...",
    "?",
    "<b>",
    "/restart",
    "{}",
    "null",
    "' OR 1=1 --",
    "\u202etxet",
    "0",
    "%s",
    "${7*7}",
    "𝕳𝖊𝖏",
]

step = st.one_of(
    st.tuples(st.just("say"), st.sampled_from([*UTTERED, *SCRIPTED])),
    st.tuples(st.just("say"), st.sampled_from(ODD)),
    st.tuples(st.just("say"), st.text(min_size=1, max_size=120)),
    st.tuples(st.just("press"), st.integers(0, 9)),
)  # fmt: skip


class Walk:
    """One conversation that goes anywhere."""

    def __init__(self, http: httpx.Client, lang: str) -> None:
        self.http = http
        opened = http.post("/api/v1/chat/sessions", json={"lang": lang, "today": Script.today})
        assert opened.status_code == 201, opened.text
        self.path = f"/api/v1/chat/sessions/{opened.json()['session']}"
        self.headers = {"Authorization": f"Bearer {opened.json()['token']}"}
        self.last: list[Message] = opened.json()["messages"]

    def take(self, kind: str, what: Any) -> None:
        """Says something, or presses one of the buttons that are shown."""
        buttons = [button for message in self.last for button in message["buttons"]]
        if kind == "press" and not buttons:
            return
        body = (
            {"payload": buttons[what % len(buttons)]["payload"]}
            if kind == "press"
            else {"text": what}
        )
        self.send(
            body, refused_when_empty=kind == "say" and not str(what).strip("\x00 \n\t\r").strip()
        )

    def send(self, body: dict[str, str], *, refused_when_empty: bool = False) -> None:
        """Sends, and holds the answer to what goes for every answer."""
        answer = self.http.post(f"{self.path}/messages", json=body, headers=self.headers)
        if answer.status_code == 422 and (refused_when_empty or "text" in body):
            assert answer.json()["title"]
            return
        assert answer.status_code == 200, answer.text
        self.last = answer.json()["messages"]
        if answer.json()["state"] != "bot":
            return
        assert any(message["text"].strip() for message in self.last), body
        for message in self.last:
            assert message["sender"] in ("bot", "system")
            if message["sender"] == "bot":
                assert not LEAKS.search(message["text"]), message["text"]


@settings(
    max_examples=WALKS, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(lang=st.sampled_from(["da", "en"]), steps=st.lists(step, min_size=3, max_size=STEPS))
def test_there_is_always_an_answer_and_a_person(
    system: RunningSystem, lang: str, steps: list[tuple[str, Any]]
) -> None:
    with httpx.Client(base_url=system.url, timeout=40, trust_env=False) as http:
        walk = Walk(http, lang)
        for kind, what in steps:
            walk.take(kind, what)
        walk.send({"text": FOR_A_PERSON[lang]})
        handed = http.post(f"{walk.path}/handoff", headers=walk.headers)

    assert handed.status_code == 200, handed.text
    assert leads_to_a_person(walk.last), walk.last
