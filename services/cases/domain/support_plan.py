"""The support plan of a case, and the assessment that it rests on: codes and ids only."""

from __future__ import annotations

from datetime import date

from services.cases.domain.consent import State
from shared.codes import ActionField, GoalOutcome, MeasureStatus, View


class Worded(State):
    """What is also said in words, which are sealed under version `written`."""

    written: int


class Assessment(Worded):
    """How things stand in one action field, in one view."""

    action_field: ActionField
    view: View
    urgency: int
    episode: int = 1


class Goal(Worded):
    """A goal of the support plan."""

    id: str
    action_field: ActionField
    agreed: bool
    until: date | None
    outcome: GoalOutcome | None = None
    episode: int = 1


class Measure(Worded):
    """What somebody does towards a goal."""

    id: str
    goal: str
    responsible: str
    """An organisation's id, `client`, or `case_manager`."""
    agreed: bool
    until: date | None
    status: MeasureStatus = MeasureStatus.OPEN
    ended_on: date | None = None
