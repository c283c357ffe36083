"""Target groups and who could take a case on are suggested with reasons, and decided by a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.cases.domain.history import evolve, fold
from services.cases.domain.refusals import CaseIsClosed, ConsentForGroupMissing
from services.cases.domain.suggesting import groups_of, suggestions
from services.cases.target_groups import domain
from shared import clock
from shared.codes import AgeBand, ConsentKind, Phase, ResidenceStatus, SuggestedBy, TargetGroup
from shared.errors import NotThere
from shared.events import ContactRecorded
from shared.municipality import TargetGroupBounds, municipality
from tests.builders import BOUNDS, NOON, a_case, a_consent
from tests.cases import CONSENT, CasesService, a_cases_service

CM, COORDINATOR, PARTNER = "lindenhof-1", "koordination", "partner-jobcenter"
G = TargetGroup
SPECIAL = pytest.mark.parametrize("group", [G.DISABILITY, G.LSBTI])
BY: dict[str, Any] = {"bounds": BOUNDS, "on": NOON.date(), "at": NOON, "by": CM}
EXPRESSLY: dict[str, Any] = {**CONSENT, "target_groups": ["lsbti"], "informed": True}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def decide(cases: CasesService, case: str, group: str, confirmed: Any, who: str = CM) -> Any:
    version = f'"{cases.version(case)}"'
    body = {"confirmed": confirmed}
    return cases.call(who, "PUT", f"/cases/{case}/target-groups/{group}", body, If_Match=version)


# ---- the rules


@pytest.mark.parametrize(
    ("youngest", "oldest", "suggested"),
    [
        (18, 27, {"18_20": "age", "21_24": "age", "25_27": "age"}),
        (18, 26, {"18_20": "age", "21_24": "age", "25_27": "age_partly"}),
        (16, 24, {"under_18": "age_partly", "18_20": "age", "21_24": "age"}),
        (27, 30, {"25_27": "age_partly", "28_plus": "age_partly"}),
    ],
)
def test_the_municipality_says_who_is_young(youngest: int, oldest: int, suggested: dict[str, str]):
    bounds = TargetGroupBounds(youngest=youngest, oldest=oldest)
    pack = municipality().model_copy(update={"target_group": bounds})

    found = {
        band.value: one.reasons[0].value
        for band in AgeBand
        for one in suggestions(a_case(age_band=band), pack).target_groups
        if one.code == G.YOUNG_ADULT
    }

    assert found == suggested


def test_every_suggestion_has_its_reason():
    pack, nobody = municipality(), {"age_band": AgeBand.FROM_28, "residence_status": ResidenceStatus.SETTLEMENT}

    many = suggestions(a_case(single_parent=True, city_district=5), pack)
    none = suggestions(a_case(**nobody, city_district=None), pack)

    assert {one.code: one.reasons for one in many.target_groups} == {
        "young_adult": (SuggestedBy.AGE,),
        "toleration_or_procedure": (SuggestedBy.RESIDENCE,),
        "single_parent": (SuggestedBy.SINGLE_PARENT,),
    }
    assert [(one.code, one.reasons) for one in many.organisations] == [("bruecke", (SuggestedBy.DISTRICT,))]
    assert [(one.code, one.reasons) for one in none.target_groups] == [("other", (SuggestedBy.NOTHING_ELSE,))]
    assert none.organisations == ()


def test_what_was_ruled_out_stays_so_and_what_was_named_stays_whatever_the_codes_say():
    case, _ = domain.decide(a_case(), G.YOUNG_ADULT, confirmed=False, **BY)
    case, _ = domain.decide(case, G.HOUSEHOLD_MEMBER, confirmed=True, **BY)
    case, _ = domain.decide(case, G.TOLERATION_OR_PROCEDURE, confirmed=True, **BY)
    settled = case.model_copy(update={"residence_status": ResidenceStatus.SETTLEMENT, "single_parent": True})

    assert case.target_groups == (G.TOLERATION_OR_PROCEDURE, G.HOUSEHOLD_MEMBER)
    assert groups_of(settled, BOUNDS) == (G.SINGLE_PARENT, G.HOUSEHOLD_MEMBER, G.TOLERATION_OR_PROCEDURE)
    back, _ = domain.decide(case, G.YOUNG_ADULT, confirmed=True, **BY)
    assert (G.YOUNG_ADULT in back.target_groups, back.rejected_groups) == (True, ())


def test_where_every_group_is_ruled_out_another_one_is_left():
    case = a_case()
    for group in case.target_groups:
        case, event = domain.decide(case, group, confirmed=False, **BY)

    assert (case.target_groups, event.facts.target_groups) == ((G.OTHER,), (G.OTHER,))


def test_nothing_is_decided_of_a_closed_case():
    with pytest.raises(CaseIsClosed):
        domain.decide(a_case(phase=Phase.CLOSED), G.YOUNG_ADULT, confirmed=True, **BY)


@SPECIAL
@pytest.mark.parametrize(
    "given",
    [
        None,
        {"target_groups": ()},
        {"target_groups": (G.DISABILITY, G.LSBTI), "revoked_at": NOON},
        {"target_groups": (G.DISABILITY, G.LSBTI), "valid_until": NOON.date() - timedelta(days=1)},
        {"target_groups": (G.DISABILITY, G.LSBTI), "kind": ConsentKind.STATISTICS},
        {"health_data": True},
    ],
)
def test_a_special_group_is_recorded_only_under_a_consent_that_names_it(group: TargetGroup, given: Any):
    case = a_case(consents=[] if given is None else [a_consent(**given)])

    with pytest.raises(ConsentForGroupMissing):
        domain.decide(case, group, confirmed=True, **BY)


@SPECIAL
def test_under_such_a_consent_it_is_recorded_and_taken_away_without_a_trace(group: TargetGroup):
    case = a_case(consents=[a_consent(target_groups=[group])])

    named, event = domain.decide(case, group, confirmed=True, **BY)
    gone, _ = domain.decide(named, group, confirmed=False, **BY)

    assert group in named.target_groups
    assert group in event.facts.target_groups
    assert (gone.target_groups, gone.rejected_groups) == (case.target_groups, ())
    with pytest.raises(NotThere):
        domain.decide(gone, group, confirmed=False, **BY)


@SPECIAL
def test_it_is_gone_from_the_day_on_which_its_consent_has_run_out(group: TargetGroup):
    case = a_case(consents=[a_consent(target_groups=[group], valid_until=NOON.date())])
    named, _ = domain.decide(case, group, confirmed=True, **BY)
    later = ContactRecorded(
        subject=case.id,
        version=named.version + 1,
        at=NOON + timedelta(days=1),
        by=CM,
        facts=named.facts,
        contact="contact-5",
        channel="phone",
        minutes=5,
    )

    assert group in evolve(named, later.model_copy(update={"at": NOON})).target_groups
    assert group not in {*evolve(named, later).target_groups, *evolve(named, later).confirmed_groups}


# ---- over HTTP


def test_the_file_shows_what_is_suggested_why_and_what_somebody_decided(cases: CasesService):
    case = cases.assigned()

    assert decide(cases, case, "young_adult", True).status_code == 200
    assert decide(cases, case, "toleration_or_procedure", False).status_code == 200
    assert decide(cases, case, "household_member", True).status_code == 200
    file = cases.get(CM, f"/cases/{case}", Accept_Language="en")

    assert file["target_groups"] == ["young_adult", "household_member"]
    assert file["confirmed_groups"] == ["young_adult", "household_member"]
    assert [(one["code"], one["decision"]) for one in file["suggestions"]["target_groups"]] == [
        ("young_adult", "confirmed"),
        ("toleration_or_procedure", "rejected"),
    ]
    assert file["suggestions"]["target_groups"][0]["reasons"] == [
        {"code": "age", "label": "age within the bounds of the programme"}
    ]
    assert fold(cases.desk.cases.history(case)) == cases.desk.cases.get(case)


def test_the_coordinator_is_told_who_could_take_it_on_and_no_more(cases: CasesService):
    case = cases.inquiry(city_quarter=401)

    seen = cases.get(COORDINATOR, f"/cases/{case}", Accept_Language="de")

    assert seen["suggestions"] == {
        "organisations": [
            {"code": "bruecke", "reasons": [{"code": "district", "label": "arbeitet im Stadtbezirk der Person"}]}
        ]
    }


def test_special_groups_stand_in_the_file_alone(cases: CasesService):
    case = cases.assigned()
    refused = decide(cases, case, "lsbti", True)
    cases.call(CM, "POST", f"/cases/{case}/consents", EXPRESSLY)
    named = decide(cases, case, "lsbti", True)

    assert (refused.status_code, refused.json["title"]) == (409, "target_group_consent_missing")
    assert "lsbti" in cases.get(CM, f"/cases/{case}")["target_groups"]
    assert "lsbti" not in named.text
    assert "lsbti" not in cases.call(CM, "GET", "/cases").text
    for path in ("/cases", f"/cases/{case}"):
        assert "lsbti" not in cases.call(COORDINATOR, "GET", path).text


def test_taking_the_consent_back_takes_the_group_away_at_once(cases: CasesService):
    case = cases.assigned()
    consent = cases.call(CM, "POST", f"/cases/{case}/consents", EXPRESSLY).json["id"]
    decide(cases, case, "lsbti", True)

    cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})
    file = cases.get(CM, f"/cases/{case}")

    assert "lsbti" not in {*file["target_groups"], *file["confirmed_groups"]}
    assert G.LSBTI not in cases.desk.cases.get(case).facts.target_groups


def test_and_a_consent_that_ran_out_overnight_shows_it_no_more(cases: CasesService):
    case = cases.assigned()
    cases.call(CM, "POST", f"/cases/{case}/consents", {**EXPRESSLY, "valid_until": date(2026, 3, 2).isoformat()})
    decide(cases, case, "lsbti", True)
    before = cases.get(CM, f"/cases/{case}")["target_groups"]
    clock.move(NOON + timedelta(days=1))

    assert "lsbti" in before
    assert "lsbti" not in cases.get(CM, f"/cases/{case}")["target_groups"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"target_groups": ["young_adult"]}, "target_groups"),
        ({"type": "statistics"}, "target_groups"),
        ({"informed": False}, "informed"),
    ],
)
def test_a_consent_names_special_groups_expressly_and_knowingly(cases: CasesService, said: dict[str, Any], field: str):
    case = cases.assigned()
    answer = cases.call(CM, "POST", f"/cases/{case}/consents", {**EXPRESSLY, **said})

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.mark.parametrize("group", ["other", "everybody"])
def test_there_is_no_such_group_to_decide_on(cases: CasesService, group: str):
    assert decide(cases, cases.assigned(), group, True).status_code == 404
