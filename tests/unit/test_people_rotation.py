"""A new master key: everybody can be read on, and nobody comes back."""

from __future__ import annotations

from typing import Any

from tests.builders import NOON, a_person
from tests.fakes import MemoryStore
from tests.vault import CLEANED, ID, KEYS, ROTATED, a_vault, stored, with_amina


def test_rotation_rewraps_every_key_and_touches_no_sealed_text():
    store = MemoryStore("people")
    people = with_amina(store)
    people.keep("person-b2", a_person(), subject="submission-b2", at=NOON)
    note = people.seal(ID, "a text") or ""
    before = stored(store)

    assert a_vault(store, ROTATED).rewrap() == 2
    assert a_vault(store, ROTATED).rewrap() == 0

    after = stored(store)
    assert after["sealed"] == before["sealed"]
    assert after["key"] != before["key"]
    cleaned = a_vault(store, CLEANED)
    assert cleaned.find(ID) == a_person()
    assert cleaned.unseal([(ID, note)]) == ["a text"]


def test_a_rotated_vault_reads_those_who_are_not_rewrapped_yet():
    store = MemoryStore("people")
    with_amina(store)

    assert a_vault(store, ROTATED).find(ID) == a_person()


def test_rotation_of_many_pages_reaches_everybody():
    store = MemoryStore("people")
    people = a_vault(store)
    for number in range(210):
        people.keep(f"person-{number}", a_person(), subject="submission-1", at=NOON)

    assert a_vault(store, ROTATED).rewrap() == 210


class ErasingStore(MemoryStore):
    """A store in which somebody is erased between the reading and the writing of another change."""

    armed = False

    def commit(self, writes: Any, *, durably: bool = True) -> None:
        if self.armed:
            self.armed = False
            a_vault(self).erase(ID, at=NOON)
        super().commit(writes, durably=durably)


def test_rotation_never_brings_back_who_was_erased_meanwhile():
    store = ErasingStore("people")
    with_amina(store)
    store.armed = True

    assert a_vault(store, ROTATED).rewrap() == 0
    assert a_vault(store, ROTATED).find(ID) is None
    assert stored(store)["key"] is None


def test_the_search_key_outlives_rotation():
    before = a_vault(keyring=KEYS).tokens(a_person(), "KIM-ABCD-EFG1")

    assert a_vault(keyring=ROTATED).tokens(a_person(), "KIM-ABCD-EFG1") == before
    assert a_vault(keyring=ROTATED).sought("Beispiel Amina") in before
