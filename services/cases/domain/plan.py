"""The support plan: goals, and the measures under them. Words about them lie sealed apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.file import item_id
from services.cases.domain.history import Change, changed
from services.cases.domain.support_plan import Goal, Measure
from shared.codes import ActionField, GoalOutcome, MeasureStatus
from shared.errors import NotThere
from shared.events import GoalChanged, GoalSet, MeasureAdded, MeasureChanged

CLIENT, CASE_MANAGER = "client", "case_manager"
"""Who is responsible for a measure, where it is no organisation."""

ENDS = frozenset({"outcome", "ended_on"})
TAKES_BACK = frozenset({("agreed", False), ("status", MeasureStatus.DONE), ("status", MeasureStatus.DROPPED)})
"""What ends a part of the plan, or an agreement to it."""


def works_on(said: Mapping[str, Any]) -> bool:
    """Whether a change of a goal or a measure does more than to end something: for that alone it needs no consent."""
    return any(name not in ENDS and (name, value) not in TAKES_BACK for name, value in said.items())


def set_goal(
    case: Case, action_field: ActionField, *, agreed: bool, until: date | None, at: datetime, by: str
) -> Change:
    """Put a goal into the support plan."""
    case.must_be_open()
    goal = item_id(case, "goal")
    return changed(case, GoalSet, at=at, by=by, goal=goal, action_field=action_field, agreed=agreed, until=until)


def change_goal(
    case: Case,
    goal: str,
    *,
    agreed: bool | None = None,
    until: date | None = None,
    outcome: GoalOutcome | None = None,
    reworded: bool = False,
    at: datetime,
    by: str,
) -> Change:
    """Agree on a goal, move it, reword it, or record its outcome; what is not given stays."""
    case.must_be_open()
    held = goal_of(case, goal)
    return changed(
        case,
        GoalChanged,
        at=at,
        by=by,
        goal=goal,
        agreed=held.agreed if agreed is None else agreed,
        until=until or held.until,
        outcome=outcome or held.outcome,
        reworded=reworded,
    )


def add_measure(
    case: Case, goal: str, *, responsible: str, agreed: bool, until: date | None, at: datetime, by: str
) -> Change:
    """Put under a goal what somebody is to do for it."""
    case.must_be_open()
    goal_of(case, goal)
    said = {"goal": goal, "responsible": responsible, "agreed": agreed, "until": until}
    return changed(case, MeasureAdded, at=at, by=by, measure=item_id(case, "measure"), **said)


def change_measure(
    case: Case,
    goal: str,
    measure: str,
    *,
    responsible: str | None = None,
    agreed: bool | None = None,
    until: date | None = None,
    status: MeasureStatus | None = None,
    ended_on: date | None = None,
    reworded: bool = False,
    on: date,
    at: datetime,
    by: str,
) -> Change:
    """Agree on a measure, move it, reword it, hand it on, or end it; what is not given stays.

    What is done or dropped ended `on` the day of saying so, unless another is given; opened again it has not ended.
    """
    case.must_be_open()
    held = measure_of(case, goal, measure)
    now = status or held.status
    said: dict[str, Any] = {"responsible": responsible or held.responsible, "until": until or held.until}
    said |= {"agreed": held.agreed if agreed is None else agreed, "status": now}
    said["ended_on"] = None if now is MeasureStatus.OPEN else ended_on or held.ended_on or on
    return changed(case, MeasureChanged, at=at, by=by, goal=goal, measure=measure, reworded=reworded, **said)


def goal_of(case: Case, id: str) -> Goal:
    """The goal of this id. Raises `NotThere`."""
    found = next((goal for goal in case.goals if goal.id == id), None)
    if found is None:
        raise NotThere()
    return found


def measure_of(case: Case, goal: str, id: str) -> Measure:
    """The measure of this id under this goal. Raises `NotThere`."""
    found = next((one for one in case.measures if (one.goal, one.id) == (goal, id)), None)
    if found is None:
        raise NotThere()
    return found
