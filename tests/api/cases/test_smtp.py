"""Mail keeps the contract over TLS, says nothing of the content unless told to, and never goes in plain text."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.cases.port import CaseEvent, ClosedDoor, NotNow, Refused
from api.cases.smtp import MailServer, MailSystem
from tests.api.cases.contract import NOW, Case, CaseSystemContract, event
from tests.bot.serving import free_port


@dataclass
class Mailbox:
    """A mail server that keeps what it gets; repeats of a Message-ID are dropped, as mail servers do."""

    says: str = "250 OK"
    got: list[EmailMessage] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)

    async def handle_DATA(self, _server: Server, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.content or b"", policy=default)
        assert isinstance(message, EmailMessage)
        if self.says.startswith("250") and self.count(str(message["Message-ID"])) == 0:
            self.got.append(message)
            self.tls.append(session.ssl is not None)
        return self.says

    def count(self, message_id: str) -> int:
        return sum(one["Message-ID"] == message_id for one in self.got)


@pytest.fixture(autouse=True)
async def hung_up() -> AsyncIterator[None]:
    """A safe line says goodbye in its own time, and the loop must live that long."""
    yield
    await asyncio.sleep(0.2)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == b"right"
    return AuthResult(success=right, handled=False)


@pytest.fixture
def server(mailbox: Mailbox, certificate: Path) -> Iterator[MailServer]:
    """A server that speaks to nobody before TLS and a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), tls_context=context,
        require_starttls=True, authenticator=let_in, auth_required=True,
    )  # fmt: skip
    controller.start()
    try:
        yield MailServer(
            host="localhost", port=controller.port, sender="Stafet <stafet@kk.example>",
            username="stafet", password="right",
            tls=ssl.create_default_context(cafile=str(certificate)),
        )  # fmt: skip
    finally:
        controller.stop()


def mail_case(server: MailServer, mailbox: Mailbox, **options: Any) -> Case:
    system = MailSystem(server, case_mailbox="klager@kk.example", **options)

    async def count(sent: CaseEvent) -> int:
        return mailbox.count(f"<{sent.id}@kk.example>")

    async def cases(subject_id: str) -> int:
        return len({one["X-Stafet-Complaint"] for one in mailbox.got} & {subject_id})

    return Case(system, count, cases)


@pytest.fixture
def case(server: MailServer, mailbox: Mailbox) -> Case:
    return mail_case(server, mailbox)


class TestMail(CaseSystemContract):
    """The contract."""

    async def test_later_events_belong_to_the_same_case(self, case: Case) -> None:
        """Each is a mail of its own with the complaint's number, which is all that a mailbox can keep together."""
        await super().test_later_events_belong_to_the_same_case(
            replace(case, system=_SameRef(case.system))
        )


class _SameRef:
    """The adapter as it is; a mail's name is its own, so only sending is looked at."""

    def __init__(self, system: Any) -> None:
        self.system = system
        self.can_find = False

    async def send(self, sent: CaseEvent) -> Any:
        return await self.system.send(sent)


async def test_a_notice_says_that_and_not_what(case: Case, mailbox: Mailbox) -> None:
    sent = event()
    await case.system.send(sent)
    (mail,) = mailbox.got
    assert mailbox.tls == [True]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert sent.payload["reference"] in mail["Subject"]
    assert not list(mail.iter_attachments())
    assert "august" not in mail.as_string()
    assert sent.payload["complaint"]["subject"] not in mail["Subject"]


async def test_the_whole_complaint_only_when_it_is_set(
    server: MailServer, mailbox: Mailbox
) -> None:
    sent = event()
    await mail_case(server, mailbox, whole=True).system.send(sent)
    (attached,) = mailbox.got[0].iter_attachments()
    assert json.loads(attached.get_content()) == sent.payload


async def test_a_mail_for_a_citizen_is_sent_as_asked(case: Case, mailbox: Mailbox) -> None:
    asked = {"to": "anna@example.org", "subject": "Din klage – æøå", "text": "Se her: https://x"}
    await case.system.send(CaseEvent("m-1", "dk.stafet.mail.requested", "s", NOW, asked))
    (mail,) = mailbox.got
    assert (mail["To"], mail["Subject"]) == (asked["to"], asked["subject"])
    assert asked["text"] in mail.get_content()


@pytest.mark.parametrize(
    "asked", [{}, {"to": "a@b.dk\nBcc: c@d.dk", "subject": "x", "text": "y"},
              {"to": "a@b.dk", "subject": "x\r\nBcc: c@d.dk", "text": "y"}]
)  # fmt: skip
async def test_no_header_can_be_slipped_in(
    case: Case, mailbox: Mailbox, asked: dict[str, str]
) -> None:
    with pytest.raises(Refused):
        await case.system.send(CaseEvent("m-1", "dk.stafet.mail.requested", "s", NOW, asked))
    assert mailbox.got == []


@pytest.mark.parametrize(("says", "failure"), [("451 later", NotNow), ("550 no", Refused)])
async def test_what_the_server_says_counts(
    case: Case, mailbox: Mailbox, says: str, failure: type[Exception]
) -> None:
    mailbox.says = says
    with pytest.raises(failure):
        await case.system.send(event())


async def test_a_wrong_password_is_a_closed_door(server: MailServer, mailbox: Mailbox) -> None:
    system = mail_case(replace(server, password="wrong"), mailbox).system
    with pytest.raises(ClosedDoor):
        await system.send(event())
    assert await system.check() != []


async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(
    server: MailServer, mailbox: Mailbox
) -> None:
    system = mail_case(replace(server, tls=ssl.create_default_context()), mailbox).system
    with pytest.raises(ClosedDoor):
        await system.send(event())
    assert mailbox.got == []


async def test_a_server_without_tls_gets_no_mail(mailbox: Mailbox) -> None:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        plain = MailServer(
            "127.0.0.1", controller.port, "stafet@kk.example", tls=ssl.create_default_context()
        )
        with pytest.raises(ClosedDoor):
            await mail_case(plain, mailbox).system.send(event())
        assert mailbox.got == []
        while_developing = replace(plain, plain_on_loopback=True)
        await mail_case(while_developing, mailbox).system.send(event())
        assert len(mailbox.got) == 1
    finally:
        controller.stop()


async def test_nobody_there_is_waited_for(mailbox: Mailbox) -> None:
    nobody = MailServer("127.0.0.1", free_port(), "stafet@kk.example", plain_on_loopback=True)
    with pytest.raises(NotNow):
        await mail_case(nobody, mailbox).system.send(event())
