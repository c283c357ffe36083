"""Parts of a case as they are shown: what is suggested, and what a partner sees of what lies beside it."""

from __future__ import annotations

import marshmallow
from marshmallow import fields


class ReasonView(marshmallow.Schema):
    code = fields.Str(required=True)
    label = fields.Str(required=True, metadata={"description": "In the language of the caller."})


class SuggestionView(marshmallow.Schema):
    """What the codes of the case suggest, and why. Nothing follows from it until a person says so."""

    code = fields.Str(required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)
    decision = fields.Str(metadata={"enum": ["confirmed", "rejected", None]}, allow_none=True)


class WarningView(marshmallow.Schema):
    """What somebody should know, and what stands in nobody's way."""

    code = fields.Str(required=True)
    target = fields.Int(required=True)
    says = fields.Str(required=True)


class SuggestionsView(marshmallow.Schema):
    target_groups = fields.List(fields.Nested(SuggestionView))
    organisations = fields.List(fields.Nested(SuggestionView))


class SeenAppointmentView(marshmallow.Schema):
    id = fields.Str()
    starts_at = fields.Str()
    minutes = fields.Int()
    channel = fields.Str()
    status = fields.Str()


class SeenMemberView(marshmallow.Schema):
    """Somebody in the household, to a partner: never who she is."""

    relation = fields.Str()
    same_household = fields.Bool()
    age_band = fields.Str(allow_none=True)


class SeenReferralView(marshmallow.Schema):
    id = fields.Str()
    recipient = fields.Str()
    made_at = fields.Str()
    status = fields.Str()


class SeenConferenceView(marshmallow.Schema):
    """A conference, to a partner who takes part."""

    id = fields.Str()
    held_on = fields.Str()
    status = fields.Str()
