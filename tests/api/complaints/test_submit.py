"""`POST /api/v1/complaints`: what is received, refused, routed, and told in the receipt."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints.schema import canonical, digest, published_schema
from api.db.complaint_models import Complaint, ComplaintKey
from api.db.outbox_models import OutboxDelivery
from knowledge.guidance import load_profile
from tests.api.complaints.conftest import RECORD, changed
from tests.api.conftest import World

URL = "/api/v1/complaints"
DECISION = {
    "complaint__categories": ["decision", "conduct"],
    "complaint__decision": {
        "exists": "yes", "received_date": {"value": "2026-11-05", "precision": "day"},
    },
}  # fmt: skip


async def rows(world: World) -> list[Complaint]:
    async with world.database.reading() as tx:
        return list(await tx.scalars(select(Complaint).order_by(Complaint.group_position)))


async def queued(world: World) -> list[OutboxDelivery]:
    async with world.database.reading() as tx:
        return list(await tx.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)))


async def test_a_complaint_gets_a_receipt_with_all_that_counts(
    world: World, client: httpx.AsyncClient
) -> None:
    answer = await client.post(URL, json=RECORD)
    assert answer.status_code == 201
    told = answer.json()
    assert re.fullmatch(r"KLG-2026-[0-9A-HJKMNP-TV-Z]{8}", told["reference"])
    assert len(told["follow_up_code"].replace("-", "")) * 5 >= 80
    assert told["received_at"] == "2026-11-20T10:00:00+01:00"
    # Friday 20 November; day one is Monday the 23rd, day ten Friday 4 December.
    assert told["answer_due"] == "2026-12-04"
    assert told["status"] == "received"
    assert told["recipient"]["forvaltning"] == "bif"
    assert told["what_was_sent"]
    assert any("ti arbejdsdage" in step for step in told["next_steps"])
    [row] = await rows(world)
    assert told["follow_up_code"] not in str(row.record) + row.code_hash
    assert row.record_hash == digest(row.record)


async def test_what_is_stored_and_delivered_holds_to_the_published_schema(
    world: World, client: httpx.AsyncClient
) -> None:
    schema = (await client.get("/api/v1/schemas/complaint")).json()
    Draft202012Validator.check_schema(schema)
    for record in (RECORD, changed(**DECISION)):
        assert (await client.post(URL, json=record)).status_code == 201
    delivered = [one for one in await queued(world) if one.destination == "case_system"]
    assert len(delivered) == 3
    for one in delivered:
        assert list(Draft202012Validator(schema).iter_errors(one.payload)) == []
        assert one.event_type == "dk.stafet.complaint.submitted"
        assert one.subject_id == one.payload["id"]


async def test_a_mixed_complaint_is_split_by_route_and_bound_together(
    world: World, client: httpx.AsyncClient
) -> None:
    told = (await client.post(URL, json=changed(**DECISION))).json()
    first, second = await rows(world)
    assert [first.route, second.route] == ["statutory_appeal", "forvaltning_first"]
    assert first.record["complaint"]["categories"] == ["decision"]
    assert second.record["complaint"]["categories"] == ["conduct"]
    assert first.record["route"]["external_authority"]["name"] == "Ankestyrelsen"
    assert first.record["route"]["send_via"] == "target_unit"
    assert first.record["group"]["related_ids"] == [second.id]
    assert [part["reference"] for part in told["parts"]] == [second.reference]
    # Four weeks for looking again, from the day it was received.
    assert str(first.reconsider_due) == "2026-12-18"
    assert second.reconsider_due is None
    [appeal] = [one for one in told["deadlines"] if one["kind"] == "appeal"]
    assert appeal["date"] == "2026-12-03"
    code = {"X-Follow-Up-Code": told["follow_up_code"]}
    seen = await client.get(f"{URL}/{second.reference}", headers=code)
    assert seen.json()["related"] == [first.reference]


async def test_an_appeal_that_goes_straight_to_the_body_counts_there(
    world: World, client: httpx.AsyncClient
) -> None:
    straight = DECISION | {
        "complaint__categories": ["decision"], "target__area": "sof_anbringelse",
    }  # fmt: skip
    told = (await client.post(URL, json=changed(**straight))).json()
    [row] = await rows(world)
    assert row.record["route"]["send_via"] == "direct"
    said = " ".join(told["next_steps"])
    assert "fremme hos Ankestyrelsen" in said
    assert "den dag, der tæller" not in said
    other = (await client.post(URL, json=changed(**DECISION))).json()
    assert any("den dag, der tæller" in step for step in other["next_steps"])


@pytest.mark.parametrize(
    ("places", "route", "kind"),
    [
        ({"prior_complaint": {
            "status": "yes", "date": {"value": "2026-10-01", "precision": "day"},
            "channel": "email", "answered": "yes", "answer": "De sagde nej.",
        }}, "borgerraadgiver", "borgerraadgiver"),
        ({"complaint__categories": ["discrimination"],
          "complaint__discrimination": {"grounds": ["handicap"]}}, "discrimination_advice", "borgerraadgiver"),
        ({"complaint__categories": ["praise"]}, "feedback", "forvaltning"),
        ({"complaint__categories": ["employment"]}, "outside_personnel", "forvaltning"),
        ({"complaint__categories": ["decision"], "target__area": "okf_boligstoette"},
         "other_authority", "anden_myndighed"),
    ],
)  # fmt: skip
async def test_each_route_has_its_recipient(
    world: World, client: httpx.AsyncClient, places: dict[str, Any], route: str, kind: str
) -> None:
    answer = await client.post(URL, json=changed(**places))
    assert answer.status_code == 201, answer.text
    [row] = await rows(world)
    assert row.route == route
    assert row.record["route"]["recipient"] == kind
    forwarded = route == "other_authority"
    assert (row.answer_due is None) == (route in ("other_authority", "feedback"))
    events = [one.event_type for one in await queued(world) if one.destination == "case_system"]
    # What belongs elsewhere is sent on by a person, with the citizen's yes.
    assert events == ([] if forwarded else ["dk.stafet.complaint.submitted"])
    if forwarded:
        assert row.record["route"]["forward_under_fvl_7_2"] is True


@pytest.mark.parametrize(
    ("places", "code"),
    [
        ({"complaint__urgency": {"level": "akut"}}, "help_comes_first"),
        ({"assessment": {"facts": {"complainant": "employee", "concerns": ["wrongdoing"]}},
          "complaint__categories": None, "complainant__type": None}, "whistleblower_channel"),
    ],
)  # fmt: skip
async def test_some_things_never_become_complaints(
    world: World, client: httpx.AsyncClient, problem: Any, places: dict[str, Any], code: str
) -> None:
    problem(await client.post(URL, json=changed(**places)), 422, code)
    assert await rows(world) == []
    assert await queued(world) == []


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("complaint__description", "Mit nummer er 010190-1234."),
        ("complaint__subject", "Sag 0101901234"),
        ("complainant__name", "Bo 010190 1234"),
        ("target__case_number", "010190-1234"),
        ("complainant__contact__phone", "010190-1234"),
    ],
)
async def test_a_cpr_number_is_refused_wherever_it_stands(
    world: World, client: httpx.AsyncClient, problem: Any, place: str, text: str
) -> None:
    body = problem(await client.post(URL, json=changed(**{place: text})), 422, "cpr_in_complaint")
    assert body["field"] == "/" + place.replace("__", "/")
    assert "1234" not in str(body)
    assert await rows(world) == []


@pytest.mark.parametrize(
    ("places", "field"),
    [
        ({"complaint__description": None}, "/complaint/description"),
        ({"complaint__description": ["x"]}, "/complaint/description"),
        ({"complaint__occurred": "i går"}, "/complaint/occurred"),
        ({"complaint__categories": ["nonsense"]}, "/complaint/categories"),
        ({"complaint__categories": ["discrimination"]}, "/complaint/discrimination"),
        ({"complainant__name": None}, "/complainant/name"),
        ({"complainant__contact": {}}, "/complainant/contact"),
        ({"support_needs": {"interpreter": {"needed": True, "kind": "fremmedsprog"}}},
         "/support_needs/interpreter/language"),
        ({"representation": {"is_represented": True}}, "/representation/representative"),
        ({"consent__forward_to_recipient": None}, "/consent/forward_to_recipient"),
        ({"consent__forward_to_recipient": {"granted": False, "at": "2026-11-20T10:00:00+01:00"}},
         "/consent/forward_to_recipient/granted"),
        ({"provenance": None}, "/provenance/confirmed_by_complainant"),
        ({"target__area": "nowhere"}, "/target/area"),
        ({"complaint__occurred__from": {"value": "2027-08-03", "precision": "day"}},
         "/complaint/occurred/from"),
    ],
)  # fmt: skip
async def test_what_is_missing_or_cannot_be_is_named(
    world: World, client: httpx.AsyncClient, places: dict[str, Any], field: str
) -> None:
    answer = await client.post(URL, json=changed(**places))
    assert answer.status_code == 422, answer.text
    assert field in [one["field"] for one in answer.json()["errors"]]
    assert await rows(world) == []


async def test_an_anonymous_complaint_keeps_no_name(
    world: World, client: httpx.AsyncClient
) -> None:
    anonymous = changed(complainant__identification__method="anonymous")
    told = (await client.post(URL, json=anonymous)).json()
    [row] = await rows(world)
    assert "Anna" not in str(row.record)
    assert row.email is None
    assert any("anonym" in step for step in told["next_steps"])


async def test_what_is_ours_to_say_cannot_be_said_by_a_client(
    world: World, client: httpx.AsyncClient
) -> None:
    forged = changed(
        reference="KLG-2000-AAAAA", submitted_at="2020-01-01T00:00:00+01:00",
        received_at="2020-01-01T00:00:00+01:00", route={"id": "borgerraadgiver"},
        deadlines=[{"kind": "appeal"}], source={"system": "other", "channel": "phone_assisted"},
    )  # fmt: skip
    told = (await client.post(URL, json=forged)).json()
    [row] = await rows(world)
    assert told["reference"] != "KLG-2000-AAAAA"
    assert row.record["received_at"].startswith("2026-11-20")
    assert (row.route, row.channel) == ("forvaltning_first", "api")


async def test_the_same_key_gives_the_same_receipt_and_one_complaint(
    world: World, client: httpx.AsyncClient, problem: Any
) -> None:
    key = {"Idempotency-Key": "one"}
    first = await client.post(URL, json=RECORD, headers=key)
    again = await client.post(URL, json=RECORD, headers=key)
    assert first.json() == again.json()
    assert len(await rows(world)) == 1
    other = changed(complaint__subject="Noget andet")
    problem(await client.post(URL, json=other, headers=key), 422, "idempotency_key_used")
    async with world.client(address=("127.0.0.9", 1)) as elsewhere:
        assert (await elsewhere.post(URL, json=RECORD, headers=key)).status_code == 201
    assert len(await rows(world)) == 2
    async with world.database.reading() as tx:
        for kept in await tx.scalars(select(ComplaintKey)):
            assert first.json()["follow_up_code"] not in kept.sealed_code


async def test_no_receipt_without_a_commit(
    world: World, client: httpx.AsyncClient, problem: Any
) -> None:
    real = world.app.state.database

    class FailingCommit:
        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[AsyncSession]:
            async with real.transaction() as tx:
                yield tx
                raise OperationalError("COMMIT", {}, Exception("disk full"))

    world.app.state.database = FailingCommit()
    body = problem(await client.post(URL, json=RECORD), 503, "complaint_not_saved")
    assert "33 66 33 66" in body["detail"]
    async with real.reading() as tx:
        assert await tx.scalar(select(func.count(Complaint.id))) == 0
        assert await tx.scalar(select(func.count(OutboxDelivery.id))) == 0


async def test_a_receipt_is_given_while_everything_outside_is_down(
    world: World, client: httpx.AsyncClient
) -> None:
    world.rasa.dead = True
    assert (await client.post(URL, json=RECORD)).status_code == 201


def test_a_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert (
        canonical({"b": 1, "a": "æ"}) == canonical({"a": "æ", "b": 1}) == '{"a":"æ","b":1}'.encode()
    )


def test_every_municipality_publishes_its_own_lists() -> None:
    for name in ("koebenhavn", "gentofte"):
        schema = published_schema("complaint", load_profile(name))
        Draft202012Validator.check_schema(schema)
        assert "bif_kontanthjaelp" in schema["$defs"]["area"]["enum"]


@pytest.mark.parametrize(
    ("area", "sure"), [("bif_kontanthjaelp", True), ("tmf_affald", False), ("buf_mobning", True)]
)
async def test_a_second_look_is_promised_only_where_a_source_says_so(
    world: World, client: httpx.AsyncClient, area: str, sure: bool
) -> None:
    places = DECISION | {"complaint__categories": ["decision"], "target__area": area}
    facts = {"facts": {"has_statutory_appeal": True}}
    told = (await client.post(URL, json=changed(**places, assessment=facts))).json()
    assert told["recipient"]["route"] == "statutory_appeal"
    assert ("Vi har ikke kunnet bekræfte" in told["route_text"]) is not sure
