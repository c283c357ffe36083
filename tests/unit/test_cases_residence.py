"""Residence titles, the ends of legal domains, and the radar that follows them up in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases import handing_on, radar
from services.cases.domain.history import fold
from services.cases.domain.refusals import CaseIsClosed
from services.cases.follow_ups import handlers as follow_ups
from services.cases.residence import domain, handlers
from shared.clock import BERLIN
from shared.codes import FollowUpRule, Phase, ResidenceGroup, ResidenceStatus
from shared.events import ResidenceChanged
from shared.municipality import municipality
from tests.builders import NOON, a_case
from tests.cases import DOMAIN_END, TITLE, CasesService, a_cases_service

CM, LEAD = "lindenhof-1", "lindenhof-leitung"
TODAY = NOON.date()
BY: dict[str, Any] = {"at": NOON, "by": CM}
DAYS = (90, 30, 7)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def a_title(valid_from: date, valid_until: date | None = None, *, at: datetime = NOON, **said: Any) -> domain.Title:
    status = said.get("status", ResidenceStatus.TOLERATION)
    days: dict[str, Any] = {"valid_from": valid_from, "valid_until": valid_until}
    return domain.record_title(a_case(), f"residence-{at.timestamp()}", status, **days, at=at, by=CM)[0]


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def record(cases: CasesService, case: str, path: str = "residence", /, **said: Any) -> str:
    body = {**(TITLE if path == "residence" else DOMAIN_END), **said}
    answer = cases.call(CM, "POST", f"/cases/{case}/{path}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def ending_in(cases: CasesService, days: int) -> tuple[str, str]:
    case = cases.assigned()
    return case, record(cases, case, valid_until=in_days(days).isoformat())


def scan(cases: CasesService, days: int = 0) -> dict[str, int]:
    at = datetime.combine(in_days(days), NOON.time().replace(hour=5, minute=30), BERLIN)
    return radar.scan(desk=cases.desk, pack=municipality(), at=at)


def due(cases: CasesService, case: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cases.get(CM, f"/cases/{case}/follow-ups")["items"]
    return items


def test_a_closed_case_gets_no_title():
    with pytest.raises(CaseIsClosed):
        domain.record_title(
            a_case(phase=Phase.CLOSED), "r", ResidenceStatus.TOLERATION, valid_from=TODAY, valid_until=None, **BY
        )


def test_the_current_title_is_the_last_that_has_begun():
    old, new, to_come = a_title(in_days(-100)), a_title(in_days(-10), in_days(-1)), a_title(in_days(1))

    assert domain.current([to_come, new, old], TODAY) == new
    assert domain.current([to_come], TODAY) is None


def test_what_is_recorded_later_corrects_what_begins_on_the_same_day():
    wrong, right = a_title(TODAY), a_title(TODAY, at=NOON + timedelta(hours=1))

    assert domain.current([right, wrong], TODAY) == right
    assert domain.is_followed(wrong, [wrong, right])


@pytest.mark.parametrize(("begins", "followed"), [(5, True), (6, True), (7, False)])
def test_a_title_is_followed_by_one_that_begins_without_a_gap(begins: int, followed: bool):
    ends, next_one = a_title(in_days(-5), in_days(5)), a_title(in_days(begins), at=NOON + timedelta(hours=1))

    assert domain.is_followed(ends, [ends, next_one]) is followed


@pytest.mark.parametrize(("left", "days"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 7)])
def test_the_reminder_that_is_due_is_the_nearest(left: int, days: int | None):
    assert domain.days_before(in_days(left), TODAY, DAYS) == days


@given(begins=st.lists(st.integers(-400, 400), unique=True, min_size=1), on=st.integers(-500, 500))
def test_there_is_one_current_title_from_the_first_day_on(begins: list[int], on: int):
    titles = [a_title(in_days(days)) for days in begins]

    found = domain.current(titles, in_days(on))

    assert (found is None) is (on < min(begins))
    assert found is None or found.valid_from == in_days(max(days for days in begins if days <= on))


def test_a_title_is_recorded_and_the_case_takes_on_its_status(cases: CasesService):
    case = cases.assigned()
    id = record(cases, case, status="integrated_youth")

    held = cases.desk.cases.get(case)
    (row,) = cases.get(CM, f"/cases/{case}/residence")["items"]
    assert (held.residence_status, held.facts.residence_group) == ("integrated_youth", ResidenceGroup.HUMANITARIAN)
    assert (row["id"], row["current"], row["valid_until"], row["recorded_by"]) == (id, True, "2026-12-31", CM)
    assert fold(cases.desk.cases.history(case)) == held
    assert domain.fold(handlers.titles(cases.desk).history(id)) == handlers.titles(cases.desk).get(id)


def test_the_history_stays(cases: CasesService):
    case = cases.assigned()
    record(cases, case, status="asylum_procedure", valid_from="2025-01-01", valid_until="2025-12-31")
    record(cases, case, status="toleration")

    rows = cases.get(CM, f"/cases/{case}/residence")["items"]

    assert [(row["status"], row["current"]) for row in rows] == [("asylum_procedure", False), ("toleration", True)]


def test_a_title_that_was_a_mistake_counts_no_more(cases: CasesService):
    case = cases.assigned()
    right = record(cases, case, status="toleration")
    wrong = record(cases, case, status="settlement", valid_from="2026-02-01", valid_until=in_days(20).isoformat())
    assert cases.desk.cases.get(case).residence_status == "settlement"

    path = f"/cases/{case}/residence/{wrong}/withdrawal"
    answer = cases.call(CM, "POST", path, {"reason": "falsche Akte"})

    rows = cases.get(CM, f"/cases/{case}/residence")["items"]
    assert (answer.status_code, answer.json["withdrawn"]) == (200, True)
    assert {row["id"]: (row["current"], row["withdrawn"]) for row in rows} == {
        right: (True, False),
        wrong: (False, True),
    }
    assert cases.desk.cases.get(case).residence_status == "toleration"
    assert scan(cases)["reminded"] == 0
    assert domain.fold(handlers.titles(cases.desk).history(wrong)) == handlers.titles(cases.desk).get(wrong)
    again = cases.call(CM, "POST", path, {})
    assert (again.status_code, again.json["title"]) == (409, "already_withdrawn")


def test_without_any_title_the_status_stays_until_the_right_one_is_recorded(cases: CasesService):
    case = cases.assigned()
    wrong = record(cases, case, status="settlement")

    assert cases.call(CM, "POST", f"/cases/{case}/residence/{wrong}/withdrawal", {}).status_code == 200

    assert cases.desk.cases.get(case).residence_status == "settlement"
    record(cases, case, status="toleration")
    assert cases.desk.cases.get(case).residence_status == "toleration"


def test_a_crash_after_a_withdrawal_is_made_good_by_its_event(cases: CasesService):
    case = cases.assigned()
    record(cases, case, status="toleration")
    wrong = record(cases, case, status="settlement", valid_from="2026-02-01")
    held = handlers.titles(cases.desk)
    held.change(wrong, lambda one: domain.withdraw(cases.desk.cases.get(case), one, **BY))

    assert handlers.settle(case, desk=cases.desk, at=NOON, by=f"{wrong}.2")
    assert cases.desk.cases.get(case).residence_status == "toleration"


def test_an_end_that_was_a_mistake_reminds_of_nothing_and_follows_nothing(cases: CasesService):
    case, _ = ending_in(cases, 20)
    wrong = record(cases, case, "domain-ends", ends_on=in_days(25).isoformat())
    follows = record(cases, case, valid_from=in_days(21).isoformat(), valid_until=None)
    for path in (f"domain-ends/{wrong}", f"residence/{follows}"):
        assert cases.call(CM, "POST", f"/cases/{case}/{path}/withdrawal", {}).status_code == 200

    assert scan(cases)["reminded"] == 1
    (row,) = due(cases, case)
    assert row["rule"] == "residence_ends"
    assert [end["withdrawn"] for end in cases.get(CM, f"/cases/{case}/domain-ends")["items"]] == [True]


def test_a_title_of_another_case_is_not_withdrawn_by_this_one(cases: CasesService):
    id = record(cases, cases.assigned())

    assert cases.call(CM, "POST", f"/cases/{cases.assigned()}/residence/{id}/withdrawal", {}).status_code == 404


def test_a_title_ends_after_it_begins(cases: CasesService):
    answer = cases.call(CM, "POST", f"/cases/{cases.assigned()}/residence", {**TITLE, "valid_until": "2025-12-31"})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["valid_until"])


def test_a_title_that_begins_later_becomes_current_on_its_day(cases: CasesService):
    case = cases.assigned()
    record(cases, case, status="permit_work", valid_from=in_days(3).isoformat())

    assert cases.desk.cases.get(case).residence_status == "toleration"
    assert scan(cases, 2)["begun"] == 0
    assert scan(cases, 3)["begun"] == 1
    assert scan(cases, 3)["begun"] == 0
    assert cases.desk.cases.get(case).residence_status == "permit_work"
    assert isinstance(cases.desk.cases.history(case)[-1], ResidenceChanged)


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
