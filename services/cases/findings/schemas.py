"""What may be said of structural findings, and what is shown of them: never a case, never who it was."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from shared import codes
from shared.http.days import Day
from shared.http.fields import code
from shared.http.paging import PageQuery
from shared.http.schema import Line, Schema
from shared.texts import text


class FindingFilter(PageQuery):
    """Whose findings, and how far they are."""

    raised_by = fields.Str(load_default=None, validate=validate.OneOf(["me"]))
    status = code(codes.FindingStatus, load_default=None)


class FindingCommand(Schema):
    """What hinders, in a title and from which office to which; the rest where it is known."""

    case = fields.Str(required=True, validate=validate.Length(1, 128))
    title = Line(200, required=True)
    from_office = code(codes.Referrer, required=True)
    to_office = code(codes.Referrer, required=True)
    action_field = code(codes.ActionField, load_default=None, allow_none=True)
    from_domain = code(codes.LegalDomain, load_default=None, allow_none=True)
    to_domain = code(codes.LegalDomain, load_default=None, allow_none=True)


class FindingChangeCommand(Schema):
    """Either `into`, the finding that is to speak for this one, or what a body decided on which day."""

    into = fields.Str(validate=validate.Regexp(r"^finding-[0-9a-f]{32}(?!\n)$"))
    status = code(codes.FindingStatus)
    body = code(codes.DecisionBody)
    decided_on = Day()

    @validates_schema
    def _one_or_the_other(self, read: dict[str, Any], **_: Any) -> None:
        if "into" in read and len(read) > 1:
            raise ValidationError(text("Please either bundle or decide."))
        if "into" not in read and set(read) != {"status", "body", "decided_on"}:
            raise ValidationError(text("Please say when and by which body it was decided."))


class DecisionView(marshmallow.Schema):
    """Which body brought it how far, and on which day."""

    status = fields.Str(required=True)
    body = fields.Str(required=True)
    decided_on = fields.Date(required=True)


class FindingView(marshmallow.Schema):
    """`status` and `decisions` are those of the finding that speaks for this one, where one does."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    title = fields.Str(required=True)
    from_office = fields.Str(required=True)
    to_office = fields.Str(required=True)
    action_field = fields.Str(required=True, allow_none=True)
    from_domain = fields.Str(required=True, allow_none=True)
    to_domain = fields.Str(required=True, allow_none=True)
    raised_on = fields.Date(required=True)
    mine = fields.Bool(required=True, metadata={"description": "You raised it."})
    cases = fields.Int(required=True, allow_none=True)
    suppressed = fields.Bool(required=True, metadata={"description": "Too few cases to be counted."})
    status = fields.Str(required=True)
    into = fields.Str(required=True, allow_none=True)
    decisions = fields.List(fields.Nested(DecisionView), required=True)
