"""What the environment tells: by the name of the field, as JSON where it is more than a word, and never quoted."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.notifications.senders.mail import MailSettings
from shared import functions
from shared.identity import IdentitySettings
from shared.settings import Settings, in_words, is_here

ISSUER = '{"issuer": "https://login.example", "audience": "kim", "jwks": "https://login.example/keys"}'


def test_a_variable_is_called_like_its_field(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_PROJECT", "kim-koeln")

    assert Settings.read().project == "kim-koeln"


def test_what_is_more_than_a_word_is_json(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_ISSUERS", f"[{ISSUER}]")

    (issuer,) = IdentitySettings.read().issuers

    assert (issuer.audience, issuer.header) == ("kim", "authorization")


@pytest.mark.parametrize(
    "told",
    [
        *("", "[", '{"issuer": "x"}', f'[{ISSUER[:-1]}, "rolls_claim": "groups"}}]'),
        *(f'[{ISSUER[:-1]}, "jwks": "{url}"}}]' for url in ("http://evil.example", "http://localhost:x@evil.example/")),
    ],
)
def test_what_cannot_be_meant_is_refused(told: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_ISSUERS", told)

    with pytest.raises(ValidationError, match="KIM_ISSUERS"):
        IdentitySettings.read()


def test_an_error_names_the_variable_and_quotes_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_BACKEND", "a-password-in-the-wrong-line")

    with pytest.raises(ValidationError, match="KIM_BACKEND") as wrong:
        Settings.read()

    assert "a-password" not in str(wrong.value)


def test_what_has_to_be_told_is_missed_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KIM_EMAIL_FROM", raising=False)

    with pytest.raises(ValidationError, match="KIM_EMAIL_FROM"):
        MailSettings.read()


def test_the_log_names_the_variable_because_a_fault_is_logged_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("KIM_BACKEND", "a-password-in-the-wrong-line")
    monkeypatch.setenv("KIM_MUNICIPALITY", "koeln")

    with pytest.raises(ValidationError):
        Settings.read()

    (line,) = caplog.records
    assert (line.message, line.variables) == ("settings cannot work", ["KIM_BACKEND"])  # type: ignore[attr-defined]
    assert "a-password" not in str(vars(line))


def test_what_is_no_json_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_ISSUERS", "secret[")

    with pytest.raises(ValidationError) as wrong:
        IdentitySettings.read()

    assert in_words(wrong.value) == "KIM_ISSUERS: not JSON at line 1, column 1"


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *((host, True) for host in ("localhost", "127.0.0.1", "127.8.9.10", "::1")),
        *((host, False) for host in ("", "0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example")),
    ],
)
def test_only_what_never_leaves_the_machine_is_here(host: str, here: bool):
    assert is_here(host) is here


@pytest.mark.parametrize(
    ("variable", "told"),
    [("KIM_ISSUERS", "secret["), ("KIM_PUSH", '{"audience": "kim"}'), ("KIM_PUSH", '{"audience": "a", "acount": "b"}')],
)
def test_a_function_that_is_told_wrongly_whom_to_trust_does_not_start(
    monkeypatch: pytest.MonkeyPatch, variable: str, told: str
):
    monkeypatch.setenv(variable, told)

    with pytest.raises(ValueError, match=variable) as wrong:
        functions.setup()

    assert "secret" not in str(wrong.value)


def test_what_is_given_by_name_is_not_looked_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KIM_PROJECT", "kim-koeln")

    assert Settings(project="kim-local").project == "kim-local"
    with pytest.raises(ValidationError, match="projekt"):
        Settings(projekt="kim-local")
