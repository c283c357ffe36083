"""Where commands of staff are read: raw input ends here."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from shared import codes
from shared.http.days import Day
from shared.http.fields import code
from shared.http.schema import Schema, Text, YesNo
from shared.texts import text

LONGEST_TEXT = 10_000


def _id() -> fields.String:
    return fields.Str(required=True, validate=validate.Length(1, 128))


def _words() -> Text:
    return Text(LONGEST_TEXT, load_default=None, allow_none=True)


class AllocationCommand(Schema):
    """Which organisation takes the inquiry."""

    organisation = _id()


class AssignmentCommand(Schema):
    """Who takes charge of the case."""

    case_manager = _id()


class ClearingCommand(Schema):
    """`other_service` is who is responsible besides or instead of us; `voluntary`, whether she wants it herself."""

    result = code(codes.ClearingResult, required=True)
    voluntary = YesNo(load_default=None, allow_none=True)
    other_service = code(codes.Referrer, load_default=None, allow_none=True)
    reason = _words()


class PhaseCommand(Schema):
    """Where the case goes; the reason is sealed."""

    to = code(codes.Phase, required=True)
    reason = _words()


class ContactCommand(Schema):
    """What happened with the client, on which day (today, where it is not said); the note is sealed."""

    channel = code(codes.ContactChannel, required=True)
    minutes = fields.Int(required=True, strict=True, validate=validate.Range(1, 24 * 60))
    held_on = Day(load_default=None, allow_none=True)
    note = _words()


class WithdrawalCommand(Schema):
    """What the mistake was. It is sealed."""

    reason = _words()


class ConsentCommand(Schema):
    """`recipient` is the organisation that may see or be told; none means our own.

    A release from secrecy shows its recipient the `data_categories` that it names, whatever its purpose: one that names
    none is refused. One for the purpose of `recognition` needs none: it lets its recipient know that the client is
    known here, and nothing else; without a recipient every organisation that does case management. Nor does one that
    lets its recipient tell us something (`from_recipient`), if it says what for.
    """

    type = code(codes.ConsentKind, required=True)
    recipient = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))
    form = code(codes.ConsentForm, required=True)
    language = fields.Str(required=True, validate=validate.OneOf(list(codes.LANGUAGES)))
    text_version = fields.Str(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,39}(?!\n)$"))
    declared_on = Day(load_default=None, allow_none=True)
    valid_until = Day(load_default=None, allow_none=True)
    giver = code(codes.ConsentGiver, load_default=codes.ConsentGiver.CLIENT)
    purpose = code(codes.ConsentPurpose, load_default=None, allow_none=True)
    data_categories = fields.List(
        code(codes.DataCategory), load_default=(), validate=validate.Length(0, len(codes.DataCategory))
    )
    direction = code(codes.ConsentDirection, load_default=codes.ConsentDirection.TO_RECIPIENT)
    health_data = YesNo(load_default=False)
    interpreted = YesNo(load_default=False)
    informed = YesNo(load_default=False)
    target_groups = fields.List(
        code(codes.TargetGroup),
        load_default=(),
        metadata={"description": "Special target groups that she expressly agrees to have recorded (Art. 9 GDPR)."},
    )

    @validates_schema
    def _of_something(self, read: dict[str, Any], **_: Any) -> None:
        to_us = read["direction"] is codes.ConsentDirection.FROM_RECIPIENT and read["purpose"] is not None
        tells = read["data_categories"] or read["purpose"] is codes.ConsentPurpose.RECOGNITION
        if read["type"] is codes.ConsentKind.SECRECY_RELEASE and not (tells or to_us):
            says = text("Please name what the client releases: without a part of the file the recipient sees nothing.")
            raise ValidationError(says, "data_categories")

    @validates_schema
    def _knowingly(self, read: dict[str, Any], **_: Any) -> None:
        if read["type"] is codes.ConsentKind.SECRECY_RELEASE and read["data_categories"] and read["recipient"] is None:
            raise ValidationError(text("Please say towards whom the client releases you from secrecy."), "recipient")
        tells = bool(read["data_categories"]) or read["purpose"] is codes.ConsentPurpose.RECOGNITION
        if (tells or read["target_groups"]) and not read["informed"]:
            raise ValidationError(
                text("Please tell the client what refusing means and that it can be taken back."), "informed"
            )
        if codes.DataCategory.HEALTH in read["data_categories"] and not read["health_data"]:
            raise ValidationError(text("Health data is released expressly or not at all."), "health_data")

    @validates_schema
    def _names_special_groups(self, read: dict[str, Any], **_: Any) -> None:
        special = all(one.special for one in read["target_groups"])
        if read["target_groups"] and not (special and read["type"] is codes.ConsentKind.PROCESSING):
            says = text("Only a consent to processing names target groups, and special ones.")
            raise ValidationError(says, "target_groups")

    @post_load
    def _each_once(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, **{name: tuple(dict.fromkeys(read[name])) for name in ("data_categories", "target_groups")}}


class RevocationCommand(Schema):
    """Why a declaration is taken back, where she says so: nobody has to. It is sealed."""

    reason = _words()


class LegalDomainsCommand(Schema):
    """All in which the client stands now."""

    legal_domains = fields.List(
        code(codes.LegalDomain), required=True, validate=validate.Length(0, len(codes.LegalDomain))
    )


class ClosureCommand(Schema):
    """`handed_to` is who goes on with the client, and `handover` what was agreed on for that."""

    reason = code(codes.ClosureReason, required=True)
    ended_by = code(codes.EndedBy, required=True)
    outcomes = fields.Dict(
        keys=fields.Str(validate=validate.Regexp(r"^goal-[0-9]{1,9}(?!\n)$")),
        values=code(codes.GoalOutcome),
        load_default=dict,
    )
    satisfaction = code(codes.Satisfaction, load_default=None, allow_none=True)
    handed_to = code(codes.Referrer, load_default=None, allow_none=True)
    handover = _words()
    note = _words()
