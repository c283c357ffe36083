"""What may be asked: to begin anew, to hand a case on, and what is answered."""

from __future__ import annotations

from marshmallow import fields, validate

from services.cases.schemas import LONGEST_TEXT
from shared.codes import TransferAnswer
from shared.http.fields import code
from shared.http.schema import Schema, Text


class ReopeningCommand(Schema):
    """Why the case begins anew; the reason is sealed."""

    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class TransferCommand(Schema):
    """To whom the case is offered; the reason is sealed, and shown there."""

    organisation = fields.Str(required=True, validate=validate.Length(1, 128))
    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class TransferAnswerCommand(Schema):
    """Who is asked accepts or refuses; who asked recalls."""

    answer = code(TransferAnswer, required=True)
    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)
