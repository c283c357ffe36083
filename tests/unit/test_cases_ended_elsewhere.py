"""What ends without the other side is told there: once, at the mailbox of who had been sent it, and of nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from services.cases import closing, handing_on, revoking
from services.cases.conferences import domain as conference
from services.cases.conferences import handlers as conferences
from services.cases.domain.history import fold
from services.notifications.domain.message import Template
from shared import clock, events
from shared.codes import Phase
from shared.errors import Stale
from shared.events import EndsTransfer, Event
from shared.store import Query
from tests.cases import CONFERENCE, RELEASE, WHOLE, CasesService, a_cases_service
from tests.conferences import confer, consented, patch, shown
from tests.merging import merge
from tests.referrals import CM, LEAD, OFFICE, PARTNER, incoming, refer, release
from tests.unit.test_notifications_handlers import Service

CITY, OFFICER = "koordination", "datenschutz"
OURS, JOBCENTER = CONFERENCE["participants"]


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def hear(cases: CasesService, begins: int) -> list[Event]:
    """What happened since, with all that follows from it in cases."""
    heard = begins
    while heard < len(cases.bus.published):
        event = cases.bus.published[heard]
        heard += 1
        match event:
            case events.CaseClosed() | events.CaseCleared() | events.CaseErased() | events.CaseMerged():
                closing.settle(event.case, desk=cases.desk, at=clock.now(), by=event.id)
            case events.ConsentRevoked():
                revoking.settle(event.case, desk=cases.desk, at=clock.now(), by=event.id)
            case events.TransferAnswered():
                handing_on.settle(event.case, desk=cases.desk, at=clock.now(), by=event.id)
    return list(cases.bus.published[begins:])


def told(happened: list[Event]) -> list[str | None]:
    """Which organisations are told to look, whatever is heard first and however often."""
    twice = [*happened, *happened]
    Random(7).shuffle(twice)
    service = Service()
    for event in twice:
        service.hear(event)
    for queued in service.queued():
        service.send(queued)
    for _, said, _ in service.provider.handed:
        assert not any(
            word in f"{said.subject}{said.body}" for word in ("case-", "referral", "Jobcenter", "widerrufen")
        )
    found = [service.messages.state(one.body) for one in service.store.query(Query("messages")).items]
    return sorted(one.organisation or "" for one in found if one.template is Template.TO_LOOK_AT)


def change(cases: CasesService, case: str, path: str, body: Any, who: str = CM) -> None:
    cases.change(who, case, "POST", path, body)


def close(cases: CasesService, case: str) -> None:
    outcomes = {goal.id: "achieved" for goal in cases.desk.cases.get(case).goals}
    change(cases, case, "closure", {"reason": "moved_away", "ended_by": "client", "outcomes": outcomes})


def erase(cases: CasesService, case: str) -> None:
    said = {"reason": "consent_withdrawn"}
    assert cases.call(OFFICER, "POST", f"/cases/{case}/erasure", said).status_code in (200, 202)


def revoke(cases: CasesService, case: str, recipient: str = "bruecke") -> None:
    for one in cases.desk.cases.get(case).consents:
        if one.recipient == recipient and one.revoked_at is None:
            change(cases, case, f"consents/{one.id}/revocation", {})


def absorb(cases: CasesService, case: str) -> None:
    assert merge(cases, case, cases.assigned()).status_code == 200


ENDS: dict[str, tuple[Phase, Callable[[CasesService, str], None]]] = {
    "closed": (Phase.LINKING, close),
    "cleared": (Phase.CLEARING, lambda cases, case: change(cases, case, "clearing", {"result": "signposted"})),
    "merged": (Phase.LINKING, absorb),
    "erased": (Phase.LINKING, erase),
    "its release taken back": (Phase.LINKING, revoke),
}


@pytest.mark.parametrize(("phase", "end"), ENDS.values(), ids=ENDS)
def test_who_was_asked_to_take_a_case_over_is_told_that_it_need_not_any_more(
    cases: CasesService, phase: Phase, end: Callable[[CasesService, str], None]
):
    case = cases.case_in(phase)
    change(cases, case, "consents", WHOLE)
    change(cases, case, "transfer", {"organisation": "bruecke"}, LEAD)
    begins = len(cases.bus.published)

    end(cases, case)

    assert told(hear(cases, begins)) == ["bruecke"]
    state = cases.desk.cases.get(case)
    assert state.offered_to is None
    assert fold(cases.desk.cases.history(case)) == state


def test_who_was_asked_is_told_when_the_inquiry_is_handed_to_somebody_else(cases: CasesService):
    case = cases.inquiry()
    change(cases, case, "allocation", {"organisation": "lindenhof"}, CITY)
    change(cases, case, "consents", WHOLE, LEAD)
    change(cases, case, "transfer", {"organisation": "bruecke"}, LEAD)
    begins = len(cases.bus.published)

    change(cases, case, "allocation", {"organisation": "kompass"}, CITY)

    assert told(hear(cases, begins)) == ["bruecke", "lindenhof"], "and kompass of its inquiry, by its own message"


def test_whoever_loses_an_inquiry_before_anybody_took_charge_is_told_once(cases: CasesService):
    case = cases.inquiry()
    for to in ("lindenhof", "kompass", "bruecke"):
        change(cases, case, "allocation", {"organisation": to}, CITY)

    assert told(hear(cases, 0)) == ["kompass", "lindenhof"]


def test_an_inquiry_that_is_allocated_to_the_same_again_is_lost_by_nobody(cases: CasesService):
    case = cases.inquiry()
    for _ in range(2):
        change(cases, case, "allocation", {"organisation": "lindenhof"}, CITY)

    assert told(hear(cases, 0)) == []


@pytest.mark.parametrize("end", [close, lambda cases, case: revoke(cases, case, "jobcenter")], ids=["end", "other"])
def test_where_nothing_was_offered_nobody_is_told_of_its_end(cases: CasesService, end: Any):
    case = cases.case_in(Phase.LINKING)
    change(cases, case, "consents", WHOLE)
    change(cases, case, "consents", RELEASE)
    begins = len(cases.bus.published)

    end(cases, case)

    assert told(hear(cases, begins)) == []


def test_every_event_that_ends_an_offer_can_say_whose_it_was():
    ends = {kind.__name__ for kind in events.CATALOGUE.values() if issubclass(kind, EndsTransfer)}

    assert ends == {"CaseAllocated", "CaseCleared", "CaseClosed", "CaseErased", "CaseMerged"} | {
        "ConsentRevoked",
        "TransferAnswered",
        "TransferLapsed",
    }


def test_a_referral_under_which_she_has_started_ends_with_her_data_and_not_with_the_case(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    release(cases, case)
    path = refer(cases, case, status="sent")
    cases.call(PARTNER, "PATCH", path, {"status": "started"}, If_Match='"1"')
    begins = len(cases.bus.published)
    close(cases, case)
    assert told(hear(cases, begins)) == []
    begins = len(cases.bus.published)

    erase(cases, case)

    assert told(hear(cases, begins)) == ["jobcenter"]


@pytest.mark.parametrize("end", [close, erase, lambda cases, case: revoke(cases, case, "jobcenter")])
def test_who_was_told_finds_which_referral_ended_and_nothing_more(cases: CasesService, end: Any):
    case = cases.case_in(Phase.LINKING, person={"given_name": "Amina"})
    release(cases, case)
    path = refer(cases, case, status="sent", note="Hinweismarke")
    refer(cases, case, note="Nie gesendet")
    begins = len(cases.bus.published)

    end(cases, case)

    assert told(hear(cases, begins)) == ["jobcenter"]
    (row,) = incoming(cases, query="?status=dropped")
    assert row.keys() == {"id", "version", "recipient", "offer", "status", "sent_at"}
    assert (row["id"], row["status"]) == (path.rsplit("/", 1)[1], "dropped")
    assert case not in str(row)
    assert incoming(cases) == []
    assert cases.call(PARTNER, "GET", path).status_code == 404


def test_the_immigration_office_is_told_of_nothing_by_itself_and_has_no_list_of_what_ended(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    release(cases, case, "auslaenderbehoerde")
    refer(cases, case, recipient="auslaenderbehoerde", status="sent")

    close(cases, case)

    assert told(hear(cases, 0)) == []
    assert cases.call(OFFICE, "GET", "/cases/referrals/incoming?status=dropped").status_code == 403


def planned(cases: CasesService, *participants: Any) -> tuple[str, str]:
    """A case, and a conference about it to which these were asked beside us."""
    case = consented(cases, "jobcenter", "bruecke")
    recorded = confer(cases, case, participants=[OURS, *participants], agreements=[])
    return case, str(recorded.headers["Location"])


BRIDGE = {"organisation": "bruecke", "function": "Sprachkurs"}
SAID: dict[str, tuple[dict[str, Any], list[str]]] = {
    "moved": ({"held_on": "2026-03-06"}, ["bruecke", "jobcenter"]),
    "called off": ({"status": "cancelled"}, ["bruecke", "jobcenter"]),
    "without one of them": ({"participants": [OURS, JOBCENTER]}, ["bruecke"]),
    "as it was": ({"participants": [JOBCENTER, BRIDGE, OURS]}, []),
}


@pytest.mark.parametrize(("said", "whom"), SAID.values(), ids=SAID)
def test_whoever_is_asked_to_a_conference_is_told_what_changes_for_her(cases: CasesService, said: Any, whom: list[str]):
    _, path = planned(cases, BRIDGE, JOBCENTER)
    assert told(hear(cases, 0)) == ["bruecke", "jobcenter"]
    begins = len(cases.bus.published)

    assert patch(cases, path, **said).status_code == 200

    assert told(hear(cases, begins)) == whom


@pytest.mark.parametrize("end", [close, erase, absorb], ids=["closed", "erased", "merged"])
def test_whoever_was_asked_to_a_conference_is_told_that_it_ended_with_the_case(cases: CasesService, end: Any):
    case, _ = planned(cases, JOBCENTER)
    begins = len(cases.bus.published)

    end(cases, case)

    assert told(hear(cases, begins)) == ["jobcenter"]


def test_of_what_was_held_nobody_is_told(cases: CasesService):
    case = consented(cases, "jobcenter")

    confer(cases, case, held_on="2026-03-01")

    assert told(hear(cases, 0)) == []


def test_whose_release_is_taken_back_is_told_and_takes_no_part_any_more(cases: CasesService):
    case, _ = planned(cases, JOBCENTER, BRIDGE)
    begins = len(cases.bus.published)

    revoke(cases, case, "jobcenter")

    assert told(hear(cases, begins)) == ["jobcenter"]
    assert shown(cases, case)["participants"] == [OURS, BRIDGE]
    assert told(hear(cases, begins)) == ["jobcenter"], "a repeat finds it done"
    journal = conferences.conferences(cases.desk)
    held = journal.get(shown(cases, case)["id"])
    assert conference.fold(journal.history(held.id)) == held
    assert "Sprachkurs" not in cases.kept()


@pytest.mark.parametrize(("days", "asked"), [(0, [OURS]), (1, [OURS, JOBCENTER])], ids=["on its day", "after it"])
def test_a_day_that_is_over_stays_as_it_was_written(cases: CasesService, days: int, asked: list[Any]):
    case, _ = planned(cases, JOBCENTER)
    day = datetime.fromisoformat(f"{shown(cases, case)['held_on']}T12:00:00+01:00")
    clock.move(day + timedelta(days=days))
    begins = len(cases.bus.published)

    revoke(cases, case, "jobcenter")

    assert told(hear(cases, begins)) == ["jobcenter"] * (1 - days)
    assert shown(cases, case)["participants"] == asked


def test_a_conference_that_somebody_changes_at_that_moment_is_looked_at_again(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch
):
    case, path = planned(cases, JOBCENTER, BRIDGE)
    revoke(cases, case, "jobcenter")
    words_of = conferences.items.words_of

    def meanwhile(*said: Any, **more: Any) -> Any:
        monkeypatch.setattr(conferences.items, "words_of", words_of)
        assert patch(cases, path, participants=[OURS, JOBCENTER]).status_code == 200
        return words_of(*said, **more)

    monkeypatch.setattr(conferences.items, "words_of", meanwhile)
    with pytest.raises(Stale):
        conferences.uninvite(case, desk=cases.desk, at=clock.now(), by="x")

    assert conferences.uninvite(case, desk=cases.desk, at=clock.now(), by="x") == 1
    assert shown(cases, case)["participants"] == [OURS]


def test_who_was_released_no_more_just_as_the_conference_was_recorded_is_not_asked(
    cases: CasesService, monkeypatch: pytest.MonkeyPatch
):
    case, add = consented(cases, "jobcenter"), conferences.items.add

    def meanwhile(*said: Any, **more: Any) -> Any:
        answer = add(*said, **more)
        revoke(cases, case, "jobcenter")
        return answer

    monkeypatch.setattr(conferences.items, "add", meanwhile)
    confer(cases, case, participants=[OURS, JOBCENTER], agreements=[])

    assert shown(cases, case)["participants"] == [OURS]
