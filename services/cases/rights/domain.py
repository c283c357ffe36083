"""Restriction and erasure of a case: pure. The person herself is erased in the vault."""

from __future__ import annotations

from datetime import date, datetime

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.refusals import CaseStillOpen, LegalHold
from shared.codes import ErasureGround, Phase
from shared.events import CaseErased, CaseRestricted

NOT_TAKEN_ON, CLOSED = "inquiry_not_taken_on", "closed"
"""Why a retention period runs."""


def restrict(case: Case, *, restricted: bool, legal_hold: bool, at: datetime, by: str) -> Change:
    """Restrict the processing of a case, or free it again; the same for its legal hold."""
    return changed(case, CaseRestricted, at=at, by=by, restricted=restricted, legal_hold=legal_hold)


def erase(case: Case, ground: ErasureGround, *, at: datetime, by: str) -> Change | None:
    """The case without its person; None when it is so already.

    An open case ends with it, where the client withdraws her consent or nobody ever took her inquiry on.
    Raises `LegalHold`, and `CaseStillOpen`.
    """
    if case.erased_at is not None:
        return None
    if case.legal_hold:
        raise LegalHold()
    if not case.is_closed and ground is not ErasureGround.CONSENT_WITHDRAWN and not _lapsed(case, ground):
        raise CaseStillOpen()
    return changed(case, CaseErased, at=at, by=by, ground=ground)


def kept_until(case: Case, *, after_closure: int, inquiry: int) -> tuple[str, date] | None:
    """Why and until when the person of a case is kept, by periods in months; None while it is worked on."""
    if case.closed_at is not None:
        return CLOSED, months_after(case.closed_at.date(), after_closure)
    if waits(case):
        return NOT_TAKEN_ON, months_after(case.opened_on, inquiry)
    return None


def waits(case: Case) -> bool:
    """Whether it is an inquiry that nobody has taken on."""
    return case.phase is Phase.INQUIRY and case.case_manager is None


def months_after(on: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(on.month - 1 + months, 12)
    first = date(on.year + year, month + 1, 1)
    length = (date(first.year + month // 11, (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(on.day, length))


def _lapsed(case: Case, ground: ErasureGround) -> bool:
    return ground is ErasureGround.RETENTION_ENDED and waits(case)
