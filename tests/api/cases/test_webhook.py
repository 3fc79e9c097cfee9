"""Webhooks keep the contract, carry a signed CloudEvent, and go nowhere but where they were sent."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from api.cases.outgoing import (
    GuardedTransport,
    outgoing_client,
    require_safe_url,
    retry_after,
)
from api.cases.port import (
    CaseEvent,
    CaseSystemError,
    ClosedDoor,
    NotNow,
    Refused,
    Unclear,
    WantsNoMore,
)
from api.cases.webhook import WebhookSystem
from api.clock import Clock
from tests.api.cases.contract import NOW, Case, CaseSystemContract, event
from tests.api.cases.receiver import SECRET, Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


async def built(receiver: Receiver, *, lookup: bool) -> AsyncIterator[Case]:
    system = WebhookSystem(
        outgoing_client(seconds=5, loopback_allowed=True), url=receiver.url, secret=SECRET,
        source="urn:stafet:test", now=Clock().now, lookup_url=receiver.url if lookup else None,
    )  # fmt: skip

    async def count(sent: CaseEvent) -> int:
        return int(sent.id in receiver.kept)

    async def cases(subject_id: str) -> int:
        return len({kept["subject"] for kept in receiver.kept.values()} & {subject_id})

    yield Case(system, count, cases)
    await system.close()


class TestWebhookWithLookup(CaseSystemContract):
    """The contract, with a receiver that can be asked."""

    @pytest.fixture
    async def case(self, receiver: Receiver) -> AsyncIterator[Case]:
        async for one in built(receiver, lookup=True):
            yield one


class TestWebhook(CaseSystemContract):
    """The contract, with a receiver that drops repeats."""

    @pytest.fixture
    async def case(self, receiver: Receiver) -> AsyncIterator[Case]:
        async for one in built(receiver, lookup=False):
            yield one


@pytest.fixture
async def case(receiver: Receiver) -> AsyncIterator[Case]:
    async for one in built(receiver, lookup=True):
        yield one


async def test_it_is_a_cloud_event(case: Case, receiver: Receiver) -> None:
    sent = event()
    assert await case.system.send(sent) == f"S-{sent.subject_id[:8]}"
    ((headers, body),) = receiver.requests
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert headers["webhook-id"] == body["id"] == sent.id
    assert body == {
        "specversion": "1.0", "id": sent.id, "source": "urn:stafet:test", "type": sent.type,
        "subject": sent.subject_id, "time": NOW.isoformat(),
        "datacontenttype": "application/json", "data": sent.payload,
        "dataschema": "urn:stafet:schema:complaint:1.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((400, {}), Refused),
        ((401, {}), ClosedDoor),
        ((403, {}), ClosedDoor),
        ((404, {}), Refused),
        ((409, {}), Refused),
        ((410, {}), WantsNoMore),
        ((422, {}), Refused),
        ((425, {}), NotNow),
        ((429, {"Retry-After": "7"}), NotNow),
        ((500, {}), Unclear),
        ((502, {}), Unclear),
        ((503, {}), NotNow),
        ((504, {}), Unclear),
    ],
)
async def test_each_answer_is_its_kind_of_failure(
    case: Case, receiver: Receiver, answer: Any, failure: type[CaseSystemError]
) -> None:
    receiver.answer = answer
    with pytest.raises(failure) as caught:
        await case.system.send(event())
    assert type(caught.value) is failure
    if isinstance(caught.value, NotNow) and answer[1]:
        assert caught.value.retry_after == 7


async def test_a_redirect_is_not_followed(case: Case, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.answer = (307, {"Location": elsewhere.url})
        with pytest.raises(Refused):
            await case.system.send(event())
        assert elsewhere.requests == []


async def test_nobody_there_is_not_unclear(case: Case, receiver: Receiver) -> None:
    receiver.shutdown()
    receiver.server_close()
    with pytest.raises(NotNow):
        await case.system.send(event())


@pytest.mark.parametrize(
    "address", ["10.0.0.5", "192.168.1.1", "169.254.169.254", "127.0.0.1", "::1", "fd00::1",
                "::ffff:10.0.0.1", "0.0.0.0", "224.0.0.1"]
)  # fmt: skip
async def test_a_name_may_not_mean_the_inside_of_our_network(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    async def resolves(*_: object, **__: object) -> list[Any]:
        return [(family, socket.SOCK_STREAM, 6, "", (address, 443))]

    transport = GuardedTransport()
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        monkeypatch.setattr("asyncio.BaseEventLoop.getaddrinfo", resolves)
        with pytest.raises(Refused, match="private_address"):
            await client.post("https://looks-public.example/hook")


async def test_a_listed_host_may_be_inside(receiver: Receiver) -> None:
    async with httpx.AsyncClient(
        transport=GuardedTransport(allowed_hosts=("127.0.0.1",)), trust_env=False
    ) as client:
        body = json.dumps({"subject": "s", "id": "1"})
        headers = {"webhook-id": "1", "webhook-timestamp": str(int(Clock().now().timestamp()))}
        headers["webhook-signature"] = Webhook(SECRET).sign("1", Clock().now(), body)
        assert (await client.post(receiver.url, content=body, headers=headers)).status_code == 202


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://example.org", "example.org", ""])
def test_only_tls_leaves_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        require_safe_url(url, loopback_allowed=True)


def test_plain_text_stays_on_this_machine_while_developing() -> None:
    require_safe_url("http://127.0.0.1:9/x", loopback_allowed=True)
    require_safe_url("https://example.org/x", loopback_allowed=False)
    with pytest.raises(ValueError, match="https"):
        require_safe_url("http://127.0.0.1:9/x", loopback_allowed=False)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("", None), ("120", 120.0), ("soon", None),
     ("Fri, 20 Nov 2026 09:01:00 GMT", 60.0), ("Fri, 20 Nov 2026 08:00:00 GMT", 0.0)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) == seconds
