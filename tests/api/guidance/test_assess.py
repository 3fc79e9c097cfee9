"""`POST /api/v1/guidance/assess`, as others rely on it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

URL = "/api/v1/guidance/assess"
KNOWN = {
    "municipality": "koebenhavn", "complainant": "citizen", "wants": "complaint", "acute": False,
}  # fmt: skip
APPEAL = KNOWN | {
    "concerns": ["decision"], "subject": "bif_kontanthjaelp", "decision_received": "2026-11-05",
    "delivery": "digital_post", "complained_to_forvaltning": False,
}  # fmt: skip


async def test_an_appeal_has_its_route_recipient_basis_and_dates(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json=APPEAL)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"outcomes", "missing", "next_question", "rules_version"}
    assert body["missing"] == []
    assert body["next_question"] is None
    [outcome] = body["outcomes"]
    assert set(outcome) == {
        "route", "concern", "certain", "recipient", "basis", "explanation", "next_steps",
        "deadlines", "would_change",
    }  # fmt: skip
    assert (outcome["route"], outcome["certain"]) == ("statutory_appeal", True)
    assert outcome["recipient"]["forvaltning"] == "bif"
    assert {row["paragraph"] for row in outcome["basis"]} >= {"§ 7, stk. 3, nr. 3"}
    [deadline] = outcome["deadlines"]
    assert (deadline["date"], deadline["latest_safe_date"]) == ("2026-12-03", "2026-12-03")
    assert deadline["passed"] is False


async def test_nothing_known_gives_no_outcome_and_a_question(client: httpx.AsyncClient) -> None:
    body = (await client.post(URL, json={})).json()
    assert body["outcomes"] == []
    assert body["next_question"]["fact"] == body["missing"][0] == "acute"


async def test_null_is_not_known(client: httpx.AsyncClient) -> None:
    nulls: dict[str, Any] = dict.fromkeys(APPEAL)
    assert (await client.post(URL, json=nulls)).json() == (await client.post(URL, json={})).json()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"hund": 1}, "hund"),
        ({"acute": "ja"}, "acute"),
        ({"acute": 1}, "acute"),
        ({"event_date": "2026-02-30"}, "event_date"),
        ({"event_date": "i går"}, "event_date"),
        ({"event_date": "2026-11-22"}, "event_date"),
        ({"waiting_since": "2027-01-01"}, "waiting_since"),
        ({"complained_on": "2026-11-20", "today": "2026-11-19"}, "complained_on"),
        ({"municipality": "aarhus"}, "municipality"),
        ({"municipality": ["koebenhavn"]}, "municipality"),
        ({"concerns": "decision"}, "concerns"),
        ({"concerns": ["decision", "vejret"]}, "concerns"),
        ({"subject": "bif_ukendt"}, "subject"),
        ({"subject_text": 7}, "subject_text"),
        ({"today": "2009-02-29"}, "today"),
    ],
)
async def test_what_cannot_be_a_fact_is_refused_by_name(
    client: httpx.AsyncClient, facts: dict[str, Any], field: str
) -> None:
    answer = await client.post(URL, json=facts, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["field"] == field
    assert problem["title"] != problem["detail"]  # the title is Danish, the detail the reader's


async def test_a_body_that_is_no_object_is_refused(client: httpx.AsyncClient) -> None:
    for body in ("[]", "3", "{", "null"):
        answer = await client.post(URL, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_reader_chooses_the_language(client: httpx.AsyncClient) -> None:
    danish = (await client.post(URL, json=APPEAL)).json()
    english = (await client.post(f"{URL}?lang=en", json=APPEAL)).json()
    assert danish["outcomes"][0]["explanation"] != english["outcomes"][0]["explanation"]
    assert (
        danish["outcomes"][0]["deadlines"][0]["date"]
        == (english["outcomes"][0]["deadlines"][0]["date"])
    )


async def test_the_promise_may_lie_in_the_future(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json={"promised_by": "2027-06-01"})
    assert answer.status_code == 200


async def test_an_as_of_day_counts(client: httpx.AsyncClient) -> None:
    body = (await client.post(URL, json=APPEAL | {"today": "2026-12-04"})).json()
    [outcome] = body["outcomes"]
    assert outcome["route"] == "statutory_appeal"
    assert outcome["deadlines"][0]["passed"] is True


ANSWERS = {
    **KNOWN, "concerns": ["process"], "subject": "sof_bpa", "is_decision": True,
    "decision_received": "2026-11-05", "pending_elsewhere": "none", "politically_decided": True,
    "decided_by": "committee", "directly_affected": False, "has_mandate": True, "ongoing": True,
    "event_date": "2026-11-01", "waiting_since": "2026-11-01", "promised_by": "2026-12-01",
    "complained_to_forvaltning": True, "forvaltning_replied": False, "complained_how": "written",
    "complained_on": "2026-11-18", "has_statutory_appeal": True,
}  # fmt: skip


@pytest.mark.parametrize("lang", ["da", "en"])
async def test_every_question_can_be_asked_in_both_languages(
    client: httpx.AsyncClient, lang: str
) -> None:
    """Each fact is left out in turn, so that each question comes out through the interface."""
    asked = set()
    for politics in (True, False):
        whole = ANSWERS | {"politically_decided": politics}
        for fact in ANSWERS:
            given = {name: value for name, value in whole.items() if name != fact}
            answer = await client.post(f"{URL}?lang={lang}", json=given)
            assert answer.status_code == 200, answer.text
            question = answer.json()["next_question"]
            if question:
                asked.add(question["fact"])
                assert all(isinstance(o["label"], str) for o in question["options"])
    assert {"acute", "decided_by", "has_mandate", "complained_how", "waiting_since"} <= asked
