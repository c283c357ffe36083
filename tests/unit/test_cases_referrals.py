"""Referrals: sent under a release only, given back, stopped, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.cases.referrals import expired, handlers
from shared import clock
from shared.events import ConsentRevoked, ReferralChanged, ReferralStopped
from shared.store.chains import verify
from tests.builders import NOON
from tests.cases import OFFER, REFERRAL, RELEASE, CasesService, a_cases_service
from tests.referrals import CM, LEAD, PARTNER, S, incoming, patch, refer, release


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def test_a_referral_to_an_offer_goes_to_its_organisation_and_says_how_long_one_waits(cases: CasesService):
    offer = cases.call("bruecke-leitung", "POST", "/cases/offers", {**OFFER, "waiting_days": 21}).json["id"]
    case = cases.consented()
    refer(cases, case, recipient=None, offer=offer)

    (row,) = cases.get(LEAD, f"/cases/{case}/referrals")["items"]

    assert (row["recipient"], row["offer_title"], row["waiting_days"], row["status"]) == (
        "bruecke",
        OFFER["title"],
        21,
        "proposed",
    )
    assert row["note"] == REFERRAL["note"]
    assert REFERRAL["note"] not in str(cases.store.get(f"referrals/{row['id']}/texts/1"))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"recipient": None}, "offer"),
        ({"recipient": "nobody"}, "recipient"),
        ({"offer": "offer-0"}, "offer"),
        ({"status": "accepted"}, "status"),
    ],
)
def test_a_referral_goes_somewhere(cases: CasesService, said: dict[str, Any], field: str):
    answer = cases.call(CM, "POST", f"/cases/{cases.consented()}/referrals", {**REFERRAL, **said})

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_sending_names_the_release_that_is_missing(cases: CasesService):
    case = cases.consented()
    path = refer(cases, case)

    refused = patch(cases, path, {"status": "sent"})

    missing = ["secrecy_release:jobcenter:identity", "secrecy_release:jobcenter:referrals"]
    assert (refused.status_code, refused.json["unmet"]) == (409, missing)
    release(cases, case, shows=("identity", "contact"))
    assert patch(cases, path, {"status": "sent"}).json["unmet"] == missing[1:]
    release(cases, case)
    assert patch(cases, path, {"status": "sent"}).status_code == 200


def test_what_is_left_of_a_release_has_to_cover_what_a_referral_tells(cases: CasesService):
    case = cases.consented()
    named, told = release(cases, case, shows=("identity",)), release(cases, case, shows=("referrals",))
    path = refer(cases, case, status="sent")

    cases.call(CM, "POST", f"/cases/{case}/consents/{named}/revocation", {})

    assert told
    assert cases.get(CM, path)["reason"] == "consent_revoked"
    assert cases.call(PARTNER, "GET", path).status_code == 404


def test_an_offer_for_health_alone_needs_that_expressly(cases: CasesService):
    health = {**OFFER, "action_fields": ["health"]}
    for_all, for_health = (
        cases.call("bruecke-leitung", "POST", "/cases/offers", body).json["id"] for body in (OFFER, health)
    )
    case = cases.consented()
    release(cases, case, "bruecke")
    refer(cases, case, recipient=None, offer=for_all, status="sent")

    said = {**REFERRAL, "recipient": None, "offer": for_health, "status": "sent"}
    refused = cases.call(CM, "POST", f"/cases/{case}/referrals", said)

    assert (refused.status_code, refused.json["unmet"]) == (409, ["secrecy_release:bruecke:health"])
    health_too = {**RELEASE, "recipient": "bruecke", "data_categories": ["health"], "health_data": True}
    given = cases.call(CM, "POST", f"/cases/{case}/consents", health_too).json["id"]
    sent = refer(cases, case, recipient=None, offer=for_health, status="sent")
    cases.call(CM, "POST", f"/cases/{case}/consents/{given}/revocation", {})
    assert cases.get(CM, sent)["reason"] == "consent_revoked"
    assert sorted(one["status"] for one in cases.get(CM, f"/cases/{case}/referrals")["items"]) == ["dropped", "sent"]


def test_what_expired_is_hidden_at_once_and_stopped_by_night(cases: CasesService):
    case = cases.consented()
    said = {**RELEASE, "valid_until": "2026-03-03"}
    cases.call(CM, "POST", f"/cases/{case}/consents", said)
    path = refer(cases, case, status="sent")

    def job(day: int) -> int:
        clock.move(NOON + timedelta(days=day))
        return expired.stop_expired(desk=cases.desk, at=clock.now(), by="cases_referrals")["stopped"]

    assert job(1) == 0
    assert len(incoming(cases)) == 1
    clock.move(NOON + timedelta(days=2))
    assert incoming(cases) == []
    assert cases.call(PARTNER, "GET", path).status_code == 404
    assert [job(2), job(3)] == [1, 0]
    assert (cases.get(CM, path)["status"], cases.get(CM, path)["reason"]) == ("dropped", "consent_ended")


def test_a_release_that_was_renewed_in_time_keeps_it_going(cases: CasesService):
    case = cases.consented()
    for until in ("2026-03-03", None):
        cases.call(CM, "POST", f"/cases/{case}/consents", {**RELEASE, "valid_until": until})
    path = refer(cases, case, status="sent")
    clock.move(NOON + timedelta(days=5))

    assert expired.stop_expired(desk=cases.desk, at=clock.now(), by="cases_referrals") == {"stopped": 0}
    assert cases.get(CM, path)["status"] == "sent"


def test_a_referral_is_reached_by_its_own_case_only(cases: CasesService):
    case, other = cases.consented(), cases.assigned()
    id = refer(cases, case).rpartition("/")[2]

    assert cases.call(CM, "GET", f"/cases/{other}/referrals/{id}").status_code == 404
    assert cases.call(CM, "PATCH", f"/cases/{other}/referrals/{id}", {"note": "x"}, If_Match='"1"').status_code == 404


def test_a_revocation_stops_what_is_open_at_once(cases: CasesService):
    case = cases.consented()
    consent = release(cases, case)
    release(cases, case, "bruecke")
    path, elsewhere = refer(cases, case, status="sent"), refer(cases, case, recipient="bruecke", status="sent")

    cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})

    stopped = cases.get(CM, path)
    assert (stopped["status"], stopped["reason"]) == ("dropped", "consent_revoked")
    assert cases.get(CM, elsewhere)["status"] == "sent"
    assert incoming(cases) == []
    assert cases.call(PARTNER, "GET", path).status_code == 404
    assert cases.call(PARTNER, "PATCH", path, {"status": "accepted"}, If_Match='"2"').status_code == 404


@pytest.mark.parametrize("status", ["sent", "consented"])
def test_what_ends_a_referral_says_whether_it_was_its_recipients(cases: CasesService, status: str):
    """Only so she can be told of what is hers no more, and never of what she was not shown."""
    case = cases.consented()
    consent = release(cases, case)
    refer(cases, case, status=status)
    recalled = refer(cases, case, status=status)
    cases.call(CM, "PATCH", recalled, {"status": "dropped"}, If_Match='"1"')
    cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})
    handlers.stop_unreleased(case, desk=cases.desk, at=NOON, by="event-1")

    told = [one for one in cases.bus.published if isinstance(one, ReferralChanged | ReferralStopped)]
    assert [(type(one), one.was) for one in told] == [(ReferralChanged, status), (ReferralStopped, status)]


def test_a_second_release_keeps_it_going(cases: CasesService):
    case = cases.consented()
    consent = release(cases, case)
    release(cases, case)
    path = refer(cases, case, status="sent")

    cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})

    assert cases.get(CM, path)["status"] == "sent"


def test_a_revocation_whose_process_died_is_followed_up_by_its_event(cases: CasesService):
    case = cases.consented()
    consent = release(cases, case)
    path = refer(cases, case, status="sent")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(handlers, "stop_unreleased", lambda *_, **__: 0)
        cases.call(CM, "POST", f"/cases/{case}/consents/{consent}/revocation", {})
    assert cases.get(CM, path)["status"] == "sent"
    assert incoming(cases) == []
    (event,) = (one for one in cases.bus.published if isinstance(one, ConsentRevoked))

    stopped = [handlers.stop_unreleased(event.case, desk=cases.desk, at=NOON, by=event.id) for _ in range(2)]

    assert stopped == [1, 0]
    assert cases.get(CM, path)["reason"] == "consent_revoked"


def test_what_nobody_answers_comes_back_with_a_follow_up(cases: CasesService):
    case = cases.consented()
    release(cases, case)
    path = refer(cases, case, status="sent")

    def job(days: int) -> int:
        clock.move(NOON + timedelta(days=days))
        return handlers.give_back_unanswered(desk=cases.desk, at=clock.now(), by="cases_referrals")["returned"]

    assert [job(13), job(14), job(15)] == [0, 1, 0]
    (row,) = cases.get(CM, f"/cases/{case}/follow-ups")["items"]
    assert (row["rule"], row["cause"], row["responsible"]) == ("unanswered", path.rpartition("/")[2], CM)
    assert "14" in row["title"]
    assert cases.get(CM, path)["returned_at"]
    assert [row["status"] for row in incoming(cases)] == ["sent"]
    assert verify(cases.store, f"referrals/{path.rpartition('/')[2]}") is None


def test_the_history_of_the_case_tells_of_it_with_facts(cases: CasesService):
    case = cases.consented()
    release(cases, case)
    patch(cases, refer(cases, case), {"status": "sent"})

    types = [entry["type"] for entry in cases.get(CM, f"/cases/{case}/history")["items"]]

    assert types[-2:] == ["cases.referral-made.v1", "cases.referral-changed.v1"]
    sent = cases.bus.published[-1]
    assert (sent.status, sent.facts.organisation) == (S.SENT, "lindenhof")  # type: ignore[attr-defined]


def test_the_same_key_refers_once(cases: CasesService):
    case = cases.consented()
    ids = {
        cases.call(CM, "POST", f"/cases/{case}/referrals", REFERRAL, Idempotency_Key="once").json["id"]
        for _ in range(2)
    }

    assert len(ids) == len(cases.get(CM, f"/cases/{case}/referrals")["items"]) == 1


def test_a_stale_change_is_refused(cases: CasesService):
    path = refer(cases, cases.consented())

    assert cases.call(CM, "PATCH", path, {"status": "consented"}, If_Match='"9"').status_code == 412
    late = cases.call(CM, "PATCH", path, {"status": "consented"}, If_Match='"0"').json
    assert [(one["version"], one["type"], one["by"]) for one in late["changes"]] == [(1, "cases.referral-made.v1", CM)]
    assert cases.call(CM, "PATCH", path, {"status": "consented"}).status_code == 428
    assert cases.call(CM, "PATCH", path, {"reason": "other"}, If_Match='"1"').status_code == 422
