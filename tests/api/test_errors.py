"""Every error of the application is a problem document in the reader's language, without what the reader wrote."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from api.errors import TEXTS, Conflict, InvalidInput
from api.words import load_words
from tests.api.conftest import World


@pytest.fixture
def faulty(world: World) -> World:
    """The application with an address that fails in the way it is told."""
    router = APIRouter()

    @router.get("/faulty/{how}")
    async def fail(how: str) -> None:
        if how == "bug":
            raise RuntimeError("010190-1234 has a secret")
        if how == "conflict":
            raise Conflict()
        raise InvalidInput(field="dato")

    world.app.include_router(router)
    return world


async def test_an_unknown_address(client: httpx.AsyncClient, problem) -> None:
    body = problem(await client.get("/findes-ikke"), 404, "not_found")
    assert body["title"] == load_words(TEXTS)("da", "not_found.title")


async def test_a_wrong_method(client: httpx.AsyncClient, problem) -> None:
    problem(await client.delete("/healthz"), 405, "method_not_allowed")


async def test_an_expected_conflict(faulty: World, problem) -> None:
    async with faulty.client() as client:
        problem(await client.get("/faulty/conflict"), 409, "conflict")


async def test_invalid_input_names_the_field(faulty: World, problem) -> None:
    async with faulty.client() as client:
        body = problem(await client.get("/faulty/input"), 422, "invalid_input")
    assert body["field"] == "dato"
    assert "dato" in body["detail"]


async def test_a_bug_is_told_without_its_details(faulty: World, problem) -> None:
    async with faulty.client() as client:
        response = await client.get("/faulty/bug")
    problem(response, 500, "internal")
    assert "secret" not in response.text


async def test_validation_never_repeats_what_was_sent(client: httpx.AsyncClient, problem) -> None:
    response = await client.post("/api/v1/chat/sessions", json={"lang": "010190-1234", "x": 1})
    body = problem(response, 422, "invalid_input")
    assert "010190" not in response.text
    assert {error["field"] for error in body["errors"]} == {"lang", "x"}


async def test_the_title_is_danish_and_the_detail_the_readers(client: httpx.AsyncClient) -> None:
    english = (await client.get("/no", headers={"Accept-Language": "en-GB,da;q=0.5"})).json()
    danish = (await client.get("/no", headers={"Accept-Language": "fr,da;q=0.5"})).json()
    assert english["title"] == danish["title"]
    assert english["detail"] == load_words(TEXTS)("en", "not_found.detail")
    assert danish["detail"] == load_words(TEXTS)("da", "not_found.detail")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_too_large_is_refused(
    client: httpx.AsyncClient, problem, announced: bool
) -> None:
    async def stream():
        for _ in range(30):
            yield b"x" * 50_000

    content = b"x" * 1_500_000 if announced else stream()
    response = await client.post(
        "/api/v1/chat/sessions", content=content, headers={"Content-Type": "application/json"}
    )
    problem(response, 413, "too_large")


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/findes-ikke", "/static/base.css"):
        headers = (await client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 16


def test_every_problem_that_the_code_names_has_words() -> None:
    words = load_words(TEXTS).by_language["da"]
    codes = {key.rsplit(".", 1)[0] for key in words}
    for code in codes:
        assert {f"{code}.title", f"{code}.detail"} <= words.keys()
    source = "\n".join(path.read_text() for path in Path("api").rglob("*.py"))
    unused = {code for code in codes if f'"{code}"' not in source}
    assert not unused
