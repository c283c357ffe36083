"""What may be asked about messages, and what is shown of them: never an address, never a text."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.codes import Channel, MessageStatus
from shared.http.paging import PageQuery
from shared.http.schema import Schema


class MessagesQuery(PageQuery):
    """Messages about one case."""

    case = fields.Str(required=True, validate=validate.Length(1, 100))


class MessageView(Schema):
    """A message: where it is, and why it went no further."""

    id = fields.Str(required=True)
    case = fields.Str(required=True)
    template = fields.Str(required=True)
    channel = fields.Enum(Channel, by_value=True, required=True)
    language = fields.Str(required=True)
    status = fields.Enum(MessageStatus, by_value=True, required=True)
    reason = fields.Str(required=True, allow_none=True)
    provider = fields.Str(required=True, allow_none=True)
    planned_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
