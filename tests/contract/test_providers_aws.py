"""SES and SNS against moto's server: what Amazon gets beside the text, and which of its errors mean what."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.domain.message import Rendered, untagged
from services.notifications.senders import TryAgain, Undeliverable
from services.notifications.senders.ses import Ses, SesSettings
from services.notifications.senders.sns import Sns, SnsSettings
from shared.codes import Channel
from tests.builders import NOON
from tests.contract.providers import SENDER, SesCounterpart, SnsCounterpart, a_free_port, account, amazon

ID = "message-submission-a1.1-1"
LETTER = Rendered(Channel.EMAIL, "de", "Guten Tag\n", "Ihre Nachricht ist angekommen")
TEXT = Rendered(Channel.SMS, "de", "Ihre Nachricht ist angekommen")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with amazon() as address:
        yield address


@pytest.fixture
def endpoint(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with account(monkeypatch):
        yield server


@pytest.fixture
def ses(endpoint: str) -> SesCounterpart:
    return SesCounterpart(endpoint)


@pytest.fixture
def sns(endpoint: str) -> SnsCounterpart:
    return SnsCounterpart(endpoint)


def asked(counterpart: SesCounterpart | SnsCounterpart) -> dict[str, object]:
    """The parameters of the next request."""
    said: dict[str, object] = {}
    counterpart.client.meta.events.register("provide-client-params.*", lambda params, **_: said.update(params))
    return said


def test_an_email_takes_our_id_along_as_a_tag(ses: SesCounterpart):
    said = asked(ses)

    ses.provider.send("amina@example.org", LETTER, ID, at=NOON)

    (tag,) = said["EmailTags"]  # type: ignore[misc]
    assert untagged(tag["Value"]) == ID
    assert set(tag["Value"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


def test_what_became_of_an_email_is_published_where_the_settings_say(endpoint: str, ses: SesCounterpart):
    ses.client.create_configuration_set(ConfigurationSetName="receipts")
    ses.provider = Ses(SesSettings(email_from=SENDER, aws_endpoint=endpoint, ses_configuration_set="receipts"))
    ses.client = ses.provider.client
    said = asked(ses)

    ses.provider.send("amina@example.org", LETTER, ID, at=NOON)

    assert said["ConfigurationSetName"] == "receipts"


def test_the_receipt_is_what_amazon_calls_the_email(ses: SesCounterpart):
    receipt = ses.provider.send("amina@example.org", LETTER, ID, at=NOON)

    assert [one.id for one in ses.backend.sent_messages] == [receipt]


def test_a_text_message_comes_from_a_neutral_name(sns: SnsCounterpart):
    said = asked(sns)

    receipt = sns.provider.send("+4917139200001", TEXT, ID, at=NOON)

    assert said["MessageAttributes"] == {
        "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Beratung"},
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
    }
    assert list(sns.backend.sms_messages) == [receipt]


@pytest.mark.parametrize("sender", ["", "Beratung Koeln", "Beratungsstelle", "Köln"])
def test_a_name_that_no_phone_can_show_is_refused_at_the_start(sender: str):
    with pytest.raises(ValueError, match="sms_sender"):
        SnsSettings(sms_sender=sender)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "MessageRejected", Undeliverable),
        (400, "BadRequestException", Undeliverable),
        (429, "TooManyRequestsException", TryAgain),
        (400, "LimitExceededException", TryAgain),
        (400, "SendingPausedException", TryAgain),
        (400, "MailFromDomainNotVerifiedException", TryAgain),
        (403, "AccessDeniedException", TryAgain),
        (500, "InternalServerError", TryAgain),
        (503, "ServiceUnavailable", TryAgain),
    ],
)
def test_an_error_of_ses_is_sorted_by_whose_it_is(ses: SesCounterpart, status: int, code: str, error: type):
    ses.fail(status, code)

    with pytest.raises(error, match=code):
        ses.provider.send("amina@example.org", LETTER, ID, at=NOON)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "InvalidParameter", Undeliverable),
        (400, "ParameterValueInvalid", Undeliverable),
        (400, "OptedOut", Undeliverable),
        (400, "Throttling", TryAgain),
        (400, "KMSThrottling", TryAgain),
        (403, "AuthorizationError", TryAgain),
        (500, "InternalError", TryAgain),
    ],
)
def test_an_error_of_sns_is_sorted_by_whose_it_is(sns: SnsCounterpart, status: int, code: str, error: type):
    sns.fail(status, code)

    with pytest.raises(error, match=code):
        sns.provider.send("+4917139200001", TEXT, ID, at=NOON)


def test_amazon_out_of_reach_is_tried_again(sns: SnsCounterpart):
    nobody = Sns(SnsSettings(aws_endpoint=f"http://127.0.0.1:{a_free_port()}"))

    with pytest.raises(TryAgain, match="EndpointConnectionError"):
        nobody.send("+4917139200001", TEXT, ID, at=NOON)


def test_an_email_address_that_ses_cannot_write_is_refused_for_good(ses: SesCounterpart):
    with pytest.raises(Undeliverable, match="smtputf8_missing"):
        ses.provider.send("łódź@example.org", LETTER, ID, at=NOON)


def test_whoever_sends_by_the_outbox_never_waits_for_boto3(tmp_path: Path):
    code = "import sys; from services.notifications import senders as s; s.connect(); assert 'boto3' not in sys.modules"
    environment = {"KIM_DATA": str(tmp_path), "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
