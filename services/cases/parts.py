"""Parts of a case as they are shown: what is in it, what is suggested, what a partner sees of what lies beside it."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import fields


class View(marshmallow.Schema):
    """What is shown of a state. marshmallow would first ask each for an item of that name, which is slow."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        if "." not in attr:
            return getattr(obj, attr, default)
        first, _, rest = attr.partition(".")
        return self.get_attribute(getattr(obj, first, default), rest, default)


class ConsentView(marshmallow.Schema):
    """A declaration of the client, as it was given and until when it holds."""

    id = fields.Str()
    type = fields.Str(attribute="kind")
    recipient = fields.Str(allow_none=True)
    form = fields.Str()
    language = fields.Str()
    text_version = fields.Str()
    given_at = fields.AwareDateTime(metadata={"description": "When it was recorded, from which on it holds."})
    declared_on = fields.Date(
        allow_none=True, metadata={"description": "The day on which she declared it, where that was before."}
    )
    valid_until = fields.Date(allow_none=True)
    giver = fields.Str()
    purpose = fields.Str(allow_none=True)
    data_categories = fields.List(fields.Str())
    direction = fields.Str()
    health_data = fields.Bool()
    interpreted = fields.Bool()
    informed = fields.Bool()
    target_groups = fields.List(fields.Str())
    revoked_at = fields.AwareDateTime(allow_none=True)


class ClosureView(marshmallow.Schema):
    """How an earlier episode ended."""

    episode = fields.Int()
    closed_at = fields.AwareDateTime()
    clearing_result = fields.Str(allow_none=True)
    reason = fields.Str(allow_none=True)
    ended_by = fields.Str(allow_none=True)
    satisfaction = fields.Str(allow_none=True)
    handed_to = fields.Str(allow_none=True)


class AssessmentView(marshmallow.Schema):
    """How things stand in one action field, in one view."""

    action_field = fields.Str()
    view = fields.Str()
    urgency = fields.Int()
    situation = fields.Str(allow_none=True)
    resources = fields.Str(allow_none=True)


class MeasureView(marshmallow.Schema):
    """What somebody does for a goal."""

    id = fields.Str()
    what = fields.Str(allow_none=True)
    responsible = fields.Str(allow_none=True)
    agreed = fields.Bool()
    until = fields.Date(allow_none=True)
    status = fields.Str()
    ended_on = fields.Date(allow_none=True)


class GoalView(marshmallow.Schema):
    """A goal, and what is done for it."""

    id = fields.Str()
    action_field = fields.Str()
    title = fields.Str(allow_none=True)
    reached_when = fields.Str(allow_none=True)
    agreed = fields.Bool()
    until = fields.Date(allow_none=True)
    outcome = fields.Str(allow_none=True)
    measures = fields.List(fields.Nested(MeasureView))


class RectificationView(View):
    """A datum that the client disputes, or disputed: the marker, her words, and how it ended."""

    id = fields.Str(required=True)
    datum = fields.Str(required=True)
    disputed = fields.Bool(required=True)
    disputed_at = fields.AwareDateTime(required=True)
    disputed_by = fields.Str(required=True)
    statement = fields.Str(required=True, allow_none=True)
    resolution = fields.Str(required=True, allow_none=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    note = fields.Str(required=True, allow_none=True)


class RectificationsView(marshmallow.Schema):
    """All that the client disputes or disputed."""

    items = fields.List(fields.Nested(RectificationView), required=True)


class ReasonView(marshmallow.Schema):
    """Why something is suggested."""

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
    """Whom the programme means by her, and who could take her on."""

    target_groups = fields.List(fields.Nested(SuggestionView))
    organisations = fields.List(fields.Nested(SuggestionView))


class SeenAppointmentView(marshmallow.Schema):
    """An appointment, to a partner: when, and not with whom or what for."""

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
    """A referral, to its recipient."""

    id = fields.Str()
    recipient = fields.Str()
    made_at = fields.Str()
    status = fields.Str()


class SeenConferenceView(marshmallow.Schema):
    """A conference, to a partner who takes part."""

    id = fields.Str()
    held_on = fields.Str()
    status = fields.Str()
