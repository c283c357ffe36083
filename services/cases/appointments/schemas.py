"""What may be asked of appointments, and what is shown of them."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from services.cases.shown import ClientNameView
from shared.codes import LANGUAGES, AppointmentStatus, ContactChannel
from shared.http.days import Day, Moment
from shared.http.fields import code
from shared.http.paging import PageQuery
from shared.http.schema import Schema, Text
from shared.texts import text

LONGEST_PURPOSE, LONGEST_REASON = 2_000, 2_000
SAID_ALONE = ("purpose", "reason", "interpreter")
"""What may be said together with a status."""


def _minutes(**options: Any) -> fields.Integer:
    return fields.Int(strict=True, validate=validate.Range(5, 8 * 60), **options)


def _id(**options: Any) -> fields.String:
    return fields.Str(validate=validate.Length(1, 128), **options)


def _interpreter() -> fields.String:
    return fields.Str(allow_none=True, validate=validate.OneOf(list(LANGUAGES)))


class AgendaFilter(PageQuery):
    """From which day on (today) and until which; of whom, where not your own."""

    begins = Day(data_key="from", load_default=None)
    ends = Day(data_key="to", load_default=None)
    staff = fields.Str(load_default="me", validate=validate.Length(1, 128))

    @validates_schema
    def _ends_after_it_begins(self, read: dict[str, Any], **_: Any) -> None:
        if read["begins"] and read["ends"] and read["ends"] < read["begins"]:
            raise ValidationError(text("The last day lies before the first."), "to")


class AppointmentCommand(Schema):
    """Without `staff` it is with the case manager; without `interpreter` mediation is as the case needs it."""

    starts_at = Moment(required=True)
    minutes = _minutes(load_default=60)
    channel = code(ContactChannel, load_default=ContactChannel.MEETING)
    place = _id(load_default=None, allow_none=True)
    staff = _id(load_default=None, allow_none=True)
    interpreter = _interpreter()
    purpose = Text(LONGEST_PURPOSE, load_default=None, allow_none=True)


class AppointmentChangeCommand(Schema):
    """What is not given stays. A status is said without another time or place."""

    starts_at = Moment()
    minutes = _minutes()
    channel = code(ContactChannel)
    place = _id(allow_none=True)
    staff = _id()
    interpreter = _interpreter()
    purpose = Text(LONGEST_PURPOSE, optional=True)
    status = code(AppointmentStatus, validate=validate.NoneOf([AppointmentStatus.PLANNED]))
    reason = Text(LONGEST_REASON, optional=True)

    @validates_schema
    def _says_one_thing(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))
        if "status" in read and set(read) - {"status", *SAID_ALONE}:
            raise ValidationError(text("Please change either the status or the appointment."), "status")
        if "reason" in read and read.get("status") is not AppointmentStatus.CANCELLED:
            raise ValidationError(text("A reason belongs to a cancellation."), "reason")


class AppointmentCodes(marshmallow.Schema):
    """An appointment without its words."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    case = fields.Str(required=True)
    staff = fields.Str(required=True)
    channel = fields.Str(required=True)
    starts_at = fields.AwareDateTime(required=True)
    minutes = fields.Int(required=True)
    place = fields.Str(required=True, allow_none=True)
    interpreter = fields.Str(required=True, allow_none=True)
    status = fields.Str(required=True)
    sequence = fields.Int(required=True)


class AppointmentView(AppointmentCodes):
    """An appointment with its words, for those who work on the case."""

    address = fields.Str(required=True, allow_none=True)
    purpose = fields.Str(required=True, allow_none=True)
    reason = fields.Str(required=True, allow_none=True, metadata={"description": "Why it was cancelled."})


class AgendaView(AppointmentCodes):
    """An appointment in the list across cases, with whose it is."""

    address = fields.Str(required=True, allow_none=True)
    reference = fields.Str(required=True)
    client = fields.Nested(ClientNameView, required=True, allow_none=True)
