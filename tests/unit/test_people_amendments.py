"""Changes of a person in the vault: they wait, count once her case names them, and are lost with her key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import MasterKeys
from shared.people import People
from shared.store.catalogue import DATABASES
from shared.store.traces import search
from tests.builders import NOON, a_person
from tests.fakes import CountingStore, MemoryStore

ID, CASE, MOVED = "person-a1", "case-a1", {"phone": "+4917139200002", "postcode": "50667"}


def a_vault(store: Any = None) -> People:
    people = People(store or MemoryStore("people"), MasterKeys("1", {"1": b"k" * 32}, b"s" * 32))
    people.keep(ID, a_person(), subject=CASE, at=NOON)
    return people


def amend(people: People, name: str, said: dict[str, Any], *, after: str | None = None, days: int = 0) -> bool:
    return people.amend(ID, name, said, subject=CASE, after=after, at=NOON + timedelta(days=days))


def waiting(store: MemoryStore) -> list[str]:
    body = store.get(f"persons/{ID}")
    assert body is not None
    return list(body["amendments"])


def test_an_amendment_counts_for_whoever_names_it_and_for_nobody_else():
    people = a_vault()

    assert amend(people, "amendment-1", MOVED)

    assert people.find(ID) == people.find(ID, "amendment-2") == a_person()
    assert people.find(ID, "amendment-1") == a_person(**MOVED)
    assert people.find_many([ID], {ID: "amendment-1"}) == {ID: a_person(**MOVED)}


def test_what_is_settled_counts_for_everybody():
    store = MemoryStore("people")
    people = a_vault(store)
    amend(people, "amendment-1", MOVED)

    assert people.settle(ID, "amendment-1")

    assert people.find(ID) == people.find(ID, "amendment-1") == a_person(**MOVED)
    assert waiting(store) == []


def test_settling_again_or_what_is_not_there_changes_nothing():
    people = a_vault()
    amend(people, "amendment-1", MOVED)
    people.settle(ID, "amendment-1")

    assert not people.settle(ID, "amendment-1")
    assert not people.settle(ID, "amendment-0")
    assert not people.settle(ID, None)
    assert not people.settle("person-nobody", "amendment-1")
    assert people.find(ID) == a_person(**MOVED)


def test_an_amendment_settles_the_one_before_it_that_counts():
    people = a_vault()
    amend(people, "amendment-1", MOVED)
    amend(people, "amendment-2", {"phone": None}, after="amendment-1")

    assert people.find(ID) == a_person(**MOVED)
    assert people.find(ID, "amendment-2") == a_person(**{**MOVED, "phone": None})


@given(st.lists(st.tuples(st.sampled_from(["phone", "email", "postcode"]), st.booleans(), st.booleans()), max_size=8))
def test_what_counts_is_there_whatever_was_left_behind(steps: list[tuple[str, bool, bool]]):
    """Each change is broken off before its case names it, or after, or is settled."""
    people, expected, named = a_vault(), a_person(), None
    for number, (field, counts, settles) in enumerate(steps):
        said = {field: f"value-{number}"}
        amend(people, f"amendment-{number}", said, after=named)
        if counts:
            named, expected = f"amendment-{number}", expected.model_copy(update=said)
        if counts and settles:
            people.settle(ID, named)

        assert people.find(ID, named) == expected


@pytest.mark.parametrize(("days", "left"), [(0, ["amendment-1", "amendment-2"]), (1, ["amendment-2"])])
def test_what_no_case_ever_named_is_dropped_after_a_day(days: int, left: list[str]):
    store = MemoryStore("people")
    people = a_vault(store)
    amend(people, "amendment-1", MOVED)

    amend(people, "amendment-2", {"email": None}, days=days)

    assert waiting(store) == left


def test_an_amendment_lies_sealed_and_is_lost_with_the_key():
    store = MemoryStore("people")
    people = a_vault(store)
    amend(people, "amendment-1", MOVED)

    assert search(DATABASES["people"], store, ["4917139200002", "50667"]).found == ()
    people.erase(ID, at=NOON)

    assert people.find(ID, "amendment-1") is None
    assert waiting(store) == []
    assert not people.settle(ID, "amendment-1")
    assert not amend(people, "amendment-2", MOVED)


def test_finding_her_stays_one_read():
    store = CountingStore(MemoryStore("people"))
    people = a_vault(store)
    amend(people, "amendment-1", MOVED)
    before = store.reads

    people.find(ID, "amendment-1")

    assert store.reads == before + 1
