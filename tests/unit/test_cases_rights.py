"""The rights of a client: a readable package of everything, restriction, and erasure that is proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.cases.domain.history import fold
from services.cases.rights import everything
from shared.codes import Phase
from shared.municipality import municipality
from shared.store.catalogue import DATABASES
from tests.cases import CONTACT, RELEASE, CasesService, a_cases_service
from tests.html import Page
from tests.rights import a_file, erase, restrict


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


# ---- access


def test_a_package_holds_everything_that_is_kept(cases: CasesService):
    case = a_file(cases)

    package = cases.get("datenschutz", f"/cases/{case}/subject-access")

    assert package["master_data"]["given_name"] == "Zsuzsannamark"
    assert package["master_data"]["message"] == "Sehnsuchtswort an Sie"
    assert [one["situation"] for one in package["assessments"]] == ["Wohnt bei Bekannten."]
    assert [one["title"] for one in package["goals"]] == ["Eigene Wohnung"]
    assert len(package["consents"]) == 1
    assert [one["type"] for one in package["history"]][:2] == ["cases.case-opened.v1", "cases.case-allocated.v1"]
    assert any("Vermerkwort" in one.get("note", "") for one in package["history"])
    assert any("notifications" in note or "Benachrichtigungen" in note for note in package["notes"])


def test_what_lies_beside_the_case_is_in_the_package_whatever_it_is(cases: CasesService):
    case = a_file(cases)
    follow_up = {"title": "Anruf beim Amt", "due_on": "2026-03-09"}
    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/follow-ups", follow_up).status_code == 201

    (told,) = cases.get("datenschutz", f"/cases/{case}/subject-access")["beside"]["follow_ups"]

    assert (told["title"], told["responsible"], told["due_on"]) == ("Anruf beim Amt", "case_manager", "2026-03-09")


def test_nothing_can_lie_beside_a_case_and_not_be_in_the_package():
    """A new collection is indexed by its case, or it is said here that it holds nothing of a client."""
    found = {one.name for one in DATABASES["cases"].collections if any(map(everything._of_a_case, one.indexes))}

    assert {one.name for one in DATABASES["cases"].collections} - found - everything.APART == {"offers"}


def test_staff_stand_in_a_package_by_their_role(cases: CasesService):
    case = a_file(cases)
    cases.get("lindenhof-1", f"/cases/{case}")

    package = cases.get("datenschutz", f"/cases/{case}/subject-access")

    said = json.dumps(package, ensure_ascii=False)
    assert not [one.id for one in municipality().staff if f'"{one.id}"' in said]
    assert not [one.name for one in municipality().staff if one.name in said]
    assert {one["by"] for one in package["looks"]} == {"case_manager", "privacy_officer"}
    assert "Frau […] bittet" in said


def test_a_package_speaks_the_language_of_the_client(cases: CasesService):
    told = {
        language: cases.get("datenschutz", f"/cases/{a_file(cases, language=language)}/subject-access")
        for language in ("de", "en", "ar", "ti")
    }

    assert {language: one["language"] for language, one in told.items()} == {
        "de": "de",
        "en": "en",
        "ar": "ar",
        "ti": "de",
    }
    assert len({one["notes"][0] for one in told.values()}) == 3


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_a_package_is_a_page_to_print(cases: CasesService, language: str, direction: str):
    case = a_file(cases, language=language)

    answer = cases.call("datenschutz", "GET", f"/cases/{case}/subject-access?format=html")
    preferred = cases.call("datenschutz", "GET", f"/cases/{case}/subject-access", Accept="text/html")

    assert answer.content_type == preferred.content_type == "text/html; charset=utf-8"
    assert f'<html lang="{language}" dir="{direction}">' in answer.text
    assert all(said in answer.text for said in ("Quellwasserov", "Eigene Wohnung", "@media print"))
    assert "Muster" not in answer.text.replace("Musterplatz", "")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert Page(answer.text)


def test_what_a_client_wrote_cannot_become_part_of_the_page(cases: CasesService):
    case = cases.case_in(Phase.CLEARING, person={"message": "<script>alert(1)</script>"})

    assert "<script" not in cases.call("datenschutz", "GET", f"/cases/{case}/subject-access?format=html").text


def test_a_package_is_for_the_privacy_officer_and_on_record(cases: CasesService):
    case = a_file(cases)

    assert cases.call("lindenhof-leitung", "GET", f"/cases/{case}/subject-access").status_code == 403
    cases.get("datenschutz", f"/cases/{case}/subject-access")

    looks = [(look.by, look.action, look.reason) for look in cases.looks()][-2:]
    assert looks == [
        ("lindenhof-leitung", "cases.rights-read", "refused"),
        ("datenschutz", "cases.rights-read", "any"),
    ]


# ---- restriction


def test_a_restricted_case_is_read_and_not_changed(cases: CasesService):
    case = a_file(cases)
    assert restrict(cases, case) == 200

    cases.get("lindenhof-1", f"/cases/{case}")
    refused = [
        cases.call("lindenhof-1", "POST", f"/cases/{case}/contacts", CONTACT),
        cases.call("lindenhof-1", "POST", f"/cases/{case}/follow-ups", {"title": "x", "due_on": "2026-04-01"}),
        cases.call("lindenhof-1", "POST", f"/cases/{case}/phase", {"to": "monitoring"}, If_Match='"14"'),
    ]

    assert {(one.status_code, one.json["title"]) for one in refused} == {(409, "case_is_restricted")}
    assert restrict(cases, case, restricted=False) == 200
    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/contacts", CONTACT).status_code == 201


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({}, (True, True)),
        ({"restricted": False}, (False, True)),
        ({"legal_hold": False}, (True, False)),
        ({"restricted": False, "legal_hold": False}, (False, False)),
    ],
)
def test_what_is_not_said_of_a_restriction_or_a_hold_stays(
    cases: CasesService, said: dict[str, bool], stands: tuple[bool, bool]
):
    case = a_file(cases)
    restrict(cases, case, restricted=True, legal_hold=True)

    assert restrict(cases, case, **said) == 200

    state = cases.desk.cases.get(case)
    assert (state.restricted, state.legal_hold) == stands


def test_a_hold_alone_restricts_nothing(cases: CasesService):
    case = a_file(cases)
    restrict(cases, case, legal_hold=True)

    state = cases.desk.cases.get(case)
    assert (state.restricted, state.legal_hold) == (False, True)


def test_nobody_frees_what_she_has_not_seen(cases: CasesService):
    case = a_file(cases)
    restrict(cases, case, legal_hold=True)
    before, path = cases.version(case) - 1, f"/cases/{case}/restriction"

    blind = cases.call("datenschutz", "POST", path, {"legal_hold": False})
    stale = cases.call("datenschutz", "POST", path, {"legal_hold": False}, If_Match=f'"{before}"')

    assert (blind.status_code, stale.status_code) == (428, 412)
    assert [(one["type"], one["by"]) for one in stale.json["changes"]] == [("cases.case-restricted.v1", "datenschutz")]
    assert cases.desk.cases.get(case).legal_hold


def test_who_is_too_late_to_erase_is_told_what_happened_meanwhile(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    restrict(cases, case, restricted=True)
    match = f'"{cases.version(case) - 1}"'

    stale = cases.call("datenschutz", "POST", f"/cases/{case}/erasure", {"reason": "requested"}, If_Match=match)

    assert stale.status_code == 412
    assert [(one["type"], one["by"]) for one in stale.json["changes"]] == [("cases.case-restricted.v1", "datenschutz")]
    assert cases.desk.cases.get(case).erased_at is None


def test_the_file_says_how_it_stands_to_those_who_work_on_it(cases: CasesService):
    case = a_file(cases)

    def stands(who: str) -> dict[str, Any]:
        seen = cases.get(who, f"/cases/{case}")
        return {name: seen[name] for name in ("restricted", "legal_hold", "erased_at") if name in seen}

    assert stands("lindenhof-1") == {"restricted": False, "legal_hold": False, "erased_at": None}
    restrict(cases, case, restricted=True, legal_hold=True)
    assert stands("lindenhof-1") == {"restricted": True, "legal_hold": True, "erased_at": None}
    assert stands("koordination") == {"restricted": True, "erased_at": None}
    assert cases.get("lindenhof-1", "/cases")["items"][0]["restricted"] is True
    restrict(cases, case, restricted=False, legal_hold=False)
    erase(cases, case)
    assert stands("lindenhof-1")["erased_at"] is not None


def test_a_partner_learns_nothing_of_a_restriction(cases: CasesService):
    case = a_file(cases)
    cases.change("lindenhof-1", case, "POST", "consents", RELEASE)

    seen = cases.get("partner-jobcenter", f"/cases/{case}")
    assert not {"restricted", "legal_hold", "erased_at"} & set(seen)
    restrict(cases, case)
    assert cases.call("partner-jobcenter", "GET", f"/cases/{case}").status_code == 404


def test_a_consent_is_revoked_despite_the_restriction(cases: CasesService):
    case = a_file(cases)
    (consent,) = cases.desk.cases.get(case).consents
    restrict(cases, case)

    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/consents/{consent.id}/revocation", {}).status_code == 200


def test_restriction_and_erasure_are_part_of_the_history_that_makes_the_case(cases: CasesService):
    case = a_file(cases)
    restrict(cases, case)
    erase(cases, case)

    state = cases.desk.cases.get(case)
    assert fold(cases.desk.cases.history(case)) == state
    assert (state.restricted, state.phase, state.closure_reason) == (True, Phase.CLOSED, "withdrawn_by_client")
