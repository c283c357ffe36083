"""What cases tell of the support plan: goals, and the measures under them. What they are lies sealed."""

from datetime import date
from typing import ClassVar

from shared.codes import ActionField, GoalOutcome, MeasureStatus
from shared.events.cases import AccessEvent, CaseEvent


class GoalSet(AccessEvent):
    """A goal entered the support plan."""

    type: ClassVar[str] = "cases.goal-set.v1"
    goal: str
    action_field: ActionField
    agreed: bool
    until: date | None = None


class GoalChanged(CaseEvent):
    """A goal was agreed by the client, moved, reworded, or came to its outcome."""

    type: ClassVar[str] = "cases.goal-changed.v1"
    goal: str
    agreed: bool
    until: date | None = None
    outcome: GoalOutcome | None = None
    reworded: bool = False
    """Whether its words lie under this version now."""


class MeasureAdded(CaseEvent):
    """Somebody is to do something towards a goal."""

    type: ClassVar[str] = "cases.measure-added.v1"
    goal: str
    measure: str
    responsible: str
    """An organisation's id, `client`, or `case_manager`."""
    agreed: bool
    until: date | None = None


class MeasureChanged(CaseEvent):
    """A measure was agreed by the client, moved, reworded, handed to somebody else, done or dropped."""

    type: ClassVar[str] = "cases.measure-changed.v1"
    goal: str
    measure: str
    responsible: str
    agreed: bool
    until: date | None = None
    status: MeasureStatus
    ended_on: date | None = None
    reworded: bool = False
