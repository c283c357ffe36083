"""Whoever was kept for what was never written is forgotten, however late somebody looks, and each is looked at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared import orphans
from shared.people import People
from tests.builders import NOON, a_person
from tests.fakes import CountingStore, MemoryStore
from tests.vault import a_vault


def test_who_was_kept_for_a_subject_that_was_never_written_is_forgotten_after_a_day():
    people = a_vault()
    for subject in ("submission-written", "submission-lost", "submission-erased", "case-lost"):
        people.keep(f"person-of-{subject}", a_person(), subject=subject, at=NOON)
    people.erase("person-of-submission-erased", at=NOON)
    written = {"submission-written"}.__contains__

    assert people.forget_orphans("submission-", written, at=NOON + timedelta(hours=23)) == 0
    assert people.forget_orphans("submission-", written, at=NOON + timedelta(hours=25)) == 1
    assert people.forget_orphans("submission-", written, at=NOON + timedelta(hours=26)) == 0
    assert people.find("person-of-submission-lost") is None
    assert people.find("person-of-submission-written") is not None
    assert people.find("person-of-case-lost") is not None


def lost(people: People, count: int, *, at: datetime, subject: str = "submission-lost") -> None:
    for number in range(count):
        people.keep(f"person-{at:%d%H}-{number:02}", a_person(), subject=subject, at=at)


def never(_: str) -> bool:
    return False


def always(_: str) -> bool:
    return True


def test_however_long_nobody_looked_whoever_was_missed_is_found():
    people = a_vault()
    lost(people, 1, at=NOON)
    assert people.forget_orphans("submission-", never, at=NOON + timedelta(days=2)) == 1
    lost(people, 1, at=NOON + timedelta(days=3))

    assert people.forget_orphans("submission-", never, at=NOON + timedelta(days=400)) == 1


def test_a_run_looks_at_so_many_and_the_next_goes_on_behind_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orphans, "PAGE", 2)
    monkeypatch.setattr(orphans, "MOST", 2)
    store = CountingStore(MemoryStore("people"))
    people = a_vault(store)
    lost(people, 7, at=NOON)  # all of one moment: the id parts them
    lost(people, 2, at=NOON + timedelta(hours=1))
    seen: list[str] = []

    def noted(subject: str) -> bool:
        seen.append(subject)
        return True

    for expected in (4, 8, 9, 9):
        assert people.forget_orphans("submission-", noted, at=NOON + timedelta(days=9)) == 0
        assert len(seen) == expected
    before = store.reads, store.queries, store.writes
    people.forget_orphans("submission-", noted, at=NOON + timedelta(days=10))
    assert (store.reads - before[0], store.queries - before[1], store.writes - before[2]) == (1, 1, 0)


def test_each_service_looks_for_its_own():
    people = a_vault()
    lost(people, 1, at=NOON)
    lost(people, 1, at=NOON + timedelta(hours=1), subject="case-lost")

    for prefix in ("submission-", "case-"):
        assert people.forget_orphans(prefix, never, at=NOON + timedelta(days=30)) == 1


def test_what_breaks_off_in_the_middle_of_a_page_is_done_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orphans, "PAGE", 3)
    people = a_vault()
    lost(people, 7, at=NOON)
    asked: list[str] = []

    def killed(subject: str) -> bool:
        asked.append(subject)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        people.forget_orphans("submission-", killed, at=NOON + timedelta(days=2))

    assert people.forget_orphans("submission-", never, at=NOON + timedelta(days=2)) == 7 - 4
    assert people.forget_orphans("submission-", never, at=NOON + timedelta(days=2)) == 0


def test_a_clock_that_was_ahead_hides_nobody():
    people = a_vault()
    lost(people, 1, at=NOON + timedelta(days=500))
    assert people.forget_orphans("submission-", always, at=NOON + timedelta(days=502)) == 0
    lost(people, 1, at=NOON)

    assert people.forget_orphans("submission-", never, at=NOON + timedelta(days=2)) == 1
