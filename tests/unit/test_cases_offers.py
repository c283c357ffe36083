"""The catalogue of offers: ranked by what is asked and nothing else, and written by its organisations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.offers import domain, ranking
from services.cases.offers.domain import MoreFreeThanThere, Offer
from shared.codes import ActionField, TargetGroup
from shared.store.chains import verify
from tests.builders import NOON
from tests.cases import OFFER, CasesService, a_cases_service
from tests.offers import CM, LEAD, OTHER_LEAD, listed

BY: dict[str, Any] = {"at": NOON, "by": LEAD}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def an_offer(id: str = "offer-1", **said: Any) -> Offer:
    given = {"organisation": "lindenhof", "title": "Hilfe", "action_fields": (ActionField.WORK,), **said}
    return domain.list_offer(id, given, **BY)[0]


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
    for nowhere in ("offer-0", "", "x" * 2000):
        assert cases.call(CM, "GET", f"/cases/offers?cursor={nowhere}").json["title"] == "malformed"
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
