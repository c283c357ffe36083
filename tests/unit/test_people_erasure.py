"""Erasing a person: nothing of her can be read again, and nobody else is touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.builders import NOON, a_person
from tests.fakes import MemoryStore
from tests.vault import ID, stored, with_amina


def test_after_erasure_nothing_can_be_read_any_more():
    store = MemoryStore("people")
    people = with_amina(store)
    sealed = people.seal(ID, "a text") or ""
    people.erase(ID, at=NOON)

    assert people.find(ID) is None
    assert people.find_many([ID]) == {}
    assert people.unseal([(ID, sealed), (ID, sealed)]) == [None, None]
    assert people.seal(ID, "another") is None
    body = stored(store)
    assert (body["key"], body["sealed"]) == (None, None)


def test_an_erased_person_cannot_be_kept_again():
    people = with_amina(MemoryStore("people"))
    people.erase(ID, at=NOON)
    people.keep(ID, a_person(), subject="submission-a1", at=NOON)

    assert people.find(ID) is None


def test_erasing_again_changes_nothing():
    store = MemoryStore("people")
    people = with_amina(store)
    people.erase(ID, at=NOON)
    before = stored(store)
    people.erase(ID, at=NOON + timedelta(days=1))

    assert stored(store) == before


def test_erasing_leaves_others_alone():
    people = with_amina(MemoryStore("people"))
    people.keep("person-b2", a_person(), subject="submission-b2", at=NOON)
    people.erase(ID, at=NOON)

    assert people.find("person-b2") == a_person()


def test_erasure_leaves_nothing_of_the_key_in_the_file(tmp_path: Path):
    store = SqliteStore(DATABASES["people"], tmp_path / "people.db")
    people = with_amina(store)
    key = stored(store)["key"]
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert key.encode() in (tmp_path / "people.db").read_bytes()

    people.erase(ID, at=NOON)
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()

    assert key.encode() not in (tmp_path / "people.db").read_bytes()
