"""What may be asked: to merge a case into another one, and to separate them."""

from __future__ import annotations

from marshmallow import fields, validate

from services.cases.schemas import LONGEST_TEXT
from shared.http.schema import Schema, Text


class MergeCommand(Schema):
    """`into` is the case that goes on: one that you may work on too."""

    into = fields.Str(required=True, validate=validate.Length(1, 128))
    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class SeparationCommand(Schema):
    """Why two cases are of two people after all; the reason is sealed."""

    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)
