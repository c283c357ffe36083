"""The staff interface as a protocol: versions, idempotency keys, what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.codes import Phase
from tests.builders import NOON
from tests.cases import (
    ASSESSMENT,
    CONSENT,
    CONTACT,
    GOAL,
    CasesService,
    a_cases_service,
)

CM = "lindenhof-1"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def problem(answer: Any) -> dict[str, Any]:
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["request_id"]
    return answer.json


def test_a_case_is_read_with_its_version(cases: CasesService):
    case = cases.assigned()

    answer = cases.call(CM, "GET", f"/cases/{case}")

    assert (answer.status_code, answer.headers["ETag"], answer.json["version"]) == (200, '"3"', 3)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_change_answers_with_the_new_version(cases: CasesService):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match='"3"')

    assert (answer.status_code, answer.headers["ETag"], answer.json["phase"]) == (200, '"4"', "clearing")


def test_a_change_without_a_version_is_refused(cases: CasesService):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"})

    assert (answer.status_code, problem(answer)["title"]) == (428, "if_match_missing")
    assert cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match="*").status_code == 428


def test_a_change_of_an_older_version_is_refused_with_both(cases: CasesService):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match='"2"')

    assert answer.status_code == 412
    assert (problem(answer)["current_version"], answer.json["given_version"]) == (3, 2)
    assert cases.version(case) == 3


@pytest.mark.parametrize(
    "header", ["3", '"03"', '"a"', 'W/"3"', '"3", "4"', '""', '"-3"', '"3.0"', '"99999999999999999999"']
)
def test_a_version_that_is_none_is_malformed(cases: CasesService, header: str):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match=header)

    assert (answer.status_code, problem(answer)["title"]) == (400, "malformed")


def test_a_revocation_needs_no_version_and_obeys_one(cases: CasesService):
    case = cases.case_in(Phase.ASSESSMENT)
    path = f"/cases/{case}/consents/consent-7/revocation"

    assert cases.call(CM, "POST", path, {}, If_Match='"3"').status_code == 412
    assert cases.call(CM, "POST", path, {}).status_code == 200
    assert problem(cases.call(CM, "POST", path, {}))["title"] == "consent_not_in_force"


@pytest.mark.parametrize("header", ['"3"', 'W/"3"', '"1", "3"', "*"])
def test_who_has_the_version_is_told_so_and_it_counts_as_a_look(cases: CasesService, header: str):
    case = cases.assigned()

    answer = cases.call(CM, "GET", f"/cases/{case}", If_None_Match=header)

    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"3"')
    assert [(look.action, look.cases) for look in cases.looks()] == [("cases.read", (case,))]


@pytest.mark.parametrize("header", ['"2"', '"33"', "garbage"])
def test_who_has_another_version_gets_the_case(cases: CasesService, header: str):
    assert cases.call(CM, "GET", f"/cases/{cases.assigned()}", If_None_Match=header).status_code == 200


def test_an_addition_says_what_was_added_and_where(cases: CasesService):
    case = cases.assigned()

    answer = cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT)

    assert (answer.status_code, answer.json) == (201, {"id": "contact-4", "version": 4})
    assert answer.headers["Location"] == f"/cases/{case}/contacts/contact-4"
    assert answer.headers["ETag"] == '"4"'


def test_a_contact_may_be_recorded_on_a_later_day(cases: CasesService):
    case = cases.assigned()
    today, long_ago = NOON.date(), NOON.date() - timedelta(days=366)
    for said in ({}, {"held_on": long_ago.isoformat()}):
        assert cases.call(CM, "POST", f"/cases/{case}/contacts", {**CONTACT, **said}).status_code == 201

    read = cases.get(CM, f"/cases/{case}")
    listed = cases.get(CM, f"/cases/{case}/contacts")["items"]
    assert [one["held_on"] for one in listed] == [long_ago.isoformat(), today.isoformat()]
    assert (read["contacts"], read["last_contact_on"]) == (2, today.isoformat())


def test_a_contact_that_was_a_mistake_is_taken_out_with_its_note(cases: CasesService):
    case = cases.assigned()
    path = f"/cases/{case}/contacts"
    for note in ("Das war ihre Schwester.", "Das war sie."):
        cases.call(CM, "POST", path, {**CONTACT, "note": note})

    answer = cases.call(CM, "POST", f"{path}/contact-4/withdrawal", {"reason": "falsche Akte"})

    kept, mistaken = cases.get(CM, path)["items"]
    history = cases.get(CM, f"/cases/{case}/history")["items"]
    assert (answer.status_code, cases.get(CM, f"/cases/{case}")["contacts"]) == (200, 1)
    assert (kept["note"], kept["withdrawn"]) == ("Das war sie.", False)
    assert (mistaken["note"], mistaken["withdrawn"]) == (None, True)
    assert [one["words"] for one in history[3:]] == [None, {"note": "Das war sie."}, {"reason": "falsche Akte"}]
    assert cases.desk.store.get(f"cases/{case}/texts/4") is None
    again = cases.call(CM, "POST", f"{path}/contact-4/withdrawal", {})
    assert (again.status_code, problem(again)["title"]) == (409, "already_withdrawn")


def test_a_declaration_may_be_recorded_later_and_holds_from_then_on(cases: CasesService):
    case = cases.assigned()
    signed = (NOON.date() - timedelta(days=12)).isoformat()

    assert cases.call(CM, "POST", f"/cases/{case}/consents", {**CONSENT, "declared_on": signed}).status_code == 201

    (told,) = cases.get(CM, f"/cases/{case}")["consents"]
    assert (told["declared_on"], told["given_at"][:10]) == (signed, NOON.date().isoformat())


@pytest.mark.parametrize("contact", ["contact-3", "contact-99", "goal-4", "contact-4x", f"contact-{'9' * 600}"])
def test_only_a_contact_is_withdrawn(cases: CasesService, contact: str):
    case = cases.assigned()
    cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT)

    assert cases.call(CM, "POST", f"/cases/{case}/contacts/{contact}/withdrawal", {}).status_code == 404
    assert cases.version(case) == 4


def test_the_same_key_gives_the_same_answer_and_one_effect(cases: CasesService):
    case = cases.assigned()
    path = f"/cases/{case}/contacts"

    first = cases.call(CM, "POST", path, CONTACT, Idempotency_Key="k1")
    again = cases.call(CM, "POST", path, CONTACT, Idempotency_Key="k1")

    assert (again.status_code, again.json, again.headers["Location"], again.headers["ETag"]) == (
        first.status_code,
        first.json,
        first.headers["Location"],
        first.headers["ETag"],
    )
    assert again.headers["Idempotent-Replayed"] == "true"
    assert cases.version(case) == 4


def test_the_same_key_with_another_body_is_refused(cases: CasesService):
    case = cases.assigned()
    cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT, Idempotency_Key="k1")

    answer = cases.call(CM, "POST", f"/cases/{case}/contacts", {**CONTACT, "minutes": 21}, Idempotency_Key="k1")

    assert (answer.status_code, problem(answer)["title"]) == (422, "idempotency_key_reused")
    assert cases.version(case) == 4


def test_a_key_is_one_callers_on_one_path(cases: CasesService):
    case, other = cases.assigned(), cases.assigned()

    for who, path in ((CM, case), (CM, other), ("lindenhof-leitung", case)):
        assert cases.call(who, "POST", f"/cases/{path}/contacts", CONTACT, Idempotency_Key="k1").status_code == 201
    assert (cases.version(case), cases.version(other)) == (5, 4)


def test_a_refused_request_leaves_its_key_free(cases: CasesService):
    case = cases.consented()

    assert cases.call(CM, "POST", f"/cases/{case}/goals", {}, Idempotency_Key="k1").status_code == 422
    assert cases.call(CM, "POST", f"/cases/{case}/goals", GOAL, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_a_length(cases: CasesService, key: str):
    case = cases.assigned()

    assert cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT, Idempotency_Key=key).status_code == 400


def test_a_key_means_nothing_where_nothing_is_added(cases: CasesService):
    case = cases.assigned()
    unknown = "k" * 256

    assert cases.call(CM, "GET", f"/cases/{case}", Idempotency_Key=unknown).status_code == 200
    renamed = cases.call(
        CM, "PATCH", f"/cases/{case}/client", {"family_name": "Anders"}, If_Match='"3"', Idempotency_Key=unknown
    )
    assert renamed.status_code == 200


def test_the_same_key_at_the_same_moment_has_one_effect(cases: CasesService):
    case = cases.assigned()

    def add(_: int) -> Any:
        return cases.call(CM, "POST", f"/cases/{case}/contacts", {**CONTACT, "note": "x"}, Idempotency_Key="k1")

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(add, range(8)))

    assert {(answer.status_code, answer.json["id"]) for answer in answers} == {(201, "contact-4")}
    assert cases.version(case) == 4


def test_a_phase_that_cannot_be_left_names_what_is_missing(cases: CasesService):
    case = cases.inquiry()
    cases.change("koordination", case, "POST", "allocation", {"organisation": "lindenhof"})

    answer = cases.call("lindenhof-leitung", "POST", f"/cases/{case}/phase", {"to": "clearing"}, If_Match='"2"')

    assert (answer.status_code, problem(answer)["unmet"]) == (409, ["assignment"])


@pytest.mark.parametrize("path", ["assessment/happiness", "goals/goal-99", "consents/consent-99/revocation"])
def test_what_is_not_in_the_file_is_not_there(cases: CasesService, path: str):
    case = cases.consented()
    method, body = {"a": ("PUT", ASSESSMENT), "g": ("PATCH", {"agreed": True}), "c": ("POST", {})}[path[0]]

    assert cases.call(CM, method, f"/cases/{case}/{path}", body, If_Match='"4"').status_code == 404


@pytest.mark.parametrize("path", ["/cases/%00", "/cases/a b", "/cases/..", "/cases/" + "x" * 129])
def test_what_names_nothing_is_not_there_and_not_on_record(cases: CasesService, path: str):
    assert cases.call("koordination", "GET", path).status_code == 404
    assert cases.looks() == []


@pytest.mark.parametrize("path", ["/cases/offers.csv", "/cases/codes", "/cases/directory", "/cases/{case}"])
def test_what_nothing_can_be_chosen_of_is_not_shown_whole_to_whoever_chooses(cases: CasesService, path: str):
    path = path.format(case=cases.assigned())

    answer = cases.call(CM, "GET", f"{path}?organisation=lindenhof")

    assert problem(answer)["errors"] == {"organisation": ["We do not know this field."]}
    assert answer.status_code == 422
    assert not [one for one in cases.looks() if one.action == "cases.read"]
    assert cases.call(CM, "GET", path).status_code == 200


def test_a_method_that_a_route_has_not_is_named(cases: CasesService):
    answer = cases.call(CM, "DELETE", f"/cases/{cases.assigned()}")

    assert (answer.status_code, problem(answer)["title"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]
