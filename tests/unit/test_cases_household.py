"""Who lives with a client: codes beside the case, names under her key, and two cases only to who may see both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.domain.refusals import CaseIsClosed
from services.cases.household import domain, handlers
from shared.codes import AgeBand, HouseholdRelation, Phase
from shared.store.lines import broken_link, entries
from tests.builders import NOON, a_case
from tests.cases import CONTACT, MEMBER, RELEASE, CasesService, a_cases_service
from tests.rights import certificate, search

CM, LEAD, OFFICER, PARTNER = "lindenhof-1", "lindenhof-leitung", "datenschutz", "partner-jobcenter"
TODAY = NOON.date()
BY: dict[str, Any] = {"at": NOON, "by": CM}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def a_member(**given: Any) -> domain.Member:
    held, _ = domain.add(a_case(), "household-1", HouseholdRelation.CHILD, same_household=True, age_band=None, **BY)
    return held.model_copy(update=given)


def change_of(held: domain.Member, **said: Any) -> domain.Member:
    return domain.change(a_case(), held, said, named=False, on=TODAY, **BY)[0]


def add(cases: CasesService, case: str, who: str = CM, **said: Any) -> str:
    answer = cases.call(who, "POST", f"/cases/{case}/household", {**MEMBER, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def patch(cases: CasesService, case: str, id: str, version: int = 1, who: str = CM, **said: Any) -> Any:
    return cases.call(who, "PATCH", f"/cases/{case}/household/{id}", said, If_Match=f'"{version}"')


def listed(cases: CasesService, case: str, who: str = CM) -> list[dict[str, Any]]:
    return list(cases.get(who, f"/cases/{case}/household")["items"])


# ---- the rules


@pytest.mark.parametrize(("band", "minor"), [(None, None), (AgeBand.UNDER_18, True), (AgeBand.FROM_18, False)])
def test_who_is_under_age_follows_from_her_age_band(band: AgeBand | None, minor: bool | None):
    assert a_member(age_band=band).minor is minor


def test_who_left_does_not_live_there_any_more():
    left = change_of(a_member(), left_on=TODAY)

    assert (left.left_on, left.same_household) == (TODAY, False)
    assert change_of(left, left_on=None, same_household=True).same_household
    with pytest.raises(domain.LeftTheHousehold):
        change_of(left, same_household=True)
    with pytest.raises(domain.NotGoneYet):
        change_of(a_member(), left_on=TODAY + timedelta(days=1))


def test_nobody_joins_the_household_of_a_closed_case_and_who_is_there_may_be_corrected():
    with pytest.raises(CaseIsClosed):
        domain.add(a_case(phase=Phase.CLOSED), "m", HouseholdRelation.CHILD, same_household=True, age_band=None, **BY)
    said = {"relation": HouseholdRelation.SIBLING}
    changed, _ = domain.change(a_case(phase=Phase.CLOSED), a_member(), said, named=False, on=TODAY, **BY)
    assert changed.relation is HouseholdRelation.SIBLING


# ---- over HTTP


def test_a_member_is_noted_and_listed(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case, note="Geht in die Kita.")

    (row,) = listed(cases, case)

    assert {**row, "added_at": None} == {
        "id": id,
        "version": 1,
        "relation": "child",
        "same_household": True,
        "age_band": "under_18",
        "minor": True,
        "left_on": None,
        "added_at": None,
        "added_by": CM,
        "name": "Kindermarke",
        "note": "Geht in die Kita.",
        "own_case": None,
    }
    assert "Kindermarke" not in cases.kept()


def test_only_what_is_given_changes(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case, note="Geht in die Kita.")

    answers = [
        patch(cases, case, id, 1, left_on="2026-03-01"),
        patch(cases, case, id, 2, name="Neuer Name"),
        patch(cases, case, id, 3, note=None),
        patch(cases, case, id, 3, note="zu spät"),
    ]

    (row,) = listed(cases, case)
    assert [one.status_code for one in answers] == [200, 200, 200, 412]
    assert answers[0].json["same_household"] is False
    assert (row["name"], row["note"], row["left_on"], row["version"]) == ("Neuer Name", None, "2026-03-01", 4)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "_schema"),
        ({"relation": "friend"}, "relation"),
        ({"age_band": "7"}, "age_band"),
        ({"left_on": "x"}, "left_on"),
    ],
)
def test_what_cannot_be_read_is_refused(cases: CasesService, said: dict[str, Any], field: str):
    case = cases.assigned()
    answer = patch(cases, case, add(cases, case), **said)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_two_who_add_at_once_do_not_meet_and_a_repeat_adds_once(cases: CasesService):
    case = cases.assigned()
    for key in ("k1", "k2", "k1"):
        cases.call(CM, "POST", f"/cases/{case}/household", MEMBER, Idempotency_Key=key)

    assert len(listed(cases, case)) == 2
    assert cases.version(case) == 3


def test_a_member_of_another_case_is_not_there(cases: CasesService):
    case, other = cases.assigned(), cases.assigned()
    id = add(cases, case)

    assert patch(cases, other, id, name="x").status_code == 404
    assert patch(cases, case, "household-0", name="x").status_code == 404
    assert patch(cases, case, id, who="bruecke-1", name="x").status_code == 404


def test_a_case_of_her_own_is_shown_to_who_may_see_both(cases: CasesService):
    case, hers, sisters = cases.assigned(), cases.assigned(), cases.assigned(to="lindenhof-2")
    add(cases, case, own_case=hers)
    add(cases, case, LEAD, own_case=sisters)

    assert [row["own_case"] for row in listed(cases, case)] == [hers, None]
    assert [row["own_case"] for row in listed(cases, case, LEAD)] == [hers, sisters]
    seen = [look.cases for look in cases.looks()][-2:]
    assert seen == [(case,), (hers, sisters)]


@pytest.mark.parametrize("which", ["own", "of another organisation", "of nobody", "of a colleague"])
def test_a_case_that_she_may_not_see_cannot_be_named(cases: CasesService, which: str):
    case = cases.assigned()
    others = {
        "own": case,
        "of another organisation": cases.assigned("bruecke", "bruecke-1"),
        "of nobody": "case-0",
        "of a colleague": cases.assigned(to="lindenhof-2"),
    }

    answer = cases.call(CM, "POST", f"/cases/{case}/household", {**MEMBER, "own_case": others[which]})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["own_case"])
    assert listed(cases, case) == []


def test_history_says_that_and_never_who(cases: CasesService):
    case, hers = cases.assigned(), cases.assigned()
    id = add(cases, case, own_case=hers)
    patch(cases, case, id, left_on="2026-03-01")

    history = cases.get(CM, f"/cases/{case}/history")["items"][-2:]

    assert [(one["subject"], one["type"]) for one in history] == [
        (id, "cases.household-member-added.v1"),
        (id, "cases.household-member-changed.v1"),
    ]
    assert hers not in json.dumps(history)
    assert hers not in json.dumps([one.model_dump_json() for one in cases.bus.published if one.subject == id])


def test_the_client_is_told_that_somebody_is_noted_and_not_who(cases: CasesService):
    case = cases.assigned()
    id = add(cases, case, note="Vermerk über das Kind", own_case=cases.assigned())
    patch(cases, case, id, name="Neuername")
    cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": "Kindermarke und Neuername waren dabei."})

    package = cases.get(OFFICER, f"/cases/{case}/subject-access")

    (told,) = package["beside"]["household"]
    assert (told["relation"], told["added_by"]) == ("child", "case_manager")
    said = json.dumps(package, ensure_ascii=False)
    assert "[…] und […] waren dabei." in said
    assert not [word for word in ("Kindermarke", "Neuername", "Vermerk") if word in said]


def test_erasure_takes_who_they_are_and_is_certified(cases: CasesService):
    case, hers = cases.case_in(Phase.CLOSED), cases.assigned()
    open_case = cases.assigned()
    add(cases, open_case, note="Vermerk über das Kind", own_case=hers)

    answer = cases.call(OFFICER, "POST", f"/cases/{open_case}/erasure", {"reason": "consent_withdrawn"})
    search(cases)

    assert answer.status_code == 200
    assert certificate(cases, open_case)["negative"]
    (row,) = listed(cases, open_case)
    assert (row["relation"], row["name"], row["note"], row["own_case"]) == ("child", None, None, None)
    assert cases.desk.client(cases.desk.cases.get(case)) is not None


def test_a_partner_sees_codes_of_a_released_household_and_nothing_without(cases: CasesService):
    case = cases.case_in(Phase.INTAKE)
    add(cases, case, note="Vermerk über das Kind")
    cases.change(CM, case, "POST", "consents", {**RELEASE, "data_categories": ["identity"], "informed": True})
    before = cases.get(PARTNER, f"/cases/{case}")
    cases.change(CM, case, "POST", "consents", {**RELEASE, "data_categories": ["household"], "informed": True})

    seen = cases.get(PARTNER, f"/cases/{case}")

    assert "household" not in before
    assert seen["household"] == [{"relation": "child", "same_household": True, "age_band": "under_18"}]
    assert "Kindermarke" not in json.dumps(seen)
    assert cases.call(PARTNER, "GET", f"/cases/{case}/household").status_code == 403


SAID = st.fixed_dictionaries(
    {},
    optional={
        "relation": st.sampled_from([code.value for code in HouseholdRelation]),
        "same_household": st.booleans(),
        "age_band": st.sampled_from([None, "under_18", "28_plus"]),
        "left_on": st.sampled_from([None, "2026-03-01", "2026-03-02", "2026-03-03"]),
        "name": st.sampled_from([None, "Ḡeheim"]),
        "note": st.sampled_from([None, "Ḡeheimnis"]),
    },
)


@settings(max_examples=40)
@given(st.lists(SAID, max_size=6))
def test_a_member_is_what_her_events_make_her(steps: list[dict[str, Any]]):
    with a_cases_service() as service:
        case = service.assigned()
        id = add(service, case)
        name: str | None = MEMBER["name"]
        for said in steps:
            version = handlers.members(service.desk).get(id).version
            answer = patch(service, case, id, version, **said)
            assert answer.status_code in {200, 409, 422}
            name = said.get("name", name) if answer.status_code == 200 else name
        held = handlers.members(service.desk).get(id)
        logged = list(entries(service.store, f"household/{id}"))
        assert domain.fold(handlers.members(service.desk).history(id)) == held
        assert broken_link(logged) is None
        assert held.left_on is None or (held.left_on <= date(2026, 3, 2) and not held.same_household)
        assert [row["name"] for row in listed(service, case)] == [name]
        assert "Ḡeheim" not in service.kept()
