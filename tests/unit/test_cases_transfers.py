"""Cases that begin anew, wait, or go to another organisation; and what a stale change is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.cases.domain.history import fold
from shared import clock
from shared.codes import Phase
from tests.builders import NOON
from tests.cases import CONSENT, CONTACT, GOAL, WHOLE, CasesService, a_cases_service

CM, LEAD, CITY = "lindenhof-1", "lindenhof-leitung", "koordination"
THERE, OTHERS = "bruecke-leitung", "kompass-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def ask(cases: CasesService, who: str, case: str, path: str, body: Any) -> Any:
    """The answer to a change of the version that is there now."""
    return cases.call(who, "POST", f"/cases/{case}/{path}", body, If_Match=f'"{cases.version(case)}"')


def released(cases: CasesService, phase: Phase = Phase.LINKING) -> tuple[str, str]:
    """A case with a release from secrecy towards the other organisation, and the release."""
    case = cases.case_in(phase)
    return case, cases.change(CM, case, "POST", "consents", WHOLE)["id"]


def offered(cases: CasesService) -> str:
    case, _ = released(cases)
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke", "reason": "Sie ist umgezogen."})
    return case


def incoming(cases: CasesService, who: str) -> list[Any]:
    return list(cases.get(who, "/cases?transfer=incoming")["items"])


def test_a_closed_case_begins_anew_with_the_intake(cases: CasesService):
    case = cases.case_in(Phase.CLOSED)

    codes = cases.change(CM, case, "POST", "reopening", {"reason": "Sie kam wieder."})

    assert (codes["phase"], codes["episode"], codes["clearing_result"]) == ("intake", 2, "accepted")
    assert (codes["closure_reason"], codes["closed_at"]) == (None, None)
    (earlier,) = cases.get(CM, f"/cases/{case}")["earlier"]
    assert (earlier["episode"], earlier["reason"], earlier["ended_by"]) == (1, "goals_achieved", "mutual")
    assert "wieder" not in cases.kept()


def test_a_new_episode_asks_for_everything_anew(cases: CasesService):
    case = cases.case_in(Phase.CLOSED)
    cases.change(CM, case, "POST", "consents/consent-7/revocation", {})
    cases.change(LEAD, case, "POST", "reopening", {})

    assert ask(cases, CM, case, "phase", {"to": "assessment"}).json["unmet"] == ["consent_processing"]
    cases.change(CM, case, "POST", "consents", CONSENT)
    cases.change(CM, case, "POST", "phase", {"to": "assessment"})
    assert ask(cases, CM, case, "phase", {"to": "planning"}).json["unmet"] == ["action_field_assessed"]
    cases.change(CM, case, "PUT", "assessment/work", {"situation": "Neu.", "urgency": 1, "view": "client"})
    cases.change(CM, case, "POST", "phase", {"to": "planning"})
    assert ask(cases, CM, case, "phase", {"to": "linking"}).json["unmet"] == ["goal_agreed"]
    cases.change(CM, case, "POST", "goals", GOAL)
    cases.change(CM, case, "POST", "phase", {"to": "linking"})
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)


@pytest.mark.parametrize("result", ["short_consultation", "signposted", "not_eligible", "withdrawn"])
def test_a_case_that_ended_in_clearing_is_cleared_in_its_new_episode(cases: CasesService, result: str):
    case = cases.case_in(Phase.CLEARING)
    cases.change(CM, case, "POST", "clearing", {"result": result})

    codes = cases.change(CM, case, "POST", "reopening", {})

    assert (codes["phase"], codes["clearing_result"]) == ("intake", None)
    (earlier,) = cases.get(CM, f"/cases/{case}")["earlier"]
    assert earlier["clearing_result"] == result
    cases.change(CM, case, "POST", "consents", CONSENT)
    assert ask(cases, CM, case, "phase", {"to": "assessment"}).json["unmet"] == ["clearing_accepted"]
    cases.change(CM, case, "POST", "clearing", {"result": "accepted"})
    assert ask(cases, CM, case, "clearing", {"result": "accepted"}).json["title"] == "wrong_phase"
    assert cases.change(CM, case, "POST", "phase", {"to": "assessment"})["clearing_result"] == "accepted"
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)


def test_a_case_that_never_was_cleared_is_cleared_when_it_is_reopened(cases: CasesService):
    case = cases.assigned()
    cases.change(CM, case, "POST", "closure", {"reason": "moved_away", "ended_by": "client"})
    cases.change(CM, case, "POST", "reopening", {})

    assert ask(cases, CM, case, "phase", {"to": "assessment"}).json["unmet"] == [
        "clearing_accepted",
        "consent_processing",
    ]
    assert cases.change(CM, case, "POST", "clearing", {"result": "not_eligible"})["phase"] == "closed"


def test_only_a_closed_case_is_reopened_by_those_who_had_it(cases: CasesService):
    case = cases.case_in(Phase.LINKING)

    assert ask(cases, CM, case, "reopening", {}).json["title"] == "not_closed"
    assert ask(cases, "lindenhof-2", case, "reopening", {}).status_code == 404


def test_the_waiting_list_is_a_list(cases: CasesService):
    waiting, other = cases.case_in(Phase.CLEARING), cases.case_in(Phase.CLEARING)
    cases.change(CM, waiting, "POST", "clearing", {"result": "waiting_list"})

    for who in (CM, LEAD, CITY):
        assert [row["id"] for row in cases.get(who, "/cases?clearing_result=waiting_list&phase=clearing")["items"]] == [
            waiting
        ]
    assert cases.call(LEAD, "GET", "/cases?clearing_result=maybe").status_code == 422
    assert cases.get(LEAD, f"/cases/{other}")["clearing_result"] is None


def test_a_transfer_names_the_release_that_is_missing(cases: CasesService):
    case = cases.case_in(Phase.LINKING)

    answer = ask(cases, LEAD, case, "transfer", {"organisation": "bruecke"})

    everything = [f"secrecy_release:bruecke:{name}" for name in WHOLE["data_categories"]]
    assert (answer.status_code, answer.json["unmet"]) == (409, everything)
    assert "Brücke am Rhein" in answer.json["detail"]


def test_a_transfer_hands_the_whole_file_over_and_health_only_expressly(cases: CasesService):
    case, _ = released(cases)
    cases.change(CM, case, "POST", "goals", {**GOAL, "action_field": "health"})

    refused = ask(cases, LEAD, case, "transfer", {"organisation": "bruecke"})
    assert refused.json["unmet"] == ["secrecy_release:bruecke:health"]

    cases.change(CM, case, "POST", "consents", {**WHOLE, "data_categories": ["health"], "health_data": True})
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke"})


def test_an_offer_whose_release_has_run_out_is_shown_to_nobody(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    cases.change(CM, case, "POST", "consents", {**WHOLE, "valid_until": "2026-03-03"})
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke"})
    assert [row["id"] for row in incoming(cases, THERE)] == [case]

    clock.move(NOON + timedelta(days=2))

    assert incoming(cases, THERE) == []
    assert cases.call(THERE, "GET", f"/cases/{case}").status_code == 404
    assert ask(cases, THERE, case, "transfer/answer", {"answer": "accepted"}).status_code == 404
    cases.change(LEAD, case, "POST", "transfer/answer", {"answer": "recalled"})


@pytest.mark.parametrize("to", ["lindenhof", "jobcenter", "nobody"])
def test_a_transfer_goes_to_another_provider(cases: CasesService, to: str):
    case = cases.case_in(Phase.LINKING)

    assert ask(cases, LEAD, case, "transfer", {"organisation": to}).json["errors"]["organisation"]


def test_what_is_offered_shows_its_codes_and_nothing_else(cases: CasesService):
    case = offered(cases)

    codes = cases.get(THERE, f"/cases/{case}")

    assert (codes["phase"], codes["offered_to"]) == ("linking", "bruecke")
    assert not {"client", "goals", "assessments", "consents", "residence_status", "city_quarter"} & codes.keys()
    assert [(row["id"], row["client"]) for row in incoming(cases, THERE)] == [(case, None)]
    assert incoming(cases, OTHERS) == []
    assert cases.call(THERE, "GET", f"/cases/{case}/contacts").status_code == 403
    assert cases.call(OTHERS, "GET", f"/cases/{case}").status_code == 404
    assert cases.call("bruecke-1", "GET", f"/cases/{case}").status_code == 404
    assert cases.call("bruecke-1", "GET", "/cases?transfer=incoming").status_code == 403
    assert cases.call(THERE, "GET", "/cases?transfer=incoming&q=Amina").status_code == 422
    assert {look.reason for look in cases.looks() if look.by == THERE and look.cases} == {"offered", "refused"}


def test_who_is_asked_reads_why_as_long_as_that_is_released(cases: CasesService):
    case = offered(cases)

    assert cases.get(THERE, f"/cases/{case}")["transfer_reason"] == "Sie ist umgezogen."
    assert "transfer_reason" not in cases.get(CITY, f"/cases/{case}")
    assert cases.looks()[-2].reason == "offered"
    assert cases.call(OTHERS, "GET", f"/cases/{case}").status_code == 404

    (release,) = [one.id for one in cases.desk.cases.get(case).consents if one.recipient == "bruecke"]
    cases.change(CM, case, "POST", f"consents/{release}/revocation", {})
    assert cases.call(THERE, "GET", f"/cases/{case}").status_code == 404


def test_accepted_the_case_is_theirs_and_nobody_elses(cases: CasesService):
    case = offered(cases)

    codes = cases.change(THERE, case, "POST", "transfer/answer", {"answer": "accepted"})

    assert (codes["organisation"], codes["case_manager"], codes["offered_to"]) == ("bruecke", None, None)
    for who in (CM, LEAD):
        assert cases.call(who, "GET", f"/cases/{case}").status_code == 404
        assert ask(cases, who, case, "contacts", CONTACT).status_code == 404
    assert cases.get(THERE, f"/cases/{case}")["client"]["given_name"] == "Amina"
    cases.change(THERE, case, "POST", "assignment", {"case_manager": "bruecke-1"})
    assert cases.get("bruecke-1", f"/cases/{case}")["goals"]
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)


@pytest.mark.parametrize(("who", "said"), [(THERE, "refused"), (LEAD, "recalled")])
def test_refused_or_recalled_everything_is_as_before(cases: CasesService, who: str, said: str):
    case = offered(cases)

    cases.change(who, case, "POST", "transfer/answer", {"answer": said, "reason": "Wir sind voll."})

    state = cases.desk.cases.get(case)
    assert (state.organisation, state.case_manager, state.offered_to) == ("lindenhof", CM, None)
    assert cases.call(THERE, "GET", f"/cases/{case}").status_code == 404
    assert ask(cases, LEAD, case, "transfer/answer", {"answer": "recalled"}).json["title"] == "no_transfer"
    assert "voll" not in cases.kept()


@pytest.mark.parametrize(("who", "said"), [(THERE, "recalled"), (LEAD, "accepted"), (LEAD, "refused")])
def test_each_side_gives_its_own_answer(cases: CasesService, who: str, said: str):
    case = offered(cases)

    assert ask(cases, who, case, "transfer/answer", {"answer": said}).status_code == 403


def test_one_organisation_is_asked_at_a_time(cases: CasesService):
    case = offered(cases)

    assert ask(cases, LEAD, case, "transfer", {"organisation": "kompass"}).json["title"] == "transfer_pending"


def test_taking_the_release_back_ends_the_offer_at_once(cases: CasesService):
    case, release = released(cases)
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke"})

    cases.change(CM, case, "POST", f"consents/{release}/revocation", {})

    assert cases.call(THERE, "GET", f"/cases/{case}").status_code == 404
    assert cases.desk.cases.get(case).offered_to is None


def test_a_closed_case_is_offered_to_nobody(cases: CasesService):
    case = offered(cases)
    outcomes = {goal.id: "achieved" for goal in cases.desk.cases.get(case).goals}
    cases.change(CM, case, "POST", "closure", {"reason": "moved_away", "ended_by": "client", "outcomes": outcomes})

    assert incoming(cases, THERE) == []


def test_a_stale_change_is_told_what_happened_since_and_by_whom(cases: CasesService):
    case = cases.assigned()
    cases.change(LEAD, case, "POST", "contacts", CONTACT)
    looks = len(cases.looks())

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match='"2"')

    assert answer.status_code == 412
    said = [(one["version"], one["type"], one["by"]) for one in answer.json["changes"]]
    assert said == [(3, "cases.case-assigned.v1", LEAD), (4, "cases.contact-recorded.v1", LEAD)]
    assert all(one["at"] for one in answer.json["changes"])
    (look,) = cases.looks()[looks:]
    assert (look.by, look.action, look.cases) == (CM, "cases.history", (case,))


def test_at_most_twenty_changes_are_named(cases: CasesService):
    case = cases.assigned()
    for _ in range(22):
        cases.change(CM, case, "POST", "contacts", CONTACT)

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match='"3"')

    assert [one["version"] for one in answer.json["changes"]] == list(range(4, 24))


def test_who_may_not_read_the_history_is_told_the_versions_only(cases: CasesService):
    case = cases.inquiry()
    cases.change(CITY, case, "POST", "allocation", {"organisation": "bruecke"})

    answer = cases.call(CITY, "POST", f"/cases/{case}/allocation", {"organisation": "lindenhof"}, If_Match='"1"')

    assert answer.status_code == 412
    assert answer.json["current_version"] == 2
    assert "changes" not in answer.json


def test_a_stale_change_beside_a_case_is_told_too(cases: CasesService):
    case = cases.assigned()
    body = {"title": "Anrufen", "due_on": "2026-03-09"}
    made = cases.call(CM, "POST", f"/cases/{case}/follow-ups", body).json["id"]
    path = f"/cases/{case}/follow-ups/{made}"
    cases.call(LEAD, "PATCH", path, {"due_on": "2026-03-10"}, If_Match='"1"')

    answer = cases.call(CM, "PATCH", path, {"done": True}, If_Match='"1"')

    assert [(one["version"], one["by"]) for one in answer.json["changes"]] == [(2, LEAD)]
