"""What reporting keeps of an event: one row of ids, dates and codes. Pure.

Of a case, its `CaseFacts`, under the person as whom its client counts; of the rest, what a measure needs. Never who
caused it, no reference, no text.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.codes import AppointmentStatus, ReferralStatus
from shared.events import (
    AppointmentCancelled,
    AppointmentChanged,
    AppointmentMade,
    AppointmentMoved,
    CaseClosed,
    CaseEvent,
    ConferenceChanged,
    ConferenceRecorded,
    ContactRecorded,
    ContactWithdrawn,
    Event,
    FindingRaised,
    GoalChanged,
    GoalSet,
    MessageEvent,
    ReferralChanged,
    ReferralMade,
    ReferralReturned,
    ReferralStopped,
    SubmissionReceived,
)

Row = dict[str, Any]

OF_MESSAGE = {"person", "organisation", "language", "channel", "status", "template"}


def row(event: Event, *, on: date) -> Row:
    """The row of an event. `on` is the calendar day in Germany on which it happened."""
    return {
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "version": event.version,
        "at": event.at,
        "day": on,
        **_of_subject(event),
        **_details(event),
    }


def _of_subject(event: Event) -> Row:
    match event:
        case CaseEvent():
            facts = event.facts
            said = facts.model_dump(mode="json", exclude={"counts_as"})
            counts_as = facts.counts_as or facts.person
            return {"case_id": event.case, **said, "opened_on": facts.opened_on, "person": counts_as}
        case SubmissionReceived():
            return {"person": event.person, "language": event.language}
        case MessageEvent():
            return event.model_dump(mode="json", include=OF_MESSAGE)
        case FindingRaised():
            return {"organisation": event.organisation}
    return {}


def _details(event: Event) -> Row:
    match event:
        case ContactRecorded():
            return {"channel": event.channel.value, "minutes": event.minutes, "about": event.held_on}
        case ContactWithdrawn():
            return {"withdraws": event.recorded}
        case GoalSet():
            return {"goal": event.goal}
        case GoalChanged():
            told = {} if event.outcome is None else {event.goal: event.outcome}
            return {"goal": event.goal, "outcomes": _pairs(told)}
        case CaseClosed():
            return {"outcomes": _pairs(event.outcomes)}
        case ConferenceRecorded() | ConferenceChanged():
            return {"status": event.status.value, "about": event.held_on}
    return _referred(event) | _met(event)


def _referred(event: Event) -> Row:
    """How a referral stands afterwards. One that nobody answered in time is sent all the same."""
    match event:
        case ReferralMade() | ReferralChanged():
            return {"status": event.status.value}
        case ReferralReturned():
            return {"status": ReferralStatus.SENT.value}
        case ReferralStopped():
            return {"status": ReferralStatus.DROPPED.value}
    return {}


def _met(event: Event) -> Row:
    """On which day an appointment is, and what became of it. Nobody is met at midnight: the day is that in UTC."""
    match event:
        case AppointmentMade() | AppointmentMoved():
            return {"status": AppointmentStatus.PLANNED.value, "about": event.starts_at.date()}
        case AppointmentCancelled():
            return {"status": AppointmentStatus.CANCELLED.value, "about": event.starts_at.date()}
        case AppointmentChanged():
            return {"status": event.status.value}
    return {}


def _pairs(outcomes: dict[str, Any]) -> list[str]:
    """A goal and its outcome in one text each: a column holds a list of texts everywhere, of pairs it does not."""
    return [f"{goal}={outcome.value}" for goal, outcome in outcomes.items()]
