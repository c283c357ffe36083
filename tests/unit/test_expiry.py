"""What has had its time is forgotten, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from shared.events import stamp
from shared.http.once import Once
from shared.store import Create
from shared.store.expiry import AT_ONCE, forget_expired
from tests.builders import NOON
from tests.fakes import MemoryStore


def test_an_answer_is_kept_until_its_time_is_over():
    store = MemoryStore("intake")
    store.commit([Create("answers/one", {"expires_at": stamp(NOON)})])

    assert forget_expired(store, "intake", at=NOON) == 0
    assert forget_expired(store, "intake", at=NOON + timedelta(seconds=1)) == 1
    assert store.get("answers/one") is None


def test_what_was_answered_to_a_key_is_kept_for_two_days():
    kept = Once("one", "fingerprint").keep(201, {}, version=1, at=NOON)

    assert kept.body["expires_at"] == stamp(NOON + timedelta(days=2))


def test_however_many_have_had_their_time_all_are_forgotten():
    store = MemoryStore("intake")
    store.commit([Create(f"challenges/{number}", {"expires_at": stamp(NOON)}) for number in range(AT_ONCE * 2 + 1)])

    assert forget_expired(store, "intake", at=NOON + timedelta(days=1)) == AT_ONCE * 2 + 1
