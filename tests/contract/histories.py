"""Some histories of cases and messages: what happens, in any order, more than once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as some

from shared.codes import Channel, MessageStatus
from shared.events import (
    CaseClosed,
    CaseEvent,
    CaseMerged,
    CasePhaseChanged,
    CaseReopened,
    CaseSeparated,
    ContactRecorded,
    ContactWithdrawn,
    Event,
    GoalChanged,
    GoalSet,
    MessageSent,
)
from tests.contract.beside import a_finding, something_beside
from tests.reporting import a_case_event, noon


def a_history(draw: some.DrawFn, number: int) -> list[Event]:
    """A case from its opening on: what happens in it, how it changes, and when."""
    opened = date(2026, 8, 15) + timedelta(days=draw(some.integers(0, 90)))
    person = f"person-{draw(some.integers(1, 4))}"
    events, on = [], opened
    told: dict[str, int] = {}
    for version in range(1, draw(some.integers(1, 6)) + 1):
        facts = {
            "person": person,
            "opened_on": opened,
            "phase": draw(some.sampled_from(["inquiry", "planning", "closed"])),
            "organisation": draw(some.sampled_from([None, "lindenhof", "bruecke"])),
            "city_district": draw(some.sampled_from([None, 1, 8])),
            "action_fields": draw(some.sampled_from([("work",), ("work", "housing"), ("debts",)])),
            "legal_domains": draw(some.sampled_from([(), ("sgb2",), ("sgb2", "aufenthg")])),
            "target_groups": draw(some.sampled_from([(), ("lsbti",), ("young_adult", "other")])),
            "closure_reason": draw(some.sampled_from([None, "other", "duplicate_or_error"])),
            "counts_as": draw(some.sampled_from([None, None, "person-1", "person-2"])),
            "clearing_result": draw(some.sampled_from([None, None, "accepted", "short_consultation", "signposted"])),
        }
        kind, said = draw(some.sampled_from(HAPPENS))
        events.append(a_case_event(kind, case=f"case-{number}", version=version, on=on, **{**facts, **said}))
        events.append(something_beside(draw, told, number, on=on, **facts))
        on += timedelta(days=draw(some.integers(0, 40)))
    return events


HAPPENS: list[tuple[type[CaseEvent], dict[str, Any]]] = [
    (CasePhaseChanged, {}),
    (ContactRecorded, {"contact": "contact-2", "channel": "phone", "minutes": 25}),
    (ContactRecorded, {"contact": "contact-3", "channel": "meeting", "minutes": 60}),
    (ContactRecorded, {"contact": "contact-4", "channel": "video", "minutes": 5, "held_on": "2026-10-01"}),
    (ContactRecorded, {"contact": "contact-5", "channel": "phone", "minutes": 10, "held_on": "2026-09-30"}),
    (ContactWithdrawn, {"contact": "contact-2", "recorded": 2, "held_on": "2026-10-01"}),
    (ContactWithdrawn, {"contact": "contact-3", "recorded": 3, "held_on": "2026-10-01"}),
    (GoalSet, {"goal": "goal-2", "action_field": "work", "agreed": True}),
    (GoalChanged, {"goal": "goal-2", "agreed": True, "outcome": "achieved"}),
    (GoalChanged, {"goal": "goal-2", "agreed": True, "outcome": "not_achieved"}),
    (GoalChanged, {"goal": "goal-2", "agreed": True}),
    (CaseReopened, {"episode": 2}),
    (CaseMerged, {"other": "case-0", "counts_as": "person-2", "was": "planning", "legal_hold": False}),
    (CaseSeparated, {"other": "case-0"}),
    (CaseClosed, {"reason": "other", "ended_by": "mutual", "outcomes": {"goal-2": "achieved", "goal-3": "achieved"}}),
]


@some.composite
def histories(draw: some.DrawFn) -> list[Event]:
    """Some cases and messages, delivered more than once and in any order."""
    events = [event for number in range(draw(some.integers(1, 5))) for event in a_history(draw, number)]
    events += [a_finding(number, draw) for number in range(draw(some.integers(0, 3)))]
    events += [a_message(number, draw) for number in range(draw(some.integers(0, 4)))]
    events += draw(some.lists(some.sampled_from(events), max_size=5))
    return draw(some.permutations(events))


def a_message(number: int, draw: some.DrawFn) -> MessageSent:
    return MessageSent(
        subject=f"message-{number}",
        version=3,
        at=noon(date(2026, 9, 28) + timedelta(days=draw(some.integers(0, 36)))),
        by="notifications_send",
        person=draw(some.sampled_from([None, "person-1", "person-2"])),
        template="confirmation",
        channel=draw(some.sampled_from(Channel)),
        language=draw(some.sampled_from(["de", "ar"])),
        status=MessageStatus.SENT,
        provider="outbox",
        receipt="1",
    )
