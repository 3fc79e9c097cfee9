"""The product's own case register, which stands in the same database: the default, and nothing to set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from api.cases.port import CaseEvent, Changes, NotNow
from api.db.engine import Database
from api.db.outbox_models import RegisterInbox

REF_LENGTH = 40


class Register:
    """Puts events into the register's inbox, each once."""

    name = "register"
    settle_seconds = 10.0
    can_find = True

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self.now = now

    async def check(self) -> list[str]:
        """Whether the database answers."""
        try:
            await self.database.answers()
        except Exception as error:  # whatever is wrong with it, it does not answer
            return [f"database_{type(error).__name__}"]
        return []

    async def find(self, event: CaseEvent) -> str | None:
        """The case's name in the register, if this event is in its inbox."""
        async with self.database.reading() as tx:
            return await tx.scalar(
                select(RegisterInbox.case_ref).where(RegisterInbox.event_id == event.id)
            )

    async def send(self, event: CaseEvent) -> str:
        """Writes the event into the inbox; a repeat changes nothing."""
        ref = str(event.payload.get("reference") or event.subject_id)[:REF_LENGTH]
        try:
            async with self.database.transaction() as tx:
                postgres = tx.get_bind().dialect.name == "postgresql"
                insert = postgresql.insert if postgres else sqlite.insert
                await tx.execute(
                    insert(RegisterInbox)
                    .values(
                        event_id=event.id, event_type=event.type, subject_id=event.subject_id,
                        case_ref=ref, payload=event.payload, received_at=self.now(),
                    )
                    .on_conflict_do_nothing(index_elements=["event_id"])
                )  # fmt: skip
        except OperationalError:
            raise NotNow("database_away") from None
        return ref

    async def changes(self, cursor: str | None) -> Changes:
        """Nothing: the register's pages change the complaint's history themselves."""
        return Changes(cursor=cursor)

    async def close(self) -> None:
        """There is nothing to let go of; the database belongs to the application."""
