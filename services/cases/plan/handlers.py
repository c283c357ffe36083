"""What happens to the support plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.cases.changing import add, as_seen, change
from services.cases.domain import plan, process
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.domain.support_plan import Goal, Measure
from services.cases.store import Desk, Words
from shared import clock
from shared.errors import Invalid
from shared.http.call import Answer, Call
from shared.municipality import municipality
from shared.policy import Action
from shared.texts import text

Command = dict[str, Any]

OF_A_GOAL, OF_A_MEASURE = ("title", "reached_when"), ("what",)
"""What is said in words, and lies sealed."""


def set_goal(call: Call, case_id: str, command: Command, *, desk: Desk) -> Answer:
    """A goal enters the support plan."""
    words = _words(command, OF_A_GOAL)

    def decide(case: Case) -> Change:
        process.must_be_consented(case, clock.day(call.at))
        return plan.set_goal(
            case, command["action_field"], agreed=command["agreed"], until=command["until"], **_by(call)
        )

    return add(call, case_id, "goal", decide, desk, words)


def change_goal(call: Call, case_id: str, goal: str, command: Command, *, desk: Desk) -> Case:
    """A goal is agreed, moved, reworded, or comes to its outcome."""
    words = _reworded(call, case_id, lambda case: plan.goal_of(case, goal), _words(command, OF_A_GOAL), desk)
    said = {name: value for name, value in command.items() if name not in OF_A_GOAL}

    def decide(case: Case) -> Change:
        _must_be_consented(case, command, call)
        return plan.change_goal(case, goal, reworded=bool(words), **said, **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk, words)


def add_measure(call: Call, case_id: str, goal: str, command: Command, *, desk: Desk) -> Answer:
    """Somebody is to do something towards a goal."""
    words = _words(command, OF_A_MEASURE)
    said = {name: value for name, value in command.items() if name not in OF_A_MEASURE}
    _must_be_somebody(command)

    def decide(case: Case) -> Change:
        process.must_be_consented(case, clock.day(call.at))
        return plan.add_measure(case, goal, **said, **_by(call))

    return add(call, case_id, "measure", decide, desk, words, under=f"goals/{goal}/")


def change_measure(call: Call, case_id: str, goal: str, measure: str, command: Command, *, desk: Desk) -> Case:
    """A measure is agreed, moved, reworded, handed to somebody else, done or dropped."""
    on = clock.day(call.at)
    if command.get("ended_on", on) > on:
        raise Invalid({"ended_on": [text("This day is still to come.")]})
    _must_be_somebody(command)
    held = _words(command, OF_A_MEASURE)
    words = _reworded(call, case_id, lambda case: plan.measure_of(case, goal, measure), held, desk)
    said = {name: value for name, value in command.items() if name not in OF_A_MEASURE}

    def decide(case: Case) -> Change:
        _must_be_consented(case, command, call)
        return plan.change_measure(case, goal, measure, reworded=bool(words), on=on, **said, **_by(call))

    return change(call, case_id, Action.CASE_WORK, decide, desk, words)


def _reworded(call: Call, case_id: str, find: Callable[[Case], Goal | Measure], words: Words, desk: Desk) -> Words:
    """What was said before with what is said now: all words of an item lie under one version.

    Read before the change, which happens only if the caller saw this version.
    """
    if not words:
        return {}
    case = as_seen(call, case_id, Action.CASE_WORK, desk)
    case.must_be_open()
    process.must_be_consented(case, clock.day(call.at))
    written = find(case).written
    return {**desk.words(case, [written]).get(written, {}), **words}


def _must_be_consented(case: Case, command: Command, call: Call) -> None:
    """Raises `ProcessingNotConsented` where more is done than to end something."""
    if plan.works_on(command):
        process.must_be_consented(case, clock.day(call.at))


def _must_be_somebody(command: Command) -> None:
    responsible = command.get("responsible", plan.CLIENT)
    if responsible not in (plan.CLIENT, plan.CASE_MANAGER) and municipality().organisation(responsible) is None:
        raise Invalid({"responsible": [text("There is no such organisation.")]})


def _words(command: Command, names: tuple[str, ...]) -> Words:
    return {name: command[name] for name in names if command.get(name)}


def _by(call: Call) -> dict[str, Any]:
    return {"at": call.at, "by": call.actor.id}
