"""Where submissions lie: their states and log, their references, and the vault beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from services.intake.domain import Submission
from shared import bus
from shared.bus import Bus
from shared.people import People, connect_people
from shared.store import Create, Store, connect
from shared.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Inbox:
    """What taking in a submission needs of the outside world."""

    store: Store
    bus: Bus
    submissions: Journal[Submission]
    people: People


def claim(submission: Submission) -> Create:
    """The write that makes a reference this submission's alone."""
    return Create(f"references/{submission.reference}", {"submission": submission.id})


def inbox_of(store: Store, bus: Bus, people: People) -> Inbox:
    """An inbox on these."""
    return Inbox(store, bus, Journal(store, bus, "submissions", Submission), people)


@cache
def inbox() -> Inbox:
    """The inbox of this process, opened once."""
    return inbox_of(connect("intake"), bus.connect(), connect_people())
