"""Whether a look was allowed at its moment: the state of the case then, against the reason that was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from services.cases.domain.case import Case
from services.cases.domain.history import EVOLVE, begun, evolve
from shared import events
from shared.events import CaseEvent, CaseOpened, CasesLookedAt, Event

GRACE = timedelta(minutes=1)
"""A look and a change that meet may be written in either order: what held within this time counts."""

SAY_NOTHING: frozenset[type[CaseEvent]] = frozenset(
    {
        *(events.ContactRecorded, events.ResidenceChanged),
        *(events.MeasureAdded, events.MeasureChanged),
        *(events.RectificationRequested, events.RectificationChanged),
    }
)
"""What changes nothing of who may see a case: most of what happens to it, and not read again for each night."""

_KINDS: tuple[type[CaseEvent], ...] = (CaseOpened, *EVOLVE)
TELLING = tuple(kind.type for kind in _KINDS if kind not in SAY_NOTHING)
"""The types of everything else."""

Allows = Callable[[Case], bool]


class Deviation(NamedTuple):
    """A look whose reason did not hold."""

    look: str
    case: str
    by: str
    at: str
    action: str
    reason: str
    why: str


def moments(history: Iterable[Event]) -> Iterator[tuple[datetime, Case]]:
    """Every state of a case, each with the time from which it held. What `SAY_NOTHING` may be left out."""
    case: Case | None = None
    for event in history:
        if isinstance(event, CaseOpened):
            case = begun(event)
        elif case is not None and isinstance(event, CaseEvent):
            case = evolve(case, event)
        if case is not None:
            yield event.at, case


def around(states: Iterable[tuple[datetime, Case]], at: datetime) -> list[Case]:
    """The states that may have been in force at a moment."""
    before: Case | None = None
    near: list[Case] = []
    for since, case in states:
        if since <= at - GRACE:
            before = case
        elif since <= at + GRACE:
            near.append(case)
    return near if before is None else [before, *near]


def checked(look: CasesLookedAt, case: str, states: Iterable[Case], allows: Allows) -> Deviation | None:
    """The deviation, when the look at a case was not allowed in any of its states then."""
    seen = list(states)
    if any(map(allows, seen)):
        return None
    return deviation(look, case, "reason_did_not_hold" if seen else "no_such_case")


def deviation(look: CasesLookedAt, case: str, why: str) -> Deviation:
    """What is reported of a look at a case."""
    said = look.model_dump(mode="json")
    return Deviation(look.id, case, look.by, said["at"], look.action, look.reason, why)
