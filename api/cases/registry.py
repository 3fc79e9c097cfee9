"""The case systems there are; the only place that names them. A new one is a line in SYSTEMS and an adapter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from api.cases.documents import CaseFile
from api.cases.file import FileDrop
from api.cases.mapping import load_mapping
from api.cases.outgoing import outgoing_client, require_safe_url, tls_context
from api.cases.port import CaseEvent, CaseSystem
from api.cases.register import Register
from api.cases.rt import RequestTracker
from api.cases.smtp import MailServer, MailSystem, NoMailServer
from api.cases.webhook import WebhookSystem
from api.db.engine import Database
from api.secrets import revealed
from api.settings import Environment, Settings

CALL_SECONDS = 20.0
# What names the sender in events, where no public address is set.
SOURCE = "urn:stafet"

Access = Callable[[CaseEvent], dict[str, Any] | None]
Files = Callable[[CaseEvent], Awaitable[list[CaseFile]]]


async def no_files(_event: CaseEvent) -> list[CaseFile]:
    """Takes no files along."""
    return []


@dataclass(frozen=True)
class Around:
    """What adapters are built with besides the settings."""

    database: Database
    now: Callable[[], datetime]
    # The key with which the other side fetches what is big, for a short time.
    access: Access | None = None
    # The files that came with an event, for systems that take them along.
    files: Files = no_files


@dataclass(frozen=True)
class Entry:
    """One case system: what it needs set, which of that are addresses, and how it is built."""

    build: Callable[[Settings, Around], CaseSystem]
    needs: Sequence[str] = ()
    addresses: Sequence[str] = ()


def _register(_settings: Settings, around: Around) -> CaseSystem:
    return Register(around.database, around.now)


def _file(settings: Settings, around: Around) -> CaseSystem:
    return FileDrop(settings.case_folder or settings.var / "cases", around.files)


def _webhook(settings: Settings, around: Around) -> CaseSystem:
    assert settings.webhook_url is not None
    return WebhookSystem(
        outgoing_client(
            seconds=CALL_SECONDS, loopback_allowed=loopback_allowed(settings),
            allowed_hosts=settings.private_hosts, ca_file=settings.ca_file,
        ),
        url=settings.webhook_url, secret=revealed(settings.webhook_secret),
        source=settings.public_url or SOURCE, now=around.now,
        lookup_url=settings.webhook_lookup_url, access=around.access,
    )  # fmt: skip


def _rt(settings: Settings, around: Around) -> CaseSystem:
    assert settings.rt_url is not None
    client = outgoing_client(
        seconds=CALL_SECONDS, loopback_allowed=loopback_allowed(settings),
        allowed_hosts=settings.private_hosts, ca_file=settings.ca_file,
        headers={"Authorization": f"token {revealed(settings.rt_token)}"},
        base_url=settings.rt_url.rstrip("/"),
    )  # fmt: skip
    return RequestTracker(
        client, queue=settings.rt_queue, mapping=load_mapping("rt"), now=around.now,
        files=around.files,
    )  # fmt: skip


def _smtp(settings: Settings, _around: Around) -> CaseSystem:
    return MailSystem(
        _mail_server(settings), case_mailbox=settings.case_mail_to, whole=settings.case_mail_whole
    )


SYSTEMS: Mapping[str, Entry] = MappingProxyType(
    {
        "register": Entry(_register),
        "webhook": Entry(
            _webhook, ("webhook_url", "webhook_secret"), ("webhook_url", "webhook_lookup_url")
        ),
        "rt": Entry(_rt, ("rt_url", "rt_token"), ("rt_url",)),
        "smtp": Entry(_smtp, ("smtp_host", "smtp_from", "case_mail_to")),
        "file": Entry(_file),
    }
)


def problems(settings: Settings) -> list[str]:
    """What is missing or unsafe for the chosen case system, in words for the one who sets it up."""
    entry = SYSTEMS.get(settings.case_system)
    if entry is None:
        return [f"STAFET_CASE_SYSTEM: there is {', '.join(SYSTEMS)}"]
    found = [
        f"STAFET_{name.upper()}: the case system {settings.case_system} needs it"
        for name in entry.needs
        if not getattr(settings, name)
    ]
    for name in entry.addresses:
        if url := getattr(settings, name):
            try:
                require_safe_url(url, loopback_allowed=loopback_allowed(settings))
            except ValueError as error:
                found.append(f"STAFET_{name.upper()}: {error}")
    if settings.alert_webhook_url:
        if settings.alert_webhook_secret is None:
            found.append("STAFET_ALERT_WEBHOOK_SECRET: the webhook of alerts needs it")
        try:
            require_safe_url(
                settings.alert_webhook_url, loopback_allowed=loopback_allowed(settings)
            )
        except ValueError as error:
            found.append(f"STAFET_ALERT_WEBHOOK_URL: {error}")
    if settings.smtp_host and not settings.smtp_from:
        found.append("STAFET_SMTP_FROM: a mail server needs it")
    return list(dict.fromkeys(found))


def build_case_system(settings: Settings, around: Around) -> CaseSystem:
    """The chosen case system.

    Raises:
        ValueError: something it needs is missing or unsafe.
    """
    if wrong := problems(settings):
        raise ValueError("; ".join(wrong))
    return SYSTEMS[settings.case_system].build(settings, around)


def build_mail(settings: Settings) -> CaseSystem:
    """Mail to citizens; without a mail server each is given up where staff see it."""
    return MailSystem(_mail_server(settings)) if settings.smtp_host else NoMailServer()


def build_alerts(settings: Settings, now: Callable[[], datetime]) -> CaseSystem | None:
    """The webhook that alerts go to, where one is set."""
    if settings.alert_webhook_url is None:
        return None
    return WebhookSystem(
        outgoing_client(
            seconds=CALL_SECONDS, loopback_allowed=loopback_allowed(settings),
            allowed_hosts=settings.private_hosts, ca_file=settings.ca_file,
        ),
        url=settings.alert_webhook_url, secret=revealed(settings.alert_webhook_secret),
        source=settings.public_url or SOURCE, now=now,
    )  # fmt: skip


def loopback_allowed(settings: Settings) -> bool:
    """Whether plain connections to this machine are taken: never in production."""
    return settings.environment is not Environment.PRODUCTION


def _mail_server(settings: Settings) -> MailServer:
    assert settings.smtp_host is not None
    return MailServer(
        host=settings.smtp_host, port=settings.smtp_port, sender=settings.smtp_from or "",
        username=settings.smtp_user,
        password=revealed(settings.smtp_password) if settings.smtp_password else None,
        tls=tls_context(settings.ca_file), plain_on_loopback=loopback_allowed(settings),
    )  # fmt: skip
