"""A message: what it is planned as, and that it only ever moves forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain import changes, holding, rules
from services.notifications.domain.changes import LEASE, OVERDUE, PATIENCE, InHand
from services.notifications.domain.message import Message, Reason, Template, folded
from services.notifications.domain.quiet import QuietHours
from shared.clock import BERLIN
from shared.codes import Channel, MessageStatus, Referrer, TransferAnswer
from shared.events import CATALOGUE, Event, MessageEvent, MessageQueued, TransferAnswered, TransferOffered
from tests.builders import NOON, a_case_allocated, a_case_assigned, a_submission_received

QUIET = QuietHours(21, 8, BERLIN)
NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
"""Half past eleven in Berlin."""

LANGUAGES = {"lindenhof": "de", "kompass": "en"}
RANK = {"planned": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "failed": 4, "withheld": 4}


def planned(event: Event, *, at: datetime = NOON) -> Message:
    wanted = rules.wanted(event, LANGUAGES)
    assert wanted is not None
    return changes.plan(wanted, quiet=QUIET, at=at)[0]


def a_queued_message() -> Message:
    return planned(a_submission_received())


def changed(change: changes.Change | None) -> Message:
    assert change is not None
    return change[0]


def test_a_submission_is_confirmed_to_the_client_in_her_language_on_her_channel():
    message = planned(a_submission_received(language="ti", channel="email"))

    assert message.status is MessageStatus.QUEUED
    assert (message.language, message.channel, message.person) == ("ti", Channel.EMAIL, "person-a1")
    assert (message.id, message.case) == ("message-submission-a1.1-1", "case-a1")
    assert message.template is Template.CONFIRMATION


def test_without_consent_to_be_contacted_the_confirmation_is_withheld():
    message = planned(a_submission_received(consent_contact=False))

    assert (message.status, message.reason) == (MessageStatus.WITHHELD, Reason.NO_CONSENT)


def test_whoever_wants_to_be_called_gets_no_message():
    message = planned(a_submission_received(channel="call"))

    assert (message.status, message.reason) == (MessageStatus.WITHHELD, Reason.CALL_ONLY)


def test_a_shared_phone_gets_the_same_neutral_text():
    assert planned(a_submission_received(shared_phone=True)) == planned(a_submission_received())


def test_the_answer_to_her_own_form_does_not_wait_for_the_morning():
    assert planned(a_submission_received(), at=NIGHT).status is MessageStatus.QUEUED


def test_a_text_message_after_a_referral_waits_for_the_end_of_the_quiet_hours():
    message = planned(a_submission_received(referrer=Referrer.JOBCENTER), at=NIGHT)

    assert message.status is MessageStatus.PLANNED
    assert message.due_at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def test_an_email_disturbs_nobody_at_night():
    message = planned(a_submission_received(referrer=Referrer.JOBCENTER, channel="email"), at=NIGHT)

    assert message.status is MessageStatus.QUEUED


def test_an_organisation_hears_that_a_case_is_offered_to_it():
    offered = TransferOffered(**a_case_allocated(organisation="kompass").model_dump(), consent="consent-7")

    message = planned(offered)

    assert (message.template, message.organisation, message.person) == (Template.NEW_INQUIRY, "kompass", None)


@pytest.mark.parametrize("answer", TransferAnswer)
def test_messages_go_with_a_case_that_was_accepted(answer: TransferAnswer):
    answered = TransferAnswered(**a_case_allocated(organisation="kompass").model_dump(), answer=answer)
    held = holding.holder(answered)

    assert (held is not None) is (answer is TransferAnswer.ACCEPTED)
    assert held is None or (held.organisation, held.case_manager) == ("kompass", None)


def test_an_organisation_hears_of_a_new_inquiry_in_its_language():
    message = planned(a_case_allocated(organisation="kompass"))

    assert message.status is MessageStatus.QUEUED
    assert (message.organisation, message.person) == ("kompass", None)
    assert (message.channel, message.language) == (Channel.EMAIL, "en")
    assert message.template is Template.NEW_INQUIRY


def test_an_assignment_calls_for_no_message():
    assert rules.wanted(a_case_assigned(), LANGUAGES) is None


@pytest.mark.parametrize(
    ("at", "over"),
    [
        ("2026-03-02T20:59:59+01:00", "2026-03-02T20:59:59+01:00"),
        ("2026-03-02T21:00:00+01:00", "2026-03-03T08:00:00+01:00"),
        ("2026-03-03T07:59:59+01:00", "2026-03-03T08:00:00+01:00"),
        ("2026-03-03T08:00:00+01:00", "2026-03-03T08:00:00+01:00"),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),  # the night in which summer time begins
    ],
)
def test_quiet_hours_end_at_eight_in_berlin(at: str, over: str):
    assert QUIET.over(datetime.fromisoformat(at)) == datetime.fromisoformat(over)


def test_quiet_hours_may_lie_within_a_day_or_not_be_at_all():
    assert QuietHours(12, 14, BERLIN).over(NOON) == NOON + timedelta(hours=2)
    assert QuietHours(0, 0, BERLIN).over(NOON) == NOON


def test_a_message_in_hand_is_not_taken_by_another():
    message = changed(changes.claim(a_queued_message(), by="e", at=NOON))

    with pytest.raises(InHand):
        changes.claim(message, by="e", at=NOON + LEASE - timedelta(seconds=1))


def test_a_message_that_a_crash_left_in_hand_is_taken_again_after_the_lease():
    message = changed(changes.claim(a_queued_message(), by="e", at=NOON))

    assert changed(changes.claim(message, by="e", at=NOON + LEASE)).status is MessageStatus.SENDING


def test_a_released_message_need_not_wait_for_the_lease():
    message = changed(changes.claim(a_queued_message(), by="e", at=NOON))
    released = changed(changes.release(message, provider="smtp", reason="smtp_451", by="e", at=NOON))

    assert changed(changes.claim(released, by="e", at=NOON)).status is MessageStatus.SENDING


def test_a_receipt_may_overtake_the_note_that_it_was_sent():
    message = changed(changes.claim(a_queued_message(), by="e", at=NOON))
    delivered = changed(changes.delivered(message, provider="ses", by="e", at=NOON))

    assert delivered.status is MessageStatus.DELIVERED
    assert changes.sent(delivered, provider="ses", receipt="r", by="e", at=NOON) is None


def test_what_has_waited_too_long_is_told_again_and_given_up_in_the_end():
    message = changed(changes.claim(a_queued_message(), by="e", at=NOON))

    assert changes.queue(message, by="job", at=NOON + OVERDUE) is None
    told = changes.queue(message, by="job", at=NOON + LEASE + OVERDUE)
    assert told is not None
    assert isinstance(told[1], MessageQueued)
    assert told[0].status is MessageStatus.SENDING
    given_up = changed(changes.queue(told[0], by="job", at=NOON + PATIENCE + OVERDUE))
    assert (given_up.status, given_up.reason) == (MessageStatus.FAILED, Reason.GAVE_UP)


COMMANDS = (
    changes.queue,
    changes.claim,
    partial(changes.release, provider="p", reason="busy"),
    partial(changes.sent, provider="p", receipt="r"),
    partial(changes.failed, provider="p", reason="no"),
    partial(changes.withheld, reason=Reason.PERSON_ERASED),
    partial(changes.delivered, provider="p"),
)
FIRST = st.builds(
    a_submission_received,
    channel=st.sampled_from(Channel),
    consent_contact=st.booleans(),
    referrer=st.sampled_from([Referrer.SELF, Referrer.SCHOOL]),
)
STEPS = st.lists(st.tuples(st.sampled_from(COMMANDS), st.sampled_from([0, 5, 60, 3600, 200_000])), max_size=25)


@given(first=FIRST, night=st.booleans(), steps=STEPS)
def test_a_message_never_moves_back_and_is_the_fold_of_its_events(first, night, steps):
    at = NIGHT if night else NOON
    wanted = rules.wanted(first, LANGUAGES)
    message, event = changes.plan(wanted, quiet=QUIET, at=at)
    events: list[MessageEvent] = [event]
    for command, seconds in steps:
        at += timedelta(seconds=seconds)
        try:
            change = command(message, by="e", at=at)
        except InHand:
            continue
        if change is None:
            continue
        assert RANK[change[0].status] >= RANK[message.status]
        assert RANK[message.status] < 4  # what is settled stays so
        assert change[0].version == message.version + 1
        message = change[0]
        events.append(change[1])

    told = [CATALOGUE[one.type].model_validate_json(one.model_dump_json()) for one in events]
    replayed = None
    for one in told:
        replayed = folded(replayed, one)
    assert replayed == message
    assert Message.model_validate_json(message.model_dump_json()) == message
