"""Delivery receipts: what SES says became of an e-mail, signed and delivered by SNS. Nobody else is believed.

A receipt quotes addresses: nothing of it is kept but the message's id, the outcome and a code.
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from services.notifications.domain.message import TAG, untagged
from shared.errors import Malformed, Rejected
from shared.settings import Environment, FromJson

SNS = r"https://sns\.[a-z]{2,3}(-[a-z]+)+-[0-9]{1,2}\.amazonaws\.com"
"""SNS in a region. Names of other services stand in the same place (`s3`, `s3-eu-west-1`), and there anybody may keep
what is hers."""
CERTIFICATES = re.compile(rf"{SNS}/SimpleNotificationService-[0-9A-Za-z]+\.pem")
SUBSCRIPTIONS = re.compile(rf"{SNS}/\?[^@]*")
"""Where SNS keeps its certificates, and confirms subscriptions; no other address is ever asked."""
LARGEST = 65_536
"""Bytes of what lies there."""
TOPIC = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}$"

Fetch = Callable[[str], bytes]
T = TypeVar("T", bound=BaseModel)


class Unsigned(Rejected):
    """What claims to be a receipt is not signed by the provider, or not for us."""

    status = 403
    code = "unsigned"
    says = "This receipt is not signed by the provider."


class ReceiptSettings(Environment):
    """`KIM_SNS_TOPICS`: a JSON list of the topics whose receipts are ours. Anybody can sign for another topic."""

    sns_topics: FromJson[tuple[Annotated[str, Field(pattern=TOPIC)], ...]] = ()


@cache
def topics() -> tuple[str, ...]:
    """The topics that this process believes. Raises `ValidationError` where they are told wrongly."""
    return ReceiptSettings.read().sns_topics


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message."""

    id: str
    message: str
    outcome: Literal["delivered", "failed"]
    reason: str = ""


class _Envelope(BaseModel):
    """What SNS posts."""

    Type: str
    MessageId: str
    TopicArn: str
    Message: str
    Timestamp: str
    SignatureVersion: str
    Signature: str
    SigningCertURL: str
    Subject: str | None = None
    Token: str | None = None
    SubscribeURL: str | None = None

    def signed(self) -> bytes:
        """The text that the signature is over: these fields in this order, those that are there."""
        extra = ("Subject",) if self.Type == "Notification" else ("SubscribeURL", "Token")
        names = sorted({"Message", "MessageId", "Timestamp", "TopicArn", "Type", *extra})
        values = ((name, getattr(self, name)) for name in names)
        return "".join(f"{name}\n{value}\n" for name, value in values if value is not None).encode()


class _Mail(BaseModel):
    tags: dict[str, list[str]] = {}


class _Bounce(BaseModel):
    bounceType: str  # noqa: N815 - their name


class _SesEvent(BaseModel):
    """What SES publishes: the little of it that we read."""

    eventType: str  # noqa: N815 - their name
    mail: _Mail
    bounce: _Bounce | None = None


def read(posted: bytes, *, topics: tuple[str, ...], fetch: Fetch, at: datetime) -> Receipt | None:
    """The receipt in what SNS posted; None for what is none. A subscription to one of our topics is confirmed.

    Raises `Malformed`, and `Unsigned` where signature, certificate or topic do not hold.
    """
    envelope = _parsed(_Envelope, posted)
    if envelope.TopicArn not in topics:
        raise Unsigned()
    _verify(envelope, fetch, at)
    if envelope.Type == "SubscriptionConfirmation" and SUBSCRIPTIONS.fullmatch(envelope.SubscribeURL or ""):
        fetch(envelope.SubscribeURL or "")
    return _receipt(envelope) if envelope.Type == "Notification" else None


@lru_cache(maxsize=8)
def fetched(url: str) -> bytes:
    """What lies at one of Amazon's addresses, kept for the next receipt."""
    assert CERTIFICATES.fullmatch(url) or SUBSCRIPTIONS.fullmatch(url)
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - checked just above
        body: bytes = answer.read(LARGEST)
    return body


def _verify(envelope: _Envelope, fetch: Fetch, at: datetime) -> None:
    """Signature version 2 only: the first is made with SHA-1."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    url = envelope.SigningCertURL
    if envelope.SignatureVersion != "2" or not CERTIFICATES.fullmatch(url):
        raise Unsigned()
    certificate = x509.load_pem_x509_certificate(fetch(url))
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Unsigned()
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    try:
        signature = base64.b64decode(envelope.Signature.encode(), validate=True)
        key.verify(signature, envelope.signed(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error):
        raise Unsigned() from None


def _receipt(envelope: _Envelope) -> Receipt | None:
    event = _parsed(_SesEvent, envelope.Message.encode())
    tagged = event.mail.tags.get(TAG)
    if not tagged:
        return None
    message = untagged(tagged[0])
    match event.eventType:
        case "Delivery":
            return Receipt(envelope.MessageId, message, "delivered")
        case "Bounce":
            kind = "" if event.bounce is None else event.bounce.bounceType.lower()
            return Receipt(envelope.MessageId, message, "failed", f"bounce_{kind}")
        case "Reject":
            return Receipt(envelope.MessageId, message, "failed", "reject")
        case _:
            return None


def _parsed(kind: type[T], text: bytes) -> T:
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        raise Malformed(reason="not a receipt") from None  # the cause quotes what was posted
