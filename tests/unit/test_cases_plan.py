"""The support plan whole: SMART goals, measures under them, and its versions side by side, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.cases.domain.history import fold
from shared import clock
from shared.codes import Phase
from shared.store.chains import verify
from tests.builders import NOON
from tests.cases import GOAL, MEASURE, CasesService, a_cases_service

CM, LEAD, PARTNER = "lindenhof-1", "lindenhof-leitung", "partner-jobcenter"
SMART = {**GOAL, "reached_when": "Der Mietvertrag ist unterschrieben.", "until": "2026-09-30"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.fixture
def planned(cases: CasesService) -> tuple[str, str]:
    """A case in linking, and its goal."""
    case = cases.case_in(Phase.PLANNING)
    return case, add(cases, case, "goals", SMART)


def add(cases: CasesService, case: str, path: str, body: Any, who: str = CM) -> str:
    answer = cases.call(who, "POST", f"/cases/{case}/{path}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def patch(cases: CasesService, case: str, path: str, **said: Any) -> Any:
    return cases.change(CM, case, "PATCH", path, said)


def plan(cases: CasesService, case: str, query: str = "") -> Any:
    return cases.get(CM, f"/cases/{case}/plan{query}")


def test_a_goal_says_what_until_when_and_by_what_it_is_seen(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned

    (held,) = plan(cases, case)["goals"]

    assert held == {"id": goal, **SMART, "outcome": None, "measures": []}
    assert "Mietvertrag" not in cases.kept()


def test_a_measure_says_who_does_what_until_when(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    answer = cases.call(CM, "POST", f"/cases/{case}/goals/{goal}/measures", {**MEASURE, "until": "2026-04-01"})
    id = answer.json["id"]

    assert answer.headers["Location"] == f"/cases/{case}/goals/{goal}/measures/{id}"
    (held,) = plan(cases, case)["goals"][0]["measures"]
    assert held == {**MEASURE, "id": id, "until": "2026-04-01", "status": "open", "ended_on": None}
    assert cases.get(CM, f"/cases/{case}")["goals"] == plan(cases, case)["goals"]
    assert "Wohngeld" not in cases.kept()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("goals/goal-99/measures", MEASURE, 404),
        ("goals/{goal}/measures", {**MEASURE, "responsible": "nobody"}, 422),
        ("goals/{goal}/measures", {**MEASURE, "what": " "}, 422),
        ("goals/{goal}/measures", {**MEASURE, "status": "done"}, 422),
    ],
)
def test_a_measure_that_cannot_be(cases: CasesService, planned: tuple[str, str], path: str, body: Any, status: int):
    case, goal = planned

    assert cases.call(CM, "POST", f"/cases/{case}/{path.format(goal=goal)}", body).status_code == status


def test_a_measure_is_done_on_a_day_and_may_be_opened_again(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    path = f"goals/{goal}/measures/{add(cases, case, f'goals/{goal}/measures', MEASURE)}"

    def now() -> tuple[Any, ...]:
        (one,) = plan(cases, case)["goals"][0]["measures"]
        return one["status"], one["ended_on"], one["what"], one["responsible"]

    patch(cases, case, path, status="done")
    assert now() == ("done", "2026-03-02", MEASURE["what"], "case_manager")
    patch(cases, case, path, status="open", responsible="jobcenter", what="Neuer Antrag")
    assert now() == ("open", None, "Neuer Antrag", "jobcenter")
    patch(cases, case, path, status="dropped", ended_on="2026-02-27")
    assert now() == ("dropped", "2026-02-27", "Neuer Antrag", "jobcenter")


MOVED, ENDED = 409, 200


@pytest.mark.parametrize(
    ("of", "said", "status"),
    [
        *(("goal", said, MOVED) for said in ({"until": "2026-09-01"}, {"title": "Anders"}, {"agreed": True})),
        ("goal", {"outcome": "not_achieved", "title": "Anders"}, MOVED),
        *(("goal", said, ENDED) for said in ({"outcome": "not_achieved"}, {"agreed": False})),
        *(("measure", said, MOVED) for said in ({"until": "2026-09-01"}, {"what": "Anders"}, {"status": "open"})),
        *(("measure", said, MOVED) for said in ({"responsible": "jobcenter"}, {"agreed": True})),
        ("measure", {"status": "done", "responsible": "jobcenter"}, MOVED),
        *(("measure", said, ENDED) for said in ({"status": "dropped", "ended_on": "2026-03-01"}, {"agreed": False})),
    ],
)
def test_a_plan_is_worked_on_under_her_consent_and_ended_without(
    cases: CasesService, planned: tuple[str, str], of: str, said: Any, status: int
):
    case, goal = planned
    measure = add(cases, case, f"goals/{goal}/measures", MEASURE)
    (consent,) = cases.desk.cases.get(case).consents
    cases.change(CM, case, "POST", f"consents/{consent.id}/revocation", {})
    path = f"/cases/{case}/goals/{goal}" + ("" if of == "goal" else f"/measures/{measure}")

    answer = cases.call(CM, "PATCH", path, said, If_Match=f'"{cases.version(case)}"')

    assert answer.status_code == status, answer.text
    assert answer.json.get("unmet") == (["processing_consent"] if status == MOVED else None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "_schema"),
        ({"ended_on": "2026-03-01"}, "ended_on"),
        ({"status": "open", "ended_on": "2026-03-01"}, "ended_on"),
        ({"status": "done", "ended_on": "2026-03-03"}, "ended_on"),
        ({"responsible": "nobody"}, "responsible"),
    ],
)
def test_a_change_of_a_measure_that_cannot_be(cases: CasesService, planned: tuple[str, str], said: Any, field: str):
    case, goal = planned
    path = f"/cases/{case}/goals/{goal}/measures/{add(cases, case, f'goals/{goal}/measures', MEASURE)}"

    answer = cases.call(CM, "PATCH", path, said, If_Match=f'"{cases.version(case)}"')

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_measure_is_reached_by_its_own_goal_only(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    other, id = add(cases, case, "goals", GOAL), add(cases, case, f"goals/{goal}/measures", MEASURE)

    path = f"/cases/{case}/goals/{other}/measures/{id}"
    for said in ({"status": "done"}, {"what": "Anderes"}):
        assert cases.call(CM, "PATCH", path, said, If_Match=f'"{cases.version(case)}"').status_code == 404


def test_rewording_a_part_keeps_the_rest(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    patch(cases, case, f"goals/{goal}", title="Eine eigene Wohnung")

    (held,) = plan(cases, case)["goals"]

    assert (held["title"], held["reached_when"]) == ("Eine eigene Wohnung", SMART["reached_when"])


def test_two_people_add_side_by_side_and_a_late_change_is_told_of_the_other(
    cases: CasesService, planned: tuple[str, str]
):
    case, goal = planned
    seen = cases.version(case)
    ids = [add(cases, case, f"goals/{goal}/measures", MEASURE, who) for who in (CM, LEAD)]
    add(cases, case, "goals", GOAL, LEAD)

    for said in ({"status": "done"}, {"what": "Anderes"}):
        path = f"/cases/{case}/goals/{goal}/measures/{ids[0]}"
        late = cases.call(CM, "PATCH", path, said, If_Match=f'"{seen}"')

        assert late.status_code == 412
        told = [(one["type"], one["by"]) for one in late.json["changes"]]
        assert told == [
            ("cases.measure-added.v1", CM),
            ("cases.measure-added.v1", LEAD),
            ("cases.goal-set.v1", LEAD),
        ]
    assert [one["id"] for one in plan(cases, case)["goals"][0]["measures"]] == ids


def test_the_same_key_adds_a_measure_once(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    path = f"/cases/{case}/goals/{goal}/measures"

    answers = [cases.call(CM, "POST", path, MEASURE, Idempotency_Key="once") for _ in range(2)]

    assert answers[0].json == answers[1].json
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(plan(cases, case)["goals"][0]["measures"]) == 1


def test_an_earlier_version_is_as_it_was_with_its_words(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    id = add(cases, case, f"goals/{goal}/measures", MEASURE)
    then, before = cases.version(case), plan(cases, case)["goals"]
    clock.move(NOON + timedelta(days=3))
    patch(cases, case, f"goals/{goal}", title="Anderer Titel", agreed=False)
    patch(cases, case, f"goals/{goal}/measures/{id}", status="done", what="Anderes")
    cases.call(LEAD, "POST", f"/cases/{case}/contacts", {"channel": "phone", "minutes": 5})

    old, new = plan(cases, case, f"?version={then}"), plan(cases, case)

    assert (old["version"], old["goals"]) == (then, before)
    assert (new["version"], new["goals"][0]["title"]) == (cases.version(case), "Anderer Titel")
    assert old["versions"] == new["versions"]
    kinds = ("measure-changed", "goal-changed", "measure-added", "goal-set")
    assert [one["type"] for one in new["versions"]] == [f"cases.{kind}.v1" for kind in kinds]
    assert [one["version"] for one in new["versions"]] == [then + 2, then + 1, then, then - 1]
    assert {one["by"] for one in new["versions"]} == {CM}


@pytest.mark.parametrize("query", ["version=0", "version=999", "version=neu"])
def test_there_are_no_other_versions(cases: CasesService, planned: tuple[str, str], query: str):
    answer = cases.call(CM, "GET", f"/cases/{planned[0]}/plan?{query}")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["version"])


def test_two_versions_side_by_side(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    id = add(cases, case, f"goals/{goal}/measures", MEASURE)
    begins = cases.version(case)
    patch(cases, case, f"goals/{goal}", title="Eine eigene Wohnung", until="2026-12-31")
    patch(cases, case, f"goals/{goal}/measures/{id}", status="done", responsible="client")
    other = add(cases, case, "goals", {"action_field": "work", "title": "Arbeit"})
    patch(cases, case, f"goals/{other}", outcome="dropped")

    found = cases.get(CM, f"/cases/{case}/plan/comparison?from={begins}")

    assert (found["from"]["version"], found["to"]["version"]) == (begins, cases.version(case))
    assert [(one["kind"], one["id"], one["title"]) for one in found["added"]] == [("goal", other, "Arbeit")]
    changed = {
        one["id"]: {field["field"]: (field["before"], field["after"]) for field in one["fields"]}
        for one in found["changed"]
    }
    assert changed == {
        goal: {"title": (GOAL["title"], "Eine eigene Wohnung"), "until": ("2026-09-30", "2026-12-31")},
        id: {"responsible": ("case_manager", "client")},
    }
    ended = [(one["kind"], one["id"], one.get("status"), one.get("outcome")) for one in found["ended"]]
    assert ended == [("measure", id, "done", None), ("goal", other, None, "dropped")]
    assert found["ended"][0]["goal"] == goal


def test_a_comparison_of_a_version_with_itself_finds_nothing(cases: CasesService, planned: tuple[str, str]):
    case, _ = planned
    version = cases.version(case)

    found = cases.get(CM, f"/cases/{case}/plan/comparison?from={version}&to={version}")

    assert (found["added"], found["changed"], found["ended"]) == ([], [], [])


@pytest.mark.parametrize(("query", "field"), [("from=0", "from"), ("from=9&to=8", "to"), ("from=1&to=99", "to")])
def test_a_comparison_that_cannot_be(cases: CasesService, planned: tuple[str, str], query: str, field: str):
    answer = cases.call(CM, "GET", f"/cases/{planned[0]}/plan/comparison?{query}")

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_closing_a_case_ends_its_goals_in_the_comparison(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    begins = cases.version(case)
    ending = {"reason": "goals_achieved", "ended_by": "mutual", "outcomes": {goal: "achieved"}}
    cases.change(CM, case, "POST", "closure", ending)

    found = cases.get(CM, f"/cases/{case}/plan/comparison?from={begins}")

    assert [(one["id"], one["outcome"]) for one in found["ended"]] == [(goal, "achieved")]
    refused = cases.call(CM, "POST", f"/cases/{case}/goals/{goal}/measures", MEASURE)
    assert (refused.status_code, refused.json["title"]) == (409, "case_is_closed")


def test_of_a_person_who_was_erased_the_codes_are_left(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    add(cases, case, f"goals/{goal}/measures", MEASURE)
    cases.desk.people.erase(cases.desk.cases.get(case).person, at=NOON)

    (held,) = plan(cases, case)["goals"]

    assert (held["title"], held["reached_when"], held["measures"][0]["what"]) == (None, None, None)
    assert held["measures"][0]["responsible"] == "case_manager"


def test_a_partner_sees_measures_of_the_goals_that_are_released_to_her(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    health = add(cases, case, "goals", {**GOAL, "action_field": "health"})
    add(cases, case, f"goals/{goal}/measures", {**MEASURE, "responsible": "jobcenter"})
    add(cases, case, f"goals/{goal}/measures", {**MEASURE, "responsible": "bruecke"})
    add(cases, case, f"goals/{health}/measures", {**MEASURE, "what": "Arzttermin"})
    said = {"type": "secrecy_release", "recipient": "jobcenter", "form": "written", "language": "de", "informed": True}
    add(cases, case, "consents", {**said, "text_version": "1", "data_categories": ["plan"]})

    seen = cases.get(PARTNER, f"/cases/{case}")

    assert [one["responsible"] for one in seen["goals"][0]["measures"]] == ["jobcenter", None]
    assert len(seen["goals"]) == 1
    assert "Arzttermin" not in str(seen)
    assert cases.call(PARTNER, "GET", f"/cases/{case}/plan").status_code == 403


def test_every_look_is_on_record_and_the_state_is_the_fold(cases: CasesService, planned: tuple[str, str]):
    case, goal = planned
    id = add(cases, case, f"goals/{goal}/measures", MEASURE)
    patch(cases, case, f"goals/{goal}/measures/{id}", what="Neu", status="done")
    looks = len(cases.looks())

    plan(cases, case)
    cases.get(LEAD, f"/cases/{case}/plan/comparison?from=1")

    assert [(one.by, one.action) for one in cases.looks()[looks:]] == [(CM, "cases.read"), (LEAD, "cases.read")]
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)
    assert verify(cases.store, f"cases/{case}") is None
