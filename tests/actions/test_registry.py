"""The executor: every action the domain names, and no more."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.registry import all_actions, build_executor
from tests.actions.fakes import FakeOrganisation, fake_ports

DOMAIN = Path(__file__).resolve().parents[2] / "bot" / "domain"


def test_the_domain_and_the_executor_name_the_same_actions() -> None:
    named = [
        name
        for path in sorted(DOMAIN.glob("*.yml"))
        for name in yaml.safe_load(path.read_text(encoding="utf-8")).get("actions", [])
    ]

    assert sorted(named) == sorted(build_executor(fake_ports()).actions)
    assert len(named) == len(set(named)) == len(all_actions(fake_ports()))


def test_two_executors_share_nothing() -> None:
    first, second = build_executor(fake_ports()), build_executor(fake_ports())

    first.actions.clear()

    assert second.actions


def test_it_runs_an_action_as_rasa_calls_it() -> None:
    call: dict[str, Any] = {
        "next_action": "action_answer_question",
        "domain": {},
        "tracker": {
            "sender_id": "s", "slots": {}, "events": [], "paused": False,
            "latest_message": {"text": "hvornår får jeg svar", "entities": []},
            "latest_action_name": "action_listen", "active_loop": {},
        },
    }  # fmt: skip

    result = asyncio.run(build_executor(fake_ports()).run(call))

    assert result is not None
    assert result.responses[0]["response"] == "utter_answer"
    assert {event["name"] for event in result.events} == {
        "last_article", "last_anchor", "last_question",
    }  # fmt: skip


def test_an_organisation_without_an_alarm_number_stops_the_start() -> None:
    ports = fake_ports(organisation=FakeOrganisation(missing=frozenset({"alarm"})))

    with pytest.raises(KeyError):
        build_executor(ports)
