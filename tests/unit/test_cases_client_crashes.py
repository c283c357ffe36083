"""A process dies while the client changes: whoever reads sees her before or after, and asking again does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.client import handlers
from services.cases.domain.history import fold
from shared.codes import AgeBand
from shared.events import ClientChanged
from shared.people import People, Person
from shared.store.journal import Journal
from shared.store.outbox import sweep
from tests.cases import CasesService, a_cases_service
from tests.crashes import Crash, crashing, crashing_at

CM = "lindenhof-1"


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


def patch(cases: CasesService, case: str, body: Any) -> Any:
    return cases.call(CM, "PATCH", f"/cases/{case}/client", body, If_Match=f'"{cases.version(case)}"')


def client(cases: CasesService, case: str) -> dict[str, Any]:
    return dict(cases.get(CM, f"/cases/{case}")["client"])


def found(cases: CasesService, name: str) -> list[str]:
    return [row["id"] for row in cases.get(CM, f"/cases?q={name}")["items"]]


def person(cases: CasesService, case: str) -> Person:
    held = cases.desk.client(cases.desk.cases.get(case))
    assert held is not None
    return held


def codes(cases: CasesService, case: str) -> dict[str, Any]:
    held = cases.desk.cases.get(case)
    return {"language": held.language, "single_parent": held.single_parent, "city_quarter": held.city_quarter}


def test_a_crash_before_the_case_is_written_changes_nothing_and_asking_again_does_it(cases: CasesService):
    case = cases.assigned()
    before = cases.get(CM, f"/cases/{case}")
    with crashing((Journal, "change")), pytest.raises(Crash):
        patch(cases, case, {"phone": "0221 221 0000", "language": "tr"})
    assert cases.get(CM, f"/cases/{case}") == before

    assert patch(cases, case, {"email": "new@example.org"}).status_code == 200

    after = cases.get(CM, f"/cases/{case}")
    assert after["client"] == {**before["client"], "email": "new@example.org"}
    assert after["language"] == before["language"]


def test_a_crash_after_the_case_is_written_shows_what_is_new_and_the_event_settles_it(cases: CasesService):
    case = cases.assigned()
    with crashing((People, "settle")), pytest.raises(Crash):
        patch(cases, case, {"phone": "0221 221 0000", "family_name": "Quellwasserov"})
    held = cases.desk.cases.get(case)
    assert cases.desk.people.find(held.person) != person(cases, case)
    assert client(cases, case)["phone"] == "+492212210000"
    assert found(cases, "Quellwasserov") == [case]

    sweep(cases.store, cases.bus)
    (event,) = [one for one in cases.bus.published if isinstance(one, ClientChanged)]
    assert handlers.settle(event, desk=cases.desk)
    assert not handlers.settle(event, desk=cases.desk)

    assert cases.desk.people.find(held.person) == person(cases, case)


NEW = {"family_name": "Quellwasserov", "phone": "+4917139200002", "language": "tr", "city_quarter": 907}
COMMITS = 4
"""Of one change, in both databases: the amendment, the case with its event, the mark on it, the settling."""


def seen(cases: CasesService, case: str) -> dict[str, Any]:
    """All that a reader finds of the client, by whatever way."""
    file = cases.get(CM, f"/cases/{case}")
    names = [row["client"]["family_name"] for row in cases.get(CM, "/cases")["items"]]
    ways = {name: found(cases, name) for name in ("Beispiel", "Quellwasserov")}
    return {**file["client"], **codes(cases, case), "district": file["city_district"], "names": names, **ways}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, COMMITS + 1))
def test_whoever_reads_after_a_crash_sees_before_or_after_and_asking_again_does_it(
    cases: CasesService, number: int, when: str
):
    case = cases.assigned()
    before = seen(cases, case)
    with crashing_at(cases, number, when), suppress(Crash):
        patch(cases, case, NEW)
    after_crash = seen(cases, case)

    assert patch(cases, case, NEW).status_code == 200

    after = seen(cases, case)
    assert after == {
        **before,
        **NEW,
        "district": 9,
        "names": ["Quellwasserov"],
        "Beispiel": [],
        "Quellwasserov": [case],
    }
    assert after_crash in (before, after)
    sweep(cases.store, cases.bus)
    (event,) = {one.id: one for one in cases.bus.published if isinstance(one, ClientChanged)}.values()
    handlers.settle(event, desk=cases.desk)
    state = cases.desk.cases.get(case)
    assert cases.desk.people.find(state.person) == person(cases, case)


def test_a_change_is_as_many_commits_as_are_crashed(cases: CasesService):
    case = cases.assigned()
    with crashing_at(cases, COMMITS + 1, "before"):
        assert patch(cases, case, NEW).status_code == 200
    with crashing_at(cases, COMMITS, "after"), pytest.raises(Crash):
        patch(cases, case, {"phone": "+4917139200003"})


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "given_name": st.sampled_from(["Amina", "Ayşe", "Яна"]),
        "phone": st.sampled_from(["+4917139200001", "+4917139200002"]),
        "email": st.sampled_from([None, "a@example.org"]),
        "date_of_birth": st.sampled_from(["1990-01-01", "2010-01-01"]),
        "language": st.sampled_from(["de", "tr"]),
        "single_parent": st.booleans(),
        "city_quarter": st.sampled_from([None, 101, 907]),
    },
).filter(bool)


CRASHES: dict[str, Any] = {"before": (Journal, "change"), "after": (People, "settle")}


@settings(max_examples=40)
@given(st.lists(st.tuples(CHANGES, st.sampled_from(["never", *CRASHES])), min_size=1, max_size=6))
def test_wherever_it_crashes_person_tokens_and_codes_are_those_of_one_moment(steps: list[tuple[dict[str, Any], str]]):
    with a_cases_service() as service:
        case = service.assigned(person={"email": None})
        expected = {**client(service, case), **codes(service, case)}
        for said, crash in steps:
            changes = any(expected[name] != value for name, value in said.items())
            with crashing(CRASHES.get(crash)), suppress(Crash):
                assert patch(service, case, said).status_code == 200
            expected |= {} if crash == "before" and changes else said
            assert {**client(service, case), **codes(service, case)} == expected
        state, held = service.desk.cases.get(case), person(service, case)
        assert tokens(service, case) == set(service.desk.people.tokens(held, state.reference))
        assert state.age_band is AgeBand.on(state.opened_on, held.date_of_birth)
        assert fold(service.desk.cases.history(case)) == state


def tokens(cases: CasesService, case: str) -> set[str]:
    body = cases.store.get(f"cases/{case}")
    assert body is not None
    return set(body["tokens"])
