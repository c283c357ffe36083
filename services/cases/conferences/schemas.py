"""What may be said of case conferences, and what is shown of them."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from services.cases.conferences.domain import CLIENT
from shared.codes import ConferenceStatus
from shared.http.days import Day
from shared.http.fields import code
from shared.http.schema import Line, Schema, Text
from shared.texts import text

LONGEST_FUNCTION, LONGEST_QUESTION, LONGEST_AGREEMENT, LONGEST_REASON = 200, 10_000, 2_000, 2_000
MOST_PARTICIPANTS, MOST_AGREEMENTS = 20, 50
NEXT = (ConferenceStatus.HELD, ConferenceStatus.CANCELLED)


def _id() -> fields.String:
    return fields.Str(required=True, validate=validate.Length(1, 128))


class ParticipantCommand(Schema):
    """An organisation, and in which function somebody speaks for it: a function, not a name."""

    organisation = _id()
    function = Line(LONGEST_FUNCTION, required=True)


class AgreementCommand(Schema):
    """`who` is a participating organisation or `client`."""

    who = _id()
    what = Text(LONGEST_AGREEMENT, required=True)
    until = Day(load_default=None, allow_none=True)


def _each_once(participants: list[dict[str, Any]]) -> None:
    named = [one["organisation"] for one in participants]
    if len(set(named)) < len(named):
        raise ValidationError(text("Each organisation is named once."))


def _participants(**options: Any) -> fields.Field[Any]:
    length = validate.Length(1, MOST_PARTICIPANTS)
    return fields.List(fields.Nested(ParticipantCommand), validate=validate.And(length, _each_once), **options)


class ConferenceCommand(Schema):
    """Planned, where `held_on` is a day to come; else it was held."""

    held_on = Day(required=True)
    participants = _participants(required=True)
    question = Text(LONGEST_QUESTION, required=True)
    agreements = fields.List(
        fields.Nested(AgreementCommand), load_default=list, validate=validate.Length(0, MOST_AGREEMENTS)
    )

    @validates_schema
    def _among_participants(self, read: dict[str, Any], **_: Any) -> None:
        named = {one["organisation"] for one in read["participants"]}
        if {one["who"] for one in read["agreements"]} - {CLIENT, *named}:
            raise ValidationError(text("Who agrees to something is the client or takes part."), "agreements")


class ConferenceChangeCommand(Schema):
    """What is not given stays; participants and agreements are given all together, each with its words."""

    held_on = Day()
    status = code(
        ConferenceStatus,
        validate=validate.OneOf(NEXT),
        metadata={"enum": [one.value for one in NEXT]},
    )
    participants = _participants()
    agreements = fields.List(fields.Nested(AgreementCommand), validate=validate.Length(0, MOST_AGREEMENTS))
    reason = Text(LONGEST_REASON, optional=True)

    @validates_schema
    def _says_one_thing(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))
        cancelled = read.get("status") is ConferenceStatus.CANCELLED
        if "reason" in read and not cancelled:
            raise ValidationError(text("A reason belongs to a cancellation."), "reason")
        if cancelled and read.keys() - {"status", "reason"}:
            raise ValidationError(text("Please change either the status or the conference."), "status")


class ParticipantView(marshmallow.Schema):
    """An organisation that takes part, and in which function."""

    organisation = fields.Str(required=True)
    function = fields.Str(required=True, allow_none=True)


class AgreementView(marshmallow.Schema):
    """Who does what until when."""

    who = fields.Str(required=True, allow_none=True, metadata={"description": "Null to a partner, for another one."})
    what = fields.Str(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True)


class ConferenceCodes(marshmallow.Schema):
    """A conference without its words."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    case = fields.Str(required=True)
    held_on = fields.Date(required=True)
    status = fields.Str(required=True)


class ConferenceView(ConferenceCodes):
    """The whole conference, for those who work on the case."""

    participants = fields.List(fields.Nested(ParticipantView), required=True)
    question = fields.Str(required=True, allow_none=True)
    agreements = fields.List(fields.Nested(AgreementView), required=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.Str(required=True)
    reason = fields.Str(required=True, allow_none=True, metadata={"description": "Why it was cancelled."})


class ListedConferenceView(ConferenceView):
    """A conference in a list: to a partner without who takes part and recorded it."""

    version = fields.Int()
    case = fields.Str()
    participants = fields.List(fields.Nested(ParticipantView))
    recorded_at = fields.AwareDateTime()
    recorded_by = fields.Str()
    reason = fields.Str(allow_none=True, metadata={"description": "Why it was cancelled."})
