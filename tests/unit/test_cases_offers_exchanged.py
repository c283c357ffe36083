"""Offers are exchanged: as a sheet, as Open Referral HSDS 3, and from the municipality's pack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.offers import demo, hsds, sheets
from services.cases.offers.handlers import offers
from services.cases.offers.schemas import OfferChangeCommand, OfferCommand
from shared import pack
from shared.codes import ActionField, TargetGroup
from shared.municipality import municipality
from shared.store.chains import verify
from tests.builders import NOON
from tests.cases import CONSENT, HSDS, OFFER, OFFERS, REFERRAL, RELEASE, CasesService, a_cases_service
from tests.offers import CM, COORDINATOR, LEAD, OTHER_LEAD, listed, taken_in


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def test_what_is_exported_is_imported_unchanged(cases: CasesService):
    listed(cases, contact="+49 221 39200101; nur vormittags", description='=1+1 und "Anführung"')
    sheet = cases.call(LEAD, "GET", "/cases/offers.csv")
    assert "'+49" in sheet.text
    assert "'=1+1" in sheet.text

    answer = taken_in(cases, sheet.data)

    assert [row["result"] for row in answer.json["rows"]] == ["unchanged"]


def test_the_coordinator_takes_the_whole_catalogue_in_again_as_it_was_exported(cases: CasesService):
    ids = {listed(cases), listed(cases, OTHER_LEAD)}
    sheet = cases.call(COORDINATOR, "GET", "/cases/offers.csv").data.decode("utf-8-sig")

    again = taken_in(cases, sheet, COORDINATOR)
    changed = taken_in(cases, sheet.replace("Sprachcafé", "Sprachtreff"), COORDINATOR)

    assert {(row["id"], row["result"]) for row in again.json["rows"]} == {(id, "unchanged") for id in ids}
    assert {(row["id"], row["result"]) for row in changed.json["rows"]} == {(id, "changed") for id in ids}
    assert taken_in(cases, sheet).status_code == 422


def test_the_coordinator_takes_in_what_somebody_outside_offers(cases: CasesService):
    sheet = "organisation;title;action_fields\r\nvolkshochschule;Deutsch am Abend;language\r\n"
    outside = {**HSDS["contents"][0], "id": "s-9", "organization": {"name": "Volkshochschule (fiktiv)"}}

    assert taken_in(cases, sheet).status_code == 422
    assert taken_in(cases, sheet, COORDINATOR).status_code == 200
    assert cases.call(COORDINATOR, "POST", "/cases/offers/hsds", {"contents": [outside]}).status_code == 200
    found = cases.get(CM, "/cases/offers?organisation=volkshochschule")["items"]
    assert [row["organisation"] for row in found] == ["volkshochschule"] * 2
    directory = cases.get(CM, "/cases/directory")
    assert directory["externals"] == [{"id": "volkshochschule", "name": "Volkshochschule (fiktiv)"}]


@pytest.mark.parametrize("who", ["lindenhof-leitung", "koordination"])
def test_a_row_of_an_organisation_that_nobody_knows_says_so(cases: CasesService, who: str):
    sheet = "organisation;title;action_fields\r\nlindenhof;Hilfe;work\r\nnirgendwo;Hilfe;work\r\n"

    answer = cases.call(who, "POST", "/cases/offers/import", sheet, Content_Type="text/csv", Accept_Language="de")

    assert answer.status_code == 422
    assert answer.json["errors"] == {"row 2": ["organisation: Diese Organisation gibt es nicht."]}


def test_a_client_is_referred_outside_under_a_release_and_nothing_is_sent_there(cases: CasesService):
    case = cases.assigned()
    outside = {"recipient": "volkshochschule"}
    cases.call(CM, "POST", f"/cases/{case}/consents", CONSENT)
    sent = {**REFERRAL, **outside, "status": "sent"}

    refused = cases.call(CM, "POST", f"/cases/{case}/referrals", sent)
    cases.call(CM, "POST", f"/cases/{case}/consents", {**RELEASE, **outside})

    assert refused.status_code == 409
    assert cases.call(CM, "POST", f"/cases/{case}/referrals", sent).status_code == 201


def test_an_import_adds_changes_and_repeats(cases: CasesService):
    def results(sheet: str) -> list[str]:
        return [row["result"] for row in taken_in(cases, sheet).json["rows"]]

    assert results(OFFERS) == ["added"]
    assert results(OFFERS) == ["unchanged"]
    assert results(OFFERS.replace(";7", ";9")) == ["changed"]
    (row,) = cases.get(CM, "/cases/offers")["items"]
    assert (row["waiting_days"], row["organisation"], row["version"]) == (9, "lindenhof", 2)
    assert verify(cases.store, f"offers/{row['id']}") is None


def test_one_wrong_row_and_nothing_is_taken_in(cases: CasesService):
    sheet = OFFERS + "Beratung;flying;bald\r\nRat;debts;3\r\nRat;debts;4\r\n"

    answer = taken_in(cases, sheet)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"row 2", "row 4"}
    assert [said.partition(":")[0] for said in answer.json["errors"]["row 2"]] == ["action_fields", "waiting_days"]
    assert cases.get(CM, "/cases/offers")["items"] == []


def test_another_organisations_offer_is_not_overwritten(cases: CasesService):
    id = listed(cases, OTHER_LEAD)

    answer = taken_in(cases, f"id;title;action_fields\r\n{id};Anders;work\r\n")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["row 1"])
    assert cases.get(CM, f"/cases/offers/{id}")["version"] == 1


@pytest.mark.parametrize(
    "sheet", ["", "name\r\nX\r\n", "title;action_fields\r\nX\r\n", 'title;action_fields\r\n"X;work']
)
def test_what_is_no_sheet_of_offers_is_refused(cases: CasesService, sheet: str):
    assert taken_in(cases, sheet).status_code == 400
    assert cases.call(LEAD, "POST", "/cases/offers/import", OFFER).status_code == 415


def test_a_service_of_open_referral_is_an_offer():
    service = {
        "id": "ac148810",
        "name": "Community Counselling",
        "status": "active",
        "email": "rat@example.org",
        "phones": [{"number": "+49 221 39200101"}],
        "contacts": [{"name": "Erika Beispiel"}],
        "organization": {"id": "0fdfb57f", "name": "Lindenhof e. V. (fiktiv)"},
        "attributes": [{"taxonomy_term": {"code": "housing"}}, {"taxonomy_term": {"name": "Single Parents"}}],
        "languages": [{"code": "uk"}, {"name": "en-GB"}, {"code": "xx"}],
        "service_areas": [{"name": "Kalk"}],
        "service_at_locations": [{"location": {"accessibility": [{"description": "lift"}]}}],
        "capacities": [{"available": 2, "maximum": 5}, {"available": 1, "maximum": 5}],
        "wait_time": "about 2 weeks",
    }

    (row,) = hsds.rows([service])
    said = OfferCommand().load({name: value for name, value in row.said.items() if name != "source"})

    assert said == {
        "organisation": "lindenhof",
        "title": "Community Counselling",
        "contact": "rat@example.org, +49 221 39200101",
        "action_fields": (ActionField.HOUSING,),
        "target_groups": (TargetGroup.SINGLE_PARENT,),
        "languages": ("uk", "en"),
        "city_district": 8,
        "barrier_free": True,
        "capacity": 10,
        "free_places": 3,
        "waiting_days": 14,
        "withdrawn": False,
    }


def test_bad_services_are_named_and_none_is_taken_in(cases: CasesService):
    good = HSDS["contents"][0]
    bad = {**good, "id": "s-2", "organization": {"id": "elsewhere"}}

    refused = cases.call(LEAD, "POST", "/cases/offers/hsds", {"contents": [good, bad, {"id": "s-3"}]})

    assert (refused.status_code, set(refused.json["errors"])) == (422, {"row 2", "row 3"})
    assert cases.get(CM, "/cases/offers")["items"] == []
    assert cases.call(LEAD, "POST", "/cases/offers/hsds", {**HSDS, "total_items": 1}).status_code == 200


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ("[{}]", None),
        ('[{"maximum": 1e999}]', None),
        ('[{"maximum": 1e999}, {"maximum": 2.0}]', 2),
        (f'[{{"maximum": 1{"0" * 400}}}, {{"maximum": 0.5}}]', 10**400),
        ('[{"maximum": "many"}, {"maximum": 3}]', 3),
    ],
    ids=["none", "without end", "without end, and two", "more than there are", "in words, and three"],
)
def test_only_places_that_can_be_counted_are(places: str, told: int | None):
    (row,) = hsds.rows([{"capacities": json.loads(places)}])

    assert row.said.get("capacity") == told


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ('title;action_fields\n"a', "kein CSV"),
        ("title;colour\na;b", "andere Spalten als id, organisation, "),
        ("title;action_fields\n", "nicht 1 bis 200 Zeilen"),
        ("title;action_fields\na;housing;c", "Zeile 1 hat 3 Zellen und nicht 2"),
    ],
)
def test_why_a_sheet_cannot_be_read_is_said_in_the_language_of_who_sent_it(cases: CasesService, sheet: str, said: str):
    refused = cases.call(LEAD, "POST", "/cases/offers/import", sheet, Content_Type="text/csv", Accept_Language="de")

    assert (refused.status_code, said in refused.json["detail"]) == (400, True), refused.json["detail"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


FIELDS = ["id", "name", "organization", "attributes", "languages", "service_areas", "capacities", "wait_time", "phones"]


@given(service=st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_a_service_holds_it_is_a_row(service: dict[str, Any]):
    assert len(hsds.rows([service])) == 1


def test_the_packs_offers_are_listed_once(cases: CasesService):
    assert demo.load(cases.store, cases.bus, at=NOON) == len(pack.offers("koeln"))
    assert demo.load(cases.store, cases.bus, at=NOON) == 0
    assert len(cases.get(CM, "/cases/offers?limit=200")["items"]) == len(pack.offers("koeln"))


@pytest.mark.parametrize("one", pack.offers("koeln"), ids=lambda one: one["id"])
def test_an_offer_of_the_pack_is_one_that_could_be_said(one: dict[str, Any]):
    said = {name: value for name, value in one.items() if name not in ("id", "organisation")}

    assert OfferChangeCommand().load(said)
    assert municipality().organisation(one["organisation"])


def test_a_sheet_says_what_is_there(cases: CasesService):
    id = listed(cases)

    text = sheets.written([offers(cases.desk).get(id)]).decode("utf-8-sig")

    assert text.splitlines()[0] == ";".join(sheets.COLUMNS)
    assert text.splitlines()[1].startswith(f"{id};lindenhof;Sprachcafé;;;language;de|uk;;;;20;")
