"""The state of a referral, as its events make it, and who stands to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.cases.domain import releases
from services.cases.domain.case import Case
from services.cases.domain.item import Item
from services.cases.referrals.domain.statuses import ANSWERS, SEEN
from shared.codes import DataCategory, ReferralReason, ReferralStatus
from shared.events import At, CaseEvent, Event, ReferralChanged, ReferralMade, ReferralReturned, ReferralStopped

S = ReferralStatus

KEPT = set(ReferralChanged.model_fields) - set(CaseEvent.model_fields) - {"was"}
"""What a change says of the referral, and so what stays where nothing else is said."""


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


@dataclass(frozen=True, slots=True)
class Standing:
    """How the policy sees a case where one of its referrals is asked for (`shared.policy.Held`)."""

    organisation: str | None
    case_manager: str | None
    recipients: tuple[str, ...]
    opened_by: Mapping[str, str] = field(default_factory=dict)
    """Who broke the glass before the case: she reads of it in the file, and so knows that it is there."""


def standing(case: Case, held: Referral, *, on: date) -> Standing:
    """Who stands to it: those who have the case, and the recipient while what a referral tells is released to it."""
    shown = held.status in SEEN and not releases.lacking(case.shown_by(held.recipient, on), held.needs)
    return Standing(case.organisation, case.case_manager, (held.recipient,) if shown else ())


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
