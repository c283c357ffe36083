"""The one clock. Stored times are UTC and aware; shown times are Europe/Berlin."""

from __future__ import annotations

import os
import struct
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from mmap import mmap

BERLIN = ZoneInfo("Europe/Berlin")
SECONDS = struct.Struct("d")
"""How the file of the clock says by how much it is moved."""

_offset = timedelta()
_shared = os.environ.get("KIM_CLOCK")
"""A file by which several processes of one machine have one clock (`make run-cloud`); set nowhere else."""


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC) + (_offset if _shared is None else _read(_shared))


def move(at: datetime | None) -> None:
    """Set the clock to `at`, from where it runs on; None gives the real time back. Never in the cloud."""
    global _offset  # one process, one clock
    _offset = timedelta() if at is None else at.astimezone(UTC) - datetime.now(UTC)
    if _shared is not None:
        with open(_shared, "r+b") as file:
            file.write(SECONDS.pack(_offset.total_seconds()))


def share(file: Path) -> None:
    """Have the clock in a file from now on, where every process that has its name in `KIM_CLOCK` finds it."""
    global _shared
    draft = Path(f"{file}.new")
    draft.write_bytes(SECONDS.pack(0))
    draft.replace(file)  # whoever still looks into the one of before keeps that
    _shared = str(file)
    _held.cache_clear()
    move(None)


def stamp(at: datetime) -> str:
    """A time as text: UTC in fixed length, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def day(at: datetime) -> date:
    """The calendar day in Germany at this time: what a report or a deadline means by a day."""
    return at.astimezone(BERLIN).date()


def end_of(day: date) -> datetime:
    """Midnight in Germany, when the day after begins."""
    return datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(UTC)


def _read(file: str) -> timedelta:
    """By how much the file moves the clock. It is only looked at: to ask for it would let other threads go first."""
    return timedelta(seconds=SECONDS.unpack(_held(file)[:])[0])


@lru_cache(maxsize=1)
def _held(file: str) -> mmap:
    from mmap import ACCESS_READ, mmap  # which only processes that have one clock need

    with open(file, "rb") as opened:
        return mmap(opened.fileno(), SECONDS.size, access=ACCESS_READ)
