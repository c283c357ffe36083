"""Nobody has to guess an id or a code: the directory names them, to everybody what she may know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared import codes
from shared.codes import ActionField, Phase
from shared.municipality import municipality
from tests.cases import APPOINTMENT, CasesService, a_cases_service

CM, LEAD, COORDINATOR = "lindenhof-1", "lindenhof-leitung", "koordination"
PARTNER, OFFICE, OFFICER = "partner-jobcenter", "partner-auslaenderbehoerde", "datenschutz"
OTHERS = (COORDINATOR, PARTNER, OFFICE)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def directory(cases: CasesService, who: str) -> Any:
    return cases.get(who, "/cases/directory")


@pytest.mark.parametrize("who", [CM, LEAD, OFFICER, *OTHERS])
def test_everybody_finds_every_organisation_district_and_language(cases: CasesService, who: str):
    shown = directory(cases, who)

    assert [one["id"] for one in shown["organisations"]] == [one.id for one in municipality().organisations]
    assert shown["organisations"][1]["districts"] == [4, 5, 6]
    assert shown["districts"][3] == {"number": 4, "name": "Ehrenfeld"}
    assert {"number": 401, "name": "Ehrenfeld", "district": 4} in shown["quarters"]
    assert {"code": "ti", "label": codes.LANGUAGES["ti"]} in shown["languages"]


@pytest.mark.parametrize("who", [CM, LEAD])
def test_who_works_on_cases_finds_colleagues_and_places_and_can_use_them(cases: CasesService, who: str):
    shown = directory(cases, who)

    assert [one["id"] for one in shown["staff"]] == ["lindenhof-leitung", "lindenhof-1", "lindenhof-2"]
    place = shown["organisations"][0]["places"][0]
    assert place == {"id": "platz-1", "address": "Musterplatz 1, 50667 Köln"}
    made = cases.call(who, "POST", f"/cases/{cases.assigned()}/appointments", {**APPOINTMENT, "place": place["id"]})
    assert made.status_code == 201


@pytest.mark.parametrize("who", OTHERS)
def test_others_find_no_name_but_their_own_and_no_place(cases: CasesService, who: str):
    shown = directory(cases, who)

    assert [one["id"] for one in shown["staff"]] == [who]
    assert not [one for one in shown["organisations"] if "places" in one]


def test_the_privacy_officer_finds_whom_the_records_name(cases: CasesService):
    assert [one["id"] for one in directory(cases, OFFICER)["staff"]] == [one.id for one in municipality().staff]


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_codes_have_their_labels_in_the_callers_language(cases: CasesService, language: str):
    lists = cases.get(PARTNER, "/cases/codes", Accept_Language=language)

    said = {"de": "Wohnen", "en": "Housing", "ar": "السكن"}[language]
    assert {"code": "housing", "label": said} in lists["action_field"]
    assert [one["code"] for one in lists["phase"]] == [one.value for one in Phase]
    assert {one["code"] for one in lists["action_field"]} == {one.value for one in ActionField}


def test_every_code_list_is_there_and_in_the_document(cases: CasesService):
    kinds = {name for name in codes.__all__ if isinstance(getattr(codes, name), type)} - {"Code"}
    lists = cases.get(CM, "/cases/codes")
    document = cases.get(CM, "/cases/openapi.json")["components"]["schemas"]

    assert {name.replace("_", "") for name in lists} == {kind.lower() for kind in kinds}
    assert set(document["CodeLists"]["properties"]) == set(lists)


def test_nobody_reads_it_without_a_token(cases: CasesService):
    assert cases.call(None, "GET", "/cases/directory").status_code == 401
