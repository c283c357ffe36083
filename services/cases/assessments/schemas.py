"""What may be said of an assessment, and what is shown of its versions."""

from __future__ import annotations

import marshmallow
from marshmallow import fields, validate

from shared import codes
from shared.http.fields import code
from shared.http.schema import Schema, Text

LONGEST_TEXT = 10_000


class AssessmentCommand(Schema):
    """How things stand in one action field, in one view; urgency from 0, none, to 4, at once."""

    situation = Text(LONGEST_TEXT, required=True)
    resources = Text(LONGEST_TEXT, load_default=None, allow_none=True)
    urgency = fields.Int(required=True, strict=True, validate=validate.Range(0, 4))
    view = code(codes.View, required=True)


class AssessmentVersionView(marshmallow.Schema):
    """How one view of an action field was put at a version of the case, when and by whom."""

    version = fields.Int(required=True)
    view = fields.Str(required=True)
    urgency = fields.Int(required=True)
    situation = fields.Str(required=True, allow_none=True)
    resources = fields.Str(required=True, allow_none=True)
    at = fields.Str(required=True)
    by = fields.Str(required=True)
    current = fields.Bool(required=True, metadata={"description": "Whether it is the newest of its view."})


class AssessmentsView(marshmallow.Schema):
    """How one action field was seen over time, in both views."""

    action_field = fields.Str(required=True)
    versions = fields.List(
        fields.Nested(AssessmentVersionView), required=True, metadata={"description": "The newest first."}
    )
