"""A night takes out of planned conferences whoever is not released any more on their day: once, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.cases.conferences import domain, handlers
from services.notifications.domain.message import Template
from shared import clock
from shared.events import ConferenceChanged, Event
from shared.store import Query
from shared.store.chains import verify
from shared.store.outbox import sweep
from tests.builders import NOON
from tests.cases import CONFERENCE, CONSENT, RELEASE, WHOLE, CasesService, a_cases_service
from tests.conferences import CM, confer, patch, shown
from tests.crashes import Crash, crashing_at
from tests.fakes import CountingStore, MemoryStore
from tests.lapsing import around_midnight, once_found
from tests.unit.test_notifications_handlers import Service

LEAD, THERE, OFFICER = "lindenhof-leitung", "bruecke-leitung", "datenschutz"
OURS, JOBCENTER = CONFERENCE["participants"]
BRIDGE = {"organisation": "bruecke", "function": "Sprachkurs"}
DAY = "2026-03-05"
"""Thursday: the third day after the Monday on which all of it begins."""


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def planned(cases: CasesService, *, on: str = DAY, until: str | None = None) -> str:
    """A case with a conference that lies ahead, to which the job centre and another provider were asked.

    The job centre's release reaches as far as `until`. Where that is before the conference she was asked under one that
    was taken back since, of which nobody heard.
    """
    case = cases.assigned()
    cases.change(CM, case, "POST", "consents", CONSENT)
    release(cases, case, None, "bruecke")
    release(cases, case, until)
    longer = until is not None and until < on and release(cases, case, None)
    assert confer(cases, case, held_on=on, participants=[JOBCENTER, OURS, BRIDGE], agreements=[]).status_code == 201
    if longer:
        cases.change(CM, case, "POST", f"consents/{longer}/revocation", {})
    return case


def release(cases: CasesService, case: str, until: str | None, to: str = "jobcenter") -> str:
    said = {**RELEASE, "recipient": to, "valid_until": until}
    return str(cases.call(CM, "POST", f"/cases/{case}/consents", said).json["id"])


def night(cases: CasesService, day: int) -> int:
    """In how many conferences somebody is asked no more, that many days after the Monday."""
    clock.move(NOON + timedelta(days=day))
    return handlers.lapse(desk=cases.desk, at=clock.now(), by="cases_referrals")["uninvited"]


def asked(cases: CasesService, case: str) -> list[str]:
    """Who takes part."""
    (one,) = cases.store.query(Query("conferences", (("case", "==", case),), ("held_on",))).items
    return list(one.body["participants"])


def changes(cases: CasesService, case: str) -> list[Event]:
    id = shown(cases, case)["id"]
    return [one for one in handlers.conferences(cases.desk).history(id) if isinstance(one, ConferenceChanged)]


WITHOUT = ["lindenhof", "bruecke"]
ALL = ["jobcenter", *WITHOUT]


def test_who_is_not_released_any_more_is_asked_no_more_and_the_others_keep_their_functions(cases: CasesService):
    case = planned(cases, until="2026-03-03")

    assert [night(cases, 1), night(cases, 1), night(cases, 2)] == [1, 0, 0]

    row = shown(cases, case)
    assert row["participants"] == [OURS, BRIDGE]
    assert (row["status"], row["held_on"], row["question"]) == ("planned", DAY, CONFERENCE["question"])
    journal = handlers.conferences(cases.desk)
    assert domain.fold(journal.history(row["id"])) == journal.get(row["id"])
    assert verify(cases.store, f"conferences/{row['id']}") is None
    assert "Sprachkurs" not in cases.kept()


def test_she_alone_is_told_once_at_her_mailbox_as_after_a_revocation(cases: CasesService):
    case = planned(cases, until="2026-03-03")
    night(cases, 1)
    (event,) = changes(cases, case)
    service = Service()

    for _ in range(2):
        service.hear(event)
    for queued in service.queued():
        service.send(queued)

    told = [service.messages.state(one.body) for one in service.store.query(Query("messages")).items]
    assert [(one.organisation, one.template) for one in told] == [("jobcenter", Template.TO_LOOK_AT)]
    for _, said, _ in service.provider.handed:
        assert not any(word in f"{said.subject}{said.body}" for word in (case, "Jobcenter", "Konferenz"))


@pytest.mark.parametrize("until", [DAY, "2026-03-20", None], ids=["that day", "longer", "without end"])
def test_whose_release_covers_the_day_takes_part(cases: CasesService, until: str | None):
    case = planned(cases, until=until)

    assert [night(cases, day) for day in (1, 2, 3)] == [0, 0, 0]
    assert asked(cases, case) == ALL


def test_who_had_the_case_before_it_went_to_others_needs_a_release_too(cases: CasesService):
    """Our own organisation needs none; it is not hers any more."""
    case = planned(cases)
    cases.change(CM, case, "POST", "consents", WHOLE)
    cases.change(LEAD, case, "POST", "transfer", {"organisation": "bruecke"})
    assert night(cases, 1) == 0
    cases.change(THERE, case, "POST", "transfer/answer", {"answer": "accepted"})

    assert night(cases, 1) == 1
    assert asked(cases, case) == ["jobcenter", "bruecke"]


def test_however_many_nights_were_missed_it_is_found(cases: CasesService):
    case = planned(cases, on="2027-04-08", until="2026-03-03")

    assert night(cases, 400) == 1
    assert asked(cases, case) == WITHOUT


@pytest.mark.parametrize(("day", "ends"), [(3, WITHOUT), (4, ALL)], ids=["today", "yesterday"])
def test_what_is_held_today_is_looked_at_and_what_is_over_stays_as_it_was(
    cases: CasesService, day: int, ends: list[str]
):
    case = planned(cases, until="2026-03-03")

    night(cases, day)

    assert asked(cases, case) == ends


@pytest.mark.parametrize("status", ["held", "cancelled"])
def test_nobody_is_taken_out_of_what_is_not_planned(cases: CasesService, status: str):
    case = planned(cases, until="2026-03-03")
    clock.move(NOON + timedelta(days=3))
    release(cases, case, DAY)
    assert patch(cases, f"/cases/{case}/conferences/{shown(cases, case)['id']}", status=status).status_code == 200
    for one in cases.desk.cases.get(case).consents:
        if one.recipient == "jobcenter" and one.revoked_at is None:
            cases.change(CM, case, "POST", f"consents/{one.id}/revocation", {})

    assert night(cases, 3) == 0
    assert asked(cases, case) == ALL


def test_a_release_that_was_renewed_meanwhile_keeps_her(cases: CasesService):
    case = planned(cases, until="2026-03-03")
    release(cases, case, DAY)

    assert night(cases, 2) == 0
    assert asked(cases, case) == ALL


def test_a_release_that_is_renewed_between_looking_and_ending_keeps_her(cases: CasesService):
    case = planned(cases, until="2026-03-03")
    with once_found(cases, "conferences", lambda: release(cases, case, None)):
        night(cases, 1)

    assert asked(cases, case) == ALL


def test_what_somebody_changes_at_that_moment_is_looked_at_again_and_the_night_goes_on(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch
):
    first, second = (planned(cases, until="2026-03-03") for _ in range(2))
    words_of = handlers.items.words_of

    def meanwhile(*said: Any, **more: Any) -> Any:
        monkeypatch.setattr(handlers.items, "words_of", words_of)
        ((seen, held, _),) = said[1]
        assert patch(cases, f"/cases/{seen.id}/conferences/{held.id}", participants=[BRIDGE, JOBCENTER]).is_json
        return words_of(*said, **more)

    monkeypatch.setattr(handlers.items, "words_of", meanwhile)

    assert night(cases, 1) == 2
    assert sorted([asked(cases, first), asked(cases, second)]) == [["bruecke"], WITHOUT]
    assert {tuple(one["function"] for one in shown(cases, case)["participants"]) for case in (first, second)} == {
        ("Sprachkurs",),
        (OURS["function"], "Sprachkurs"),
    }


def test_nothing_is_done_with_a_restricted_case_until_it_is_free_again(cases: CasesService):
    case = planned(cases, until="2026-03-03")
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": True, "reason": "Sie bestreitet es."})
    assert night(cases, 1) == 0
    assert asked(cases, case) == ALL
    cases.change(OFFICER, case, "POST", "restriction", {"restricted": False, "reason": "Es ist geklärt."})

    assert night(cases, 2) == 1
    assert asked(cases, case) == WITHOUT


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 5))
def test_killed_anywhere_the_next_run_takes_out_the_rest_and_each_of_them_once(
    cases: CasesService, number: int, when: str
):
    ended, goes_on = [planned(cases, until="2026-03-03") for _ in range(2)], planned(cases)
    with crashing_at(cases, number, when), pytest.raises(Crash):
        night(cases, 1)

    night(cases, 1)
    sweep(cases.store, cases.bus)

    told = [one.case for one in cases.bus.published if isinstance(one, ConferenceChanged)]
    assert {*told} == {*ended}
    assert [len(changes(cases, case)) for case in (*ended, goes_on)] == [1, 1, 0]
    assert [shown(cases, case)["participants"] for case in ended] == [[OURS, BRIDGE]] * 2


def test_what_lies_ahead_is_found_page_by_page_by_an_index_that_is_there(monkeypatch: pytest.MonkeyPatch):
    with a_cases_service(CountingStore(MemoryStore("cases"))) as cases:
        ended = [planned(cases, on=f"2026-03-0{day}", until="2026-03-03") for day in (4, 5, 6, 5, 4)]
        others = [planned(cases) for _ in range(2)]
        over = planned(cases, on="2026-03-03", until="2026-03-02")
        monkeypatch.setattr(handlers, "PAGE", 2)
        store: Any = cases.store
        clock.move(NOON + timedelta(days=2))
        before = store.queries

        assert night(cases, 2) == len(ended)

        assert store.queries - before == 4
        assert [asked(cases, case) for case in (*ended, *others, over)] == [WITHOUT] * 5 + [ALL] * 3


def test_the_day_is_that_of_the_city(cases: CasesService):
    """Before midnight in Cologne the conference is today's, whatever day it is elsewhere."""

    def found(at: datetime) -> int:
        clock.move(NOON)
        planned(cases, until="2026-03-03")
        return handlers.lapse(desk=cases.desk, at=at, by="cases_referrals")["uninvited"]

    assert around_midnight(found, date(2026, 3, 5)) == [1, 0]
