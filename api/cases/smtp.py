"""Mail: a notice that there is a complaint (or all of it, if so set), and the mails that citizens have asked for.

Never without TLS beyond this machine. The Message-ID is the same at every try, so that a repeat can be dropped.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

import aiosmtplib

from api.cases.mapping import heading, render_text
from api.cases.outgoing import is_loopback_name
from api.cases.port import (
    MAIL_REQUESTED,
    CaseEvent,
    Changes,
    ClosedDoor,
    NotNow,
    Refused,
    Unclear,
)

SECONDS = 20.0


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    # Plain text is only ever thinkable on this machine, while developing.
    plain_on_loopback: bool = False

    @property
    def start_tls(self) -> bool:
        """Whether the connection must be made safe before anything is said."""
        return not (self.plain_on_loopback and is_loopback_name(self.host))


class MailSystem:
    """Sends one mail per event."""

    name = "smtp"
    settle_seconds = 60.0
    can_find = False

    def __init__(
        self, server: MailServer, *, case_mailbox: str | None = None, whole: bool = False
    ) -> None:
        self.server = server
        self.case_mailbox = case_mailbox
        self.whole = whole

    async def check(self) -> list[str]:
        """Whether the server answers, speaks TLS and lets us in."""
        try:
            client = await self._connected()
        except (ClosedDoor, NotNow, Refused) as error:
            return [error.reason_code]
        await _leave(client)
        return []

    async def find(self, event: CaseEvent) -> str | None:
        """Nothing: a mail that was sent cannot be looked up."""
        return None

    async def send(self, event: CaseEvent) -> str:
        """Hands the mail to the server; gives its Message-ID."""
        message = self.message(event)
        client = await self._connected()
        try:
            await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise _answered(max(codes, default=550)) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _answered(error.code) from None
        except (aiosmtplib.SMTPException, OSError):
            # The line broke while the mail was on it.
            raise Unclear("smtp_broken_off") from None
        finally:
            await _leave(client)
        return str(message["Message-ID"])

    async def changes(self, cursor: str | None) -> Changes:
        """Nothing: answers to a mail are for people."""
        return Changes(cursor=cursor)

    async def close(self) -> None:
        """No connection stays open between mails."""

    def message(self, event: CaseEvent) -> EmailMessage:
        """The mail for an event."""
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = self.server.sender
        domain = self.server.sender.rsplit("@", 1)[-1].rstrip(">")
        message["Message-ID"] = f"<{event.id}@{domain}>"
        message["Date"] = event.at
        message["Auto-Submitted"] = "auto-generated"
        if event.type == MAIL_REQUESTED:
            self._for_citizen(message, event.payload)
        else:
            self._for_mailbox(message, event)
        return message

    def _for_citizen(self, message: EmailMessage, asked: dict[str, Any]) -> None:
        try:
            message["To"] = asked["to"]
            message["Subject"] = asked["subject"]
            message.set_content(asked["text"])
        except (KeyError, ValueError, TypeError):
            raise Refused("not_a_mail") from None

    def _for_mailbox(self, message: EmailMessage, event: CaseEvent) -> None:
        if not self.case_mailbox:
            raise Refused("no_mailbox")
        reference = str(event.payload.get("reference") or event.subject_id)
        message["To"] = self.case_mailbox
        message["X-Stafet-Complaint"] = event.subject_id
        title, _, text = render_text(
            "notice.txt.j2", reference=reference, heading=heading(event.type), whole=self.whole,
            received_at=event.payload.get("received_at", ""),
        ).partition("\n")  # fmt: skip
        message["Subject"] = title
        message.set_content(text.lstrip())
        if self.whole:
            content = json.dumps(event.payload, ensure_ascii=False, indent=2).encode()
            message.add_attachment(
                content, maintype="application", subtype="json", filename=f"{reference}.json"
            )

    async def _connected(self) -> aiosmtplib.SMTP:
        server = self.server
        client = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, timeout=SECONDS, start_tls=False,
            tls_context=server.tls if server.start_tls else None,
        )  # fmt: skip
        try:
            await client.connect()
            if server.start_tls:
                await client.ehlo()
                if not client.supports_extension("starttls"):
                    raise ClosedDoor("no_starttls")
                await client.starttls()
            if server.username and server.password:
                await client.login(server.username, server.password)
        except ClosedDoor:
            await _leave(client)
            raise
        except aiosmtplib.SMTPAuthenticationError as error:
            await _leave(client)
            raise ClosedDoor(f"smtp_{error.code}") from None
        except ssl.SSLError:
            await _leave(client)
            raise ClosedDoor("certificate") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            await _leave(client)
            # The library wraps what TLS has said.
            if isinstance(error.__cause__, ssl.SSLError):
                raise ClosedDoor("certificate") from None
            raise NotNow("no_connection") from None
        return client


class NoMailServer:
    """Stands where no mail server is set: what was to be mailed is given up at once, for a person to see."""

    name = "no_mail_server"
    settle_seconds = 0.0
    can_find = False

    async def check(self) -> list[str]:
        """Nothing is wrong with having none."""
        return []

    async def find(self, event: CaseEvent) -> str | None:
        """Nothing was ever sent."""
        return None

    async def send(self, event: CaseEvent) -> str:
        """Refuses; it can be sent again once there is a server."""
        raise Refused("no_mail_server")

    async def changes(self, cursor: str | None) -> Changes:
        """Nothing."""
        return Changes(cursor=cursor)

    async def close(self) -> None:
        """There is nothing to close."""


def _answered(code: int) -> NotNow | Refused:
    """Codes in the 400s pass, those in the 500s stay."""
    return NotNow(f"smtp_{code}") if code < 500 else Refused(f"smtp_{code}")


async def _leave(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
