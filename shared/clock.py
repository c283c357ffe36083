"""The one clock. Stored times are UTC and aware; shown times are Europe/Berlin."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")

_offset = timedelta()


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC) + _offset


def move(at: datetime | None) -> None:
    """Set the clock to `at`, from where it runs on; None gives the real time back. Embedded runtime only."""
    global _offset  # one process, one clock
    _offset = timedelta() if at is None else at.astimezone(UTC) - datetime.now(UTC)


def day(at: datetime) -> date:
    """The calendar day in Germany at this time: what a report or a deadline means by a day."""
    return at.astimezone(BERLIN).date()
