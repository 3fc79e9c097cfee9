"""Puts the parts of complaints together, for the application to wire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from api import __version__
from api.complaints.attachments import Attachments
from api.complaints.conversation import ConversationComplaints
from api.complaints.delivery import Delivery
from api.complaints.drafts import Drafts
from api.complaints.following import Following
from api.complaints.notices import Notices
from api.complaints.record import Setting
from api.complaints.service import Intake
from api.db.engine import Database
from api.words import load_words
from knowledge.guidance import load_profile
from knowledge.rules.subjects import Similarity
from knowledge.sources import load_sources

WORDS = Path(__file__).parent / "i18n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintParts:
    """Everything that receives complaints and follows them up."""

    setting: Setting
    files: Attachments
    intake: Intake
    following: Following
    drafts: Drafts
    # What the bot's actions ask for.
    conversation: ConversationComplaints
    # What the outbox calls when something happens to a complaint.
    delivery: Delivery


def open_complaints(
    *, municipality: str, database: Database, folder: Path, now: Callable[[], dt.datetime],
    today: Callable[[], dt.date], public_url: str, knowledge_version: str,
    similarity: Similarity | None, mail: bool,
) -> ComplaintParts:  # fmt: skip
    """The parts over one database; files lie in `folder`; `mail` says whether there is a mail server."""
    setting = Setting(
        profile=load_profile(municipality), sources=load_sources(), words=load_words(WORDS),
        version=__version__, knowledge_version=knowledge_version,
    )  # fmt: skip
    files = Attachments(folder)
    following = Following(setting, database, files, now, today, public_url, mail)
    intake = Intake(setting, similarity)
    drafts = Drafts(intake)
    return ComplaintParts(
        setting=setting, files=files, intake=intake, following=following, drafts=drafts,
        conversation=ConversationComplaints(intake, drafts, Notices(intake), following),
        delivery=Delivery(following),
    )  # fmt: skip
