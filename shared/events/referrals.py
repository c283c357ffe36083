"""What cases tell of referrals to offers and offices."""

from datetime import date
from typing import ClassVar

from shared.codes import ReferralReason, ReferralStatus
from shared.events.cases import CaseEvent


class ReferralMade(CaseEvent):
    """A client is to be linked to an offer or an office. What is said to it lies sealed beside the referral."""

    type: ClassVar[str] = "cases.referral-made.v1"
    recipient: str
    offer: str | None = None
    status: ReferralStatus
    waiting_days: int | None = None
    answer_by: date
    """The day from which on no answer means that it comes back to the case manager."""
    noted: int | None = None
    """The version under which the words for the recipient lie."""
    health_data: bool = False
    """Whether the offer is for health alone."""


class ReferralChanged(CaseEvent):
    """A referral was sent, answered, confirmed or ended; it says how it stands afterwards."""

    type: ClassVar[str] = "cases.referral-changed.v1"
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
    """The version under which the words about the reason lie."""
    was: ReferralStatus | None = None
    """How it stood before: so its recipient can be told of what was hers, and of nothing else."""


class ReferralReturned(CaseEvent):
    """Nobody answered in time: the referral is back with the case manager, who has a follow-up of it."""

    type: ClassVar[str] = "cases.referral-returned.v1"
    recipient: str
    days: int


class ReferralStopped(CaseEvent):
    """The release from secrecy was revoked or has run out, or the case ended: the recipient sees it no more."""

    type: ClassVar[str] = "cases.referral-stopped.v1"
    recipient: str
    reason: ReferralReason = ReferralReason.CONSENT_REVOKED
    was: ReferralStatus | None = None
