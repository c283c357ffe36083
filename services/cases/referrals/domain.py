"""The state of a referral and what may change it: pure. Nothing is sent without a release from secrecy in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.cases.domain import process, releases
from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from services.cases.referrals.refusals import NotOpen, NotReachable, ReasonDoesNotFit, Unconfirmed
from shared.codes import DataCategory, ReferralReason, ReferralStatus
from shared.events import At, CaseEvent, Event, ReferralChanged, ReferralMade, ReferralReturned, ReferralStopped

S, R = ReferralStatus, ReferralReason

MOVES: dict[ReferralStatus, frozenset[ReferralStatus]] = {
    S.PROPOSED: frozenset({S.CONSENTED, S.SENT, S.DROPPED}),
    S.CONSENTED: frozenset({S.SENT, S.DROPPED}),
    S.SENT: frozenset({S.ACCEPTED, S.DECLINED, S.STARTED, S.DROPPED}),
    S.ACCEPTED: frozenset({S.STARTED, S.DECLINED, S.DROPPED}),
    S.STARTED: frozenset({S.FINISHED, S.DROPPED}),
    S.DECLINED: frozenset(),
    S.DROPPED: frozenset(),
    S.FINISHED: frozenset(),
}
"""Where each status leads. What came back unanswered may be sent once more."""

ANSWERS = frozenset({S.ACCEPTED, S.DECLINED, S.STARTED})
"""What the receiving side may say; staff may record it for her."""
IN_CONTACT = frozenset({S.SENT, S.ACCEPTED, S.STARTED})
"""The recipient is at it, and contact can be confirmed."""
STOPPED_UNRELEASED = IN_CONTACT | {S.CONSENTED}
"""What ends with its release, taken back or run out."""
WITHDRAWN_WITH_THE_CASE = frozenset({S.PROPOSED, S.CONSENTED, S.SENT, S.ACCEPTED})
"""What ends with the case. Where the client has started she goes on without it."""
SEEN = IN_CONTACT | {S.DECLINED, S.FINISHED}
"""What the recipient sees while the release is in force. What was dropped is hers no more."""

REASONS: dict[ReferralStatus, frozenset[ReferralReason]] = {
    S.DECLINED: frozenset(R) - {R.CONSENT_REVOKED, R.CONSENT_ENDED, R.CASE_CLOSED, R.WITHDRAWN_BY_CLIENT, R.NO_ANSWER},
    S.DROPPED: frozenset(R),
}


class Referral(Item):
    """A client is linked to an offer or an office. Its words lie sealed."""

    recipient: str
    offer: str | None = None
    status: ReferralStatus
    reason: ReferralReason | None = None
    waiting_days: int | None = None
    answer_by: date
    client_confirmed: bool = False
    recipient_confirmed: bool = False
    noted: int | None = None
    explained: int | None = None
    made_at: At
    made_by: str
    sent_at: At | None = None
    answered_at: At | None = None
    returned_at: At | None = None
    awaited: bool
    """Sent, not answered, and not back with the case manager."""
    health_data: bool = False
    """Whether its offer is for health alone, so that being referred to it says something of the client's."""

    @property
    def needs(self) -> tuple[DataCategory, ...]:
        """What has to be released to its recipient."""
        return releases.referral(health=self.health_data)

    @property
    def done(self) -> bool:
        """Whether it counts: the receiving side and the client both confirmed contact."""
        return self.client_confirmed and self.recipient_confirmed


Change = tuple[Referral, CaseEvent]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the policy sees a case where one of its referrals is asked for (`shared.policy.Held`)."""

    organisation: str | None
    case_manager: str | None
    recipients: tuple[str, ...]


def standing(case: Case, held: Referral, *, on: date) -> Standing:
    """Who stands to it: those who have the case, and the recipient while what a referral tells is released to it."""
    shown = held.status in SEEN and not releases.lacking(case.shown_by(held.recipient, on), held.needs)
    return Standing(case.organisation, case.case_manager, (held.recipient,) if shown else ())


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
    event = ReferralMade(
        **begins(case, id, at, by),
        recipient=recipient,
        offer=offer,
        status=status,
        waiting_days=waiting_days,
        answer_by=on + timedelta(days=patience),
        noted=1 if noted else None,
        health_data=health_data,
    )
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
        raise Unconfirmed([side for side in ("client", "recipient") if not after[f"{side}_confirmed"]])
    event = ReferralChanged(**goes_on(case, held, at, by), **after)
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
    """End it because the case ended; None where the client has started, or it is over."""
    if held.status not in WITHDRAWN_WITH_THE_CASE:
        return None
    return _stopped(case, held, R.CASE_CLOSED, at, by)


def begun(event: ReferralMade) -> Referral:
    """The referral as its first event makes it."""
    said = event.model_dump(exclude={"subject", "at", "by", "facts"})
    sent = event.status is S.SENT
    at = event.at
    return Referral(**said, id=event.subject, made_at=at, made_by=event.by, sent_at=at if sent else None, awaited=sent)


def evolve(held: Referral, event: Event) -> Referral:
    """The referral after this event."""
    match event:
        case ReferralChanged():
            changes = _evolved(held, event)
        case ReferralReturned():
            changes = {"returned_at": event.at, "awaited": False}
        case _:
            assert isinstance(event, ReferralStopped)
            changes = {"status": S.DROPPED, "reason": event.reason, "returned_at": None, "awaited": False}
    return held.model_copy(update={**changes, "version": event.version})


def fold(history: Iterable[Event]) -> Referral:
    """The referral that a history makes. Its first event is a `ReferralMade`."""
    first, *rest = history
    assert isinstance(first, ReferralMade)
    held = begun(first)
    for event in rest:
        held = evolve(held, event)
    return held


KEPT = set(ReferralChanged.model_fields) - set(CaseEvent.model_fields)


def _evolved(held: Referral, event: ReferralChanged) -> dict[str, Any]:
    sent = event.status is S.SENT and (held.status is not S.SENT or event.answer_by != held.answer_by)
    answered = held.status is S.SENT and event.status in ANSWERS
    returned_at = held.returned_at if event.status is S.SENT and not sent else None
    return {
        **event.model_dump(include=KEPT),
        "sent_at": event.at if sent else held.sent_at,
        "answered_at": event.at if answered else held.answered_at,
        "returned_at": returned_at,
        "awaited": event.status is S.SENT and returned_at is None,
    }


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
    event = ReferralStopped(**goes_on(case, held, at, by), recipient=held.recipient, reason=reason)
    return evolve(held, event), event
