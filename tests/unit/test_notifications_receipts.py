"""Delivery receipts: only what the provider signed, for our topic, is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.notifications import receipts
from services.notifications.receipts import Receipt, Unsigned
from shared.errors import Malformed
from tests.amazon import CERTIFICATE, TOPIC, FakeAmazon
from tests.builders import NOON

ID = "message-submission-a1.1-1"


@pytest.fixture(scope="module")
def amazon() -> FakeAmazon:
    return FakeAmazon()


def ses_says(event: str, **more: Any) -> dict[str, Any]:
    """An event of SES as it is, with the address that must not be kept."""
    mail = {"messageId": "0107", "destination": ["amina@example.org"], "tags": {"message": [ID.replace(".", "_")]}}
    return {"eventType": event, "mail": mail, **more}


def read(amazon: FakeAmazon, posted: dict[str, Any]) -> Receipt | None:
    return receipts.read(json.dumps(posted).encode(), topics=(TOPIC,), fetch=amazon.fetch, at=NOON)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ses_says("Delivery"), Receipt("6f0d4a5c-1", ID, "delivered")),
        (
            ses_says("Bounce", bounce={"bounceType": "Permanent"}),
            Receipt("6f0d4a5c-1", ID, "failed", "bounce_permanent"),
        ),
        (ses_says("Reject", reject={"reason": "Bad content"}), Receipt("6f0d4a5c-1", ID, "failed", "reject")),
        (ses_says("Send"), None),
        (ses_says("Complaint"), None),
        ({"eventType": "Delivery", "mail": {"tags": {}}}, None),
    ],
)
def test_a_signed_receipt_says_what_became_of_the_message(amazon: FakeAmazon, said: Any, expected: Receipt | None):
    assert read(amazon, amazon.posts(said)) == expected


def test_a_subject_is_signed_too(amazon: FakeAmazon):
    assert read(amazon, amazon.posts(ses_says("Delivery"), Subject="Amazon SES Email Event")) is not None


ELSEWHERE = ("s3.amazonaws.com", "s3-eu-west-1.amazonaws.com", "s3.eu-central-1.amazonaws.com", "amazonaws.com")
"""Hosts under which `sns` may be the name of somebody's bucket."""

FORGED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another message": lambda posted: {**posted, "Message": json.dumps(ses_says("Bounce"))},
    **{
        f"a certificate at {host}": lambda posted, host=host: {
            **posted,
            "SigningCertURL": f"https://sns.{host}/SimpleNotificationService-1.pem",
        }
        for host in ELSEWHERE
    },
    "another topic": lambda posted: {**posted, "TopicArn": TOPIC + "-theirs"},
    "no signature": lambda posted: {**posted, "Signature": ""},
    "nonsense for a signature": lambda posted: {**posted, "Signature": "§"},
    "an older way to sign": lambda posted: {**posted, "SignatureVersion": "1"},
    "a certificate of their own": lambda posted: {**posted, "SigningCertURL": "https://sns.example/x.pem"},
    "a certificate that only looks like Amazon's": lambda posted: {
        **posted,
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com.example/x.pem",
    },
    "a certificate beside Amazon's": lambda posted: {
        **posted,
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/@example.org/x.pem",
    },
    "what Amazon would do for it": lambda posted: {
        **posted,
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t&as=.pem",
    },
    "an open connection": lambda posted: {**posted, "SigningCertURL": CERTIFICATE.replace("https", "http")},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_receipt_is_refused(amazon: FakeAmazon, how: str):
    with pytest.raises(Unsigned):
        read(amazon, FORGED[how](amazon.posts(ses_says("Delivery"))))


def test_no_other_address_than_amazons_is_ever_asked(amazon: FakeAmazon):
    amazon.fetched.clear()
    for how in FORGED:
        with pytest.raises(Unsigned):
            read(amazon, FORGED[how](amazon.posts(ses_says("Delivery"))))

    assert set(amazon.fetched) <= {CERTIFICATE}


def test_another_topic_is_refused_even_when_amazon_signed_for_it(amazon: FakeAmazon):
    with pytest.raises(Unsigned):
        read(amazon, amazon.posts(ses_says("Delivery"), TopicArn=TOPIC + "-theirs"))


def test_a_certificate_that_has_run_out_proves_nothing(amazon: FakeAmazon):
    posted = json.dumps(amazon.posts(ses_says("Delivery"))).encode()

    with pytest.raises(Unsigned):
        receipts.read(posted, topics=(TOPIC,), fetch=amazon.fetch, at=NOON + timedelta(days=2))


def test_a_subscription_to_our_topic_is_confirmed(amazon: FakeAmazon):
    confirm = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    amazon.fetched.clear()

    posted = amazon.posts("You have chosen …", Type="SubscriptionConfirmation", Token="t", SubscribeURL=confirm)

    assert read(amazon, posted) is None
    assert amazon.fetched == [CERTIFICATE, confirm]


@pytest.mark.parametrize("posted", [b"", b"[]", b"{}", b'{"Type": 7}', b"\xff"])
def test_what_is_no_receipt_is_refused_and_not_quoted(posted: bytes):
    with pytest.raises(Malformed) as refusal:
        receipts.read(posted, topics=(TOPIC,), fetch=lambda _: b"", at=NOON)

    assert refusal.value.details == {"reason": "not a receipt"}
