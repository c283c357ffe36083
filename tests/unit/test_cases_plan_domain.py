"""Two versions of a plan side by side: what is told of them is exactly what makes the one of the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.domain import plan
from services.cases.domain.refusals import CaseIsClosed
from services.cases.plan.domain import ENDS, compare, has_ended
from shared.codes import ActionField, MeasureStatus, Phase
from shared.errors import NotThere
from tests.builders import NOON, a_case, a_goal

BY: dict[str, Any] = {"at": NOON, "by": "lindenhof-1"}
TODAY, SUMMER = NOON.date(), date(2026, 7, 1)

goals = st.fixed_dictionaries(
    {
        "kind": st.just("goal"),
        "title": st.sampled_from(["Wohnung", "Arbeit", None]),
        "agreed": st.booleans(),
        "outcome": st.sampled_from([None, "achieved", "dropped"]),
    }
)
measures = st.fixed_dictionaries(
    {
        "kind": st.just("measure"),
        "goal": st.just("goal-0"),
        "what": st.sampled_from(["Antrag", "Anruf"]),
        "until": st.sampled_from([None, "2026-04-01"]),
        "status": st.sampled_from(["open", "done", "dropped"]),
        "ended_on": st.sampled_from([None, "2026-03-02"]),
    }
)
items = st.lists(st.tuples(goals, goals) | st.tuples(measures, measures), max_size=6)


@given(pairs=items, more=st.integers(0, 6))
def test_what_is_told_makes_the_later_plan_of_the_earlier(pairs: list[Any], more: int):
    before = [{**first, "id": f"{number}"} for number, (first, _) in enumerate(pairs[more:], start=more)]
    after = [{**second, "id": f"{number}"} for number, (_, second) in enumerate(pairs)]

    found = compare(before, after)

    made = {one["id"]: dict(one) for one in before} | {one["id"]: dict(one) for one in found.added}
    for one in found.changed:
        for field in one["fields"]:
            assert made[one["id"]][field["field"]] == field["before"] != field["after"]
            made[one["id"]][field["field"]] = field["after"]
    for one in found.ended:
        made[one["id"]] |= {name: value for name, value in one.items() if name in ENDS}
    assert made == {one["id"]: one for one in after}
    assert all(has_ended(one) for one in found.ended)


def test_a_plan_beside_itself_tells_nothing():
    same = [{"kind": "goal", "id": "goal-1", "title": "x", "agreed": True, "outcome": None}]

    assert compare(same, same) == ([], [], [])


def a_plan(**given: Any) -> Any:
    case = a_case(goals=[a_goal()])
    said = {"responsible": "client", "agreed": False, "until": SUMMER, **given}
    return plan.add_measure(case, "goal-5", **said, **BY)[0]


def test_a_measure_is_under_its_goal_and_open():
    (held,) = a_plan().measures

    assert (held.id, held.goal, held.written) == ("measure-4", "goal-5", 4)
    assert (held.status, held.ended_on, held.until) == (MeasureStatus.OPEN, None, SUMMER)


def test_what_is_not_said_of_a_measure_stays_and_its_words_where_they_are():
    case, event = plan.change_measure(a_plan(), "goal-5", "measure-4", agreed=True, on=TODAY, **BY)

    (held,) = case.measures
    assert (held.agreed, held.responsible, held.until, held.written) == (True, "client", SUMMER, 4)
    assert (event.reworded, event.status) == (False, MeasureStatus.OPEN)


def test_the_day_of_its_end_stays_when_only_the_rest_changes():
    done, _ = plan.change_measure(a_plan(), "goal-5", "measure-4", status=MeasureStatus.DONE, on=TODAY, **BY)
    later, _ = plan.change_measure(done, "goal-5", "measure-4", reworded=True, on=SUMMER, **BY)

    (held,) = later.measures
    assert (held.ended_on, held.written) == (TODAY, 6)


def test_there_is_no_measure_without_its_goal():
    with pytest.raises(NotThere):
        plan.add_measure(a_case(), "goal-5", responsible="client", agreed=True, until=None, **BY)
    with pytest.raises(NotThere):
        plan.change_measure(a_plan(), "goal-6", "measure-4", agreed=True, on=TODAY, **BY)


def test_the_plan_of_a_closed_case_stays_as_it_is():
    closed = a_plan().model_copy(update={"phase": Phase.CLOSED})

    for change in (
        lambda: plan.set_goal(closed, ActionField.WORK, agreed=True, until=None, **BY),
        lambda: plan.change_goal(closed, "goal-5", agreed=True, **BY),
        lambda: plan.add_measure(closed, "goal-5", responsible="client", agreed=True, until=None, **BY),
        lambda: plan.change_measure(closed, "goal-5", "measure-4", agreed=True, on=TODAY, **BY),
    ):
        with pytest.raises(CaseIsClosed):
            change()
