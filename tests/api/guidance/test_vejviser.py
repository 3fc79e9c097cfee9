"""The guide without JavaScript: a person's way through the forms to a result, a print and a calendar file."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import icalendar
import pytest


class Forms(HTMLParser):
    """The forms of a page: their hidden and other fields, as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        if "id" in at:
            self.ids.append(str(at["id"]))
        self.inline += [name for name in at if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in at:
            self.inline.append("script")
        if tag == "form":
            self.forms.append({"action": at["action"], "hidden": {}, "choices": []})
        elif tag in ("input", "button") and self.forms:
            if at.get("type") == "hidden":
                self.forms[-1]["hidden"][at["name"]] = at.get("value") or ""
            elif "name" in at:
                self.forms[-1]["choices"].append((at["name"], at.get("value")))


def question_form(html: str) -> dict[str, Any]:
    """The form that asks: the first that names a fact."""
    return next(form for form in Forms(html).forms if "fact" in form["hidden"])


async def answer(client: httpx.AsyncClient, html: str, **given: Any) -> str:
    """Answers the question of a page and returns the next page."""
    form = question_form(html)
    response = await client.post(form["action"], data={**form["hidden"], **given})
    assert response.status_code == 200, response.text
    return response.text


async def walk(client: httpx.AsyncClient, told: dict[str, Any]) -> tuple[str, list[str]]:
    """Goes from the first page to the result, answering from `told` and passing over the rest."""
    html, asked = (await client.get("/vejviser")).text, []
    while 'class="question"' in html:
        fact = question_form(html)["hidden"]["fact"]
        assert fact not in asked, f"{fact} asked twice"
        asked.append(fact)
        given = {"answer": told[fact]} if fact in told else {"skip": "1"}
        if fact == "subject" and fact in told:
            given["by"] = "text"
        html = await answer(client, html, **given)
    return html, asked


KONTANTHJAELP = {
    "acute": "false", "municipality": "koebenhavn", "complainant": "citizen", "wants": "complaint",
    "concerns": "decision", "subject": "de har stoppet min kontanthjælp",
    "decision_received": "5. november", "complained_to_forvaltning": "false",
}  # fmt: skip


async def test_the_guide_leads_to_the_same_answer_as_the_interface(
    client: httpx.AsyncClient,
) -> None:
    html, asked = await walk(client, KONTANTHJAELP)
    assert set(asked) <= set(KONTANTHJAELP)
    assert "Klag over afgørelsen til klageinstansen" in html
    assert "torsdag den 3. december 2026" in html
    facts = {
        "acute": False, "municipality": "koebenhavn", "complainant": "citizen",
        "wants": "complaint", "concerns": ["decision"], "subject": "bif_kontanthjaelp",
        "decision_received": "2026-11-05", "complained_to_forvaltning": False,
    }  # fmt: skip
    api = (await client.post("/api/v1/guidance/assess", json=facts)).json()
    for step in api["outcomes"][0]["next_steps"]:
        assert step in html


async def test_a_running_deadline_is_seen_while_other_questions_are_asked(
    client: httpx.AsyncClient,
) -> None:
    html = (await client.get("/vejviser")).text
    seen = []
    told = KONTANTHJAELP | {"concerns": ["decision", "process"]}
    while 'class="question"' in html:
        fact = question_form(html)["hidden"]["fact"]
        seen.append("Husk fristen" in html)
        given: dict[str, Any] = {"answer": told[fact]} if fact in told else {"skip": "1"}
        html = await answer(client, html, **given | ({"by": "text"} if fact == "subject" else {}))
    assert any(seen)


async def test_danger_ends_the_questions_at_once(client: httpx.AsyncClient) -> None:
    html, asked = await walk(client, {"acute": "true"})
    assert asked == ["acute"]
    assert "112" in html


async def test_passing_over_everything_still_ends_with_a_way_to_a_person(
    client: httpx.AsyncClient,
) -> None:
    html, asked = await walk(client, {})
    assert len(asked) > 5
    assert "tale med et menneske" in html


async def test_going_back_asks_the_last_question_again(client: httpx.AsyncClient) -> None:
    first = (await client.get("/vejviser")).text
    second = await answer(client, first, answer="false")
    assert question_form(second)["hidden"]["fact"] != "acute"
    form = question_form(second)
    back = await client.post("/vejviser", data={**form["hidden"], "back": "1"})
    assert question_form(back.text)["hidden"]["fact"] == "acute"


async def test_an_answer_can_be_changed_later(client: httpx.AsyncClient) -> None:
    html, _ = await walk(client, KONTANTHJAELP)
    told = next(f for f in Forms(html).forms if ("change", "decision_received") in f["choices"])
    again = await client.post("/vejviser", data={**told["hidden"], "change": "decision_received"})
    assert question_form(again.text)["hidden"]["fact"] == "decision_received"


@pytest.mark.parametrize("given", ["", "i morgen er der en dag", "31.2.2026", "1.1.2027"])
async def test_a_date_that_is_none_is_told_kindly(client: httpx.AsyncClient, given: str) -> None:
    html = (await client.get("/vejviser")).text
    while question_form(html)["hidden"]["fact"] != "decision_received":
        fact = question_form(html)["hidden"]["fact"]
        extra = {"by": "text"} if fact == "subject" else {}
        html = await answer(client, html, answer=KONTANTHJAELP[fact], **extra)
    form = question_form(html)
    response = await client.post("/vejviser", data={**form["hidden"], "answer": given})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert question_form(response.text)["hidden"]["fact"] == "decision_received"


async def test_the_language_can_be_changed_without_losing_answers(
    client: httpx.AsyncClient,
) -> None:
    second = await answer(client, (await client.get("/vejviser")).text, answer="false")
    switch = next(form for form in Forms(second).forms if ("language", "1") in form["choices"])
    english = (await client.post(switch["action"], data={**switch["hidden"], "language": "1"})).text
    assert '<html lang="en">' in english
    assert question_form(english)["hidden"]["f.acute"] == "false"


async def test_a_deadline_can_be_kept_in_a_calendar(client: httpx.AsyncClient) -> None:
    html, _ = await walk(client, KONTANTHJAELP)
    form = next(f for f in Forms(html).forms if "frist.ics" in f["action"])
    name, value = form["choices"][0]
    response = await client.post(form["action"], data={**form["hidden"], name: value})
    assert response.headers["content-type"].startswith("text/calendar")
    assert "attachment" in response.headers["content-disposition"]
    [event] = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2026-12-03"
    assert "Ankestyrelsen" in str(event["summary"])
    assert event.walk("VALARM")


async def test_no_page_needs_scripts_or_inline_styles_or_leaks_answers(
    client: httpx.AsyncClient,
) -> None:
    first = await client.get("/vejviser")
    result, _ = await walk(client, KONTANTHJAELP)
    for html in (first.text, result):
        page = Forms(html)
        assert page.inline == []
        assert len(page.ids) == len(set(page.ids))
        assert not re.search(r'(?:href|action)="[^"]*kontanthj', html)
    assert first.headers["cache-control"] == "no-store"


async def test_a_cpr_number_in_the_subject_is_masked(client: httpx.AsyncClient) -> None:
    html = (await client.get("/vejviser")).text
    while (fact := question_form(html)["hidden"]["fact"]) != "subject":
        html = await answer(client, html, answer=KONTANTHJAELP[fact])
    html = await answer(client, html, answer="min tandlæge, cpr 010190-1234", by="text")
    assert "tandlæge" in html
    assert "010190" not in html


async def test_a_made_up_state_is_refused_not_believed(client: httpx.AsyncClient) -> None:
    response = await client.post("/vejviser", data={"f.municipality": "<b>", "fact": "nonsense"})
    assert response.status_code == 422


async def test_a_trail_without_its_answers_is_left_out(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/vejviser", data={"trail": "event_date,wants", "fact": "acute", "answer": "false"}
    )
    assert response.status_code == 200
