"""The client changes: the person in the vault, what finds her, and her codes in the case stay of one mind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.cases.client import domain
from services.cases.domain.refusals import CaseIsErased, CaseIsRestricted
from shared.codes import AgeBand, Channel, ConsentKind, Datum, Phase, TargetGroup
from shared.events import ClientChanged
from tests.builders import BOUNDS, NOON, a_case, a_consent
from tests.cases import CasesService, a_cases_service

CM, OFFICER = "lindenhof-1", "datenschutz"
BY: dict[str, Any] = {"district": 1, "bounds": BOUNDS, "on": NOON.date(), "at": NOON, "by": CM}
BY |= {"amendment": "amendment-1"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def patch(cases: CasesService, case: str, body: Any, *, version: int | None = None, who: str = CM) -> Any:
    seen = cases.version(case) if version is None else version
    return cases.call(who, "PATCH", f"/cases/{case}/client", body, If_Match=f'"{seen}"')


def client(cases: CasesService, case: str) -> dict[str, Any]:
    return dict(cases.get(CM, f"/cases/{case}")["client"])


def found(cases: CasesService, name: str) -> list[str]:
    return [row["id"] for row in cases.get(CM, f"/cases?q={name}")["items"]]


# ---- the rules


def test_the_event_names_what_changed_and_carries_codes_only():
    after, event = domain.change(a_case(), {"given_name": "Zoë", "language": "tr"}, **BY)

    assert isinstance(event, ClientChanged)
    assert (event.changed, event.amendment) == ((Datum.GIVEN_NAME, Datum.LANGUAGE), "amendment-1")
    assert (after.language, after.facts.language, after.amendment) == ("tr", "tr", "amendment-1")
    assert "Zoë" not in event.model_dump_json()


def test_the_age_band_is_that_of_the_day_on_which_the_case_was_opened():
    after, _ = domain.change(a_case(opened_on=date(2026, 3, 2)), {"date_of_birth": date(2008, 3, 3)}, **BY)

    assert after.age_band is AgeBand.UNDER_18


def test_target_groups_that_follow_from_codes_are_suggested_anew():
    case = a_case(age_band=AgeBand.FROM_28, target_groups=(TargetGroup.OTHER,), residence_status="german_citizen")
    agreed = a_consent(target_groups=(TargetGroup.DISABILITY,))
    named = case.model_copy(update={"target_groups": (TargetGroup.DISABILITY,), "consents": (agreed,)})

    single = domain.change(case, {"single_parent": True}, **BY)[0]
    both = domain.change(named, {"single_parent": True}, **BY)[0]

    assert single.target_groups == (TargetGroup.SINGLE_PARENT,)
    assert both.target_groups == (TargetGroup.SINGLE_PARENT, TargetGroup.DISABILITY)
    assert domain.change(single, {"single_parent": False}, **BY)[0].target_groups == (TargetGroup.OTHER,)
    assert domain.change(both, {"single_parent": False}, **BY)[0].target_groups == (TargetGroup.DISABILITY,)


def test_who_wants_to_be_written_to_elsewhere_is_told_where_she_agreed_to_it_and_what_the_form_said_stays():
    taken_back = a_consent(kind=ConsentKind.CONTACT_EMAIL, revoked_at=NOON)
    case = a_case(consent_contact=True, consents=[taken_back])

    after, event = domain.change(case, {"channel": Channel.EMAIL}, **BY)
    back, again = domain.change(after, {"channel": Channel.SMS}, **BY)

    assert (event.consent_contact, again.consent_contact) == (False, True)
    assert (after.consent_contact, back.consent_contact) == (True, True)


def test_a_closed_case_may_be_corrected_and_a_restricted_or_erased_one_not():
    assert domain.change(a_case(phase=Phase.CLOSED), {"language": "tr"}, **BY)[0].language == "tr"
    with pytest.raises(CaseIsRestricted):
        domain.change(a_case(restricted=True), {"language": "tr"}, **BY)
    with pytest.raises(CaseIsErased):
        domain.change(a_case(erased_at=NOON), {"language": "tr"}, **BY)


# ---- over HTTP


def test_only_what_is_given_changes(cases: CasesService):
    case = cases.assigned(person={"given_name": "Amina", "postcode": "50667", "children": 2})
    before = client(cases, case)

    answer = patch(cases, case, {"given_name": "Amīna", "phone": "0221 221 0000", "postcode": None})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')
    changed = {"given_name": "Amīna", "phone": "+492212210000", "postcode": None}
    assert client(cases, case) == {**before, **changed}
    assert [row["client"]["given_name"] for row in cases.get(CM, "/cases")["items"]] == ["Amīna"]


def test_codes_change_with_the_person(cases: CasesService):
    case = cases.assigned(person={"email": "amina@example.org"})
    said = {"language": "ti", "needs_interpreter": True, "channel": "email", "shared_phone": True, "city_quarter": 907}
    said |= {"gender": "diverse", "single_parent": True, "date_of_birth": "1990-01-01"}

    assert patch(cases, case, said).status_code == 200

    file = cases.get(CM, f"/cases/{case}")
    assert {name: file.get(name) for name in said} == {**said, "date_of_birth": None}
    assert (file["city_district"], file["age_band"]) == (9, "28_plus")
    assert file["target_groups"] == ["toleration_or_procedure", "single_parent"]
    assert file["client"]["date_of_birth"] == "1990-01-01"


def test_she_is_found_by_her_new_name_and_not_by_the_old(cases: CasesService):
    case = cases.assigned(person={"given_name": "Amina", "family_name": "Beispiel"})

    patch(cases, case, {"family_name": "Quellwasserov"})

    assert (found(cases, "Quellwasserow"), found(cases, "Beispiel"), found(cases, "Amina")) == ([case], [], [case])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"given_name": " "}, "given_name"),
        ({"given_name": None}, "given_name"),
        ({"date_of_birth": "2030-01-01"}, "date_of_birth"),
        ({"language": "xx"}, "language"),
        ({"phone": "12"}, "phone"),
        ({"phone": None}, "phone"),
        ({"channel": "email", "email": None}, "email"),
        ({"email": "a@b"}, "email"),
        ({"city_quarter": 999}, "city_quarter"),
        ({"children": 21}, "children"),
        ({"residence_status": "toleration"}, "residence_status"),
        ({"consent_contact": True}, "consent_contact"),
        ({}, "_schema"),
    ],
)
def test_values_are_read_as_at_intake(cases: CasesService, said: dict[str, Any], field: str):
    case = cases.assigned()
    before = client(cases, case)

    answer = patch(cases, case, said)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert client(cases, case) == before


def test_what_stays_as_it_is_is_no_change(cases: CasesService):
    case = cases.assigned(person={"given_name": "Amina"})

    answer = patch(cases, case, {"given_name": "Amina", "language": "de"})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"3"')


def test_the_second_of_two_learns_what_happened_and_nothing_of_hers_is_kept(cases: CasesService):
    case = cases.assigned()
    assert patch(cases, case, {"email": "first@example.org"}, version=3).status_code == 200

    answer = patch(cases, case, {"email": "second@example.org"}, version=3)

    assert (answer.status_code, answer.json["changes"][0]["type"]) == (412, "cases.client-changed.v1")
    assert client(cases, case)["email"] == "first@example.org"
    assert patch(cases, case, {"email": "x@example.org"}, who="bruecke-1").status_code == 404
    assert cases.call(CM, "PATCH", f"/cases/{case}/client", {"language": "de"}).status_code == 428


def test_the_history_names_what_changed_and_no_value(cases: CasesService):
    case = cases.assigned()
    patch(cases, case, {"family_name": "Quellwasserov", "language": "tr"})

    last = cases.get(CM, f"/cases/{case}/history")["items"][-1]

    assert (last["type"], last["by"], last["said"]["changed"]) == (
        "cases.client-changed.v1",
        CM,
        ["family_name", "language"],
    )
    assert "Quellwasserov" not in cases.kept()


def test_a_restricted_or_erased_case_stays_as_it_is(cases: CasesService):
    case = cases.case_in(Phase.CLOSED)
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": True})
    restricted = patch(cases, case, {"language": "tr"})
    cases.change(OFFICER, case, "POST", "erasure", {"reason": "requested"})

    erased = patch(cases, case, {"language": "tr"})

    assert [(one.status_code, one.json["title"]) for one in (restricted, erased)] == [
        (409, "case_is_restricted"),
        (409, "person_erased"),
    ]


def test_subject_access_tells_what_is_there_now(cases: CasesService):
    case = cases.assigned()
    patch(cases, case, {"phone": "0221 221 0000"})

    package = cases.get(OFFICER, f"/cases/{case}/subject-access")

    assert package["master_data"]["phone"] == "+492212210000"
    assert "amendment" not in package["file"]
