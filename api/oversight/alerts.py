"""Opens an alert for what is found, sends it once to whom it concerns, and closes it when it is over."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from api.cases.port import MAIL_REQUESTED
from api.complaints.following import Following
from api.db.alert_models import STILL_OPEN, Alert
from api.outbox.store import ALERTS, enqueue
from api.oversight.alert_findings import RISING, Finding, find_all, rising
from api.oversight.alert_limits import Limits
from api.oversight.alert_words import WORDS, sentence
from api.oversight.recipients import Recipients

log = structlog.get_logger(__name__)

OPENED = "dk.stafet.alert.opened"
PAGE = "/staff/varsler"
# What a failed sending of alerts is about; it is not itself sent the way that failed.
OWN_WAY = f"to:{ALERTS}"
# The staff of a municipality read Danish.
LANGUAGE = "da"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round has done."""

    opened: int
    closed: int
    sent: int


@dataclass(frozen=True, slots=True)
class Alerts:
    """Keeps the alerts of a deployment."""

    following: Following
    limits: Limits
    recipients: Recipients = field(default_factory=Recipients)
    webhook: bool = False
    # What rose, by the day it was looked for: the table is long, and once a day is enough.
    rises: dict[dt.date, list[Finding]] = field(default_factory=dict)

    async def keep(self) -> Round:
        """One round: look, open and close, then send."""
        setting, now, today = self.following.setting, self.following.now(), self.following.today()
        async with self.following.database.reading() as tx:
            found = await find_all(tx, setting, self.limits, now, today)
            if today not in self.rises:
                risen = await rising(tx, setting, self.limits, today)
                self.rises.clear()
                self.rises[today] = risen
        async with self.following.database.transaction() as tx:
            opened, closed = await self.settle(tx, [*found, *self.rises[today]], now)
            sent = await self.send(tx, now)
        if opened or closed:
            log.info("oversight.alerts", opened=opened, closed=closed, sent=sent)
        return Round(opened, closed, sent)

    async def settle(
        self, tx: AsyncSession, found: Sequence[Finding], now: dt.datetime
    ) -> tuple[int, int]:
        """Opens what is new, closes what is over; gives how many of each."""
        wanted = {(one.kind, one.key): one for one in found}
        known = list(await tx.scalars(select(Alert).where(Alert.closed_at.is_(None))))
        closed = 0
        for row in known:
            finding = wanted.pop((row.kind, row.key), None)
            if finding is not None:
                _renew(row, finding)
            elif not self._held(row, now):
                row.closed_at = now
                closed += 1
        opened = 0
        for finding in wanted.values():
            opened += await _open(tx, finding, now)
        return opened, closed

    async def send(self, tx: AsyncSession, now: dt.datetime) -> int:
        """Puts what nobody has been told of into the outbox: one mail to each address, one event each."""
        query = (
            select(Alert)
            .where(Alert.closed_at.is_(None), Alert.sent_at.is_(None))
            .order_by(Alert.id)
            .with_for_update()
        )
        mails: dict[str, list[Alert]] = {}
        sent = 0
        for alert in await tx.scalars(query):
            told = self.recipients.of(alert.kind, alert.contact) if self.following.mail else ()
            for address in told:
                mails.setdefault(address, []).append(alert)
            by_webhook = self.webhook and alert.key != OWN_WAY
            if by_webhook:
                await self._event(tx, alert, now)
            if told or by_webhook:
                alert.sent_at = now
                sent += 1
        for address, alerts in mails.items():
            await self._mail(tx, address, alerts, now)
        return sent

    def _held(self, row: Alert, now: dt.datetime) -> bool:
        """A unit on the border would else be told of again and again."""
        kept = dt.timedelta(days=self.limits.rising.hold_days)
        return row.kind == RISING and row.opened_at + kept > now

    async def _event(self, tx: AsyncSession, alert: Alert, now: dt.datetime) -> None:
        payload: dict[str, Any] = {
            "kind": alert.kind, "contact": alert.contact, "details": dict(alert.details),
            "opened_at": alert.opened_at.isoformat(), "page": f"{self.following.public_url}{PAGE}",
            "text": sentence(alert, self.following.setting, LANGUAGE),
        }  # fmt: skip
        await enqueue(
            tx, event_type=OPENED, subject_id=f"alert:{alert.id}", payload=payload, due=now,
            destination=ALERTS, idempotency_key=f"alert:{alert.id}:{now.isoformat()}",
        )  # fmt: skip

    async def _mail(
        self, tx: AsyncSession, address: str, alerts: Sequence[Alert], now: dt.datetime
    ) -> None:
        lines = "\n".join(sentence(one, self.following.setting, LANGUAGE) for one in alerts)
        key = "mail.subject_one" if len(alerts) == 1 else "mail.subject"
        mark = hashlib.sha256(address.encode()).hexdigest()[:16]
        await enqueue(
            tx, event_type=MAIL_REQUESTED, subject_id=f"alert:{alerts[0].id}", due=now,
            idempotency_key=f"alert-mail:{mark}:{alerts[0].id}:{now.isoformat()}",
            payload={
                "about": "", "to": address, "subject": WORDS(LANGUAGE, key, count=len(alerts)),
                "text": WORDS(
                    LANGUAGE, "mail.text", lines=lines, link=f"{self.following.public_url}{PAGE}"
                ),
            },
        )  # fmt: skip


def _renew(row: Alert, finding: Finding) -> None:
    """The numbers as they are now; another unit that has the matter by now is told of it anew."""
    if dict(row.details) != dict(finding.details):
        row.details = dict(finding.details)
    if row.contact != finding.contact:
        row.contact, row.sent_at = finding.contact, None
        row.acknowledged_at = row.acknowledged_by = None


async def _open(tx: AsyncSession, finding: Finding, now: dt.datetime) -> bool:
    """Whether it was new: another process may have opened the same one just now."""
    insert = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    values: Mapping[str, Any] = {
        "kind": finding.kind, "key": finding.key, "complaint_id": finding.complaint_id,
        "contact": finding.contact, "details": dict(finding.details), "opened_at": now,
    }  # fmt: skip
    made = await tx.scalar(
        insert(Alert)
        .values(values)
        .on_conflict_do_nothing(index_elements=["kind", "key"], index_where=STILL_OPEN)
        .returning(Alert.id)
    )
    return made is not None
