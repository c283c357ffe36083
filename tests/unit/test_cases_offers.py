"""The catalogue of offers: ranked by what is asked and nothing else, written by its organisations, exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.offers import demo, domain, hsds, ranking, sheets
from services.cases.offers.domain import MoreFreeThanThere, Offer
from services.cases.offers.handlers import offers
from services.cases.offers.schemas import OfferChangeCommand, OfferCommand
from shared import pack
from shared.codes import ActionField, TargetGroup
from shared.municipality import municipality
from shared.store.chains import verify
from tests.builders import NOON
from tests.cases import CONSENT, HSDS, OFFER, OFFERS, REFERRAL, RELEASE, CasesService, a_cases_service

LEAD, CM, OTHER_LEAD = "lindenhof-leitung", "lindenhof-1", "bruecke-leitung"
COORDINATOR = "koordination"
BY: dict[str, Any] = {"at": NOON, "by": LEAD}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def an_offer(id: str = "offer-1", **said: Any) -> Offer:
    given = {"organisation": "lindenhof", "title": "Hilfe", "action_fields": (ActionField.WORK,), **said}
    return domain.list_offer(id, given, **BY)[0]


def listed(cases: CasesService, who: str = LEAD, **said: Any) -> str:
    answer = cases.call(who, "POST", "/cases/offers", {**OFFER, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def taken_in(cases: CasesService, sheet: str | bytes, who: str = LEAD) -> Any:
    return cases.call(who, "POST", "/cases/offers/import", sheet, Content_Type="text/csv")


def test_what_is_not_given_stays():
    before = an_offer(waiting_days=7, languages=("de",))

    changed = domain.change(before, {"waiting_days": 14}, **BY)

    assert changed is not None
    assert changed[0] == before.model_copy(update={"waiting_days": 14, "version": 2})
    assert domain.change(before, {"waiting_days": 7}, **BY) is None


def test_there_are_never_more_free_places_than_places():
    with pytest.raises(MoreFreeThanThere):
        an_offer(capacity=3, free_places=4)
    with pytest.raises(MoreFreeThanThere):
        domain.change(an_offer(capacity=3), {"free_places": 4}, **BY)


SAID = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Hilfe", "Rat"]),
        "contact": st.none() | st.just("rat@lindenhof.example"),
        "action_fields": st.lists(st.sampled_from(list(ActionField)), min_size=1, max_size=3).map(tuple),
        "target_groups": st.lists(st.sampled_from(list(TargetGroup)), max_size=2).map(tuple),
        "city_district": st.none() | st.integers(1, 9),
        "waiting_days": st.none() | st.integers(0, 90),
        "withdrawn": st.booleans(),
    },
)


@given(steps=st.lists(SAID, max_size=6))
@settings(deadline=None)
def test_an_offer_is_the_fold_of_its_events_and_its_words(steps: list[dict[str, Any]]):
    said = {"organisation": "lindenhof", "title": "Hilfe", "action_fields": (ActionField.WORK,)}
    offer, first = domain.list_offer("offer-1", said, **BY)
    history: list[Any] = [first]
    for step in steps:
        if (change := domain.change(offer, step, **BY)) is not None:
            offer = change[0]
            history.append(change[1])

    words = {name: getattr(offer, name) for name in domain.WORDS}
    assert domain.fold(history).model_copy(update=words) == offer
    assert "Hilfe" not in "".join(event.model_dump_json() for event in history)


def test_every_result_says_which_criteria_it_fits():
    (fit,) = ranking.rank([an_offer(languages=("de",), waiting_days=30)], {"language": "de", "waiting_days": 14})

    assert (fit.matched, fit.unmatched) == (("language",), ("waiting_days",))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, {"action_field": ActionField.WORK}),
        ({"languages": ("uk",)}, {"language": "uk"}),
        ({"city_district": 8}, {"city_district": 8}),
        ({}, {"city_district": 8}),
        ({"target_groups": (TargetGroup.LSBTI,)}, {"target_group": TargetGroup.LSBTI}),
        ({}, {"target_group": TargetGroup.LSBTI}),
        ({"barrier_free": True}, {"barrier_free": True}),
        ({"free_places": 1}, {"free_places": True}),
        ({"free_places": 0}, {"free_places": False}),
        ({"waiting_days": 14}, {"waiting_days": 14}),
    ],
)
def test_an_offer_fits(said: dict[str, Any], wanted: dict[str, Any]):
    assert ranking.rank([an_offer(**said)], wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        {"action_field": ActionField.HOUSING},
        {"language": "uk"},
        {"barrier_free": False},
        {"free_places": True},
        {"waiting_days": 365},
    ],
)
def test_what_an_offer_does_not_say_fits_nothing(wanted: dict[str, Any]):
    assert not ranking.rank([an_offer()], wanted)


WANTED: dict[str, Any] = {"language": "de", "waiting_days": 30, "free_places": True}
CATALOGUE = st.lists(
    st.builds(
        an_offer,
        id=st.uuids().map(lambda id: f"offer-{id.hex}"),
        languages=st.sampled_from([(), ("de",), ("uk",)]),
        waiting_days=st.none() | st.integers(0, 60),
        free_places=st.none() | st.integers(0, 2),
    ),
    max_size=12,
)


@given(catalogue=CATALOGUE, every=st.booleans())
@settings(deadline=None)
def test_the_order_follows_from_what_is_shown(catalogue: list[Offer], every: bool):
    fits = ranking.rank(catalogue, WANTED, every=every)

    shown = [(-len(fit.matched), fit.offer.waiting_days is None, fit.offer.waiting_days or 0) for fit in fits]
    assert shown == sorted(shown)
    assert all(set(fit.matched) | set(fit.unmatched) == set(WANTED) for fit in fits)
    assert not every or not any(fit.unmatched for fit in fits)


def test_the_catalogue_is_found_and_paged(cases: CasesService):
    near, far = listed(cases, waiting_days=3), listed(cases, waiting_days=60)
    other = listed(cases, action_fields=["debts"])

    first = cases.get(CM, "/cases/offers?action_field=language&waiting_days=30&limit=1")
    second = cases.get(CM, f"/cases/offers?action_field=language&waiting_days=30&cursor={first['next']}")

    assert [(row["id"], row["matched"]) for row in first["items"]] == [(near, ["action_field", "waiting_days"])]
    assert [(row["id"], row["unmatched"]) for row in second["items"]] == [(far, ["waiting_days"])]
    assert {row["id"] for row in cases.get("partner-jobcenter", "/cases/offers")["items"]} == {near, far, other}
    assert [row["id"] for row in cases.get(CM, "/cases/offers?action_field=debts&match=all")["items"]] == [other]
    assert cases.call(CM, "GET", "/cases/offers?cursor=offer-0").status_code == 400
    assert cases.call(CM, "GET", "/cases/offers?city_district=77").status_code == 422


def test_a_team_lead_writes_the_offers_of_her_organisation_only(cases: CasesService):
    id = listed(cases)
    change = {"free_places": 2, "waiting_days": 21}

    assert cases.call(LEAD, "POST", "/cases/offers", {**OFFER, "organisation": "bruecke"}).status_code == 403
    assert cases.call(OTHER_LEAD, "PATCH", f"/cases/offers/{id}", change, If_Match='"1"').status_code == 403
    assert cases.call(LEAD, "PATCH", f"/cases/offers/{id}", change, If_Match='"7"').status_code == 412
    changed = cases.call(LEAD, "PATCH", f"/cases/offers/{id}", change, If_Match='"1"')
    assert (changed.status_code, changed.json["waiting_days"], changed.json["version"]) == (200, 21, 2)
    assert cases.call(LEAD, "PATCH", f"/cases/offers/{id}", {"free_places": 21}, If_Match='"2"').status_code == 409
    late = cases.call(LEAD, "PATCH", f"/cases/offers/{id}", change, If_Match='"1"').json
    assert [(one["version"], one["type"], one["by"]) for one in late["changes"]] == [
        (2, "cases.offer-changed.v1", LEAD)
    ]
    assert verify(cases.store, f"offers/{id}") is None


def test_a_withdrawn_offer_is_read_and_not_found(cases: CasesService):
    id = listed(cases)
    cases.call(LEAD, "PATCH", f"/cases/offers/{id}", {"withdrawn": True}, If_Match='"1"')

    assert cases.get(CM, "/cases/offers")["items"] == []
    assert cases.get(CM, f"/cases/offers/{id}")["withdrawn"]


def test_the_same_key_lists_one_offer(cases: CasesService):
    ids = {cases.call(LEAD, "POST", "/cases/offers", OFFER, Idempotency_Key="once").json["id"] for _ in range(2)}

    assert len(ids) == 1
    assert len(cases.get(CM, "/cases/offers")["items"]) == 1


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
FIELDS = ["id", "name", "organization", "attributes", "languages", "service_areas", "capacities", "wait_time", "phones"]


@given(service=st.dictionaries(st.sampled_from(FIELDS), JSON))
@settings(deadline=None)
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
