"""What may be said of referrals, and what is shown of them: the whole to staff, her part to the recipient."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from services.cases.shown import ClientView
from shared import codes
from shared.http.fields import code
from shared.http.paging import PageQuery
from shared.http.schema import Schema, Text
from shared.texts import text

LONGEST_TEXT = 10_000
MOST_DAYS = 3650
S = codes.ReferralStatus
BEGIN = (S.PROPOSED, S.CONSENTED, S.SENT)
SEEN = (S.SENT, S.ACCEPTED, S.STARTED, S.DECLINED, S.FINISHED, S.DROPPED)
OF_WHAT_ENDED = ("id", "version", "recipient", "offer", "status", "sent_at")
"""What its recipient may still know of a referral that was dropped: that it had been sent, and is over."""


def _days(**options: Any) -> fields.Integer:
    return fields.Int(strict=True, allow_none=True, validate=validate.Range(0, MOST_DAYS), **options)


class ReferralCommand(Schema):
    """To an offer, or to an organisation as such. `note` is told to the recipient once it is sent."""

    offer = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))
    recipient = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))
    status = code(
        codes.ReferralStatus,
        load_default=S.PROPOSED,
        validate=validate.OneOf(BEGIN),
        metadata={"enum": [one.value for one in BEGIN]},
    )
    waiting_days = _days(load_default=None)
    note = Text(LONGEST_TEXT, load_default=None, allow_none=True)

    @validates_schema
    def _goes_somewhere(self, read: dict[str, Any], **_: Any) -> None:
        if read["offer"] is None and read["recipient"] is None:
            raise ValidationError(text("Please name an offer or a recipient."), "offer")


class ReferralChangeCommand(Schema):
    """What is not given stays. A refusal needs a `reason`; `finished` needs both sides to have confirmed contact."""

    status = code(codes.ReferralStatus)
    reason = code(codes.ReferralReason)
    explanation = Text(LONGEST_TEXT, optional=True)
    waiting_days = _days()
    note = Text(LONGEST_TEXT, optional=True)
    confirmed_by = fields.Str(validate=validate.OneOf(["client", "recipient"]))

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))
        if "reason" in read and "status" not in read:
            raise ValidationError(text("A reason belongs to a new status."), "reason")


class IncomingFilter(PageQuery):
    """Without `status` what is open. What was `dropped` is named, without the client and without a reason."""

    status = code(
        codes.ReferralStatus,
        load_default=None,
        validate=validate.OneOf(SEEN),
        metadata={"enum": [one.value for one in SEEN]},
    )


class _ReferralView(marshmallow.Schema):
    id = fields.Str(required=True)
    version = fields.Int(required=True)
    case = fields.Str(required=True)
    recipient = fields.Str(required=True)
    offer = fields.Str(required=True, allow_none=True)
    status = fields.Str(required=True)
    reason = fields.Str(allow_none=True)
    waiting_days = fields.Int(allow_none=True)
    answer_by = fields.Date()
    sent_at = fields.AwareDateTime(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    client_confirmed = fields.Bool()
    recipient_confirmed = fields.Bool()
    done = fields.Bool(metadata={"description": "Both sides confirmed contact: it counts."})


class ReferralView(_ReferralView):
    """A referral with its words, for those who work on the case."""

    made_at = fields.AwareDateTime()
    made_by = fields.Str()
    returned_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Came back without an answer."})
    offer_title = fields.Str(allow_none=True)
    note = fields.Str(allow_none=True)
    explanation = fields.Str(allow_none=True)


class IncomingView(_ReferralView):
    """What the recipient sees: how it stands, and what the releases in force show; null where they show nothing."""

    case = fields.Str(metadata={"description": "Not of what was dropped."})

    client = fields.Nested(ClientView, allow_none=True)
    language = fields.Str(allow_none=True)
    needs_interpreter = fields.Bool(allow_none=True)
    offer_title = fields.Str(allow_none=True)
    note = fields.Str(allow_none=True)
    explanation = fields.Str(allow_none=True)


class OneReferralView(ReferralView, IncomingView):
    """To staff the whole, to the recipient her part."""
