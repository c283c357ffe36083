"""A night stops every referral whose release has run out, whatever nights were missed: once, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.cases.referrals import expired, handlers
from shared import clock
from shared.events import Event, ReferralStopped
from shared.store import Query
from shared.store.outbox import sweep
from tests.builders import NOON
from tests.cases import RELEASE, CasesService, a_cases_service
from tests.crashes import Crash, crashing_at
from tests.fakes import CountingStore, MemoryStore
from tests.lapsing import around_midnight, once_found
from tests.referrals import CM, patch, refer

OFFICER = "datenschutz"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def sent(cases: CasesService, until: str | None = "2026-03-03") -> str:
    """The path of a referral that was sent, under a release that ends on this day."""
    case = cases.consented()
    release(cases, case, until)
    return refer(cases, case, status="sent")


def release(cases: CasesService, case: str, until: str | None, **said: Any) -> None:
    cases.change(CM, case, "POST", "consents", {**RELEASE, "valid_until": until, **said})


def case_of(path: str) -> str:
    return path.split("/")[2]


def night(cases: CasesService, day: int) -> int:
    """What the night stops that many days after the Monday on which all of it begins."""
    clock.move(NOON + timedelta(days=day))
    return expired.stop_expired(desk=cases.desk, at=clock.now(), by="cases_referrals")["stopped"]


def status(cases: CasesService, path: str) -> tuple[str, str | None]:
    held = cases.get(CM, path)
    return held["status"], held["reason"]


def stops(cases: CasesService, path: str) -> list[Event]:
    history = handlers.referrals(cases.desk).history(path.rpartition("/")[2])
    return [one for one in history if isinstance(one, ReferralStopped)]


SENT, STOPPED = ("sent", None), ("dropped", "consent_ended")


@pytest.mark.parametrize("before", [None, 1], ids=["the first night", "a later one"])
@pytest.mark.parametrize("day", [2, 16, 17, 400])
def test_however_many_nights_were_missed_it_is_found_once(cases: CasesService, before: int | None, day: int):
    path = sent(cases)
    assert before is None or night(cases, before) == 0

    assert [night(cases, day), night(cases, day), night(cases, day + 1)] == [1, 0, 0]
    assert status(cases, path) == STOPPED
    assert len(stops(cases, path)) == 1


@pytest.mark.parametrize("until", ["2026-03-20", None], ids=["longer", "without end"])
def test_a_release_that_was_renewed_meanwhile_keeps_it_going(cases: CasesService, until: str | None):
    path = sent(cases)
    release(cases, case_of(path), until)

    assert [night(cases, day) for day in (1, 2, 18)] == [0, 0, 0]
    assert status(cases, path) == SENT


def test_a_renewed_release_ends_on_its_own_day(cases: CasesService):
    path = sent(cases)
    release(cases, case_of(path), "2026-03-20")

    assert [night(cases, day) for day in (2, 18, 19)] == [0, 0, 1]
    assert status(cases, path) == STOPPED


def test_a_release_that_is_renewed_between_looking_and_stopping_keeps_it_going(cases: CasesService):
    path = sent(cases)
    clock.move(NOON + timedelta(days=2))
    with once_found(cases, "cases", lambda: release(cases, case_of(path), None)):
        night(cases, 2)

    assert status(cases, path) == SENT


def test_what_she_agrees_to_after_a_release_has_ended_waits_for_the_next(cases: CasesService):
    path = sent(cases)
    night(cases, 2)
    waits = refer(cases, case_of(path))
    patch(cases, waits, {"status": "consented"})

    assert [night(cases, day) for day in (2, 3, 30)] == [0, 0, 0]
    assert status(cases, waits) == ("consented", None)


def test_nothing_is_done_with_a_restricted_case_until_it_is_free_again(cases: CasesService):
    path, other = sent(cases), sent(cases)
    restriction = {"restricted": True, "reason": "Sie bestreitet es."}
    cases.change(OFFICER, case_of(path), "POST", "restriction", restriction)
    assert [night(cases, day) for day in (2, 3, 40)] == [1, 0, 0]
    assert (status(cases, path), status(cases, other)) == (SENT, STOPPED)
    cases.change(OFFICER, case_of(path), "POST", "restriction", {"restricted": False, "reason": "Es ist geklärt."})

    assert [night(cases, 41), night(cases, 42)] == [1, 0]
    assert status(cases, path) == STOPPED
    (kept,) = cases.store.query(Query("looked")).items
    assert kept.body == {"day": "2026-04-13", "path": None, "waiting": []}


def test_what_nobody_answers_waits_while_the_case_is_restricted(cases: CasesService):
    path = sent(cases, until=None)
    case = case_of(path)

    def returned(day: int) -> int:
        clock.move(NOON + timedelta(days=day))
        return handlers.give_back_unanswered(desk=cases.desk, at=clock.now(), by="cases_referrals")["returned"]

    cases.change(OFFICER, case, "POST", "restriction", {"restricted": True, "reason": "Sie bestreitet es."})
    assert returned(14) == 0
    assert cases.get(CM, f"/cases/{case}/follow-ups")["items"] == []
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": False, "reason": "Es ist geklärt."})

    assert [returned(15), returned(16)] == [1, 0]
    assert [row["rule"] for row in cases.get(CM, f"/cases/{case}/follow-ups")["items"]] == ["unanswered"]


def test_who_is_erased_while_restricted_is_not_waited_for(cases: CasesService):
    path = sent(cases)
    case = case_of(path)
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": True, "reason": "Sie bestreitet es."})
    night(cases, 2)
    erased = cases.call(OFFICER, "POST", f"/cases/{case}/erasure", {"reason": "consent_withdrawn"})
    assert erased.status_code in (200, 202)

    night(cases, 3)

    assert cases.store.get(expired.LOOKED) == {"day": "2026-03-05", "path": None, "waiting": []}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 8))
def test_killed_anywhere_the_next_run_stops_the_rest_and_each_of_them_once(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch, number: int, when: str
):
    monkeypatch.setattr(expired, "PAGE", 1)
    ended, goes_on = [sent(cases), sent(cases), sent(cases, "2026-03-04")], sent(cases, None)
    with crashing_at(cases, number, when), pytest.raises(Crash):
        night(cases, 3)

    night(cases, 3)
    sweep(cases.store, cases.bus)

    told = [one.subject for one in cases.bus.published if isinstance(one, ReferralStopped)]
    assert {*told} == {path.rpartition("/")[2] for path in ended}
    assert [len(stops(cases, path)) for path in (*ended, goes_on)] == [1, 1, 1, 0]


def test_a_day_with_more_cases_than_a_page_goes_on_behind_the_last_that_was_looked_at(monkeypatch: pytest.MonkeyPatch):
    with a_cases_service(CountingStore(MemoryStore("cases"))) as cases:
        ended, goes_on = [sent(cases) for _ in range(5)], sent(cases, None)
        monkeypatch.setattr(expired, "PAGE", 2)
        night(cases, 1)
        broken = handlers.stop_unreleased
        looked: list[str] = []

        def once(case: str, **said: Any) -> int:
            looked.append(case)
            if len(looked) == 4:
                raise Crash()
            return broken(case, **said)

        monkeypatch.setattr(handlers, "stop_unreleased", once)
        with pytest.raises(Crash):
            night(cases, 2)
        assert night(cases, 2) == 2

        assert len(looked) == 4 + 3, "the page that broke off is looked at again, and not the one before"
        assert [status(cases, path) for path in (*ended, goes_on)] == [STOPPED] * 5 + [SENT]


def test_a_night_asks_for_the_days_since_the_last_one_and_no_others(monkeypatch: pytest.MonkeyPatch):
    with a_cases_service(CountingStore(MemoryStore("cases"))) as cases:
        for _ in range(3):
            sent(cases)
        night(cases, 10)
        store: Any = cases.store

        def queries(day: int) -> int:
            before = store.queries
            night(cases, day)
            return int(store.queries - before)

        assert [queries(day) for day in (10, 11, 14, 14)] == [0, 1, 3, 0]


def test_where_the_clock_was_ahead_it_begins_anew(cases: CasesService):
    goes_on = sent(cases, "2027-07-20")
    assert night(cases, 500) == 0
    clock.move(NOON)
    path = sent(cases)

    assert night(cases, 3) == 1
    assert (status(cases, path), status(cases, goes_on)) == (STOPPED, SENT)


def test_the_day_is_that_of_the_city(cases: CasesService):
    """Before midnight in Cologne the release still holds, whatever day it is elsewhere."""
    sent(cases)

    def stopped(at: datetime) -> int:
        return expired.stop_expired(desk=cases.desk, at=at, by="cases_referrals")["stopped"]

    assert around_midnight(stopped, date(2026, 3, 3)) == [0, 1]


def test_without_a_case_there_is_nothing_to_look_at(cases: CasesService):
    assert night(cases, 400) == 0
    assert cases.store.query(Query("looked")).items == []
