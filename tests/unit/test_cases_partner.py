"""What a partner sees: what the releases in force cover, on every path, and no byte of anything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases import partner_view
from services.cases.domain.history import fold
from services.notifications.domain import other_side, rules
from shared import clock
from shared.codes import DataCategory, Phase
from shared.municipality import municipality
from tests.builders import NOON
from tests.cases import APPOINTMENT, ASSESSMENT, CONSENT, GOAL, MEASURE, CasesService, a_cases_service

CM, LEAD, PARTNER, OFFICE = "lindenhof-1", "lindenhof-leitung", "partner-jobcenter", "partner-auslaenderbehoerde"
RELEASE = {**CONSENT, "type": "secrecy_release", "recipient": "jobcenter", "informed": True, "purpose": "referral"}

MARKS: dict[str, tuple[str, ...]] = {
    "process": ("KIM-7777-7777", "lindenhof-1", "monitoring"),
    "identity": ("Vornamarke", "Nachnamarke", "2001-07-19", "diverse", "28_plus"),
    "contact": ("+4917139200077", "postmarke@example.org", "50999", '"tr"', '"call"', ": 907"),
    "residence": ("permit_opportunity", "humanitarian"),
    "household": ("children", "single_parent", "sibling"),
    "assessment": ("Lagemarke", "Kraftmarke", '"debts"'),
    "plan": ("Zielmarke", "Schrittmarke"),
    "health and assessment": ("Krankmarke",),
    "health and plan": ("Heilmarke", "Kurmarke"),
    "appointments": ('"minutes": 47',),
    "identity and plan": ("Fragemarke", "Abredemarke"),
    "identity and referrals": ("Hinweismarke", "referral-"),
    "nothing": (
        *("Zweckmarke", "bruecke", "Funktionsmarke", "Briefmarke", "Aktenmarke"),
        *(
            "Schwestermarke",
            "Geschwistermarke",
            "household-",
            "Grundmarke",
            "Notizmarke",
            "marke-2026",
            "person-",
            "lsbti",
            '"consents"',
        ),
    ),
}
"""What marks each part of the file: texts that stand nowhere else in an answer, and names of fields."""

PERSON = {
    "given_name": "Vornamarke",
    "family_name": "Nachnamarke",
    "date_of_birth": "2001-07-19",
    "phone": "+4917139200077",
    "email": "postmarke@example.org",
    "postcode": "50999",
    "children": 3,
    "message": "Briefmarke",
    "referrer_reference": "Aktenmarke",
    "referral_reason": "Grundmarke",
}
CODED = {
    "reference": "KIM-7777-7777",
    "language": "tr",
    "channel": "call",
    "city_quarter": 907,
    "topics": ["debts", "health"],
    "residence_status": "permit_opportunity",
    "gender": "diverse",
    "age_band": "28_plus",
}

releases = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["secrecy_release", "secrecy_release", "processing"]),
        "recipient": st.sampled_from(["jobcenter", "jobcenter", "jobcenter", "bruecke", None]),
        "data_categories": st.lists(st.sampled_from([code.value for code in DataCategory]), max_size=5)
        | st.sampled_from([["identity", "referrals"], ["identity", "plan"], ["referrals"]]),
        "direction": st.sampled_from(["to_recipient", "both", "from_recipient"]),
        "health_data": st.just(True) | st.booleans(),
        "valid_until": st.sampled_from([None, None, "2026-03-01", "2026-03-02"]),
        "revoked": st.sampled_from([False, False, True]),
    }
).filter(lambda one: one["type"] != "secrecy_release" or _is_taken(one))


def _is_taken(said: dict[str, Any]) -> bool:
    """Whether such a release can be recorded: what shows something names to whom, and what shows nothing does not."""
    return bool(said["recipient"]) if said["data_categories"] else said["direction"] == "from_recipient"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def marked(cases: CasesService) -> str:
    """A case in monitoring, every part of which says where it comes from."""
    case = cases.case_in(Phase.INTAKE, person=PERSON, **CODED)
    cases.change(CM, case, "POST", "consents", {**CONSENT, "text_version": "marke-2026"})
    cases.change(CM, case, "POST", "phase", {"to": "assessment"})
    said = {**ASSESSMENT, "situation": "Lagemarke", "resources": "Kraftmarke"}
    cases.change(CM, case, "PUT", "assessment/debts", said)
    cases.change(CM, case, "PUT", "assessment/health", {**ASSESSMENT, "situation": "Krankmarke"})
    cases.change(CM, case, "POST", "phase", {"to": "planning"})
    said = {"Zielmarke": ("housing", "Schrittmarke"), "Heilmarke": ("health", "Kurmarke")}
    for title, (field, step) in said.items():
        goal = cases.change(CM, case, "POST", "goals", {**GOAL, "action_field": field, "title": title})["id"]
        cases.change(CM, case, "POST", f"goals/{goal}/measures", {**MEASURE, "what": step, "responsible": "bruecke"})
    cases.change(CM, case, "POST", "contacts", {"channel": "video", "minutes": 5, "note": "Notizmarke"})
    cases.change(CM, case, "POST", "phase", {"to": "linking"})
    cases.change(CM, case, "POST", "phase", {"to": "monitoring"})
    sister = {"relation": "sibling", "name": "Schwestermarke", "note": "Geschwistermarke"}
    cases.change(CM, case, "POST", "household", sister)
    cases.change(CM, case, "POST", "appointments", {**APPOINTMENT, "minutes": 47, "purpose": "Zweckmarke"})
    cases.change(CM, case, "POST", "referrals", {"recipient": "bruecke", "note": "Hinweismarke"})
    return case


def passed_on(cases: CasesService, case: str) -> tuple[int, int]:
    """What is answered to a referral to the partner, and to a conference with her."""
    functions = ({"organisation": one, "function": "Funktionsmarke"} for one in ("lindenhof", "jobcenter"))
    said: dict[str, Any] = {"held_on": "2026-03-02", "participants": list(functions), "question": "Fragemarke"}
    said["agreements"] = [{"who": "client", "what": "Abredemarke"}]
    referral = {"recipient": "jobcenter", "status": "sent", "note": "Hinweismarke"}
    referred = cases.call(CM, "POST", f"/cases/{case}/referrals", referral)
    return referred.status_code, cases.call(CM, "POST", f"/cases/{case}/conferences", said).status_code


def told_to_organisations(cases: CasesService) -> str:
    """All that messages to organisations say."""
    languages = {one.id: one.language for one in municipality().organisations}
    told = (one for event in cases.bus.published for one in other_side.told(event, languages, works_for="lindenhof"))
    wanted = [*(rules.wanted(event, {}) for event in cases.bus.published), *told]
    said = {"organisation", "template", "channel", "language"}  # ids of what it is about stay with us
    return " ".join(one.model_dump_json(include=said) for one in wanted if one is not None and one.organisation)


def release(cases: CasesService, case: str, *categories: str, **said: Any) -> str:
    body = {**RELEASE, "data_categories": list(categories), "health_data": "health" in categories, **said}
    return str(cases.change(CM, case, "POST", "consents", body)["id"])


def revoke(cases: CasesService, case: str, consent: str) -> None:
    cases.change(CM, case, "POST", f"consents/{consent}/revocation", {})


def rows(cases: CasesService, query: str = "", who: str = PARTNER) -> list[str]:
    return [row["id"] for row in cases.get(who, f"/cases{query}")["items"]]


def covered(consents: list[dict[str, Any]]) -> set[str]:
    """What the releases in force let the partner see: reckoned here once more, from what was said."""
    holds = [
        {*one["data_categories"]}
        for one in consents
        if (one["type"], one["recipient"], one["revoked"]) == ("secrecy_release", "jobcenter", False)
        and one["direction"] != "from_recipient"
        and one["valid_until"] != "2026-03-01"
    ]
    both = {f"health and {part}" for part in ("assessment", "plan") for one in holds if {"health", part} <= one}
    seen = {category for one in holds for category in one} | both
    pairs = ({"identity", part} for part in ("referrals", "plan"))
    return seen | {f"identity and {max(pair - {'identity'})}" for pair in pairs if pair <= seen}


@settings(max_examples=60)
@given(st.lists(releases, max_size=4))
def test_no_byte_comes_from_a_field_outside_a_consent_in_force(consents: list[dict[str, Any]]):
    with a_cases_service() as service:
        case, given = marked(service), list[str]()
        clock.move(NOON - timedelta(days=1))  # what has run out by now was given before
        for said in consents:
            said["health_data"] = said["health_data"] or "health" in said["data_categories"]
            sent = {name: value for name, value in said.items() if name != "revoked"}
            given.append(release(service, case, **{**sent, "data_categories": sent["data_categories"]}))
        clock.move(NOON)
        before = covered([{**said, "revoked": False} for said in consents])
        told = [201 if needed <= before else 409 for needed in ({"identity", "referrals"}, {"identity", "plan"})]
        assert list(passed_on(service, case)) == told
        for said, consent in zip(consents, given, strict=True):
            if said["revoked"]:
                revoke(service, case, consent)
        seen = covered(consents)

        read = service.call(PARTNER, "GET", f"/cases/{case}")
        beside = (f"/{case}/{noun}" for noun in ("conferences", "appointments", "household"))
        paths = ("", "?q=Vornamarke", "/referrals/incoming", *beside)
        answers = [read, *(service.call(PARTNER, "GET", f"/cases{path}") for path in paths)]
        incoming = service.get(PARTNER, "/cases/referrals/incoming")["items"]

        assert [row["note"] for row in incoming] == ["Hinweismarke"] * ("identity and referrals" in seen)
        assert not [mark for marks in MARKS.values() for mark in marks if mark in told_to_organisations(service)]
        assert read.status_code == (200 if seen else 404)
        assert '"version"' not in read.text + answers[1].text
        assert rows(service) == ([case] if seen else [])
        assert rows(service, "?q=Vornamarke") == ([case] if "identity" in seen else [])
        assert rows(service, "?q=KIM-7777-7777") == ([case] if "process" in seen else [])
        for part, marks in MARKS.items():
            for answer in answers:
                said_anywhere = answer.text + str(dict(answer.headers))
                assert part in seen or not [mark for mark in marks if mark in said_anywhere], part
            shown = "".join(answer.text for answer in answers)
            assert part not in seen or not [mark for mark in marks if mark not in shown], part
        assert fold(service.desk.cases.history(case)) == service.desk.cases.get(case)


def test_every_mark_is_there_for_those_who_work_on_the_case(cases: CasesService):
    """Or a mark that is never found would prove nothing."""
    case = marked(cases)
    release(cases, case, "identity", "plan", recipient="jobcenter")
    passed_on(cases, case)
    paths = ("", "/contacts", "/appointments", "/referrals", "/conferences", "/household")
    whole = "".join(cases.call(CM, "GET", f"/cases/{case}{path}").text for path in paths)

    absent = {"person-", "lsbti"}
    assert {mark for marks in MARKS.values() for mark in marks if mark not in whole} == absent


def test_revoking_works_on_the_next_request(cases: CasesService):
    case = marked(cases)
    given = release(cases, case, "identity")
    assert cases.get(PARTNER, f"/cases/{case}")["client"]["given_name"] == "Vornamarke"

    revoke(cases, case, given)

    assert cases.call(PARTNER, "GET", f"/cases/{case}").status_code == 404
    assert rows(cases) == []


def test_a_restricted_case_is_shown_to_no_partner(cases: CasesService):
    case = marked(cases)
    release(cases, case, "identity")

    cases.call("datenschutz", "POST", f"/cases/{case}/restriction", {}, If_Match=f'"{cases.version(case)}"')

    assert cases.call(PARTNER, "GET", f"/cases/{case}").status_code == 404
    assert rows(cases) == []


def test_the_immigration_office_has_no_list_and_no_search(cases: CasesService):
    """§§ 87, 88 AufenthG: what is expressly released can be read by its id, and that is all."""
    case = marked(cases)
    release(cases, case, "process", recipient="auslaenderbehoerde")

    assert cases.get(OFFICE, f"/cases/{case}")["phase"] == "monitoring"
    assert cases.call(OFFICE, "GET", "/cases").status_code == 403
    assert cases.call(OFFICE, "GET", "/cases?q=KIM-7777-7777").status_code == 403


@pytest.mark.parametrize("query", ["phase=monitoring", "topic=debts", "organisation=lindenhof", "case_manager=me"])
def test_a_filter_would_tell_what_is_not_released(cases: CasesService, query: str):
    release(cases, marked(cases), "identity")

    assert cases.call(PARTNER, "GET", f"/cases?{query}").status_code == 422


def test_a_partner_gets_nowhere_else(cases: CasesService):
    case = marked(cases)
    release(cases, case, *(category.value for category in DataCategory))

    for path in ("contacts", "history", "accesses", "follow-ups", "subject-access"):
        assert cases.call(PARTNER, "GET", f"/cases/{case}/{path}").status_code == 403
    assert cases.call(PARTNER, "POST", f"/cases/{case}/contacts", {"channel": "phone", "minutes": 1}).status_code == 403


def test_a_look_is_on_record_with_the_consents_that_allow_it(cases: CasesService):
    case = marked(cases)
    first, second = release(cases, case, "identity"), release(cases, case, "plan")

    cases.get(PARTNER, f"/cases/{case}")
    rows(cases)

    looks = [(look.action, look.reason) for look in cases.looks() if look.by == PARTNER]
    assert looks == [(action, one) for action in ("cases.read-codes", "cases.list") for one in (first, second)]


def test_a_list_of_releases_comes_page_by_page(cases: CasesService):
    made = [marked(cases), cases.case_in(Phase.INTAKE), cases.case_in(Phase.INTAKE)]
    for case in made:
        release(cases, case, "process")

    first = cases.get(PARTNER, "/cases?limit=2")
    rest = cases.get(PARTNER, f"/cases?limit=2&cursor={first['next']}")

    assert sorted(row["id"] for row in first["items"] + rest["items"]) == sorted(made)


def test_each_category_releases_something_or_is_shown_elsewhere():
    here = {*partner_view.FIELDS, *partner_view.OF_THE_CLIENT, *partner_view.BESIDE}

    assert set(DataCategory) - here == {DataCategory.ASSESSMENT, DataCategory.HEALTH}


def test_a_consent_is_kept_as_it_was_declared(cases: CasesService):
    case = cases.case_in(Phase.INTAKE)
    said = {"giver": "legal_representative", "direction": "both", "interpreted": True, "health_data": True}
    given = release(cases, case, "health", "plan", "plan", **said)

    (held,) = [one for one in cases.get(CM, f"/cases/{case}")["consents"] if one["id"] == given]

    wanted = {**said, "data_categories": ["health", "plan"], "informed": True, "purpose": "referral"}
    assert {name: held[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("said", "field"),
    [({"informed": False, "data_categories": ["plan"]}, "informed"), ({"data_categories": ["health"]}, "health_data")],
)
def test_nothing_is_released_unknowingly(cases: CasesService, said: dict[str, Any], field: str):
    case = cases.case_in(Phase.INTAKE)

    answer = cases.call(CM, "POST", f"/cases/{case}/consents", {**RELEASE, **said})

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
