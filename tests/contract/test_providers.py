"""Every provider keeps the same contract: it hands over, it recognises never and again, it gives no address away."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.notifications.domain.message import Rendered
from services.notifications.senders import TryAgain, Undeliverable
from shared.codes import Channel
from tests.builders import NOON
from tests.contract.providers import Counterpart, Refusing, amazon, counterpart

ADDRESSES = {Channel.EMAIL: "amina@example.org", Channel.SMS: "+4917139200001"}
ID = "message-submission-a1.1-1"
BODY = "\u2066Beratung Köln\u2069: وصلت رسالتك. ትግርኛ, Şêx, Łódź.\n\n.\nFrom here on\n"
SUBJECT = "وصلت رسالتك"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with amazon() as address:
        yield address


@pytest.fixture(params=["outbox", "smtp", "ses", "sns"])
def every(
    request: pytest.FixtureRequest, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Counterpart]:
    with counterpart(request.param, tmp_path, endpoint, monkeypatch) as running:
        yield running


@pytest.fixture(params=["smtp", "ses", "sns"])
def refusing(
    request: pytest.FixtureRequest, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    with counterpart(request.param, tmp_path, endpoint, monkeypatch) as running:
        yield running


def hand_over(to: Counterpart) -> str:
    subject = SUBJECT if to.channel is Channel.EMAIL else None
    return to.provider.send(ADDRESSES[to.channel], Rendered(to.channel, "ar", BODY, subject), ID, at=NOON)


def test_what_is_handed_over_arrives_letter_by_letter(every: Counterpart):
    receipt = hand_over(every)

    (arrived,) = every.arrived()
    assert (arrived.to, arrived.body) == (ADDRESSES[every.channel], BODY)
    assert arrived.subject == (SUBJECT if every.channel is Channel.EMAIL else None)
    assert receipt


def test_a_repeat_is_taken_and_where_possible_recognised(every: Counterpart):
    hand_over(every)
    hand_over(every)

    assert len(every.arrived()) == (1 if every.once else 2)


def test_a_refusal_for_good_says_never(refusing: Refusing):
    refusing.refuse("never")

    with pytest.raises(Undeliverable) as refusal:
        hand_over(refusing)

    assert_names_nobody(refusal)
    assert not refusing.arrived()


def test_a_refusal_for_now_says_again(refusing: Refusing):
    refusing.refuse("again")

    with pytest.raises(TryAgain) as refusal:
        hand_over(refusing)

    assert_names_nobody(refusal)
    assert not refusing.arrived()


def assert_names_nobody(refusal: pytest.ExceptionInfo[Undeliverable] | pytest.ExceptionInfo[TryAgain]) -> None:
    """Neither the reason, which is kept, nor the traceback, which is logged, holds an address."""
    logged = "".join(traceback.format_exception(refusal.value))
    for address in ADDRESSES.values():
        assert address not in refusal.value.reason
        assert address not in logged
