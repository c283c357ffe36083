"""A fact holds what a measure needs, and nothing that could name anybody."""

from __future__ import annotations

import pytest

from services.reporting.domain.fact import row
from services.reporting.facts import COLUMNS, values
from shared import clock
from shared.codes import Channel, ContactChannel, GoalOutcome, MessageStatus, Phase
from shared.events import (
    CATALOGUE,
    CaseEvent,
    ContactRecorded,
    ContactWithdrawn,
    Event,
    GoalChanged,
    GoalSet,
    MessageSent,
)
from tests.builders import a_submission_received
from tests.gates.examples import an_event
from tests.reporting import OCTOBER, a_case_event, a_closing, noon

NEVER = {"by", "reference", "case_manager", "receipt", "provider", "contact", "submission", "text_version"}


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.type)
def test_every_event_becomes_a_row_of_known_columns(kind: type[Event]):
    event = an_event(kind)
    kept = row(event, on=clock.day(event.at))

    assert (kept["event_id"], kept["type"]) == (event.id, kind.type)
    assert set(kept) <= {column.name for column in COLUMNS}
    assert ("case_id" in kept) is issubclass(kind, CaseEvent)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.type)
def test_a_row_says_neither_who_did_it_nor_anything_in_words(kind: type[Event]):
    event = an_event(kind)
    kept = row(event, on=clock.day(event.at))

    assert not NEVER & set(kept)
    assert event.by not in [value for name, value in kept.items() if name != "person"]


def test_the_day_of_a_fact_is_the_day_in_germany():
    late = a_submission_received(at="2026-10-31T23:30:00Z")

    assert row(late, on=clock.day(late.at))["day"].isoformat() == "2026-11-01"


def test_a_fact_of_a_case_says_how_the_case_stood():
    kept = row(a_case_event(phase=Phase.PLANNING, organisation="lindenhof", action_fields=("work",)), on=OCTOBER)

    assert kept["case_id"] == kept["subject"] == "case-a1"
    assert (kept["phase"], kept["organisation"], kept["action_fields"]) == ("planning", "lindenhof", ["work"])
    assert kept["opened_on"] == OCTOBER


def test_details_are_kept_where_a_measure_needs_them():
    contact = a_case_event(ContactRecorded, contact="contact-2", channel=ContactChannel.VIDEO, minutes=40)
    goal = a_case_event(GoalSet, goal="goal-2", action_field="work", agreed=True)
    changed = a_case_event(GoalChanged, goal="goal-2", agreed=True, outcome=GoalOutcome.ACHIEVED)
    moved = a_case_event(GoalChanged, goal="goal-2", agreed=True)
    closed = a_closing(outcomes={"goal-2": GoalOutcome.ACHIEVED, "goal-3": GoalOutcome.DROPPED})

    mistake = a_case_event(ContactWithdrawn, version=3, contact="contact-2", recorded=2, held_on=OCTOBER)
    assert row(mistake, on=OCTOBER)["withdraws"] == 2
    assert {"channel": "video", "minutes": 40, "about": None}.items() <= row(contact, on=OCTOBER).items()
    assert row(goal, on=OCTOBER)["goal"] == "goal-2"
    assert row(changed, on=OCTOBER)["outcomes"] == ["goal-2=achieved"]
    assert row(moved, on=OCTOBER)["outcomes"] == []
    assert row(closed, on=OCTOBER)["outcomes"] == ["goal-2=achieved", "goal-3=dropped"]


def test_a_message_belongs_to_a_person_and_to_no_case():
    sent = MessageSent(
        subject="message-case-a1.1-1",
        version=3,
        at=noon(OCTOBER),
        by="notifications_send",
        person="person-a1",
        case="case-a1",
        template="confirmation",
        channel=Channel.SMS,
        language="ar",
        status=MessageStatus.SENT,
        provider="outbox",
        receipt="outbox-1",
    )
    kept = row(sent, on=OCTOBER)

    assert "case_id" not in kept
    assert (kept["person"], kept["channel"], kept["language"]) == ("person-a1", "sms", "ar")


def test_values_stand_in_the_order_of_the_columns_and_ignore_what_has_none():
    kept = values({"event_id": "case-a1.1", "legal_domain": "sgb2"})

    assert kept[0] == "case-a1.1"
    assert len(kept) == len(COLUMNS)
    assert [value for column, value in zip(COLUMNS, kept, strict=True) if column.repeated] == [[]] * 4
