"""What may be asked about messages, and what is shown of them: never an address, and a text only for its client."""

from __future__ import annotations

from datetime import date

from marshmallow import ValidationError, fields, validate

from shared.codes import Channel, MessageStatus
from shared.errors import Invalid, Malformed
from shared.http.days import Day
from shared.http.paging import PageQuery
from shared.http.schema import Schema, translated
from shared.looks import CASE


class MessagesQuery(PageQuery):
    """Messages about one case."""

    case = fields.Str(required=True, validate=validate.Length(1, 100))


class RetentionCommand(Schema):
    """What the night is to do: delete; with a day, only say what will be due by its end."""

    preview = Day(load_default=None, allow_none=True)


def retention_command(body: bytes) -> date | None:
    """The day of which a scheduled call asks for a preview, if it does. Raises `Malformed` and `Invalid`."""
    try:
        command: dict[str, date | None] = RetentionCommand().loads(body or b"{}")
    except ValidationError as error:
        raise Invalid(translated(error.messages_dict)) from None
    except ValueError:
        raise Malformed(reason="not JSON") from None
    return command["preview"]


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


class ClientMessagesQuery(PageQuery):
    """Messages to the client of one case. Whoever may ask about any may name nothing but a case."""

    case = fields.Str(required=True, validate=validate.Regexp(rf"{CASE.pattern}\Z"))


class ClientMessageView(Schema):
    """A message to a client, with what it says for as long as texts are kept."""

    channel = fields.Enum(Channel, by_value=True, required=True)
    language = fields.Str(required=True)
    status = fields.Enum(MessageStatus, by_value=True, required=True)
    reason = fields.Str(required=True, allow_none=True)
    provider = fields.Str(required=True, allow_none=True)
    planned_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    subject = fields.Str(required=True, allow_none=True)
    body = fields.Str(required=True, allow_none=True)
