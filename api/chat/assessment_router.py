"""What a conversation has found out so far, and the guidance for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from api.chat import store
from api.chat.router import bearer
from api.clock import Clock
from api.db.engine import Database

# The slot of the bot's domain that holds the facts (actions/matter.py).
FACTS = "facts"
Assess = Callable[[dict[str, Any], str], dict[str, Any]]


def build_router(database: Database, clock: Clock, assess: Assess) -> APIRouter:
    """The route over one database and one engine."""
    router = APIRouter(prefix="/api/v1/chat/sessions", tags=["chat"])

    @router.get("/{session}/assessment")
    async def assessment(
        session: Annotated[str, Path(max_length=64)],
        token: Annotated[str | None, Depends(bearer)],
    ) -> dict[str, Any]:
        """The facts gathered in this conversation, and what they lead to; null while there are none."""
        async with database.reading() as tx:
            chat = await store.load(tx, session, token, clock.now())
            held, language, today = chat.facts.get(FACTS), chat.language, chat.today
        facts: dict[str, Any] = dict(held) if isinstance(held, dict) else {}
        if not facts:
            return {"facts": {}, "assessment": None}
        asked = {**facts, "today": today.isoformat()} if today else facts
        return {"facts": facts, "assessment": assess(asked, language)}

    return router
