"""Until when the person of a case is kept, and why: pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from services.cases.domain.case import Case
from shared.codes import ClearingResult

NOT_TAKEN_ON, WAITING_LIST, CLOSED = "inquiry_not_taken_on", "waiting_list", "closed"
"""Why a retention period runs."""


class Periods(NamedTuple):
    """How many months the person of a case is kept, by why it ends."""

    after_closure: int
    inquiry: int
    waiting_list: int


def kept_until(case: Case, periods: Periods) -> tuple[str, date] | None:
    """Why and until when the person of a case is kept; None while it is worked on.

    What clearing did not accept was not taken on, however it ended and whoever had it. Until it ends, its period
    runs from the last contact, or whatever else was last done about it.
    """
    last = (case.closed_at or case.changed_at).date()
    if taken_on(case):
        return None if case.closed_at is None else (CLOSED, months_after(last, periods.after_closure))
    if case.clearing_result is ClearingResult.WAITING_LIST and not case.is_closed:
        return WAITING_LIST, months_after(last, periods.waiting_list)
    return NOT_TAKEN_ON, months_after(last, periods.inquiry)


def taken_on(case: Case) -> bool:
    """Whether clearing led into case management."""
    return case.clearing_result is ClearingResult.ACCEPTED


def months_after(on: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(on.month - 1 + months, 12)
    first = date(on.year + year, month + 1, 1)
    length = (date(first.year + month // 11, (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(on.day, length))
