"""Which provider carries what is a matter of settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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


def test_nobody_is_called_through_a_provider():
    assert Channel.CALL not in senders.connect()
