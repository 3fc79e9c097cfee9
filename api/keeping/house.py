"""Keeps house while the application runs: each chore by itself, so that one that fails holds no other back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from api.auth import StaffDoor
from api.chat.service import ChatService
from api.clock import Clock
from api.complaints.following import Following
from api.complaints.overdue import keep_complaints
from api.keeping.forgetting import Forgetting
from api.oversight.tries import QuickTries

log = structlog.get_logger(__name__)

# How often what has expired is removed, in seconds.
PURGE_SECONDS = 600.0
# How often the queue is looked through for who waits in vain, in seconds.
SWEEP_SECONDS = 5.0

Chore = Callable[[], Awaitable[None]]


def chores_of(
    chat: ChatService, door: StaffDoor, following: Following, forgetting: Forgetting, clock: Clock
) -> Sequence[Chore]:
    """What is done now and then."""

    async def conversations() -> None:
        if erased := await chat.purge():
            log.info("chat.expired", erased=erased)

    async def sign_ins() -> None:
        await door.purge(clock.now())

    async def complaints() -> None:
        await keep_complaints(following)

    async def tries() -> None:
        await QuickTries(following).keep()

    async def periods() -> None:
        forgotten = await forgetting.run()
        if any(forgotten.values()):
            log.info("keeping.forgotten", **forgotten)

    return (conversations, sign_ins, complaints, tries, periods)


async def do(chores: Sequence[Chore]) -> None:
    """Each of them once; a failure waits for the next time."""
    for chore in chores:
        try:
            await chore()
        except Exception as error:  # the house is kept on whatever happens
            log.error("purge.failed", chore=chore.__name__, kind=type(error).__name__)


async def keep_house(chores: Sequence[Chore]) -> None:
    """Removes what has expired and tells what is overdue, at the start and then now and then."""
    while True:
        await do(chores)
        await asyncio.sleep(PURGE_SECONDS)


async def keep_queue(chat: ChatService) -> None:
    """Takes care of who waits in vain; a failure waits for the next time."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await chat.live.sweep()
        except Exception as error:  # whoever waits is looked after whatever happens
            log.error("queue.failed", kind=type(error).__name__)
