"""Structural findings: raised from a case, bundled, decided, and never pointing at anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.findings import domain
from services.cases.findings.domain import Finding
from services.cases.findings.handlers import findings
from shared import clock
from shared.codes import DecisionBody, FindingStatus, Referrer
from shared.errors import Rejected
from shared.events import Event
from tests.builders import NOON
from tests.cases import FINDING, CasesService, a_cases_service
from tests.merging import merge

BY: dict[str, Any] = {"at": NOON, "by": "koordination"}
S = FindingStatus
TODAY = date(2026, 3, 2)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def raised(cases: CasesService, who: str = "lindenhof-1", case: str | None = None, **said: Any) -> str:
    there = case or cases.assigned(who.rpartition("-")[0], who)
    answer = cases.call(who, "POST", "/cases/findings", {**FINDING, "case": there, **said})
    assert answer.status_code == 201, answer.text
    id: str = answer.json["id"]
    return id


def patch(cases: CasesService, id: str, said: dict[str, Any], who: str = "koordination") -> Any:
    version = findings(cases.desk).get(id).version
    return cases.call(who, "PATCH", f"/cases/findings/{id}", said, If_Match=f'"{version}"')


def test_each_status_is_decided_by_a_body_whose_it_is(cases: CasesService):
    id = raised(cases)

    for body in ("project_group", "coordination"):
        assert decided(cases, id, "prioritised", body).json["title"] == "body_does_not_decide"
    assert decided(cases, id, "prioritised").status_code == 200


def test_a_day_of_a_decision_is_neither_to_come_nor_before_the_last_one(cases: CasesService):
    id = raised(cases)

    def on(status: str, day: str) -> Any:
        return patch(cases, id, {"status": status, "body": "steering_group", "decided_on": day})

    for day in ("2026-03-01", "2026-03-03", "1990-01-01"):
        assert on("prioritised", day).json["title"] == "day_does_not_fit"
    clock.move(NOON + timedelta(days=10))
    assert on("prioritised", "2026-03-09").status_code == 200
    assert on("in_project_group", "2026-03-08").json["title"] == "day_does_not_fit"
    assert "between 09 March 2026 and 12 March 2026" in on("in_project_group", "2026-03-08").json["detail"]
    assert on("in_project_group", "2026-03-09").status_code == 200


def test_who_is_too_late_is_told_what_happened_meanwhile(cases: CasesService):
    id = raised(cases)
    assert decided(cases, id, "prioritised").status_code == 200

    rejected = {"status": "rejected", "body": "steering_group", "decided_on": "2026-03-02"}
    for seen, said in (("0", rejected), ("1", rejected), ("1", {"into": raised(cases)})):
        stale = cases.call("koordination", "PATCH", f"/cases/findings/{id}", said, If_Match=f'"{seen}"')
        assert (stale.status_code, stale.json["current_version"]) == (412, 2)
        assert [(one["version"], one["type"], one["by"]) for one in stale.json["changes"]] == [
            (2, "cases.finding-decided.v1", "koordination")
        ]


def decided(cases: CasesService, id: str, status: str, body: str = "steering_group") -> Any:
    return patch(cases, id, {"status": status, "body": body, "decided_on": "2026-03-02"})


def test_a_finding_is_raised_in_two_fields(cases: CasesService):
    id = raised(cases, action_field="benefits", from_domain="asylblg", to_domain="sgb2")

    seen = cases.get("koordination", f"/cases/findings/{id}")
    assert seen["title"] == "Zwei Ämter warten aufeinander"
    assert (seen["from_office"], seen["to_office"]) == ("jobcenter", "immigration_office")
    assert (seen["from_domain"], seen["to_domain"], seen["status"]) == ("asylblg", "sgb2", "raised")
    assert set(seen) & {"case", "raised_by", "organisation"} == set()


def test_the_coordinator_learns_of_no_case_and_of_no_small_number(cases: CasesService):
    case = cases.assigned()
    id = raised(cases, case=case)

    listed = cases.get("koordination", "/cases/findings")
    assert case not in json.dumps(listed)
    assert (listed["items"][0]["cases"], listed["items"][0]["suppressed"]) == (None, True)
    for event in cases.bus.published[-1:]:
        assert case not in event.model_dump_json()
    assert case not in json.dumps(cases.store.get(f"findings/{id}"))


def test_only_who_has_the_case_raises_from_it(cases: CasesService):
    case = cases.assigned()

    asked = {
        who: cases.call(who, "POST", "/cases/findings", {**FINDING, "case": case}).status_code
        for who in ("lindenhof-1", "lindenhof-leitung", "lindenhof-2", "bruecke-leitung", "koordination", "datenschutz")
    }

    assert asked == {
        "lindenhof-1": 201,
        "lindenhof-leitung": 201,
        "lindenhof-2": 404,
        "bruecke-leitung": 404,
        "koordination": 403,
        "datenschutz": 403,
    }
    assert cases.call("lindenhof-1", "POST", "/cases/findings", {**FINDING, "case": "case-0"}).status_code == 404


def test_two_cases_that_were_merged_are_one_behind_a_finding(cases: CasesService):
    pair = [cases.assigned() for _ in range(2)]
    ids = [raised(cases, case=case) for case in (*pair, cases.assigned(), cases.assigned())]
    assert merge(cases, *pair).status_code == 200

    for id in ids[1:]:
        assert patch(cases, id, {"into": ids[0]}).status_code == 200

    assert findings(cases.desk).get(ids[0]).cases == 3


def test_findings_that_say_the_same_are_bundled_and_counted_once_for_each_case(cases: CasesService):
    case = cases.assigned()
    first, same = raised(cases, case=case), raised(cases, case=case)
    others = [raised(cases), raised(cases, "bruecke-1")]

    for id in (same, *others):
        assert patch(cases, id, {"into": first}).status_code == 200

    bundle = cases.get("koordination", f"/cases/findings/{first}")
    assert (bundle["status"], bundle["cases"], bundle["suppressed"]) == ("bundled", 3, False)


def test_bundling_again_changes_nothing(cases: CasesService):
    first, second = raised(cases), raised(cases)
    assert patch(cases, second, {"into": first}).status_code == 200
    before = findings(cases.desk).get(first)

    assert patch(cases, second, {"into": first}).status_code == 200
    assert findings(cases.desk).get(first) == before


def test_the_outcome_comes_back_to_who_raised_it(cases: CasesService):
    first, mine = raised(cases), raised(cases, "bruecke-1")
    patch(cases, mine, {"into": first})
    for status, body in (
        ("prioritised", "steering_group"),
        ("in_project_group", "steering_group"),
        ("proposed", "project_group"),
        ("approved", "steering_group"),
        ("implemented", "coordination"),
        ("reviewed", "steering_group"),
    ):
        assert decided(cases, first, status, body).status_code == 200

    (seen,) = cases.get("bruecke-1", "/cases/findings?raised_by=me")["items"]
    assert (seen["id"], seen["into"], seen["status"], seen["mine"]) == (mine, first, "reviewed", True)
    assert [one["body"] for one in seen["decisions"]][:3] == ["steering_group", "steering_group", "project_group"]
    assert {one["decided_on"] for one in seen["decisions"]} == {"2026-03-02"}


def test_a_status_is_asked_for_as_it_is_shown(cases: CasesService):
    first, mine, alone = raised(cases), raised(cases, "bruecke-1"), raised(cases)
    patch(cases, mine, {"into": first})

    def listed(status: str) -> dict[str, str]:
        found = cases.get("koordination", f"/cases/findings?status={status}")["items"]
        return {one["id"]: one["status"] for one in found}

    assert listed("bundled") == {first: "bundled", mine: "bundled"}
    assert decided(cases, first, "prioritised").status_code == 200
    assert listed("bundled") == {}
    assert listed("prioritised") == {first: "prioritised", mine: "prioritised"}
    assert listed("raised") == {alone: "raised"}


def test_people_see_their_own_findings_and_a_team_lead_those_of_her_organisation(cases: CasesService):
    one, other = raised(cases), raised(cases, "bruecke-1")

    def seen(who: str) -> set[str]:
        return {found["id"] for found in cases.get(who, "/cases/findings")["items"]}

    assert seen("lindenhof-1") == seen("lindenhof-leitung") == {one}
    assert seen("lindenhof-2") == set()
    assert seen("koordination") == {one, other}
    assert cases.call("lindenhof-1", "GET", f"/cases/findings/{other}").status_code == 404
    assert cases.get("koordination", "/cases/findings?status=rejected")["items"] == []


def test_the_coordinator_decides_and_nobody_else(cases: CasesService):
    id = raised(cases)

    said = {"status": "rejected", "body": "coordination", "decided_on": "2026-03-02"}
    assert patch(cases, id, said, "lindenhof-leitung").status_code == 403
    assert cases.call("koordination", "PATCH", f"/cases/findings/{id}", said).status_code == 428
    assert cases.call("koordination", "PATCH", f"/cases/findings/{id}", said, If_Match='"9"').status_code == 412
    assert patch(cases, id, said).json["status"] == "rejected"
    assert decided(cases, id, "prioritised").status_code == 409


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"status": "rejected"},
        {"into": f"finding-{0:032x}", "status": "rejected"},
        {"into": f"finding-{0:032x}"},
        {"status": "rejected", "body": "somebody", "decided_on": "2026-03-02"},
    ],
)
def test_a_decision_is_said_whole(cases: CasesService, said: dict[str, Any]):
    assert patch(cases, raised(cases), said).status_code == 422


def test_a_finding_is_not_bundled_with_itself_or_once_decided(cases: CasesService):
    one, other = raised(cases), raised(cases)

    assert patch(cases, one, {"into": one}).status_code == 409
    decided(cases, other, "prioritised")
    assert patch(cases, one, {"into": other}).status_code == 409


def test_one_that_another_speaks_for_is_bundled_with_no_third_and_decided_with_that_one(cases: CasesService):
    first, mine, third = raised(cases), raised(cases), raised(cases)
    assert patch(cases, mine, {"into": first}).status_code == 200

    assert patch(cases, mine, {"into": third}).status_code == 409
    assert patch(cases, third, {"into": mine}).status_code == 409
    assert decided(cases, mine, "prioritised").status_code == 409
    assert findings(cases.desk).get(mine).into == first
    assert findings(cases.desk).get(third).bundled == ()


def test_raising_twice_under_one_key_raises_once(cases: CasesService):
    said = {**FINDING, "case": cases.assigned()}

    answers = [
        cases.call("lindenhof-1", "POST", "/cases/findings", said, Idempotency_Key="one").json["id"] for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert len(cases.get("lindenhof-1", "/cases/findings")["items"]) == 1


@given(st.lists(st.tuples(st.sampled_from(S), st.sampled_from(DecisionBody)), max_size=12))
def test_a_finding_is_the_fold_of_its_history_and_goes_no_forbidden_way(wanted: list[tuple[S, DecisionBody]]):
    held, event = domain.raise_finding(
        "finding-1",
        **BY,
        organisation="lindenhof",
        from_office=Referrer.JOBCENTER,
        to_office=Referrer.SCHOOL,
    )
    history: list[Event] = [event]
    for status, body in wanted:
        before: Finding = held
        try:
            held, event = domain.decide(held, status, body=body, decided_on=TODAY, raised_on=TODAY, on=TODAY, **BY)
        except Rejected:
            assert status not in domain.ONWARD[before.status] or body not in domain.BODIES[status]
            continue
        assert status in domain.ONWARD[before.status]
        assert body in domain.BODIES[status]
        history.append(event)

    assert domain.fold(history) == held
    assert held.version == len(history)


@pytest.mark.parametrize("case", ["a/b", "../cases", "cases/x/events/1"])
def test_a_finding_cannot_be_raised_from_what_is_no_id(cases: CasesService, case: str):
    answer = cases.call("lindenhof-1", "POST", "/cases/findings", {**FINDING, "case": case})

    assert answer.status_code == 404
