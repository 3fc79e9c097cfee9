"""Puts registration, statistics and their pages together, for the application to wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from api.clock import Clock
from api.db.engine import Database
from api.oversight import contact_pages, statistics_pages
from api.oversight.contact_list import CasesSeen
from api.oversight.door import Door
from api.oversight.registration import Registration
from api.oversight.statistics import Statistics
from api.pages import Pages
from knowledge.guidance import Profile


@dataclass(frozen=True, slots=True)
class ContactParts:
    """What registers contacts, and the pages over them."""

    registration: Registration
    routers: Sequence[APIRouter]


def open_contacts(
    *, profile: Profile, database: Database, clock: Clock, pages: Pages, door: Door,
    cases_seen: CasesSeen,
) -> ContactParts:  # fmt: skip
    """The parts over one database."""
    registration = Registration(database, profile, clock.now)
    statistics = Statistics(profile, pages.words)
    shown = statistics_pages.StatisticsPages(
        statistics, pages, database, door, clock.now, clock.today
    )
    listed = contact_pages.ContactPages(
        registration, statistics, pages, door, cases_seen, clock.today
    )
    return ContactParts(
        registration, (statistics_pages.build_router(shown), contact_pages.build_router(listed))
    )
