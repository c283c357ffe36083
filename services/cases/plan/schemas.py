"""What may be said of the support plan, and what is shown of its versions."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from services.cases.parts import GoalView
from shared import codes
from shared.http.days import Day
from shared.http.fields import code
from shared.http.schema import Query, Schema, Text, YesNo
from shared.texts import text

LONGEST_TITLE, LONGEST_TEXT = 500, 2_000
ENDED = (codes.MeasureStatus.DONE, codes.MeasureStatus.DROPPED)


class _ChangeCommand(Schema):
    """What is not given stays."""

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))


class GoalCommand(Schema):
    """A SMART goal: what it is, by what everybody will see that it is reached, agreed or not, and until when."""

    action_field = code(codes.ActionField, required=True)
    title = Text(LONGEST_TITLE, required=True)
    reached_when = Text(LONGEST_TEXT, load_default=None, allow_none=True)
    agreed = YesNo(load_default=False)
    until = Day(load_default=None, allow_none=True)


class GoalChangeCommand(_ChangeCommand):
    """What changes of a goal: one field at least."""

    title = Text(LONGEST_TITLE)
    reached_when = Text(LONGEST_TEXT, optional=True)
    agreed = YesNo()
    until = Day()
    outcome = code(codes.GoalOutcome)


def _responsible(**options: Any) -> fields.String:
    said = {"description": "`client`, `case_manager`, or an organisation's id."}
    return fields.Str(validate=validate.Length(1, 128), metadata=said, **options)


class MeasureCommand(Schema):
    """Who does what until when."""

    what = Text(LONGEST_TEXT, required=True)
    responsible = _responsible(required=True)
    agreed = YesNo(load_default=False)
    until = Day(load_default=None, allow_none=True)


class MeasureChangeCommand(_ChangeCommand):
    """What is not given stays. `ended_on` is today, where a measure is done or dropped and no day is given."""

    what = Text(LONGEST_TEXT)
    responsible = _responsible()
    agreed = YesNo()
    until = Day()
    status = code(codes.MeasureStatus)
    ended_on = Day()

    @validates_schema
    def _ended(self, read: dict[str, Any], **_: Any) -> None:
        if "ended_on" in read and read.get("status") not in ENDED:
            raise ValidationError(text("A day of its end belongs to what is done or dropped."), "ended_on")


def _version(**options: Any) -> fields.Integer:
    said = {"description": "A version of the case."}
    return fields.Int(validate=validate.Range(1, 1_000_000_000), metadata=said, **options)


class PlanQuery(Query):
    """Without `version` the plan as it is now."""

    version = _version(load_default=None)


class ComparisonQuery(Query):
    """Without `from` since the case was opened, without `to` until now."""

    begins = _version(data_key="from", load_default=1)
    ends = _version(data_key="to", load_default=None)


class VersionView(marshmallow.Schema):
    """A version of the case that changed its plan."""

    version = fields.Int(required=True)
    at = fields.Str(required=True)
    by = fields.Str(required=True)
    type = fields.Str(required=True)


class PlanView(marshmallow.Schema):
    """The plan as it was at a version of the case, and the versions that changed it, the newest first."""

    version = fields.Int(required=True)
    goals = fields.List(fields.Nested(GoalView), required=True)
    versions = fields.List(fields.Nested(VersionView), required=True)


class ItemView(marshmallow.Schema):
    """A goal, or a measure under a goal."""

    kind = fields.Str(required=True, validate=validate.OneOf(["goal", "measure"]))
    id = fields.Str(required=True)
    goal = fields.Str(metadata={"description": "Of a measure: the goal that it is under."})
    action_field = fields.Str()
    title = fields.Str(allow_none=True)
    reached_when = fields.Str(allow_none=True)
    what = fields.Str(allow_none=True)
    responsible = fields.Str()
    agreed = fields.Bool(required=True)
    until = fields.Date(required=True, allow_none=True)
    outcome = fields.Str(allow_none=True)
    status = fields.Str()
    ended_on = fields.Date(allow_none=True)


class DifferenceView(marshmallow.Schema):
    """A field before and after."""

    field = fields.Str(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ChangedView(marshmallow.Schema):
    """A goal or a measure that is not as it was."""

    kind = fields.Str(required=True)
    id = fields.Str(required=True)
    goal = fields.Str(required=True, allow_none=True)
    fields_ = fields.List(fields.Nested(DifferenceView), required=True, data_key="fields")


class ComparisonView(marshmallow.Schema):
    """What was added, what changed in which fields, and what came to its end."""

    begins = fields.Nested(VersionView, required=True, data_key="from")
    ends = fields.Nested(VersionView, required=True, data_key="to")
    added = fields.List(fields.Nested(ItemView), required=True)
    changed = fields.List(fields.Nested(ChangedView), required=True)
    ended = fields.List(fields.Nested(ItemView), required=True)
