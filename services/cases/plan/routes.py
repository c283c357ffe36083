"""The support plan over HTTP."""

from __future__ import annotations

from typing import Any

from services.cases import table
from services.cases.plan import handlers, schemas, views
from services.cases.shown import AddedView, CaseCodes
from services.cases.views import changed
from shared.http.call import Answer, Call
from shared.policy import Action

Command = dict[str, Any]


@table.routes.get("/<case_id>/plan", Action.CASE_READ, query=schemas.PlanQuery, gives=schemas.PlanView, versioned=True)
def read_plan(call: Call, wanted: Command, case_id: str) -> Answer:
    """Read the support plan as it is, or as it was."""
    return views.plan(call, case_id, wanted, desk=table.desk())


@table.routes.get(
    "/<case_id>/plan/comparison", Action.CASE_READ, query=schemas.ComparisonQuery, gives=schemas.ComparisonView
)
def compare_plans(call: Call, wanted: Command, case_id: str) -> Answer:
    """Compare two versions of the support plan."""
    return views.comparison(call, case_id, wanted, desk=table.desk())


@table.routes.add("/<case_id>/goals", Action.CASE_WORK, takes=schemas.GoalCommand, gives=AddedView)
def set_goal(call: Call, command: Command, case_id: str) -> Answer:
    """Add a goal to the support plan."""
    return handlers.set_goal(call, case_id, command, desk=table.desk())


@table.routes.change(
    "PATCH", "/<case_id>/goals/<goal>", Action.CASE_WORK, takes=schemas.GoalChangeCommand, gives=CaseCodes
)
def change_goal(call: Call, command: Command, case_id: str, goal: str) -> Answer:
    """Agree on a goal, move or reword it, or record its outcome."""
    return changed(handlers.change_goal(call, case_id, goal, command, desk=table.desk()))


@table.routes.add("/<case_id>/goals/<goal>/measures", Action.CASE_WORK, takes=schemas.MeasureCommand, gives=AddedView)
def add_measure(call: Call, command: Command, case_id: str, goal: str) -> Answer:
    """Add a measure to a goal."""
    return handlers.add_measure(call, case_id, goal, command, desk=table.desk())


@table.routes.change(
    "PATCH",
    "/<case_id>/goals/<goal>/measures/<measure>",
    Action.CASE_WORK,
    takes=schemas.MeasureChangeCommand,
    gives=CaseCodes,
)
def change_measure(call: Call, command: Command, case_id: str, goal: str, measure: str) -> Answer:
    """Agree on a measure, move or reword it, hand it on, or have it done or dropped."""
    return changed(handlers.change_measure(call, case_id, goal, measure, command, desk=table.desk()))
