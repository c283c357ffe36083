"""What may change a referral. Nothing is sent without a release from secrecy in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.cases.domain import process, releases
from services.cases.domain.case import Case
from services.cases.domain.item import begins, goes_on
from services.cases.referrals.domain.referral import KEPT, Referral, begun, evolve
from services.cases.referrals.domain.statuses import (
    IN_CONTACT,
    MOVES,
    REASONS,
    STOPPED_UNRELEASED,
    WITHDRAWN_WITH_THE_CASE,
    WITHDRAWN_WITH_THE_PERSON,
)
from services.cases.referrals.refusals import NotOpen, NotReachable, ReasonDoesNotFit, Unconfirmed
from shared.codes import ReferralReason, ReferralSide, ReferralStatus
from shared.events import CaseEvent, ReferralChanged, ReferralMade, ReferralReturned, ReferralStopped

S, R = ReferralStatus, ReferralReason

Change = tuple[Referral, CaseEvent]


def make(
    case: Case,
    id: str,
    *,
    recipient: str,
    offer: str | None,
    status: ReferralStatus,
    waiting_days: int | None,
    noted: bool,
    health_data: bool = False,
    patience: int,
    on: date,
    at: datetime,
    by: str,
) -> Change:
    """Refer the client; at once `sent` only under a release. `patience` is for how many days an answer is awaited."""
    case.must_be_open()
    process.must_be_consented(case, on)
    if status is S.SENT:
        releases.require(case, recipient, releases.referral(health=health_data), on)
    said: dict[str, Any] = {"recipient": recipient, "offer": offer, "status": status, "waiting_days": waiting_days}
    said |= {"answer_by": on + timedelta(days=patience), "noted": 1 if noted else None, "health_data": health_data}
    event = ReferralMade(**begins(case, id, at, by), **said)
    return begun(event), event


def change(
    case: Case, held: Referral, said: Mapping[str, Any], *, patience: int, on: date, at: datetime, by: str
) -> Change:
    """Send it, record an answer or a confirmation, end it; what is not said stays.

    `said` may hold `status`, `reason`, `waiting_days`, `confirmed_by` (`client` or `recipient`), and `note` and
    `explanation`, whose words lie elsewhere.
    """
    status = said.get("status", held.status)
    after: dict[str, Any] = held.model_dump(include=KEPT)
    if "status" in said:
        _must_be_reachable(held, status)
        after |= {"status": status, "reason": _reason(status, said.get("reason"))}
    if status is S.SENT and "status" in said:
        case.must_be_open()
        process.must_be_consented(case, on)
        releases.require(case, held.recipient, held.needs, on)
        after["answer_by"] = on + timedelta(days=patience)
    after |= _confirmed(status, said) | _worded(held, said)
    if "waiting_days" in said:
        after["waiting_days"] = said["waiting_days"]
    if status is S.FINISHED and not (after["client_confirmed"] and after["recipient_confirmed"]):
        raise Unconfirmed([side for side in ReferralSide if not after[f"{side}_confirmed"]])
    event = ReferralChanged(**goes_on(case, held, at, by), **after, was=held.status)
    return evolve(held, event), event


def give_back(case: Case, held: Referral, *, on: date, days: int, at: datetime, by: str) -> Change | None:
    """It comes back to the case manager; None where it was answered meanwhile, or is not due."""
    if not held.awaited or on < held.answer_by:
        return None
    event = ReferralReturned(**goes_on(case, held, at, by), recipient=held.recipient, days=days)
    return evolve(held, event), event


def stop(case: Case, held: Referral, *, on: date, at: datetime, by: str) -> Change | None:
    """End it because its release was revoked or has run out; None where one is in force, or it is over.

    What the client agreed to and has not released yet waits for it.
    """
    towards = tuple(one for one in case.consents if one.recipient == held.recipient and one.shows)
    was_released = held.status in IN_CONTACT or not releases.lacking(towards, held.needs)
    if held.status not in STOPPED_UNRELEASED or not was_released:
        return None
    if not releases.missing(case, held.recipient, held.needs, on):
        return None
    kept = tuple(one for one in towards if one.revoked_at is None)
    reason = R.CONSENT_REVOKED if releases.lacking(kept, held.needs) else R.CONSENT_ENDED
    return _stopped(case, held, reason, at, by)


def withdraw(case: Case, held: Referral, *, at: datetime, by: str) -> Change | None:
    """End it because the case ended; None where the client has started and is not erased, or it is over."""
    if held.status not in (WITHDRAWN_WITH_THE_CASE if case.erased_at is None else WITHDRAWN_WITH_THE_PERSON):
        return None
    return _stopped(case, held, R.CASE_CLOSED, at, by)


def _confirmed(status: ReferralStatus, said: Mapping[str, Any]) -> dict[str, bool]:
    """Who confirmed contact, if somebody did."""
    if "confirmed_by" not in said:
        return {}
    if status not in IN_CONTACT | {S.FINISHED}:
        raise NotOpen()
    return {f"{said['confirmed_by']}_confirmed": True}


def _worded(held: Referral, said: Mapping[str, Any]) -> dict[str, int]:
    return {kept: held.version + 1 for kept, name in (("noted", "note"), ("explained", "explanation")) if name in said}


def _reason(status: ReferralStatus, reason: ReferralReason | None) -> ReferralReason | None:
    """The reason of an end; a refusal always has one."""
    if (reason is None and status is S.DECLINED) or (reason is not None and reason not in REASONS.get(status, ())):
        raise ReasonDoesNotFit(status=status)
    return reason


def _must_be_reachable(held: Referral, to: ReferralStatus) -> None:
    again = to is S.SENT and held.status is S.SENT and held.returned_at is not None
    if to not in MOVES[held.status] and not again:
        raise NotReachable(status=held.status, to=to)


def _stopped(case: Case, held: Referral, reason: ReferralReason, at: datetime, by: str) -> Change:
    event = ReferralStopped(**goes_on(case, held, at, by), recipient=held.recipient, reason=reason, was=held.status)
    return evolve(held, event), event
