"""What a refusal says: in one language, with labels instead of codes, and of the right things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from services.cases.domain.refusals import ReleaseMissing
from shared import texts
from shared.codes import Phase
from shared.http.problems import problem
from tests.cases import CLOSURE, OFFER, REFERRAL, CasesService, a_cases_service
from tests.referrals import refer, release

CM, LEAD = "lindenhof-1", "lindenhof-leitung"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        before = texts.language.get()
        yield service
        texts.language.set(before)


def refused(cases: CasesService, case: str, path: str, body: Any, language: str = "de") -> Any:
    version = cases.version(case)
    return cases.call(CM, "POST", f"/cases/{case}/{path}", body, If_Match=f'"{version}"', Accept_Language=language).json


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Von der Phase Anfrage kann der Fall nicht zu Monitoring gehen."),
        ("en", "From the phase Inquiry the case cannot go to Monitoring."),
    ],
)
def test_a_phase_is_named_by_its_label(cases: CasesService, language: str, said: str):
    assert refused(cases, cases.assigned(), "phase", {"to": "monitoring"}, language)["detail"] == said


def test_what_is_missing_is_said_in_words_and_named_in_codes(cases: CasesService):
    answer = refused(cases, cases.case_in(Phase.CLEARING), "phase", {"to": "intake"})

    assert answer["unmet"] == ["clearing_accepted"]
    assert answer["detail"].endswith("eine Klärung mit Aufnahme.")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Dafür braucht es gültige Schweigepflichtentbindungen: Jobcenter (fiktiv) (Person, Vermittlungen)."),
        ("en", "This needs releases from secrecy that are in force: Jobcenter (fiktiv) (Person, Referrals)."),
    ],
)
def test_missing_releases_are_named_by_organisation_and_label(cases: CasesService, language: str, said: str):
    answer = refused(cases, cases.consented(), "referrals", {**REFERRAL, "status": "sent"}, language)

    assert answer["unmet"] == ["secrecy_release:jobcenter:identity", "secrecy_release:jobcenter:referrals"]
    assert answer["detail"] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Der Kontakt ist noch nicht bestätigt von: Ratsuchende*r, Aufnehmende Stelle."),
        ("en", "Contact is not confirmed yet by: Client, Receiving side."),
    ],
)
def test_who_has_not_confirmed_contact_is_named_in_words(cases: CasesService, language: str, said: str):
    case = cases.consented()
    release(cases, case)
    path = refer(cases, case, status="sent")
    for version, status in ((1, "started"), (2, "finished")):
        match = {"If_Match": f'"{version}"', "Accept_Language": language}
        answer = cases.call(CM, "PATCH", path, {"status": status}, **match)

    assert answer.json["unmet"] == ["confirmation:client", "confirmation:recipient"]
    assert answer.json["detail"] == said


@pytest.mark.usefixtures("cases")
def test_of_an_organisation_that_is_gone_the_id_is_said():
    texts.language.set("en")
    with Flask(__name__).test_request_context():
        answer = problem(ReleaseMissing(["secrecy_release:gone:plan", "secrecy_release:gone:contact"]))

    said = str(answer.get_data(as_text=True))
    assert "gone (Support plan, Contact and place of residence)" in said


@pytest.mark.parametrize(
    ("phase", "reachable"), [(Phase.CLEARING, ["intake"]), (Phase.MONITORING, ["evaluation", "assessment"])]
)
def test_where_a_case_can_go_is_named_where_it_cannot_go_elsewhere(
    cases: CasesService, phase: Phase, reachable: list[str]
):
    assert refused(cases, cases.case_in(phase), "phase", {"to": "closed"})["reachable"] == reachable


def test_names_and_values_of_a_mapping_are_refused_in_the_language_of_the_reader(cases: CasesService):
    body = {**CLOSURE, "outcomes": {"first": "achieved", "goal-2": "perhaps"}}

    errors = refused(cases, cases.case_in(Phase.EVALUATION), "closure", body)["errors"]["outcomes"]

    assert errors[0] == "Das hat nicht die erwartete Form."
    assert errors[1].startswith("Bitte wählen Sie eines davon:")


def test_a_list_has_entries_and_no_characters(cases: CasesService):
    answer = cases.call(LEAD, "POST", "/cases/offers", {**OFFER, "action_fields": []}, Accept_Language="en")

    assert answer.json["errors"]["action_fields"] == ["Please give 1 to 15 entries."]


def test_why_a_body_cannot_be_read_is_said_in_the_same_language(cases: CasesService):
    for body, reason in (("{", "ليس JSON في السطر 1، العمود 2"), ('{"a": "\\u0000"}', "رمز NUL")):
        answer = cases.call(LEAD, "POST", "/cases/offers", body, Accept_Language="ar", Content_Type="application/json")
        assert answer.status_code == 400
        assert reason in answer.json["detail"]


def test_offers_of_an_organisation_that_is_not_there_are_an_error(cases: CasesService):
    assert cases.call(CM, "GET", "/cases/offers?organisation=nope").status_code == 422
    assert cases.get(CM, "/cases/offers?organisation=jobcenter")["items"] == []
