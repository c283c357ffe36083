"""Beginning anew, and going to another organisation: pure."""

from __future__ import annotations

from datetime import date, datetime

from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.refusals import NotAllocated, NotClosed, NoTransfer, TransferPending
from shared.codes import TransferAnswer
from shared.errors import Forbidden
from shared.events import CaseReopened, TransferAnswered, TransferLapsed, TransferOffered


def reopen(case: Case, *, at: datetime, by: str) -> Change:
    """Go on with a closed case as a new episode, from the intake: what was agreed before is asked for anew.

    So is the result of clearing, unless the case was accepted before.
    """
    if not case.is_closed:
        raise NotClosed()
    return changed(case, CaseReopened, at=at, by=by, episode=case.episode + 1)


def offer(case: Case, to: str, *, on: date, at: datetime, by: str) -> Change:
    """Offer the case to another organisation, under releases from secrecy that cover the whole file.

    Raises `ReleaseMissing`, and `TransferPending` while another one is asked.
    """
    case.must_be_open()
    if case.organisation is None:
        raise NotAllocated()
    if case.offered_to is not None:
        raise TransferPending(organisation=case.offered_to)
    releases.require(case, to, releases.transfer(case), on)
    return changed(case, TransferOffered, at=at, by=by, organisation=to, consent=case.releases(to, on)[-1].id)


def answer(case: Case, said: TransferAnswer, *, of: str | None, on: date, at: datetime, by: str) -> Change:
    """Who is asked accepts or refuses, who asked recalls; `of` is for whom the answer speaks.

    Accepted, the case is with the new organisation and in nobody's hands there. Raises `NoTransfer`, `Forbidden` for
    the other side's answer, and `ReleaseMissing` when the client took it back meanwhile.
    """
    if case.offered_to is None:
        raise NoTransfer()
    if of != (case.organisation if said is TransferAnswer.RECALLED else case.offered_to):
        raise Forbidden()
    accepted = said is TransferAnswer.ACCEPTED
    if accepted:
        releases.require(case, case.offered_to, releases.transfer(case), on)
    holder = case.offered_to if accepted else case.organisation
    return changed(case, TransferAnswered, at=at, by=by, answer=said, organisation=holder, offered_by=case.organisation)


def lapse(case: Case, *, on: date, at: datetime, by: str) -> Change | None:
    """End an offer that no release in force covers on this day; None where one does, and while the case is restricted.

    Restricted, nothing is done with it but keep it: the first night afterwards ends the offer.
    """
    if case.offered_to is None or case.restricted:
        return None
    if not releases.missing(case, case.offered_to, releases.transfer(case), on):
        return None
    return changed(case, TransferLapsed, at=at, by=by)
