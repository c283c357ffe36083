"""The audit finds looks that were not allowed when they happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.cases.audit import handlers
from shared import clock
from shared.codes import Phase
from shared.events import MessagesLookedAt
from shared.policy import Action
from shared.store import Delete, Store
from shared.store.catalogue import DATABASES
from shared.store.chains import logs
from tests.builders import NOON
from tests.cases import BREAK_GLASS, RELEASE, CasesService, a_cases_service
from tests.rights import restrict

LATER = NOON + timedelta(hours=14)


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def run(cases: CasesService, hours: int = 14) -> dict[str, int]:
    return handlers.run(cases.store, cases.bus, at=NOON + timedelta(hours=hours))


def broken(store: Store) -> set[tuple[str, int | None]]:
    return {(log.path, log.broken) for log in logs(DATABASES["cases"], store) if log.broken is not None}


def newest(cases: CasesService) -> dict[str, Any]:
    report: dict[str, Any] = cases.get("datenschutz", "/cases/audit")["items"][0]
    return report


def look(cases: CasesService, by: str, case: str, why: str, action: Action = Action.CASE_READ) -> None:
    cases.desk.looks.record(_actor(by), action, [case], why=why, at=clock.now())


def _actor(id: str) -> Any:
    from shared.identity import Actor

    return Actor(id=id, roles=frozenset())


def test_what_staff_ordinarily_look_at_deviates_nowhere(cases: CasesService):
    case = cases.case_in(Phase.LINKING)
    for who, path in (
        ("lindenhof-1", f"/cases/{case}"),
        ("lindenhof-leitung", f"/cases/{case}/accesses"),
        ("koordination", "/cases"),
        ("datenschutz", f"/cases/{case}/subject-access"),
    ):
        cases.get(who, path)
    assert cases.call("bruecke-1", "GET", f"/cases/{case}").status_code == 404

    assert run(cases)["deviations"] == 0
    assert newest(cases)["looks"] >= 5


@pytest.mark.parametrize(
    ("by", "why", "action", "said"),
    [
        ("lindenhof-2", "assigned", Action.CASE_READ, "reason_did_not_hold"),
        ("bruecke-leitung", "organisation", Action.CASE_READ, "reason_did_not_hold"),
        ("lindenhof-1", "any", Action.CASE_READ, "reason_did_not_hold"),
        ("partner-jobcenter", "consent-99", Action.CASE_READ, "reason_did_not_hold"),
        ("lindenhof-1", "because", Action.CASE_READ, "reason_did_not_hold"),
        ("nobody", "organisation", Action.CASE_READ, "unknown_actor"),
    ],
)
def test_a_look_that_was_not_allowed_deviates(cases: CasesService, by: str, why: str, action: Action, said: str):
    case = cases.assigned()
    look(cases, by, case, why, action)

    assert run(cases)["deviations"] == 1
    (found,) = newest(cases)["deviations"]
    assert (found["by"], found["case"], found["why"]) == (by, case, said)


def test_a_look_at_a_case_that_never_was_deviates(cases: CasesService):
    look(cases, "lindenhof-1", "case-0", "assigned")

    run(cases)
    assert newest(cases)["deviations"][0]["why"] == "no_such_case"


def test_what_counts_is_who_was_assigned_at_that_moment(cases: CasesService):
    case = cases.assigned()
    clock.move(NOON + timedelta(hours=1))
    look(cases, "lindenhof-1", case, "assigned")
    clock.move(NOON + timedelta(hours=2))
    cases.change("lindenhof-leitung", case, "POST", "assignment", {"case_manager": "lindenhof-2"})
    clock.move(NOON + timedelta(hours=3))
    look(cases, "lindenhof-1", case, "assigned")
    look(cases, "lindenhof-2", case, "assigned")

    run(cases)

    assert [(one["by"], one["at"][11:13]) for one in newest(cases)["deviations"]] == [("lindenhof-1", "14")]


def test_a_look_that_meets_a_change_is_given_the_benefit_of_a_minute(cases: CasesService):
    case = cases.assigned()
    clock.move(NOON + timedelta(hours=2))
    cases.change("lindenhof-leitung", case, "POST", "assignment", {"case_manager": "lindenhof-2"})
    clock.move(NOON + timedelta(hours=2, seconds=20))
    look(cases, "lindenhof-1", case, "assigned")

    assert run(cases)["deviations"] == 0


def test_a_consent_allows_its_recipient_while_it_is_in_force(cases: CasesService):
    case = cases.assigned()
    given = cases.call("lindenhof-1", "POST", f"/cases/{case}/consents", RELEASE).json["id"]
    clock.move(NOON + timedelta(hours=1))
    look(cases, "partner-jobcenter", case, given)
    look(cases, "partner-jobcenter", case, "recipient")
    look(cases, "partner-auslaenderbehoerde", case, given)
    cases.call("lindenhof-1", "POST", f"/cases/{case}/consents/{given}/revocation", {})
    clock.move(NOON + timedelta(hours=2))
    look(cases, "partner-jobcenter", case, given)

    run(cases)

    found = [(one["by"], one["at"][11:13]) for one in newest(cases)["deviations"]]
    assert found == [("partner-auslaenderbehoerde", "12"), ("partner-jobcenter", "13")]


def test_a_release_allows_nothing_while_processing_is_restricted(cases: CasesService):
    case = cases.assigned()
    given = cases.call("lindenhof-1", "POST", f"/cases/{case}/consents", RELEASE).json["id"]
    for hour, restricted in ((1, True), (4, False)):
        clock.move(NOON + timedelta(hours=hour))
        assert restrict(cases, case, restricted=restricted) == 200
        clock.move(NOON + timedelta(hours=hour + 1))
        look(cases, "partner-jobcenter", case, given)
        look(cases, "partner-jobcenter", case, "recipient")
        look(cases, "lindenhof-1", case, "assigned")

    run(cases)

    found = [(one["by"], one["reason"], one["at"][11:13]) for one in newest(cases)["deviations"]]
    assert found == [("partner-jobcenter", given, "13"), ("partner-jobcenter", "recipient", "13")]


def a_look_at_messages(case: str, by: str, why: str, at: datetime = NOON) -> MessagesLookedAt:
    said = {"cases": [case], "action": "notifications.read", "reason": why, "by": by, "at": at}
    return MessagesLookedAt.model_validate({"subject": "looks-ab12", "version": 4, **said})


def test_a_look_at_messages_is_on_the_same_record_once_and_holds_as_a_chain(cases: CasesService):
    case = cases.assigned()
    look = a_look_at_messages(case, "lindenhof-1", "assigned")
    for _ in range(3):
        cases.desk.looks.hear(look, at=clock.now())

    shown = [one for one in cases.get("datenschutz", f"/cases/{case}/accesses")["items"] if one["by"] == "lindenhof-1"]
    assert [(one["action"], one["reason"], one["at"]) for one in shown] == [
        ("notifications.read", "assigned", "2026-03-02T11:00:00.000000+00:00")
    ]
    assert broken(cases.store) == set()
    cases.store.commit([Delete(f"looks/heard-{look.id}/events/1")])
    assert broken(cases.store) == {(f"looks/heard-{look.id}", 1)}


@pytest.mark.parametrize(
    ("by", "why", "deviations"),
    [
        ("lindenhof-1", "assigned", 0),
        ("lindenhof-leitung", "organisation", 0),
        ("lindenhof-2", "refused", 0),
        ("lindenhof-2", "assigned", 1),
        ("koordination", "any", 1),
    ],
)
def test_a_look_at_messages_is_held_against_who_was_in_charge(cases: CasesService, by: str, why: str, deviations: int):
    cases.desk.looks.hear(a_look_at_messages(cases.assigned(), by, why), at=clock.now())

    assert run(cases)["deviations"] == deviations


def test_a_broken_glass_allows_her_who_broke_it_to_read_this_case_until_her_time_is_over(cases: CasesService):
    case, other = cases.assigned(), cases.assigned()
    clock.move(NOON + timedelta(hours=1))
    given = cases.call("bruecke-1", "POST", f"/cases/{case}/break-glass", BREAK_GLASS).json["id"]
    cases.get("bruecke-1", f"/cases/{case}")
    look(cases, "bruecke-2", case, given)
    look(cases, "bruecke-1", other, given)
    look(cases, "bruecke-1", case, given, Action.CASE_HISTORY)
    look(cases, "bruecke-1", case, "break-glass-0")
    clock.move(NOON + timedelta(minutes=50))
    look(cases, "bruecke-1", case, given)
    clock.move(NOON + timedelta(hours=2, minutes=1))
    look(cases, "bruecke-1", case, given)

    run(cases)

    found = [(one["by"], one["case"], one["action"], one["at"][11:16]) for one in newest(cases)["deviations"]]
    assert [(by, of == case, action.removeprefix("cases."), at) for by, of, action, at in found] == [
        ("bruecke-1", True, "read", "11:50"),
        ("bruecke-2", True, "read", "12:00"),
        ("bruecke-1", False, "read", "12:00"),
        ("bruecke-1", True, "history", "12:00"),
        ("bruecke-1", True, "read", "12:00"),
        ("bruecke-1", True, "read", "13:01"),
    ]


def test_each_night_checks_the_looks_of_the_days_since_the_last(cases: CasesService):
    case = cases.assigned()
    look(cases, "lindenhof-2", case, "assigned")

    assert [run(cases, hours)["looks"] for hours in (1, 14, 15, 38)] == [0, 1, 0, 0]


@pytest.mark.parametrize("days", [0, 1, 200])
def test_however_late_a_look_is_heard_it_is_checked_in_the_next_night_against_who_was_in_charge_then(
    cases: CasesService, days: int
):
    """A dead letter that was replayed: somebody else has the case by now."""
    case = cases.assigned()
    clock.move(NOON + timedelta(hours=10))
    cases.change("lindenhof-leitung", case, "POST", "assignment", {"case_manager": "lindenhof-2"})
    run(cases)
    clock.move(NOON + timedelta(hours=15, days=days))
    for by in ("lindenhof-1", "lindenhof-2"):
        look = a_look_at_messages(case, by, "assigned", NOON + timedelta(hours=9))
        cases.desk.looks.hear(look.model_copy(update={"subject": f"looks-{by}"}), at=clock.now())

    clock.move(NOON + timedelta(hours=38 + 24 * days))
    assert run(cases, 38 + 24 * days)["deviations"] == 1
    (found,) = newest(cases)["deviations"]
    assert (found["by"], found["at"][11:13]) == ("lindenhof-2", "20")
    assert broken(cases.store) == set()
    after = run(cases, 62 + 24 * days)
    assert (after["broken"], after["deviations"]) == (0, 0)
