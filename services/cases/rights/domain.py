"""Restriction and erasure of a case: pure. The person herself is erased in the vault."""

from __future__ import annotations

from datetime import datetime

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.keeping import taken_on
from services.cases.domain.refusals import CaseStillOpen, LegalHold
from shared.codes import ErasureGround
from shared.events import CaseErased, CaseRestricted


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


def _lapsed(case: Case, ground: ErasureGround) -> bool:
    return ground is ErasureGround.RETENTION_ENDED and not taken_on(case)
