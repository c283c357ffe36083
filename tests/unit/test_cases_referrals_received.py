"""What the recipient of a referral sees and answers: her part, while it is released to her."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.events import stamp
from tests.builders import NOON
from tests.cases import REFERRAL, CasesService, a_cases_service
from tests.referrals import CM, LEAD, OFFICE, PARTNER, incoming, patch, refer, release


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def test_the_recipient_sees_her_part_and_answers(cases: CasesService):
    case = cases.consented(person={"given_name": "Amina", "phone": "+4917604069030"})
    release(cases, case)
    path = refer(cases, case)
    assert incoming(cases) == []
    patch(cases, path, {"status": "sent"})

    (row,) = incoming(cases)
    assert (row["client"]["given_name"], row["note"], row["status"]) == ("Amina", REFERRAL["note"], "sent")
    assert "+49176" not in str(row)
    said = {"status": "declined", "reason": "no_capacity", "explanation": "Erst wieder im Mai.", "waiting_days": 60}
    declined = cases.call(PARTNER, "PATCH", path, said, If_Match='"2"')

    assert declined.status_code == 200
    whole = cases.get(CM, path)
    assert (whole["status"], whole["reason"], whole["explanation"]) == ("declined", "no_capacity", said["explanation"])
    assert (whole["waiting_days"], whole["answered_at"]) == (60, stamp(NOON)[:19] + whole["answered_at"][19:])
    assert (incoming(cases), len(incoming(cases, query="?status=declined"))) == ([], 1)


def test_what_no_release_names_is_not_in_her_part(cases: CasesService):
    case = cases.consented(person={"given_name": "Amina", "phone": "+4917604069030"})
    release(cases, case)
    path = refer(cases, case, status="sent")

    hidden = cases.get(PARTNER, path)
    assert (hidden["client"]["given_name"], hidden["language"], hidden["status"]) == ("Amina", None, "sent")
    assert "+49176" not in str(hidden)

    release(cases, case, shows=("contact",))
    assert cases.get(PARTNER, path)["client"]["phone"] == "+4917604069030"
    assert incoming(cases) == [cases.get(PARTNER, path)]


def test_while_a_case_is_restricted_its_referrals_are_hidden_and_not_stopped(cases: CasesService):
    case = cases.consented()
    release(cases, case)
    spare = release(cases, case)
    path = refer(cases, case, status="sent")
    cases.call("datenschutz", "POST", f"/cases/{case}/restriction", {}, If_Match=f'"{cases.version(case)}"')

    assert (incoming(cases), cases.call(PARTNER, "GET", path).status_code) == ([], 404)
    cases.call(CM, "POST", f"/cases/{case}/consents/{spare}/revocation", {})
    assert cases.get(CM, path)["status"] == "sent"


@pytest.mark.parametrize(
    "said", [{"status": "dropped"}, {"status": "finished"}, {"note": "Wort"}, {"confirmed_by": "client"}]
)
def test_the_recipient_has_no_say_in_the_rest(cases: CasesService, said: dict[str, Any]):
    case = cases.consented()
    release(cases, case)
    path = refer(cases, case, status="sent")

    assert patch(cases, path, said, PARTNER).status_code == 403


def test_nobody_else_sees_it(cases: CasesService):
    case = cases.consented()
    release(cases, case)
    path = refer(cases, case, status="sent")

    assert cases.call(OFFICE, "GET", path).status_code == 404
    assert cases.call("bruecke-1", "GET", path).status_code == 404
    assert cases.call("koordination", "GET", path).status_code == 403
    assert cases.call(PARTNER, "GET", f"/cases/{case}/referrals").status_code == 403


def test_the_immigration_office_reads_what_was_released_and_gets_no_list(cases: CasesService):
    case = cases.consented()
    release(cases, case, "auslaenderbehoerde")
    path = refer(cases, case, recipient="auslaenderbehoerde", status="sent")

    assert cases.call(OFFICE, "GET", "/cases/referrals/incoming").status_code == 403
    assert cases.get(OFFICE, path)["status"] == "sent"


def test_every_look_of_the_recipient_is_on_record(cases: CasesService):
    case = cases.consented()
    release(cases, case)
    path = refer(cases, case, status="sent")
    incoming(cases)
    cases.get(PARTNER, path)

    newest = cases.get(LEAD, f"/cases/{case}/accesses")["items"][1:3]

    assert [(one["by"], one["reason"]) for one in newest] == [(PARTNER, "recipient")] * 2


def test_a_start_recorded_by_the_recipient_confirms_contact(cases: CasesService):
    case = cases.consented()
    release(cases, case)
    path = refer(cases, case, status="sent")

    patch(cases, path, {"status": "started"}, PARTNER)
    assert patch(cases, path, {"status": "finished"}).json["unmet"] == ["confirmation:client"]
    done = patch(cases, path, {"status": "finished", "confirmed_by": "client"})

    assert (done.status_code, done.json["done"], done.json["status"]) == (200, True, "finished")
