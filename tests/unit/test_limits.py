"""What came from whom is counted once, whichever process it came to."""

from __future__ import annotations

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from infra.local import limits
from infra.local.limits import Counts

ADDRESS = "203.0.113.7"


class Clock:
    """A time that is set."""

    now = 1_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    set_by_hand = Clock()
    monkeypatch.setattr(limits, "time", set_by_hand)
    return set_by_hand


def test_a_window_is_counted_until_it_ends(tmp_path, clock):
    counts = Counts(tmp_path / "limits.db")

    assert [counts.incr("one", 60) for _ in range(3)] == [1, 2, 3]
    assert (counts.get("one"), counts.get_expiry("one")) == (3, 1_060.0)
    clock.now = 1_059.9
    assert counts.incr("one", 60) == 4
    clock.now = 1_060.0
    assert counts.get("one") == 0
    assert counts.incr("one", 60) == 1


def test_each_is_counted_apart(tmp_path, clock):
    counts = Counts(tmp_path / "limits.db")
    counts.incr("one", 60)

    assert counts.incr("other", 60) == 1
    counts.clear("one")
    assert (counts.get("one"), counts.get("other")) == (0, 1)
    assert counts.reset() == 1
    assert counts.get("other") == 0


def test_whoever_shares_the_file_and_its_key_shares_the_counts(tmp_path):
    first = Counts(tmp_path / "limits.db")
    second = Counts(tmp_path / "limits.db")
    second._key = first._key  # as a process has it that was forked from this one
    limit = parse("3/minute")

    hits = [FixedWindowRateLimiter(counts).hit(limit, ADDRESS) for counts in (first, second, first, second)]

    assert hits == [True, True, True, False]


def test_no_address_is_kept(tmp_path):
    counts = Counts(tmp_path / "limits.db")
    FixedWindowRateLimiter(counts).hit(parse("3/minute"), ADDRESS)

    assert counts.check()
    assert not any(ADDRESS.encode() in file.read_bytes() for file in tmp_path.iterdir())
