"""A letter as a file: read in memory, answered like a pasted text, and never kept as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.chat import letters
from api.chat.turns import TEXT_LIMIT
from api.pdf import render_pdf
from tests.api.chat.conftest import SESSIONS, Citizen
from tests.api.conftest import World

TEMPLATE = """#let it = json(bytes(sys.inputs.data))
#set document(title: it.title)
#set text(lang: it.lang)
#for page in it.pages [#page.map(line => [#line]).join(parbreak()) #pagebreak(weak: true)]
"""
LETTER = "Vi har afslået din ansøgning om boligstøtte. Du kan klage inden fire uger."


@pytest.fixture
def pdf(tmp_path: Path, world: World) -> Any:
    def made(*pages: list[str]) -> bytes:
        template = tmp_path / "letter.typ"
        template.write_text(TEMPLATE, encoding="utf-8")
        data = {"title": "Brev", "lang": "da", "pages": pages or [[LETTER]]}
        return render_pdf(template, data, written_at=world.time())

    return made


async def send(citizen: Citizen, content: bytes, **form: str) -> httpx.Response:
    return await citizen.http.post(
        f"{SESSIONS}/{citizen.session}/letter",
        files={"file": ("brev.pdf", content, "application/pdf")}, data=form,
    )  # fmt: skip


async def test_its_words_go_to_the_bot_and_the_file_nowhere(
    world: World, citizen: Citizen, pdf: Any
) -> None:
    content = pdf([LETTER, "CPR 010190-1234"])
    answer = (await send(citizen, content)).json()
    assert LETTER in world.rasa.sent[-1]["message"]
    assert "010190" not in world.rasa.sent[-1]["message"]
    assert LETTER in answer["messages"][0]["text"], "the bot's own answer, which repeats the words"
    for file in world.settings.var.rglob("*"):
        assert not file.is_file() or content[:200] not in file.read_bytes()


async def test_sent_again_it_is_answered_once(world: World, citizen: Citizen, pdf: Any) -> None:
    before = len(world.rasa.sent)
    both = [(await send(citizen, pdf(), client_id="letter-1")).json() for _ in "12"]
    assert both[0]["messages"] == both[1]["messages"]
    assert len(world.rasa.sent) == before + 1


@pytest.mark.parametrize(
    "content", [b"", b"MZ not a pdf", b"%PDF-1.7\nbroken", b"%PDF-" + b"0" * letters.LARGEST]
)
async def test_what_is_no_letter(citizen: Citizen, problem: Any, content: bytes) -> None:
    problem(await send(citizen, content), 422, "letter_unreadable")


async def test_a_scanned_one_and_a_thick_one(citizen: Citizen, pdf: Any, problem: Any) -> None:
    problem(await send(citizen, pdf([" "])), 422, "letter_unreadable")
    thick = pdf(*([LETTER] for _ in range(letters.MOST_PAGES + 1)))
    problem(await send(citizen, thick), 422, "letter_unreadable")


async def test_one_that_is_too_long_is_said_to_be(citizen: Citizen, pdf: Any, problem: Any) -> None:
    words = " ".join(f"ord{number}" for number in range(TEXT_LIMIT // 6))
    body = problem(await send(citizen, pdf([words])), 422, "text_too_long")
    assert str(TEXT_LIMIT) in body["detail"].replace(".", "")


async def test_a_stranger_gets_nothing_read(world: World, citizen: Citizen, problem: Any) -> None:
    async with world.client() as stranger:
        answer = await stranger.post(
            f"{SESSIONS}/{citizen.session}/letter", files={"file": ("a.pdf", b"%PDF-")}
        )
    problem(answer, 401, "unauthorized")
