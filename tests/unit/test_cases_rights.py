"""The rights of a client: a readable package of everything, restriction, and erasure that is proved."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import erasure
from services.cases.domain.history import fold
from services.cases.rights import erasing, everything, retention
from shared.codes import ErasureGround, Phase
from shared.municipality import municipality
from shared.settings import Settings
from shared.store import Put
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from shared.store.traces import search
from tests.builders import NOON
from tests.cases import CONTACT, CasesService, a_cases_service
from tests.fakes import MemoryStore
from tests.html import Page
from tests.rights import NOTE, a_file, a_second_case, erase, restrict


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

    assert {one.name for one in DATABASES["cases"].collections} - found == everything.APART | {"offers"}


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


# ---- erasure


def test_erasing_destroys_the_key_and_proves_it(cases: CasesService):
    case = a_file(cases)
    words = ("Zsuzsannamark", "Quellwasserov", "Sehnsuchtswort an Sie", NOTE, "Eigene Wohnung")

    answer = erase(cases, case)

    certificate = answer.json
    assert answer.status_code == 200, answer.text
    assert (certificate["by"], certificate["done"], certificate["negative"]) == ("datenschutz", True, True)
    assert {one["what"] for one in certificate["destroyed"]} == {"key", "identity_and_contact", "search_tokens"}
    assert {one["database"] for one in certificate["searched"]} == {"cases", "people"}
    assert set(certificate["not_opened"]) == set(DATABASES) - {"cases", "people"}
    assert certificate["searched_for"] >= len(words)
    assert cases.store.get(f"cases/{case}")["tokens"] == []  # type: ignore[index]
    for name, store in (("cases", cases.store), ("people", cases.vault)):
        assert search(DATABASES[name], store, words).found == ()


def test_a_search_finds_a_word_that_was_left_in_clear(cases: CasesService):
    case = a_file(cases)
    body = cases.store.get(f"cases/{case}")
    assert body is not None
    cases.store.commit([Put(f"cases/{case}", {**body, "nickname": "die QUELLWASSEROV"})])

    certificate = erase(cases, case).json

    assert certificate["negative"] is False
    assert certificate["searched"][0]["found"] == [f"cases/{case}"]
    assert "quellwasserov" not in json.dumps(certificate).lower()


@pytest.mark.parametrize("database", DATABASES)
def test_every_database_of_the_catalogue_can_be_searched(database: str):
    assert search(DATABASES[database], MemoryStore(database), ["Quellwasserov"]).complete


def test_a_search_that_broke_off_proves_nothing(cases: CasesService):
    a_file(cases)

    assert not search(DATABASES["cases"], cases.store, ["Quellwasserov"], most=2).complete


def test_an_operator_searches_every_database_and_the_bytes_of_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    stores = {name: SqliteStore(database, tmp_path / f"{name}.db") for name, database in DATABASES.items()}
    monkeypatch.setattr(erasure, "connect", stores.__getitem__)
    monkeypatch.setattr(erasure, "settings", lambda: Settings(data=tmp_path))

    def verified() -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("Quellwasserov\n\nZsuzsannamark\n"))
        return erasure.main()

    with a_cases_service(stores["cases"], stores["people"]) as cases:
        assert erase(cases, a_file(cases)).json["negative"] is True
    assert verified() == 0
    stores["intake"].commit([Put("submissions/one", {"left": "Frau Quellwasserov"})])
    assert verified() == 1

    said = capsys.readouterr().out
    assert "submissions/one" in said
    assert "intake.db" in said
    assert "Quellwasserov" not in said


def test_after_erasure_every_view_still_works(cases: CasesService):
    case = a_file(cases)
    erase(cases, case)

    assert cases.get("lindenhof-1", f"/cases/{case}")["client"] is None
    assert cases.get("lindenhof-1", "/cases")["items"][0]["client"] is None
    assert cases.get("lindenhof-1", f"/cases/{case}/contacts")["items"][0]["note"] is None
    assert cases.get("lindenhof-1", f"/cases/{case}/history")["items"]
    assert cases.get("lindenhof-1", "/cases?q=Quellwasserov")["items"] == []
    assert cases.get("datenschutz", f"/cases/{case}/subject-access")["master_data"] is None
    assert cases.call("datenschutz", "GET", f"/cases/{case}/subject-access?format=html").status_code == 200


def test_an_erased_case_takes_nothing_new(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    assert erase(cases, case, "requested").status_code == 200

    assert restrict(cases, case) == 409
    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/contacts", CONTACT).status_code == 409


def test_a_repeat_gives_the_same_certificate(cases: CasesService):
    case = a_file(cases)

    assert erase(cases, case).json == erase(cases, case).json


def test_an_open_case_is_erased_on_withdrawal_only(cases: CasesService):
    case = a_file(cases)

    assert erase(cases, case, "requested").status_code == 409
    assert erase(cases, case, "retention_ended").status_code == 409
    assert cases.get("lindenhof-1", f"/cases/{case}")["client"] is not None


def test_a_legal_hold_keeps_from_erasure(cases: CasesService):
    case = a_file(cases, Phase.CLOSED)
    restrict(cases, case, legal_hold=True)

    assert erase(cases, case, "requested").status_code == 409
    restrict(cases, case, restricted=False)
    assert erase(cases, case, "requested").status_code == 200


def test_a_person_goes_with_all_her_cases_or_not_at_all(cases: CasesService):
    one = a_file(cases, Phase.CLOSED)
    other = a_second_case(cases, one)

    assert erase(cases, one, "requested").status_code == 409
    assert cases.desk.cases.get(one).erased_at is None
    assert erase(cases, one).status_code == 200
    assert cases.desk.cases.get(other).erased_at is not None


def test_what_a_crash_broke_off_is_finished_by_night(cases: CasesService):
    case = a_file(cases)
    erasing.record(
        cases.desk.cases.get(case), ErasureGround.CONSENT_WITHDRAWN, by="datenschutz", at=NOON, desk=cases.desk
    )
    assert cases.desk.people.find(cases.desk.cases.get(case).person) is not None

    assert retention.erase_due(desk=cases.desk, at=NOON) == {"persons": 0, "cases": 1}

    assert cases.desk.people.find(cases.desk.cases.get(case).person) is None
    assert erasing.certificate(case, cases.desk)["negative"] is True
