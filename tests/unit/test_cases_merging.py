"""Merging: one of two cases ends and points to the other, and nothing of either moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import functions_framework
import pytest

from services.cases import store
from services.cases.domain.history import fold
from shared import bus, clock
from shared.codes import Phase
from shared.events import CaseMerged
from shared.store.journal import Journal
from tests.builders import NOON
from tests.cases import (
    APPOINTMENT,
    CONSENT,
    CONTACT,
    FOLLOW_UP,
    REFERRAL,
    RELEASE,
    WHOLE,
    CasesService,
    a_cases_service,
)
from tests.merging import AMINA, CM, LEAD, OFFICER, beside, merge, merged, refusal, separate, settle, two_cases
from tests.rights import erase, restrict

SMS = {**CONSENT, "type": "contact_sms"}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


# ---- what happens to both


def test_the_one_ends_as_a_duplicate_and_leads_to_the_other_which_goes_on(cases: CasesService):
    case, into = two_cases(cases)
    before = cases.desk.cases.get(into)

    codes = merge(cases, case, into).json

    assert (codes["phase"], codes["closure_reason"], codes["merged_into"]) == ("closed", "duplicate_or_error", into)
    assert codes["closed_at"] is not None
    after = cases.desk.cases.get(into)
    assert after == before.model_copy(
        update={"merged": (case,), "version": before.version + 1, "changed_at": after.changed_at}
    )
    assert cases.get(CM, f"/cases/{case}")["merged_into"] == into
    assert cases.get(CM, f"/cases/{into}")["merged"] == [case]


def test_both_histories_stay_and_name_each_other_and_make_the_cases(cases: CasesService):
    case, into = two_cases(cases)
    lengths = {one: cases.version(one) for one in (case, into)}
    merge(cases, case, into, reason="Gleiche Meldung, zweimal geschickt.")

    for one, other, what in ((case, into, "merged"), (into, case, "absorbed")):
        history = cases.get(CM, f"/cases/{one}/history")["items"]
        assert len(history) == lengths[one] + 1
        assert (history[-1]["type"], history[-1]["said"]["other"]) == (f"cases.case-{what}.v1", other)
        assert fold(cases.desk.cases.history(one)) == cases.desk.cases.get(one)
    assert "Gleiche Meldung" not in cases.kept()


def test_the_merged_file_is_still_read_with_every_word_and_worked_on_no_more(cases: CasesService):
    case, into = two_cases(cases)
    cases.change(CM, case, "POST", "contacts", {**CONTACT, "note": "Vermerkwort"})
    merge(cases, case, into)

    assert cases.get(CM, f"/cases/{case}")["client"]["family_name"] == "Quellwasserov"
    assert [one["note"] for one in beside(cases, case, "contacts")] == ["Vermerkwort"]
    refused = [
        cases.call(CM, "POST", f"/cases/{case}/contacts", CONTACT),
        cases.call(CM, "POST", f"/cases/{case}/follow-ups", FOLLOW_UP),
        cases.call(CM, "PATCH", f"/cases/{case}/client", {"given_name": "A"}, If_Match=f'"{cases.version(case)}"'),
        cases.call(CM, "POST", f"/cases/{case}/reopening", {}, If_Match=f'"{cases.version(case)}"'),
    ]
    assert {refusal(one) for one in refused} <= {(409, "case_is_closed"), (409, "case_is_merged")}
    assert into in refused[-1].json["detail"]
    assert cases.call(CM, "POST", f"/cases/{into}/contacts", CONTACT).status_code == 201


def test_what_was_open_beside_it_ends_and_whoever_goes_on_is_told_to_look(cases: CasesService):
    case, into = two_cases(cases)
    for consent in (RELEASE, WHOLE):
        cases.change(CM, case, "POST", "consents", consent)
    for path, body in (("appointments", APPOINTMENT), ("follow-ups", FOLLOW_UP), ("referrals", REFERRAL)):
        assert cases.call(CM, "POST", f"/cases/{case}/{path}", body).status_code == 201
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke"})
    merge(cases, case, into)

    told = [settle(cases, case) for _ in range(2)]

    assert told[0] == {"referrals": 1, "appointments": 1, "conferences": 0, "follow_ups": 1}
    assert not any(told[1].values())
    assert cases.desk.cases.get(case).offered_to is None
    assert [one["status"] for one in beside(cases, case, "appointments")] == ["cancelled"]
    (reminder,) = beside(cases, into, "follow-ups")
    assert (reminder["rule"], reminder["cause"], reminder["responsible"]) == ("merged", case, CM)
    assert case in cases.get(CM, f"/cases/{into}/follow-ups", Accept_Language="en")["items"][0]["title"]


def test_the_service_hears_of_it_and_settles_once(cases: CasesService, monkeypatch: pytest.MonkeyPatch):
    case, into = two_cases(cases)
    cases.call(CM, "POST", f"/cases/{case}/appointments", APPOINTMENT)
    merge(cases, case, into)
    (event,) = [one for one in cases.bus.published if isinstance(one, CaseMerged)]
    monkeypatch.setattr(store, "desk", lambda: cases.desk)
    client = functions_framework.create_app("cases_events", "services/cases/main.py").test_client()

    data, attributes = bus.message(event)
    body = bus.push_body(data, attributes, "1", "projects/kim/subscriptions/cases_events")
    assert [client.post("/", json=body).status_code for _ in range(2)] == [200, 200]
    assert [one["status"] for one in beside(cases, case, "appointments")] == ["cancelled"]
    assert [one["cause"] for one in beside(cases, into, "follow-ups")] == [case]


def test_a_case_that_had_ended_keeps_its_own_end_and_reminds_nobody(cases: CasesService):
    case, into = merged(cases, Phase.CLOSED)

    state = cases.desk.cases.get(case)
    assert (state.closure_reason, state.merged_into) == ("goals_achieved", into)
    assert not any(settle(cases, case).values())
    separate(cases, case)
    after = cases.desk.cases.get(case)
    assert (after.phase, after.closure_reason, after.closed_at) == (Phase.CLOSED, "goals_achieved", state.closed_at)


# ---- who may, and when


def test_it_is_for_whoever_may_work_on_both(cases: CasesService):
    case, into = two_cases(cases)
    colleagues = cases.assigned(to="lindenhof-2", person=AMINA)
    elsewhere = cases.assigned("bruecke", "bruecke-1", person=AMINA)

    for other in (colleagues, elsewhere, "case-0", "no/id", case):
        answer = merge(cases, case, other)
        assert (answer.status_code, answer.json["errors"]) == (422, {"into": ["There is no such case."]})
    assert merge(cases, case, elsewhere, LEAD).status_code == 422
    assert merge(cases, case, into, "bruecke-leitung").status_code == 404
    assert merge(cases, case, into, OFFICER).status_code == 403
    assert merge(cases, case, colleagues, LEAD).status_code == 200


def test_a_case_that_went_to_a_colleague_at_that_moment_takes_nothing_in(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch
):
    case, into = two_cases(cases)
    find, rivals = Journal.find, ["lindenhof-2"]

    def found(journal: Journal[Any], id: str) -> Any:
        known = find(journal, id)
        if id == into and rivals:
            cases.change(LEAD, into, "POST", "assignment", {"case_manager": rivals.pop()})
        return known

    monkeypatch.setattr(Journal, "find", found)

    assert merge(cases, case, into).status_code == 422
    assert cases.desk.cases.get(case).merged_into is None


def test_it_needs_the_version_that_was_seen(cases: CasesService):
    case, into = two_cases(cases)
    path = f"/cases/{case}/merge"
    assert cases.call(CM, "POST", path, {"into": into}).status_code == 428
    stale = cases.call(CM, "POST", path, {"into": into}, If_Match=f'"{cases.version(case) - 1}"')

    assert stale.status_code == 412
    assert [one["version"] for one in stale.json["changes"]] == [cases.version(case)]
    assert cases.desk.cases.get(into).merged == ()


def test_mergers_are_one_deep(cases: CasesService):
    case, into = merged(cases)
    third = cases.assigned(person=AMINA)

    assert refusal(merge(cases, into, third)) == (409, "has_merged_cases")
    assert refusal(merge(cases, third, case)) == (409, "other_case_not_free")
    assert refusal(merge(cases, case, third)) == (409, "case_is_merged")
    assert merge(cases, third, into).status_code == 200
    assert cases.desk.cases.get(into).merged == (case, third)


@pytest.mark.parametrize("which", [0, 1], ids=["the one that ends", "the one that goes on"])
def test_nothing_is_merged_while_processing_is_restricted_or_after_erasure(cases: CasesService, which: int):
    pair = two_cases(cases)
    restrict(cases, pair[which])
    restricted = refusal(merge(cases, *pair))
    restrict(cases, pair[which], restricted=False)
    erase(cases, pair[which])
    erased = refusal(merge(cases, *pair))

    names = ("case_is_restricted", "case_is_erased") if which == 0 else ("other_case_not_free",) * 2
    assert (restricted, erased) == ((409, names[0]), (409, names[1]))


# ---- what must not become wider


def test_no_release_of_the_one_shows_anything_of_the_other(cases: CasesService):
    case, into = two_cases(cases)
    cases.change(CM, case, "POST", "consents", {**RELEASE, "data_categories": ["identity", "process"]})
    partner = "partner-jobcenter"
    before = cases.get(partner, f"/cases/{case}")
    merge(cases, case, into)

    after = cases.get(partner, f"/cases/{case}")
    assert {**after, "phase": None, "closed_at": None} == {**before, "phase": None, "closed_at": None}
    assert into not in str(after)
    assert cases.call(partner, "GET", f"/cases/{into}").status_code == 404
    assert [row["id"] for row in cases.get(partner, "/cases?q=Quellwasserov")["items"]] == [case]
    assert cases.get(partner, "/cases?q=Müller")["items"] == []
    assert cases.desk.cases.get(into).consents == ()


def test_a_no_to_being_written_to_is_not_forgotten_over_an_earlier_yes(cases: CasesService):
    case, into = two_cases(cases)
    consent = cases.change(CM, case, "POST", "consents", SMS)["id"]
    clock.move(NOON.replace(hour=13))
    cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})

    assert refusal(merge(cases, case, into)) == (409, "contact_taken_back")
    clock.move(NOON.replace(hour=14))
    cases.change(CM, into, "POST", "consents", SMS)
    assert merge(cases, case, into).status_code == 200


def test_messages_about_the_merged_case_go_by_its_own_way_to_its_own_address(cases: CasesService):
    case, into = two_cases(cases)
    cases.call(CM, "POST", f"/cases/{case}/appointments", APPOINTMENT)
    merge(cases, case, into)
    settle(cases, case)

    (called_off,) = [one for one in cases.bus.published if one.type == "cases.appointment-cancelled.v1"]
    assert called_off.facts.person == cases.desk.cases.get(case).person  # type: ignore[attr-defined]


def test_a_declaration_of_the_merged_case_can_still_be_taken_back(cases: CasesService):
    case, _ = merged(cases)
    (consent,) = cases.desk.cases.get(case).consents

    assert cases.call(CM, "POST", f"/cases/{case}/consents/{consent.id}/revocation", {}).status_code == 200
