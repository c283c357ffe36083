"""An offer of transfer ends the night after its release did: once, for both sides, and for no other reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.cases.domain.history import fold
from services.cases.transfers import handlers
from shared import clock
from shared.events import Event, TransferLapsed
from shared.store import Query
from shared.store.chains import verify
from shared.store.outbox import sweep
from tests.builders import NOON
from tests.cases import GOAL, WHOLE, CasesService, a_cases_service
from tests.crashes import Crash, crashing_at
from tests.fakes import CountingStore, MemoryStore
from tests.lapsing import around_midnight, once_found
from tests.referrals import CM, LEAD
from tests.unit.test_notifications_handlers import Service

THERE, OFFICER = "bruecke-leitung", "datenschutz"
INBOXES = ["eingang@bruecke.example", "eingang@lindenhof.example"]


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def offered(cases: CasesService, until: str | None = "2026-03-03", to: str = "bruecke") -> str:
    """A case that is offered to another organisation, under a release that ends on this day."""
    case = cases.consented()
    release(cases, case, until, to)
    cases.change(LEAD, case, "POST", "transfer", {"organisation": to})
    return case


def release(cases: CasesService, case: str, until: str | None, to: str = "bruecke") -> None:
    cases.change(CM, case, "POST", "consents", {**WHOLE, "recipient": to, "valid_until": until})


def night(cases: CasesService, day: int) -> int:
    """What the night ends that many days after the Monday on which all of it begins."""
    clock.move(NOON + timedelta(days=day))
    return handlers.lapse(desk=cases.desk, at=clock.now(), by="cases_referrals")["lapsed"]


def lapsed(cases: CasesService, case: str) -> list[Event]:
    return [one for one in cases.desk.cases.history(case) if isinstance(one, TransferLapsed)]


def is_offered(cases: CasesService, case: str) -> bool:
    return cases.desk.cases.get(case).offered_to is not None


def test_it_ends_on_the_day_after_its_release_and_the_case_stays_whose_it_was(cases: CasesService):
    case = offered(cases)
    assert night(cases, 1) == 0

    assert [night(cases, 2), night(cases, 2), night(cases, 3)] == [1, 0, 0]

    state = cases.desk.cases.get(case)
    assert (state.organisation, state.case_manager, state.offered_to) == ("lindenhof", CM, None)
    assert fold(cases.desk.cases.history(case)) == state
    assert verify(cases.store, f"cases/{case}") is None
    release(cases, case, None, "kompass")
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "kompass"})


def test_both_sides_are_told_once_at_their_mailboxes_and_nothing_of_whom(cases: CasesService):
    case = offered(cases)
    night(cases, 2)
    (event,) = lapsed(cases, case)
    service = Service()

    for _ in range(2):
        service.hear(event)
    for queued in service.queued():
        service.send(queued)

    assert sorted(address for address, _, _ in service.provider.handed) == INBOXES
    for _, said, _ in service.provider.handed:
        assert not any(word in f"{said.subject}{said.body}" for word in (case, "Lindenhof", "Brücke", "Übergabe"))
    assert service.store.query(Query("holders")).items == [], "nobody else has it"


def test_however_many_nights_were_missed_it_is_found(cases: CasesService):
    offered(cases)

    assert night(cases, 400) == 1


@pytest.mark.parametrize("until", ["2026-03-20", None], ids=["longer", "without end"])
def test_a_release_that_was_renewed_meanwhile_keeps_it_going(cases: CasesService, until: str | None):
    case = offered(cases)
    release(cases, case, until)

    assert night(cases, 17) == 0
    cases.change(THERE, case, "POST", "transfer/answer", {"answer": "accepted"})


def test_a_release_that_is_renewed_between_looking_and_ending_keeps_it_going(cases: CasesService):
    case = offered(cases)
    clock.move(NOON + timedelta(days=2))
    with once_found(cases, "cases", lambda: release(cases, case, None)):
        night(cases, 2)

    assert is_offered(cases, case)
    assert lapsed(cases, case) == []


def test_a_release_that_does_not_cover_the_whole_any_more_ends_it_too(cases: CasesService):
    case = offered(cases, None)
    cases.change(CM, case, "POST", "goals", {**GOAL, "action_field": "health"})

    assert night(cases, 1) == 1
    assert not is_offered(cases, case)


def test_what_was_answered_or_recalled_is_not_ended_again(cases: CasesService):
    taken, recalled = offered(cases), offered(cases)
    cases.change(THERE, taken, "POST", "transfer/answer", {"answer": "accepted"})
    cases.change(LEAD, recalled, "POST", "transfer/answer", {"answer": "recalled"})

    assert night(cases, 2) == 0


def test_nothing_is_done_with_a_restricted_case_until_it_is_free_again(cases: CasesService):
    case = offered(cases)
    assert cases.change(OFFICER, case, "POST", "restriction", {"restricted": True, "reason": "Sie bestreitet es."})
    assert night(cases, 2) == 0
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": False, "reason": "Es ist geklärt."})

    assert night(cases, 3) == 1
    assert not is_offered(cases, case)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 5))
def test_killed_anywhere_the_next_run_ends_the_rest_and_each_of_them_once(cases: CasesService, number: int, when: str):
    ended = [offered(cases), offered(cases, to="kompass")]
    goes_on = offered(cases, None)
    with crashing_at(cases, number, when), pytest.raises(Crash):
        night(cases, 2)

    night(cases, 2)
    sweep(cases.store, cases.bus)

    told = [one.subject for one in cases.bus.published if isinstance(one, TransferLapsed)]
    assert {*told} == {*ended}
    assert [len(lapsed(cases, case)) for case in (*ended, goes_on)] == [1, 1, 0]


def test_whoever_is_asked_it_is_found_page_by_page_by_an_index_that_is_there(monkeypatch: pytest.MonkeyPatch):
    with a_cases_service(CountingStore(MemoryStore("cases"))) as cases:
        made = [offered(cases, to=to) for to in ("bruecke", "kompass", "bruecke", "kompass", "bruecke")]
        others = [offered(cases, None) for _ in range(2)]
        monkeypatch.setattr(handlers, "PAGE", 2)
        store: Any = cases.store
        before = store.queries

        assert night(cases, 2) == len(made)

        assert store.queries - before == 4
        assert [is_offered(cases, case) for case in (*made, *others)] == [False] * 5 + [True] * 2


def test_the_day_is_that_of_the_city(cases: CasesService):
    """Before midnight in Cologne the release still holds, whatever day it is elsewhere."""
    offered(cases)

    def ended(at: datetime) -> int:
        return handlers.lapse(desk=cases.desk, at=at, by="cases_referrals")["lapsed"]

    assert around_midnight(ended, date(2026, 3, 3)) == [0, 1]
