"""Quiet hours: when no text message goes to a client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one full hour to another, usually over midnight. The same hour twice means never."""

    start: int
    end: int
    zone: tzinfo

    def over(self, at: datetime) -> datetime:
        """The first time from `at` on at which one may write: `at` itself outside of the quiet hours."""
        here = at.astimezone(self.zone)
        if not self._quiet(here.hour):
            return at
        day = here.date() + timedelta(days=here.hour >= self.end)
        return datetime.combine(day, time(self.end), self.zone).astimezone(UTC)

    def _quiet(self, hour: int) -> bool:
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end
