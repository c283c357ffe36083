"""Which provider carries what is a matter of settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from services.notifications import senders
from shared.codes import Channel
from tests.fakes import MemoryStore

KEYS = {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented"}
"""Without them, Amazon's library asks the network for some."""

SETTINGS = {
    "outbox": {},
    "smtp": {"KIM_EMAIL_FROM": "beratung@stadt.example", "KIM_SMTP_HOST": "127.0.0.1"},
    "ses": {"KIM_EMAIL_FROM": "beratung@stadt.example", **KEYS},
    "sns": KEYS,
}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("shared.store.connect", MemoryStore)
    senders.connect.cache_clear()
    yield
    senders.connect.cache_clear()


def test_where_nothing_is_said_messages_go_to_the_outbox():
    assert {provider.name for provider in senders.connect().values()} == {"outbox"}


@pytest.mark.parametrize(
    ("variable", "name", "channel"),
    [
        ("KIM_EMAIL", "outbox", Channel.EMAIL),
        ("KIM_EMAIL", "smtp", Channel.EMAIL),
        ("KIM_EMAIL", "ses", Channel.EMAIL),
        ("KIM_SMS", "outbox", Channel.SMS),
        ("KIM_SMS", "sns", Channel.SMS),
    ],
)
def test_a_setting_names_the_provider(monkeypatch: pytest.MonkeyPatch, variable: str, name: str, channel: Channel):
    for key, value in {variable: name, **SETTINGS[name]}.items():
        monkeypatch.setenv(key, value)

    assert senders.connect()[channel].name == name


@pytest.mark.parametrize(("variable", "value"), [("KIM_EMAIL", "pigeon"), ("KIM_SMS", "smtp"), ("KIM_EMAIL", "smtp")])
def test_settings_that_cannot_work_end_the_start(monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)

    with pytest.raises(ValueError, match=r"KIM_EMAIL|KIM_SMS"):
        senders.connect()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"KIM_EMAIL": "smtp", "KIM_EMAIL_FROM": "beratung"}, {"KIM_EMAIL_FROM", "KIM_SMTP_HOST"}),
        ({**SETTINGS["smtp"], "KIM_EMAIL": "smtp", "KIM_SMTP_CA": "/nowhere.pem"}, {"KIM_SMTP_CA"}),
        ({**SETTINGS["smtp"], "KIM_EMAIL": "smtp", "KIM_SMTP_PORT": "0"}, {"KIM_SMTP_PORT"}),
        ({"KIM_EMAIL": "ses"}, {"KIM_EMAIL_FROM"}),
        ({"KIM_SMS": "sns", "KIM_SMS_SENDER": "Beratung Köln"}, {"KIM_SMS_SENDER"}),
        ({"KIM_SMS": "sns", "KIM_AWS_ENDPOINT": "http://sns.example"}, {"KIM_AWS_ENDPOINT"}),
        *(
            ({**SETTINGS["smtp"], "KIM_EMAIL": "smtp", "KIM_SMTP_HOST": host, "KIM_SMTP_TLS": "none"}, {"KIM_SMTP_TLS"})
            for host in ("mail.stadt.example", "10.0.0.1", "0.0.0.0", "127.0.0.1.example")
        ),
    ],
)
def test_what_a_provider_lacks_is_named_before_the_first_message(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: set[str]
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError) as wrong:
        senders.check()

    assert {one["loc"][0] for one in wrong.value.errors()} == named


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_relay_on_this_machine_may_be_spoken_to_in_clear(monkeypatch: pytest.MonkeyPatch, host: str):
    for name, value in {**SETTINGS["smtp"], "KIM_EMAIL": "smtp", "KIM_SMTP_HOST": host, "KIM_SMTP_TLS": "none"}.items():
        monkeypatch.setenv(name, value)

    senders.check()


@pytest.mark.parametrize(
    ("variable", "value", "reads"),
    [
        ("KIM_EMAIL", "pigeon", "notifications_send"),
        ("KIM_SNS_TOPICS", "arn:aws:sns:eu-central-1:000000000000:kim", "notifications_receipts"),
        ("KIM_SNS_TOPICS", '["kim"]', "notifications_receipts"),
    ],
)
@pytest.mark.parametrize("target", ["notifications_send", "notifications_receipts", "notifications_events"])
def test_the_function_that_reads_it_looks_as_it_starts_and_no_other_does(
    variable: str, value: str, reads: str, target: str
):
    told = {**os.environ, "FUNCTION_TARGET": target, variable: value}
    loading = [sys.executable, "-c", "import services.notifications.main"]

    ended = subprocess.run(loading, env=told, capture_output=True, text=True, check=False)

    assert (ended.returncode != 0, variable in ended.stderr) == (reads == target,) * 2, ended.stderr


def test_nobody_is_called_through_a_provider():
    assert Channel.CALL not in senders.connect()
