"""Subject access: every word as it was said, and of other people neither a name nor a part of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from shared.codes import Phase
from tests.cases import CONTACT, FINDING, FOLLOW_UP, MEMBER, CasesService, a_cases_service
from tests.html import Page
from tests.rights import a_file, erase


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def noted(cases: CasesService, case: str, *notes: str) -> None:
    for note in notes:
        cases.change("lindenhof-1", case, "POST", "contacts", {**CONTACT, "note": note})


def a_member(cases: CasesService, case: str, name: str) -> None:
    assert cases.call("lindenhof-1", "POST", f"/cases/{case}/household", {**MEMBER, "name": name}).status_code == 201


def package(cases: CasesService, case: str) -> Any:
    return cases.get("datenschutz", f"/cases/{case}/subject-access")


def notes(cases: CasesService, case: str) -> list[str]:
    return [one["note"] for one in package(cases, case)["history"] if "note" in one]


def page(cases: CasesService, case: str, **headers: str) -> Page:
    return Page(cases.call("datenschutz", "GET", f"/cases/{case}/subject-access?format=html", **headers).text)


# ---- what was said


def test_words_stay_as_they_were_said_whatever_id_code_or_time_they_look_like(cases: CasesService):
    case = cases.case_in(Phase.PLANNING)
    said = [
        *("person-centred: X", "case-management erklaert", "person-0a", "case-0a", "case-0a.1", "system"),
        *("lindenhof-1", "lindenhof", "work", "client", "2026-11-28T10:00:00"),
    ]
    noted(cases, case, *said)

    assert notes(cases, case) == said
    assert set(said) <= {one.text for one in page(cases, case).all("bdi")}


def test_what_she_wrote_herself_is_hers_as_she_wrote_it(cases: CasesService):
    case = cases.case_in(Phase.PLANNING, person={"message": "work", "given_name": "client"})

    assert {"work", "client"} <= {one.text for one in page(cases, case).all("bdi")}


def test_earlier_words_stand_with_what_happened_then(cases: CasesService):
    case = a_file(cases)
    set_up = cases.call("lindenhof-1", "POST", f"/cases/{case}/follow-ups", FOLLOW_UP)
    changed = {"title": "Nach der Prüfung fragen"}
    path = f"/cases/{case}/follow-ups/{set_up.json['id']}"
    assert cases.call("lindenhof-1", "PATCH", path, changed, If_Match='"1"').status_code == 200

    told = package(cases, case)

    assert [one["title"] for one in told["beside"]["follow_ups"]] == ["Nach der Prüfung fragen"]
    spoken = [one["title"] for one in told["history"] if "follow-up" in one["type"]]
    assert spoken == ["Nach dem Kurs fragen", "Nach der Prüfung fragen"]


# ---- what else there is


def test_she_learns_what_her_case_gave_rise_to_and_of_no_other(cases: CasesService):
    case, other = a_file(cases), a_file(cases)
    for one, title in ((case, "Zwei Ämter warten aufeinander"), (other, "Niemand nimmt den Antrag an")):
        said = {**FINDING, "case": one, "title": title}
        assert cases.call("lindenhof-1", "POST", "/cases/findings", said).status_code == 201

    (told,) = package(cases, case)["findings"]

    assert (told["title"], told["raised_by"]) == ("Zwei Ämter warten aufeinander", "case_manager")
    assert (told["from_office"], told["to_office"]) == ("jobcenter", "immigration_office")
    assert "Zwei Ämter warten aufeinander" in {one.text for one in page(cases, case).all("bdi")}


def test_she_learns_what_figures_are_counted_from(cases: CasesService):
    case = a_file(cases, language="en")

    told = package(cases, case)["statistics"]

    assert told[0]["phase"] == "inquiry"
    assert told[-1]["phase"] == "linking"
    assert {one["language"] for one in told} == {"en"}
    assert {one["age_band"] for one in told} == {cases.desk.cases.get(case).age_band}
    assert not [one for one in told if "person" in one]
    assert all(one != {**before, "at": one["at"]} for before, one in pairwise(told))


def test_the_package_says_what_lies_elsewhere_and_where_it_is_asked_for(cases: CasesService):
    case = a_file(cases)

    assert package(cases, case)["elsewhere"] == [
        {"what": "messages", "path": f"/notifications/subject-access?case={case}"}
    ]


# ---- other people


def test_who_lives_with_her_is_named_by_no_part_of_a_name(cases: CasesService):
    case = a_file(cases)
    a_member(cases, case, "Karim El Haddad")
    noted(cases, case, "Bruder Karim holt KARIMS Post, sagt Herr El Haddad.", "Karimah ruft el Anwalt an.")

    assert notes(cases, case)[1:] == ["Bruder […] holt […] Post, sagt Herr El […].", "Karimah ruft el Anwalt an."]


def test_her_own_names_stay_though_others_share_them(cases: CasesService):
    case = a_file(cases)
    a_member(cases, case, "Karim Quellwasserov")
    noted(cases, case, "Frau Quellwasserov und Karim kamen.", "Karim Quellwasserov kam allein.")

    assert notes(cases, case)[1:] == ["Frau Quellwasserov und […] kamen.", "[…] kam allein."]


def test_staff_are_taken_out_where_they_are_called_by_their_family_name(cases: CasesService):
    case = cases.case_in(Phase.PLANNING)
    noted(cases, case, "Frau Muster ruft zurück, das Musterschreiben ist ein Muster.")

    assert notes(cases, case) == ["[…] ruft zurück, das Musterschreiben ist ein Muster."]


def test_who_lives_with_her_is_not_named_in_another_script_or_spelling_either(cases: CasesService):
    case = a_file(cases)
    a_member(cases, case, "Olena Rahimi")
    a_member(cases, case, "كريم حداد")
    noted(cases, case, "Олена живе тут. Karim holt sie ab.", "تسكن مع أولينا", "Kontakt mit Оленою und Herrn Hadad.")

    assert notes(cases, case)[1:] == ["[…] живе тут. […] holt sie ab.", "تسكن مع […]", "Kontakt mit […] und Herrn […]."]


def test_staff_are_taken_out_in_another_script_too(cases: CasesService):
    case = cases.case_in(Phase.PLANNING)
    noted(cases, case, "Лена Мустер дзвонила, Лена з хору теж.")

    assert notes(cases, case) == ["[…] дзвонила, Лена з хору теж."]


def test_her_own_name_stays_in_another_script(cases: CasesService):
    case = cases.case_in(Phase.PLANNING, person={"given_name": "Олена", "family_name": "Чумак"})
    a_member(cases, case, "Olena Koval")
    noted(cases, case, "Olena kam, ihre Tante Olena Koval nicht.")

    assert notes(cases, case) == ["Olena kam, ihre Tante […] nicht."]


def test_each_place_where_a_name_was_heard_is_told_to_the_officer(cases: CasesService):
    case = cases.case_in(Phase.PLANNING)
    a_member(cases, case, "Karim Haddad")
    noted(cases, case, "كريم und Карим, Karim auch.")

    (place,) = package(cases, case)["removed"]

    assert (place["field"], place["times"]) == ("note", 3)


def test_the_officer_sees_how_often_something_was_taken_out_of_what(cases: CasesService):
    case = a_file(cases)
    before = package(cases, case)["removed"]
    a_member(cases, case, "Karim Haddad")
    noted(cases, case, "Karim bringt Haddads mit.")

    told = package(cases, case)
    version = cases.desk.cases.get(case).version

    assert [one for one in told["removed"] if one not in before] == [
        {"part": "file", "version": version, "field": "note", "times": 2}
    ]
    assert "karim" not in json.dumps(told).lower()


def test_the_page_marks_what_was_taken_out_and_asks_its_reader_to_check(cases: CasesService):
    case = a_file(cases, language="ar")

    drawn = page(cases, case, Accept_Language="de")

    (check,) = (one for one in drawn.all("p") if one.attributes.get("class") == "check")
    assert (check["lang"], check["dir"]) == ("de", "ltr")
    assert check.text == "Entfernte Namen anderer Menschen: 1. Bitte prüfen Sie jede Markierung."
    assert {one.text for one in drawn.all("mark")} == {"[…]"}


def test_a_page_without_marks_asks_for_nothing(cases: CasesService):
    drawn = page(cases, cases.case_in(Phase.PLANNING))

    assert not [one for one in drawn.all("p") if one.attributes.get("class") == "check"]


def test_of_an_erased_client_no_word_is_left(cases: CasesService):
    case = a_file(cases)
    a_member(cases, case, "Karim Haddad")
    erase(cases, case)

    told = package(cases, case)

    assert (told["master_data"], told["removed"]) == (None, [])
    assert notes(cases, case) == []
