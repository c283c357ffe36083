"""Submissions: what is told of them, without a person in it."""

from __future__ import annotations

from services.intake.domain import Answers, Origin, receive
from shared.codes import AgeBand, Channel, Gender, Referrer, ResidenceStatus
from tests.builders import NOON

ANSWERS = Answers(
    language="ti",
    needs_interpreter=True,
    channel=Channel.SMS,
    shared_phone=False,
    consent_contact=True,
    topics=("housing",),
    residence_status=ResidenceStatus.TOLERATION,
    city_quarter=204,
    gender=Gender.UNDISCLOSED,
    age_band=AgeBand.FROM_18,
    single_parent=True,
)


def test_a_submission_and_its_event_are_named_after_one_number():
    submission, event = receive("a1", 0, ANSWERS, Origin(consent_language="en"), consent_text="intake-1", at=NOON)

    assert (submission.id, submission.person) == ("submission-a1", "person-a1")
    assert event.id == "submission-a1.1"
    assert (event.person, event.by, event.referrer) == ("person-a1", "client", Referrer.SELF)
    assert event.topics == ANSWERS.topics
    assert event.city_quarter == 204
