"""SMTP against a real relay on loopback: encryption, login, headers, and which answers mean what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from services.notifications.domain.message import Rendered
from services.notifications.senders import TryAgain, Undeliverable
from services.notifications.senders.smtp import Smtp, SmtpSettings
from shared.codes import Channel
from tests.builders import NOON
from tests.contract.providers import SENDER, SmtpCounterpart, a_free_port, relay

ID = "message-submission-a1.1-1"
LETTER = Rendered(Channel.EMAIL, "tr", "Merhaba\n", "Mesajınız ulaştı")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[SmtpCounterpart]:
    with relay(tmp_path) as one:
        yield one


def send(to: SmtpCounterpart, address: str = "amina@example.org", **changed: Any) -> str:
    return Smtp(to.settings.model_copy(update=changed)).send(address, LETTER, ID, at=NOON)


def test_the_letter_goes_encrypted(running: SmtpCounterpart):
    send(running)

    assert running.mailbox.encrypted == [True]


def test_the_headers_give_nothing_away_and_keep_machines_from_answering(running: SmtpCounterpart):
    receipt = send(running)

    letter = running.arrived()[0].letter
    assert letter is not None
    assert letter["From"].addresses[0].display_name == "Beratung Köln"
    assert letter["From"].addresses[0].addr_spec == SENDER
    assert letter["Message-ID"] == f"<{ID}@stadt.example>" == f"<{receipt}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "tr"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content_charset() == "utf-8"
    assert "KIM" not in str(letter)


def test_the_letter_needs_no_relay_that_carries_eight_bits(running: SmtpCounterpart):
    send(running)

    assert running.mailbox.taken[0][1].isascii()


def test_a_repeat_carries_the_same_id(running: SmtpCounterpart):
    assert send(running) == send(running)


def test_a_relay_with_a_certificate_that_nobody_vouches_for_gets_nothing(running: SmtpCounterpart):
    with pytest.raises(TryAgain, match="SSLCertVerificationError"):
        send(running, smtp_ca=None)

    assert not running.mailbox.taken


def test_a_relay_without_encryption_gets_nothing(tmp_path: Path):
    with relay(tmp_path, tls_context=None, require_starttls=False) as plain:
        with pytest.raises(TryAgain, match="SMTPNotSupportedError"):
            send(plain)

        assert not plain.mailbox.taken


def test_a_relay_on_the_same_machine_may_go_without_encryption_when_told_so(tmp_path: Path):
    with relay(tmp_path, tls_context=None, require_starttls=False) as plain:
        send(plain, smtp_tls="none")

        assert plain.mailbox.encrypted == [False]


def let_in(name: bytes, password: bytes) -> Callable[..., AuthResult]:
    def answer(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (name, password), handled=False)

    return answer


def test_a_relay_may_ask_for_a_login(tmp_path: Path):
    with relay(tmp_path, auth_required=True, authenticator=let_in(b"kim", b"secret")) as guarded:
        settings = guarded.settings.model_dump() | {"smtp_user": "kim", "smtp_password": "secret"}
        Smtp(SmtpSettings(**settings)).send("amina@example.org", LETTER, ID, at=NOON)

        assert len(guarded.mailbox.taken) == 1


def test_a_wrong_login_is_ours_to_mend_and_fails_no_message(tmp_path: Path):
    with relay(tmp_path, auth_required=True, authenticator=let_in(b"kim", b"secret")) as guarded:
        settings = guarded.settings.model_dump() | {"smtp_user": "kim", "smtp_password": "wrong"}
        with pytest.raises(TryAgain, match="smtp_535"):
            Smtp(SmtpSettings(**settings)).send("amina@example.org", LETTER, ID, at=NOON)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.7.1 content refused", Undeliverable),
        ("554 no", Undeliverable),
        ("451 4.3.0 later", TryAgain),
        ("452 4.2.2 mailbox full", TryAgain),
    ],
)
def test_an_answer_to_the_content_is_sorted_by_its_code(running: SmtpCounterpart, answer: str, error: type):
    running.mailbox.data = answer

    with pytest.raises(error, match=f"smtp_{answer[:3]}"):
        send(running)


def test_a_relay_that_is_not_there_is_tried_again(running: SmtpCounterpart):
    with pytest.raises(TryAgain, match="ConnectionRefusedError"):
        send(running, smtp_port=a_free_port())


def test_an_address_that_the_relay_cannot_write_is_refused_for_good(running: SmtpCounterpart):
    with pytest.raises(Undeliverable, match="smtputf8_missing"):
        send(running, "łódź@example.org")


def test_an_address_in_any_script_is_written_to_where_the_relay_can(tmp_path: Path):
    with relay(tmp_path, enable_SMTPUTF8=True) as modern:
        send(modern, "łódź@example.org")

        assert modern.mailbox.taken[0][0] == "łódź@example.org"
