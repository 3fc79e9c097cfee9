"""A transaction whose failure is told as it is: nothing was saved, and these people can be reached instead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import Request
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints.errors import NotSaved
from api.db.engine import Database
from api.errors import Conflict, reader_language
from knowledge.organisation import Organisation
from knowledge.rules.recipients import SWITCHBOARD

log = structlog.get_logger(__name__)


@asynccontextmanager
async def saving(
    database: Database, organisation: Organisation, lang: str
) -> AsyncIterator[AsyncSession]:
    """One unit of work; a dead database or a full disk becomes an honest answer.

    Raises:
        NotSaved: nothing of it was saved.
        Conflict: another call is saving the same.
    """
    try:
        async with database.transaction() as tx:
            yield tx
    except IntegrityError as error:
        # The same thing is being saved by another call at this moment; a repeat finds what that one wrote.
        raise Conflict(headers={"Retry-After": "1"}) from error
    except (SQLAlchemyError, OSError) as error:
        log.error("complaint.not_saved", kind=type(error).__name__)
        reach = organisation.reach(SWITCHBOARD, lang)
        raise NotSaved(reach=reach, headers={"Retry-After": "60"}) from error


async def saving_request(request: Request) -> AsyncIterator[AsyncSession]:
    """`saving` as a dependency of a route; committed before the answer is sent."""
    state = request.app.state
    async with saving(state.database, state.organisation, reader_language(request)) as tx:
        yield tx
