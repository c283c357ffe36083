"""Real counterparts of our providers on loopback: what arrived there, and how to make them refuse."""

from __future__ import annotations

import email
import socket
import ssl
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, cast

import pytest
from aiosmtpd.controller import Controller
from botocore.awsrequest import AWSResponse
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from services.notifications.senders import Provider
from services.notifications.senders.outbox import Outbox
from services.notifications.senders.ses import Ses, SesSettings
from services.notifications.senders.smtp import Smtp, SmtpSettings
from services.notifications.senders.sns import Sns, SnsSettings
from shared.codes import Channel
from shared.store import Query
from tests.fakes import MemoryStore

SENDER = "beratung@stadt.example"
REGION = "eu-central-1"
Refusal = Literal["never", "again"]
Errors = dict[Refusal, tuple[int, str]]
"""How each refusal looks: status and code."""


@dataclass(frozen=True)
class Arrived:
    """What a reader gets."""

    to: str
    body: str
    subject: str | None = None
    letter: EmailMessage | None = None


class Counterpart(Protocol):
    """The other side of a provider."""

    channel: Channel
    provider: Provider
    once: bool
    """Whether it recognises a repeat."""

    def arrived(self) -> list[Arrived]: ...


class Refusing(Counterpart, Protocol):
    """One that does not take everything, as the outbox does."""

    def refuse(self, how: Refusal) -> None: ...


def read(raw: bytes | str) -> EmailMessage:
    """An e-mail as a mail program reads it."""
    parse = email.message_from_bytes if isinstance(raw, bytes) else email.message_from_string
    return cast(EmailMessage, parse(raw, policy=default))  # type: ignore[operator]


def mail_arrived(to: str, letter: EmailMessage) -> Arrived:
    return Arrived(to, letter.get_content().replace("\r\n", "\n"), letter["Subject"], letter)


class OutboxCounterpart:
    """The outbox is its own reader."""

    channel, once = Channel.EMAIL, True

    def __init__(self) -> None:
        self.store = MemoryStore("outbox")
        self.provider: Provider = Outbox(self.store)

    def arrived(self) -> list[Arrived]:
        found = self.store.query(Query("outbox", order=("sent_at",))).items
        return [Arrived(one.body["to"], one.body["body"], one.body["subject"]) for one in found]


@dataclass
class Mailbox:
    """Answers of a relay, and what it took."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt.format(address=address)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.taken += [(address, envelope.content) for address in envelope.rcpt_tos]
            self.encrypted.append(session.ssl is not None)
        return self.data


class SmtpCounterpart:
    """A relay on loopback that insists on STARTTLS."""

    channel, once = Channel.EMAIL, False

    def __init__(self, port: int, mailbox: Mailbox, ca: Path) -> None:
        self.mailbox = mailbox
        self.settings = SmtpSettings(email_from=SENDER, smtp_host="127.0.0.1", smtp_port=port, smtp_ca=ca)
        self.provider: Provider = Smtp(self.settings)

    def arrived(self) -> list[Arrived]:
        return [mail_arrived(to, read(raw)) for to, raw in self.mailbox.taken]

    def refuse(self, how: Refusal) -> None:
        said = {"never": "550 5.1.1 <{address}>: no such user", "again": "451 4.7.1 <{address}>: greylisted"}
        self.mailbox.rcpt = said[how]


@contextmanager
def relay(folder: Path, **options: Any) -> Iterator[SmtpCounterpart]:
    """A running relay with a certificate of its own."""
    key, certificate = a_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    mailbox = Mailbox()
    chosen: dict[str, Any] = {"tls_context": context, "require_starttls": True, "enable_SMTPUTF8": False, **options}
    controller = Controller(mailbox, hostname="127.0.0.1", port=a_free_port(), **chosen)
    controller.loop.set_exception_handler(lambda *_: None)  # a client that hangs up is what some tests are about
    controller.start()
    try:
        yield SmtpCounterpart(controller.port, mailbox, certificate)
    finally:
        controller.stop()


def a_free_port() -> int:
    """A port on loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a self-signed certificate for 127.0.0.1, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "key.pem", folder / "certificate.pem"


class _AwsCounterpart(ABC):
    """moto's server; errors are put in the place of its answers before a request is sent."""

    once = False
    client: Any
    errors: ClassVar[Errors]

    def refuse(self, how: Refusal) -> None:
        self.fail(*self.errors[how])

    def fail(self, status: int, code: str) -> None:
        """Answer every request with this error."""
        self.client.meta.events.register("before-send", lambda **_: _Refused(status, self.body(code)))

    @abstractmethod
    def body(self, code: str) -> tuple[str, bytes]:
        """How this service of Amazon's says an error: content type and bytes."""


class _Refused(AWSResponse):
    """An answer that never went over the wire."""

    def __init__(self, status: int, answer: tuple[str, bytes]) -> None:
        kind, body = answer
        super().__init__("http://refused.example", status, {"Content-Type": kind, **_error_type(body)}, None)
        self._content = body


def _error_type(body: bytes) -> dict[str, str]:
    text = body.decode()
    return {"x-amzn-ErrorType": text.split('"')[3]} if text.startswith("{") else {}


class SesCounterpart(_AwsCounterpart):
    """SES v2."""

    channel = Channel.EMAIL
    errors: ClassVar[Errors] = {
        "never": (400, "MessageRejected"),
        "again": (429, "TooManyRequestsException"),
    }

    def __init__(self, endpoint: str) -> None:
        self.backend = ses_backends[DEFAULT_ACCOUNT_ID][REGION]
        self.provider: Provider = Ses(SesSettings(email_from=SENDER, aws_endpoint=endpoint))
        self.client = cast(Ses, self.provider).client
        self.client.create_email_identity(EmailIdentity=SENDER.partition("@")[2])

    def arrived(self) -> list[Arrived]:
        letters = [(one.destinations[0], read(one.raw_data)) for one in self.backend.sent_messages]
        return [mail_arrived(to, letter) for to, letter in letters]

    def body(self, code: str) -> tuple[str, bytes]:
        return "application/json", f'{{"__type": "{code}", "message": "amina@example.org is refused"}}'.encode()


class SnsCounterpart(_AwsCounterpart):
    """SNS."""

    channel = Channel.SMS
    errors: ClassVar[Errors] = {
        "never": (400, "InvalidParameter"),
        "again": (400, "Throttling"),
    }

    def __init__(self, endpoint: str) -> None:
        self.backend = sns_backends[DEFAULT_ACCOUNT_ID][REGION]
        self.provider: Provider = Sns(SnsSettings(aws_endpoint=endpoint))
        self.client = cast(Sns, self.provider).client

    def arrived(self) -> list[Arrived]:
        return [Arrived(to, body) for to, body in self.backend.sms_messages.values()]

    def body(self, code: str) -> tuple[str, bytes]:
        error = f"<Code>{code}</Code><Message>+4917139200001 is refused</Message>"
        return "text/xml", f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode()


@contextmanager
def amazon() -> Iterator[str]:
    """moto's server, and its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account at Amazon, empty before and after."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield
    for backends in (ses_backends, sns_backends):
        backends[DEFAULT_ACCOUNT_ID][REGION].reset()


@contextmanager
def counterpart(name: str, folder: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counterpart]:
    """The counterpart of this provider, running."""
    match name:
        case "outbox":
            yield OutboxCounterpart()
        case "smtp":
            with relay(folder) as running:
                yield running
        case _:
            with account(monkeypatch):
                yield SesCounterpart(endpoint) if name == "ses" else SnsCounterpart(endpoint)
