"""The vault: persons and sealed texts, and nothing of them in clear."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.store import Put, Query
from tests.builders import NOON, a_person
from tests.fakes import CountingStore, MemoryStore
from tests.vault import ID, KEYS, a_vault, stored, with_amina


def test_a_person_is_found_as_she_was_kept():
    store = CountingStore(MemoryStore("people"))
    people = with_amina(store)

    assert people.find(ID) == a_person()
    assert (store.writes, store.reads, store.queries) == (1, 1, 0)


def test_keeping_again_changes_nothing():
    people = with_amina(MemoryStore("people"))
    people.keep(ID, a_person(given_name="Other"), subject="submission-b2", at=NOON)

    assert people.find(ID) == a_person()


def test_who_was_never_kept_is_not_found():
    people = a_vault()

    assert people.find("person-none") is None
    assert people.seal("person-none", "a text") is None
    assert people.unseal([("person-none", "a text")]) == [None]
    people.erase("person-none", at=NOON)


def test_many_persons_are_found_at_once():
    store = CountingStore(MemoryStore("people"))
    people = a_vault(store)
    ids = [f"person-{number}" for number in range(65)]
    for id in ids:
        people.keep(id, a_person(given_name=id), subject="submission-1", at=NOON)
    people.erase("person-7", at=NOON)
    queries = store.queries

    found = people.find_many([*ids, "person-none", ids[0]])

    assert set(found) == set(ids) - {"person-7"}
    assert all(person.given_name == id for id, person in found.items())
    assert store.queries - queries == 1


def test_no_persons_are_asked_for_with_no_query():
    assert a_vault().find_many([]) == {}


def test_nothing_of_a_person_lies_in_clear():
    store = MemoryStore("people")
    with_amina(store)
    held = str(stored(store))

    for value in a_person().model_dump(exclude={"children"}, exclude_none=True).values():
        assert str(value) not in held


def test_a_person_shows_nothing_of_herself():
    person = a_person()

    for shown in (repr(person), str(person), f"{person}", f"{person!r}", repr([person])):
        assert person.given_name not in shown
        assert str(person.phone) not in shown


def test_a_person_that_cannot_be_read_shows_nothing_of_herself():
    with pytest.raises(ValueError, match="date_of_birth") as failure:
        a_person(date_of_birth="Geheimnis")

    assert "Geheimnis" not in str(failure.value)


@given(st.text(max_size=200))
def test_a_text_is_unsealed_as_it_was_sealed(text: str):
    people = with_amina(MemoryStore("people"))
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        return
    sealed = people.seal(ID, text)

    assert sealed is not None
    assert people.unseal([(ID, sealed)]) == [text]


def test_texts_are_unsealed_with_one_read():
    store = CountingStore(MemoryStore("people"))
    people = with_amina(store)
    sealed = [people.seal(ID, text) or "" for text in "abc"]
    reads = store.reads

    assert people.unseal([(ID, one) for one in sealed]) == ["a", "b", "c"]
    assert store.reads - reads == 1


def test_the_same_text_is_never_sealed_the_same_way():
    people = with_amina(MemoryStore("people"))
    people.keep("person-b2", a_person(), subject="submission-b2", at=NOON)

    assert len({people.seal(id, "a text") for id in (ID, ID, "person-b2")}) == 3


def test_each_person_has_a_key_of_her_own():
    store = MemoryStore("people")
    people = with_amina(store)
    people.keep("person-b2", a_person(), subject="submission-b2", at=NOON)
    sealed = people.seal(ID, "a text")
    one, other = stored(store), stored(store, "person-b2")

    assert one["sealed"] != other["sealed"]
    assert KEYS.unwrap(one["key"]) != KEYS.unwrap(other["key"])
    with pytest.raises(InvalidTag):
        people.unseal([("person-b2", sealed)])


def test_a_sealed_text_cannot_be_moved_to_another_person_with_its_key():
    store = MemoryStore("people")
    people = with_amina(store)
    store.commit([Put("persons/person-b2", stored(store))])

    with pytest.raises(InvalidTag):
        people.find("person-b2")


def altered(text: str) -> str:
    """The same base64 with one bit turned over."""
    head, _, coded = text.rpartition(":")
    raw = bytearray(base64.b64decode(coded))
    raw[-1] ^= 1
    return f"{head}:{base64.b64encode(raw).decode()}".removeprefix(":")


@pytest.mark.parametrize(("field", "error"), [("sealed", InvalidTag), ("key", InvalidUnwrap)])
def test_tampering_is_detected(field: str, error: type[Exception]):
    store = MemoryStore("people")
    people = with_amina(store)
    body = stored(store)
    store.commit([Put(f"persons/{ID}", {**body, field: altered(body[field])})])

    with pytest.raises(error):
        people.find(ID)


def test_a_sealed_text_that_was_altered_is_not_read():
    people = with_amina(MemoryStore("people"))

    with pytest.raises(InvalidTag):
        people.unseal([(ID, altered(people.seal(ID, "a text") or ""))])


def test_a_query_for_persons_is_served_by_a_declared_index():
    people = a_vault()
    people.keep(ID, a_person(), subject="submission-1", at=clock.now())

    assert MemoryStore("people").query(Query("persons", order=("kept_at",))).items == []
