"""The radar: what ends is followed up in time, and what nobody touches goes to the team lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.cases import handing_on, radar
from services.cases.follow_ups import handlers as follow_ups
from services.cases.residence import domain, handlers
from shared.codes import FollowUpRule
from shared.municipality import municipality
from tests.builders import NOON
from tests.cases import CasesService, a_cases_service
from tests.residence import CM, DAYS, TODAY, due, ending_in, in_days, record, scan

LEAD = "lindenhof-leitung"
BY: dict[str, Any] = {"at": NOON, "by": CM}


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def test_an_end_is_followed_up_ninety_thirty_and_seven_days_before(cases: CasesService):
    case, title = ending_in(cases, 91)

    set_on = [scan(cases, days)["reminded"] for days in range(92)]

    assert [days for days, number in enumerate(set_on) if number] == [1, 61, 84]
    rows = [row for row in due(cases, case) if row["rule"] == "residence_ends"]
    assert [row["id"] for row in rows] == [f"follow-up-{title}-{days}" for days in DAYS]
    first = rows[0]
    assert (first["rule"], first["days"], first["cause"]) == ("residence_ends", 90, title)
    assert (first["due_on"], first["ends_on"]) == (in_days(1).isoformat(), in_days(91).isoformat())
    assert (first["responsible"], first["done"]) == (CM, False)


def test_the_rule_is_named_in_the_readers_language(cases: CasesService):
    case, _ = ending_in(cases, 20)
    scan(cases)

    (row,) = cases.get(CM, f"/cases/{case}/follow-ups", Accept_Language="de")["items"]

    assert row["title"] == f"Der Aufenthaltstitel läuft am {in_days(20):%d.%m.%Y} ab."


def test_what_is_recorded_late_is_followed_up_once_and_at_once(cases: CasesService):
    case, title = ending_in(cases, 20)

    assert (scan(cases)["reminded"], scan(cases)["reminded"]) == (1, 0)
    (row,) = due(cases, case)
    assert (row["id"], row["due_on"]) == (f"follow-up-{title}-30", TODAY.isoformat())


def test_benefits_and_school_duty_are_followed_up_too(cases: CasesService):
    case = cases.assigned()
    id = record(cases, case, "domain-ends", ends_on=in_days(25).isoformat())
    scan(cases)

    (row,) = due(cases, case)
    assert (row["id"], row["rule"], row["legal_domain"]) == (f"follow-up-{id}-30", "domain_ends", "schulg")
    (end,) = cases.get(CM, f"/cases/{case}/domain-ends")["items"]
    assert (end["id"], end["ends_on"]) == (id, in_days(25).isoformat())
    assert domain.fold(handlers.domain_ends(cases.desk).history(id)) == handlers.domain_ends(cases.desk).get(id)


def test_what_is_known_to_go_on_is_not_followed_up(cases: CasesService):
    case, _ = ending_in(cases, 20)
    record(cases, case, valid_from=in_days(21).isoformat(), valid_until=in_days(400).isoformat())
    record(cases, case, "domain-ends", ends_on=in_days(25).isoformat())
    record(cases, case, "domain-ends", ends_on=in_days(300).isoformat())

    assert scan(cases)["reminded"] == 0


def test_nothing_is_followed_up_in_a_closed_case(cases: CasesService):
    case, _ = ending_in(cases, 20)
    cases.change(CM, case, "POST", "closure", {"reason": "moved_away", "ended_by": "client", "outcomes": {}})

    assert scan(cases) == {"begun": 0, "reminded": 0, "escalated": 0}


def test_the_radar_reads_one_page_after_another(cases: CasesService):
    found = [ending_in(cases, 20)[0] for _ in range(35)]

    assert scan(cases)["reminded"] == len(found)
    assert scan(cases)["reminded"] == 0


def test_what_nobody_touches_goes_to_the_team_lead_once(cases: CasesService):
    case, title = ending_in(cases, 89)
    scan(cases)
    patience = municipality().radar.escalates_after

    assert scan(cases, patience - 1)["escalated"] == 0
    assert scan(cases, patience)["escalated"] == 1
    assert scan(cases, patience)["escalated"] == 0

    lead = next(row for row in due(cases, case) if row["rule"] == FollowUpRule.UNTOUCHED)
    untouched = f"follow-up-{title}-90"
    assert (lead["id"], lead["cause"], lead["responsible"]) == (f"{untouched}-escalated", untouched, LEAD)
    held = follow_ups.follow_ups(cases.desk).get(untouched)
    assert (held.watched, held.version, held.done) == (False, 2, False)


def test_a_crash_between_the_two_halves_of_an_escalation_is_made_good(cases: CasesService, monkeypatch: Any):
    case, _ = ending_in(cases, 89)
    scan(cases)
    with monkeypatch.context() as patch:
        patch.setattr(radar.follow_up, "escalate", lambda *_, **__: None)
        scan(cases, 20)
    scan(cases, 20)

    assert len(due(cases, case)) == 2
    assert not [one for one in due(cases, case) if one["rule"] == "residence_ends" and one["version"] != 2]


def test_what_was_touched_stays_with_who_touched_it(cases: CasesService):
    case, title = ending_in(cases, 89)
    scan(cases)
    path = f"/cases/{case}/follow-ups/follow-up-{title}-90"
    cases.call(CM, "PATCH", path, {"due_on": in_days(5).isoformat()}, If_Match='"1"')

    assert scan(cases, 40)["escalated"] == 0


def test_handing_a_case_over_is_not_touching_what_is_due(cases: CasesService):
    case, _ = ending_in(cases, 89)
    scan(cases)
    cases.change(LEAD, case, "POST", "assignment", {"case_manager": "lindenhof-2"})
    handing_on.settle(case, desk=cases.desk, at=NOON, by=cases.desk.cases.history(case)[-1].id)

    assert scan(cases, 20)["escalated"] == 1
