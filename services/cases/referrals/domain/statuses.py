"""The statuses of a referral: where each leads, and what each means."""

from __future__ import annotations

from shared.codes import ReferralReason, ReferralStatus

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
WITHDRAWN_WITH_THE_PERSON = WITHDRAWN_WITH_THE_CASE | IN_CONTACT
"""What ends once she is erased: nothing of her is shown to anybody then, and recipients are told (Art. 19 GDPR)."""
SEEN = IN_CONTACT | {S.DECLINED, S.FINISHED}
"""What the recipient sees while the release is in force. What was dropped is hers no more."""

REASONS: dict[ReferralStatus, frozenset[ReferralReason]] = {
    S.DECLINED: frozenset(R) - {R.CONSENT_REVOKED, R.CONSENT_ENDED, R.CASE_CLOSED, R.WITHDRAWN_BY_CLIENT, R.NO_ANSWER},
    S.DROPPED: frozenset(R),
}
