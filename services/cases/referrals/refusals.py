"""Why the rules refuse a change of a referral, as statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.codes import ReferralSide
from shared.errors import Rejected


class NotReachable(Rejected):
    """A referral has no way from here to there."""

    code = "referral_status_not_reachable"
    says = "From {status} a referral cannot go to {to}."


class NotOpen(Rejected):
    """Contact is confirmed from sending to the end."""

    code = "referral_not_open"
    says = "Contact can be confirmed only while the recipient has the referral."


class ReasonDoesNotFit(Rejected):
    """What was declined says why; what goes on has no reason to."""

    code = "reason_does_not_fit"
    says = "Without a reason that fits a referral cannot be {status}; only what was declined or dropped has one."


class Unconfirmed(Rejected):
    """A referral is finished when both sides confirmed contact; `unmet` names who has not."""

    code = "contact_unconfirmed"
    says = "Contact is not confirmed yet by: {sides}."

    def __init__(self, sides: Sequence[ReferralSide]) -> None:
        super().__init__(sides=tuple(sides))
        self._sides = sides

    @property
    def extra(self) -> Mapping[str, object]:
        return {"unmet": [f"confirmation:{side}" for side in self._sides]}
