"""What may be asked of follow-ups, and what is shown of them."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from services.cases.shown import ClientNameView
from shared.http.days import Day
from shared.http.paging import PageQuery
from shared.http.schema import Schema, Text, YesNo
from shared.texts import text

LONGEST_TITLE = 500
DUE = ("overdue", "today", "week")


class DueFilter(PageQuery):
    """`week` is the next seven days; without `due` everything that is open."""

    due = fields.Str(load_default=None, validate=validate.OneOf(DUE))
    mine = fields.Bool(load_default=None)


class FollowUpCommand(Schema):
    """Without `responsible` it is for the case manager, or for you where there is none."""

    title = Text(LONGEST_TITLE, required=True)
    due_on = Day(required=True)
    responsible = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))


class FollowUpChangeCommand(Schema):
    """What is not given stays."""

    title = Text(LONGEST_TITLE)
    due_on = Day()
    responsible = fields.Str(validate=validate.Length(1, 128))
    done = YesNo()

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))


class FollowUpCodes(marshmallow.Schema):
    """A follow-up without its words."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    case = fields.Str(required=True)
    due_on = fields.Date(required=True)
    responsible = fields.Str(required=True, allow_none=True)
    done = fields.Bool(required=True)
    set_at = fields.AwareDateTime(required=True)
    set_by = fields.Str(required=True)
    rule = fields.Str(allow_none=True, metadata={"description": "The rule of the radar that set it."})
    cause = fields.Str(allow_none=True)
    days = fields.Int(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    legal_domain = fields.Str(allow_none=True)


class FollowUpView(FollowUpCodes):
    """A follow-up with its title."""

    title = fields.Str(required=True, allow_none=True, metadata={"description": "Or what the rule says."})


class DueView(FollowUpView):
    """A follow-up in the list across cases, with whose it is."""

    reference = fields.Str(required=True)
    client = fields.Nested(ClientNameView, required=True, allow_none=True)
