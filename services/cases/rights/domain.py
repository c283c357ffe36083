"""Restriction and erasure of a case: pure. The person herself is erased in the vault."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.refusals import CaseStillOpen, LegalHold
from shared.codes import ClearingResult, ErasureGround
from shared.events import CaseErased, CaseRestricted

NOT_TAKEN_ON, WAITING_LIST, CLOSED = "inquiry_not_taken_on", "waiting_list", "closed"
"""Why a retention period runs."""


class Periods(NamedTuple):
    """How many months the person of a case is kept, by why it ends."""

    after_closure: int
    inquiry: int
    waiting_list: int


def restrict(case: Case, *, restricted: bool | None, legal_hold: bool | None, at: datetime, by: str) -> Change:
    """Restrict the processing of a case, or free it again; the same for its legal hold.

    What is not said stays as it is; where nothing is said, processing is restricted.
    """
    if restricted is None:
        restricted = case.restricted or legal_hold is None
    held = case.legal_hold if legal_hold is None else legal_hold
    return changed(case, CaseRestricted, at=at, by=by, restricted=restricted, legal_hold=held)


def erase(case: Case, ground: ErasureGround, *, at: datetime, by: str) -> Change | None:
    """The case without its person; None when it is so already.

    An open case ends with it, where the client withdraws her consent or her inquiry was never taken on.
    Raises `LegalHold`, and `CaseStillOpen`.
    """
    if case.erased_at is not None:
        return None
    if case.legal_hold:
        raise LegalHold()
    if not case.is_closed and ground is not ErasureGround.CONSENT_WITHDRAWN and not _lapsed(case, ground):
        raise CaseStillOpen()
    return changed(case, CaseErased, at=at, by=by, ground=ground)


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


def _lapsed(case: Case, ground: ErasureGround) -> bool:
    return ground is ErasureGround.RETENTION_ENDED and not taken_on(case)
