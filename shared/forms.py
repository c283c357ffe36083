"""What a client tells us about herself: read once, the same from a form, an office or a member of staff.

Clients read these messages: keep them plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from shared import texts
from shared.answers import unreachable
from shared.codes import LANGUAGES, ActionField, Channel, ConsentForm, Gender, ResidenceStatus
from shared.http.fields import BirthDate, Email, Phone, Postcode, Quarter, code
from shared.http.schema import Line, Schema, Several, Text, YesNo

LONGEST_NAME = 100
LONGEST_MESSAGE = 2_000
MOST_CHILDREN = 20

CONSENT_MISSING = texts.marked("We need your consent before we may work with what you tell us.")
TOPICS_MISSING = texts.marked("Please choose at least one topic.")
TOPIC_TWICE = texts.marked("Please name each topic once.")


class SubmissionForm(Schema):
    """The fields of a submission (CONTRACT, "Intake")."""

    given_name = Line(LONGEST_NAME, required=True)
    family_name = Line(LONGEST_NAME, required=True)
    date_of_birth = BirthDate(required=True)
    gender = code(Gender, load_default=Gender.UNDISCLOSED)
    language = fields.Str(required=True, validate=validate.OneOf(list(LANGUAGES)))
    needs_interpreter = YesNo(load_default=False)
    phone = Phone(load_default=None)
    email = Email(load_default=None)
    channel = code(Channel, required=True)
    shared_phone = YesNo(load_default=False)
    city_quarter = Quarter(load_default=None, metadata={"anyOf": [{"type": "integer"}, {"type": ["string", "null"]}]})
    postcode = Postcode(load_default=None, metadata={"pattern": "^[0-9]{5}$"})
    residence_status = code(ResidenceStatus, load_default=ResidenceStatus.UNDISCLOSED)
    single_parent = YesNo(load_default=False)
    children = fields.Int(load_default=0, strict=True, validate=validate.Range(0, MOST_CHILDREN))
    topics = Several(
        code(ActionField),
        len(ActionField),
        required=True,
        validate=validate.Length(1, error=TOPICS_MISSING),
        metadata={"uniqueItems": True},
    )
    message = Text(LONGEST_MESSAGE, load_default=None)
    consent_processing = YesNo(required=True, error_messages={"required": CONSENT_MISSING}, metadata={"enum": [True]})
    consent_contact = YesNo(load_default=False)

    @pre_load
    def _blank_is_absent(self, given: Any, **_: Any) -> Any:
        """An untouched field of a form arrives as an empty text, one of a program as null."""
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if value is not None and value != ""}

    @validates_schema(skip_on_field_errors=False)
    def _consents(self, read: dict[str, Any], **_: Any) -> None:
        if read.get("consent_processing") is False:
            raise ValidationError(texts.text(CONSENT_MISSING), "consent_processing")

    @validates_schema(skip_on_field_errors=False)
    def _names_each_topic_once(self, read: dict[str, Any], **_: Any) -> None:
        topics = read.get("topics", [])
        if len(set(topics)) < len(topics):
            raise ValidationError(texts.text(TOPIC_TWICE), "topics")

    @validates_schema(skip_on_field_errors=False)
    def _can_be_reached(self, read: dict[str, Any], **_: Any) -> None:
        """The channel must match what is given; an address that is given and wrong has its own message."""
        if "channel" in read and (missing := unreachable(read["channel"], read)):
            raise ValidationError(missing)


class ReferralForm(SubmissionForm):
    """A submission by an office or organisation, with what it says of its own."""

    referrer_reference = Line(LONGEST_NAME, load_default=None)
    reason = Text(LONGEST_MESSAGE, load_default=None)
    consent_form = code(ConsentForm, required=True)
