"""A vault with somebody in it, and the master keys that open it."""

from __future__ import annotations

from typing import Any

from shared.keys import MasterKeys
from shared.people import People
from shared.store import Body
from tests.builders import NOON, a_person
from tests.fakes import MemoryStore

FIRST, SECOND = b"1" * 32, b"2" * 32
KEYS = MasterKeys("1", {"1": FIRST}, b"s" * 32)
ROTATED = MasterKeys("2", {"1": FIRST, "2": SECOND}, b"s" * 32)
CLEANED = MasterKeys("2", {"2": SECOND}, b"s" * 32)
ID = "person-a1"


def a_vault(store: Any = None, keyring: MasterKeys = KEYS) -> People:
    return People(store or MemoryStore("people"), keyring)


def with_amina(store: Any, id: str = ID) -> People:
    people = a_vault(store)
    people.keep(id, a_person(), subject="submission-a1", at=NOON)
    return people


def stored(store: Any, id: str = ID) -> Body:
    body = store.get(f"persons/{id}")
    assert body is not None
    return body
