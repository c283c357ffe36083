"""What reporting keeps of an event: one row of ids, dates and codes. Pure.

Of a case, its `CaseFacts`; of the rest, what a measure needs. Never who caused it, no reference, no text.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.events import (
    CaseClosed,
    CaseEvent,
    ContactRecorded,
    Event,
    GoalChanged,
    GoalSet,
    MessageEvent,
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
            return {"case_id": event.case, **event.facts.model_dump(mode="json"), "opened_on": event.facts.opened_on}
        case SubmissionReceived():
            return {"person": event.person, "language": event.language}
        case MessageEvent():
            return event.model_dump(mode="json", include=OF_MESSAGE)
    return {}


def _details(event: Event) -> Row:
    match event:
        case ContactRecorded():
            return {"channel": event.channel.value, "minutes": event.minutes}
        case GoalSet():
            return {"goal": event.goal}
        case GoalChanged():
            told = {} if event.outcome is None else {event.goal: event.outcome}
            return {"goal": event.goal, "outcomes": _pairs(told)}
        case CaseClosed():
            return {"outcomes": _pairs(event.outcomes)}
    return {}


def _pairs(outcomes: dict[str, Any]) -> list[str]:
    """A goal and its outcome in one text each: a column holds a list of texts everywhere, of pairs it does not."""
    return [f"{goal}={outcome.value}" for goal, outcome in outcomes.items()]
