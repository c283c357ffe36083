"""What is said when the glass is broken, and what those see who review it."""

from __future__ import annotations

import marshmallow
from marshmallow import fields

from services.cases.schemas import LONGEST_TEXT
from shared.codes import BreakGlassGround, ReviewResult
from shared.http.fields import code
from shared.http.schema import Schema, Text


class BreakGlassCommand(Schema):
    """`reason` says in words why it cannot wait and nobody else can help. It is sealed, and read by who reviews."""

    ground = code(BreakGlassGround, required=True)
    reason = Text(LONGEST_TEXT, required=True)


class ReviewCommand(Schema):
    """What a second person found; her note is sealed."""

    result = code(ReviewResult, required=True)
    note = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class OpenUntilView(marshmallow.Schema):
    """Which case is open, and until when it may be read."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    case = fields.Str(required=True)
    ground = fields.Str(required=True)
    until = fields.AwareDateTime(required=True)


class BrokenGlassCodes(OpenUntilView):
    """Who opened a case that was not hers, and what became of it, without a word."""

    broken_at = fields.AwareDateTime(required=True)
    broken_by = fields.Str(required=True)
    works_for = fields.Str(required=True)
    escalated = fields.Bool(required=True, metadata={"description": "Nobody reviewed it in time."})
    result = fields.Str(required=True, allow_none=True)
    reviewed_at = fields.AwareDateTime(required=True, allow_none=True)
    reviewed_by = fields.Str(required=True, allow_none=True)


class BrokenGlassView(BrokenGlassCodes):
    """With the words, for those who review it."""

    reason = fields.Str(required=True, allow_none=True)
    note = fields.Str(required=True, allow_none=True, metadata={"description": "What was noted of the review."})
