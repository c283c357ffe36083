"""How events make the support plan of a case: pure. A part of `history`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.support_plan import Goal, Measure
from shared import events


def _goal(case: Case, event: events.GoalSet) -> dict[str, Any]:
    said = event.model_dump(include={"action_field", "agreed", "until"})
    return {"goals": (*case.goals, Goal(**said, id=event.goal, written=event.version, episode=case.episode))}


def _goal_changed(case: Case, event: events.GoalChanged) -> dict[str, Any]:
    said = {"agreed": event.agreed, "until": event.until, "outcome": event.outcome, **_written(event)}
    return {"goals": tuple(one.model_copy(update=said) if one.id == event.goal else one for one in case.goals)}


def _measure(case: Case, event: events.MeasureAdded) -> dict[str, Any]:
    said = event.model_dump(include={"goal", "responsible", "agreed", "until"})
    return {"measures": (*case.measures, Measure(**said, id=event.measure, written=event.version))}


def _measure_changed(case: Case, event: events.MeasureChanged) -> dict[str, Any]:
    said = {name: getattr(event, name) for name in ("responsible", "agreed", "until", "status", "ended_on")}
    said |= _written(event)
    return {"measures": tuple(one.model_copy(update=said) if one.id == event.measure else one for one in case.measures)}


def _written(event: events.GoalChanged | events.MeasureChanged) -> dict[str, Any]:
    return {"written": event.version} if event.reworded else {}


EVOLVE: dict[str, Callable[[Case, Any], dict[str, Any]]] = {
    "GoalSet": _goal,
    "GoalChanged": _goal_changed,
    "MeasureAdded": _measure,
    "MeasureChanged": _measure_changed,
}
