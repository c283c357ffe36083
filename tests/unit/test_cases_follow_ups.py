"""Follow-ups: set, moved, handed on and done; due across cases; and what is open goes with the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases import handing_on
from services.cases.domain.refusals import CaseIsClosed, NotOnTheCase
from services.cases.follow_ups import domain
from services.cases.follow_ups.handlers import follow_ups
from shared import clock
from shared.codes import FollowUpRule, Phase
from shared.events import CaseAssigned
from shared.store.chains import verify
from tests.builders import NOON, a_case
from tests.cases import FOLLOW_UP, CasesService, a_cases_service

CM, OTHER, LEAD = "lindenhof-1", "lindenhof-2", "lindenhof-leitung"
BY: dict[str, Any] = {"at": NOON, "by": CM}
TODAY = date(2026, 3, 2)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def a_follow_up(**said: Any) -> domain.FollowUp:
    given = {"due_on": TODAY, "responsible": CM, "among": [CM, LEAD], **said}
    return domain.set_follow_up(a_case(), "follow-up-1", **given, **BY)[0]


def by_rule() -> domain.FollowUp:
    said: dict[str, Any] = {"cause": "residence-1", "days": 30, "due_on": TODAY, "responsible": CM}
    return domain.remind(a_case(), "follow-up-1", FollowUpRule.RESIDENCE_ENDS, **said, **BY)[0]


def add(cases: CasesService, case: str, who: str = CM, /, **said: Any) -> str:
    answer = cases.call(who, "POST", f"/cases/{case}/follow-ups", {**FOLLOW_UP, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def patch(cases: CasesService, case: str, id: str, body: Any, who: str = CM, version: int = 1) -> Any:
    return cases.call(who, "PATCH", f"/cases/{case}/follow-ups/{id}", body, If_Match=f'"{version}"')


def due(cases: CasesService, who: str, query: str = "") -> list[str]:
    return [row["id"] for row in cases.get(who, f"/cases/follow-ups{query}")["items"]]


def test_a_closed_case_gets_no_follow_up():
    with pytest.raises(CaseIsClosed):
        domain.set_follow_up(a_case(phase=Phase.CLOSED), "follow-up-1", due_on=TODAY, responsible=CM, among=[CM], **BY)


def test_only_who_works_on_the_case_is_responsible():
    with pytest.raises(NotOnTheCase):
        a_follow_up(responsible=OTHER)
    with pytest.raises(NotOnTheCase):
        domain.change(a_case(), a_follow_up(), responsible=OTHER, among=[CM], **BY)


@pytest.mark.parametrize("said", [{"due_on": date(2026, 4, 1)}, {"done": True}, {"responsible": LEAD}])
def test_what_is_not_given_stays(said: dict[str, Any]):
    before = a_follow_up()

    after, _ = domain.change(a_case(), before, **said, among=[CM, LEAD], **BY)

    assert after == before.model_copy(update={**said, "version": 2})


def test_what_the_radar_set_is_watched_until_somebody_touches_it():
    held = by_rule()

    assert held.watched
    assert not domain.change(a_case(), held, due_on=date(2026, 4, 1), **BY)[0].watched
    assert not a_follow_up().watched


def test_it_escalates_once_and_not_when_it_was_touched():
    escalated = domain.escalate(a_case(), by_rule(), "follow-up-2", **BY)
    assert escalated is not None

    assert domain.escalate(a_case(), escalated[0], "follow-up-2", **BY) is None
    assert domain.escalate(a_case(), a_follow_up(), "follow-up-2", **BY) is None


STEPS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"due_on": st.dates(date(2026, 1, 1), date(2027, 1, 1))}),
        st.fixed_dictionaries({"done": st.booleans(), "titled": st.booleans()}),
        st.fixed_dictionaries({"responsible": st.sampled_from([CM, LEAD])}),
        st.none(),
    ),
    max_size=8,
)


@given(steps=STEPS, ruled=st.booleans())
def test_the_state_is_the_fold_of_its_events(steps: list[dict[str, Any] | None], ruled: bool):
    said: dict[str, Any] = {"cause": "residence-1", "days": 7, "due_on": TODAY, "responsible": CM}
    held, first = (
        domain.remind(a_case(), "follow-up-1", FollowUpRule.RESIDENCE_ENDS, **said, **BY)
        if ruled
        else domain.set_follow_up(a_case(), "follow-up-1", due_on=TODAY, responsible=CM, among=[CM], **BY)
    )
    history = [first]
    for step in steps:
        if step is None:
            change = domain.escalate(a_case(), held, "follow-up-2", **BY)
        else:
            change = domain.change(a_case(), held, **step, among=[CM, LEAD], **BY)
        if change is not None:
            held, event = change
            history.append(event)

    assert domain.fold(history) == held


def test_it_is_listed_with_its_title_and_for_whom(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case)

    (row,) = cases.get(LEAD, f"/cases/{case}/follow-ups")["items"]

    assert (row["id"], row["title"], row["due_on"]) == (id, FOLLOW_UP["title"], FOLLOW_UP["due_on"])
    assert (row["responsible"], row["done"], row["version"], row["rule"]) == (CM, False, 1, None)
    assert FOLLOW_UP["title"] not in cases.kept()


def test_it_is_moved_reworded_and_done(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case)

    assert patch(cases, case, id, {"title": "Anders", "due_on": "2026-03-20"}).json["due_on"] == "2026-03-20"
    answer = patch(cases, case, id, {"done": True}, version=2)

    assert (answer.json["done"], answer.headers["ETag"]) == (True, '"3"')
    (row,) = cases.get(CM, f"/cases/{case}/follow-ups")["items"]
    assert (row["title"], row["due_on"], row["done"]) == ("Anders", "2026-03-20", True)
    assert due(cases, CM) == []
    assert domain.fold(follow_ups(cases.desk).history(id)) == follow_ups(cases.desk).get(id)
    assert verify(cases.store, f"follow_ups/{id}") is None


def test_two_who_change_one_do_not_overwrite_each_other_and_never_wait_for_the_case(cases: CasesService):
    case = cases.assigned()
    id, other = add(cases, case), add(cases, case)
    patch(cases, case, id, {"due_on": "2026-03-20"})

    stale = patch(cases, case, id, {"done": True}, who=LEAD)

    assert (stale.status_code, stale.json["current_version"]) == (412, 2)
    assert patch(cases, case, other, {"done": True}).status_code == 200
    assert cases.version(case) == 3


def test_it_is_that_of_its_case_only(cases: CasesService):
    mine, another = cases.assigned(), cases.assigned()
    id = add(cases, mine)

    assert patch(cases, another, id, {"done": True}).status_code == 404
    assert patch(cases, mine, "follow-up-0", {"done": True}).status_code == 404


def test_the_same_key_sets_one(cases: CasesService):
    case = cases.assigned()

    answers = [cases.call(CM, "POST", f"/cases/{case}/follow-ups", FOLLOW_UP, Idempotency_Key="k") for _ in range(2)]

    assert {answer.status_code for answer in answers} == {201}
    assert len(cases.get(CM, f"/cases/{case}/follow-ups")["items"]) == 1


def test_what_is_due_is_listed_across_cases_with_whose_it_is(cases: CasesService):
    case = cases.assigned()
    late, today, week, later = (
        add(cases, case, due_on=(TODAY + timedelta(days=days)).isoformat()) for days in (-1, 0, 6, 7)
    )
    cases.call(CM, "GET", "/cases")

    assert due(cases, CM) == [late, today, week, later]
    assert due(cases, CM, "?due=overdue") == [late]
    assert due(cases, CM, "?due=today") == [today]
    assert due(cases, CM, "?due=week") == [today, week]
    (row,) = cases.get(CM, "/cases/follow-ups?due=overdue")["items"]
    assert (row["client"]["family_name"], row["title"], row["case"]) == ("Beispiel", FOLLOW_UP["title"], case)
    assert row["reference"] == cases.desk.cases.get(case).reference
    assert cases.looks()[-1].cases == (case,)


def test_a_team_lead_sees_those_of_her_organisation_or_her_own(cases: CasesService):
    first, second, foreign = cases.assigned(), cases.assigned(to=OTHER), cases.assigned("bruecke", "bruecke-1")
    ids = [add(cases, first), add(cases, second, OTHER), add(cases, first, LEAD, responsible=LEAD)]
    add(cases, foreign, "bruecke-1")

    assert set(due(cases, LEAD)) == set(ids)
    assert due(cases, LEAD, "?mine=true") == [ids[2]]
    assert due(cases, CM) == [ids[0]]
    assert due(cases, CM, "?mine=false") == [ids[0]]


def test_a_filter_that_means_nothing_is_an_error(cases: CasesService):
    for query in ("?due=never", "?mine=perhaps", "?case=1"):
        assert cases.call(CM, "GET", f"/cases/follow-ups{query}").status_code == 422
    assert cases.call("koordination", "GET", "/cases/follow-ups").status_code == 403


def test_what_is_open_goes_with_the_case(cases: CasesService):
    case = cases.assigned()
    mine, leads, done = add(cases, case), add(cases, case, LEAD, responsible=LEAD), add(cases, case)
    patch(cases, case, done, {"done": True})
    cases.change(LEAD, case, "POST", "assignment", {"case_manager": OTHER})
    assert due(cases, CM) == []
    assert due(cases, OTHER) == []
    (event,) = [one for one in cases.desk.cases.history(case) if isinstance(one, CaseAssigned) and one.version == 4]

    told = [handing_on.settle(case, desk=cases.desk, at=clock.now(), by=event.id)["follow_ups"] for _ in range(2)]
    assert told == [1, 0]

    assert due(cases, OTHER) == [mine]
    assert due(cases, LEAD, "?mine=true") == [leads]
