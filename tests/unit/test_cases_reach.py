"""Since when and until when a client agrees to be written to, by all that she declared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.cases.client import domain as client
from services.cases.domain.file import give_consent
from services.cases.domain.reach import reach
from shared.codes import Channel, ConsentForm, ConsentKind
from shared.events import ClientChanged, ConsentGiven
from tests.builders import BOUNDS, NOON, a_case, a_consent

TODAY = NOON.date()
SOON, LATER, OVER = (TODAY + timedelta(days=days) for days in (5, 9, -1))
HOUR = timedelta(hours=1)


def sms(**said: Any) -> Any:
    return a_consent(kind=ConsentKind.CONTACT_SMS, **said)


@pytest.mark.parametrize(
    ("declared", "until", "hours"),
    [
        ([], None, 0),
        ([sms(valid_until=SOON, given_at=NOON + HOUR)], SOON, 1),
        ([sms(valid_until=SOON, given_at=NOON + 2 * HOUR), sms(valid_until=LATER, given_at=NOON + HOUR)], LATER, 2),
        ([sms(valid_until=SOON, given_at=NOON), sms(given_at=NOON + HOUR)], None, 1),
        ([sms(valid_until=SOON, given_at=NOON), sms(given_at=NOON + HOUR, revoked_at=NOON)], SOON, 0),
        ([sms(valid_until=OVER, given_at=NOON + HOUR), sms(valid_until=SOON, given_at=NOON)], SOON, 0),
    ],
)
def test_of_what_she_declared_the_longest_says_until_when(declared: list[Any], until: date | None, hours: int):
    said = reach(a_case(channel=Channel.SMS, consent_contact=True, opened_at=NOON, consents=declared), TODAY)

    assert (said.consent_contact, said.agreed_until, said.agreed_at) == (True, until, NOON + hours * HOUR)


def test_whoever_does_not_agree_does_so_since_no_day():
    said = reach(a_case(channel=Channel.SMS, consents=[sms(valid_until=OVER)]), TODAY)

    assert (said.consent_contact, said.agreed_until, said.agreed_at) == (False, None, None)


@pytest.mark.parametrize(
    ("declared", "kind", "valid_until", "until"),
    [
        ([], ConsentKind.CONTACT_SMS, SOON, SOON),
        ([], ConsentKind.CONTACT_SMS, None, None),
        ([], ConsentKind.PROCESSING, SOON, None),
        ([sms()], ConsentKind.CONTACT_SMS, SOON, None),
        ([sms(revoked_at=NOON)], ConsentKind.CONTACT_SMS, SOON, SOON),
        ([sms(valid_until=LATER)], ConsentKind.CONTACT_SMS, SOON, LATER),
        ([sms(valid_until=SOON)], ConsentKind.CONTACT_SMS, LATER, LATER),
        ([sms()], ConsentKind.CONTACT_EMAIL, SOON, SOON),
    ],
)
def test_a_declaration_tells_until_when_she_may_be_written_to_by_all_of_them(
    declared: list[Any], kind: ConsentKind, valid_until: date | None, until: date | None
):
    case = a_case(consents=declared)
    form = {"recipient": None, "form": ConsentForm.WRITTEN, "language": "de", "text_version": "1"}
    after, event = give_consent(case, kind, **form, valid_until=valid_until, at=NOON, by="lindenhof-1")  # type: ignore[arg-type]

    assert isinstance(event, ConsentGiven)
    assert event.agreed_until == until
    if kind is ConsentKind.CONTACT_SMS and until is not None:
        assert reach(after, TODAY).agreed_until == until


def test_whoever_takes_another_channel_is_written_to_there_as_long_as_she_agreed_to_it():
    mail = a_consent(kind=ConsentKind.CONTACT_EMAIL, valid_until=SOON, given_at=NOON + HOUR)
    case = a_case(channel=Channel.SMS, consents=[mail])
    how: dict[str, Any] = {"district": 1, "bounds": BOUNDS, "amendment": None, "on": TODAY}
    after, event = client.change(case, {"channel": Channel.EMAIL}, **how, at=NOON, by="lindenhof-1")

    assert isinstance(event, ClientChanged)
    assert (event.consent_contact, event.agreed_until, event.agreed_at) == (True, SOON, NOON + HOUR)
    assert not {"agreed_until", "agreed_at"} & after.__dict__.keys(), "the case keeps what she declared, and no more"
