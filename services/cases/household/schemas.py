"""What may be said of the people a client lives with, and what is shown of them."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from shared.codes import AgeBand, HouseholdRelation
from shared.forms import LONGEST_MESSAGE, LONGEST_NAME
from shared.http.days import Day
from shared.http.fields import code
from shared.http.schema import Line, Schema, Text, YesNo
from shared.texts import text


def _case() -> fields.String:
    return fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))


class MemberCommand(Schema):
    """As little as is needed of somebody who was not asked. `own_case` is a case that you may read yourself."""

    relation = code(HouseholdRelation, required=True)
    same_household = YesNo(load_default=True)
    age_band = code(AgeBand, load_default=None, allow_none=True)
    name = Line(LONGEST_NAME, load_default=None, allow_none=True)
    note = Text(LONGEST_MESSAGE, load_default=None, allow_none=True)
    own_case = _case()


class MemberChangeCommand(Schema):
    """What is not given stays; null takes away. `left_on` says since when she does not live there any more."""

    relation = code(HouseholdRelation)
    same_household = YesNo()
    age_band = code(AgeBand, allow_none=True)
    left_on = Day(allow_none=True)
    name = Line(LONGEST_NAME, allow_none=True)
    note = Text(LONGEST_MESSAGE, allow_none=True)
    own_case = fields.Str(allow_none=True, validate=validate.Length(1, 128))

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))


class MemberCodes(marshmallow.Schema):
    """Somebody in the household, without who she is."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    relation = fields.Str(required=True)
    same_household = fields.Bool(required=True)
    age_band = fields.Str(required=True, allow_none=True)
    minor = fields.Bool(required=True, allow_none=True)
    left_on = fields.Date(required=True, allow_none=True)
    added_at = fields.AwareDateTime(required=True)
    added_by = fields.Str(required=True)


class MemberView(MemberCodes):
    """Somebody who lives with the client, for those who work on the case."""

    name = fields.Str(required=True, allow_none=True)
    note = fields.Str(required=True, allow_none=True)
    own_case = fields.Str(
        required=True, allow_none=True, metadata={"description": "To whoever may read that case too, and nobody else."}
    )
