"""Amazon as far as it posts receipts: it signs, and shows its certificate."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.builders import NOON

TOPIC = "arn:aws:sns:eu-central-1:123456789012:receipts"
CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem"


@dataclass
class FakeAmazon:
    """Signs what it is given, and remembers what it was asked for."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    fetched: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        return self.certificate

    def __post_init__(self) -> None:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        certificate = (
            x509.CertificateBuilder(name, name, self.key.public_key(), x509.random_serial_number())
            .not_valid_before(NOON - timedelta(days=1))
            .not_valid_after(NOON + timedelta(days=1))
            .sign(self.key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM)

    def posts(self, message: Any, **changed: Any) -> dict[str, Any]:
        said = {
            "Type": "Notification",
            "MessageId": "6f0d4a5c-1",
            "TopicArn": TOPIC,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": "2026-03-02T11:00:00.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE,
            **changed,
        }
        names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        text = "".join(f"{name}\n{said[name]}\n" for name in names if name in said)
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {"Signature": base64.b64encode(signature).decode(), **said}
