"""What may be said of the client, read as at intake."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.codes import LANGUAGES, Channel, Gender
from shared.forms import LONGEST_NAME, MOST_CHILDREN
from shared.http.fields import BirthDate, Email, Phone, Postcode, Quarter, code
from shared.http.schema import Line, Schema, YesNo
from shared.texts import text


class ClientCommand(Schema):
    """What is not given stays; null takes away. Residence titles and consents have routes of their own."""

    given_name = Line(LONGEST_NAME)
    family_name = Line(LONGEST_NAME)
    date_of_birth = BirthDate()
    gender = code(Gender)
    language = fields.Str(validate=validate.OneOf(list(LANGUAGES)))
    needs_interpreter = YesNo()
    phone = Phone(allow_none=True)
    email = Email(allow_none=True)
    channel = code(Channel)
    shared_phone = YesNo()
    city_quarter = Quarter(allow_none=True, metadata={"anyOf": [{"type": "integer"}, {"type": ["string", "null"]}]})
    postcode = Postcode(allow_none=True, metadata={"pattern": "^[0-9]{5}$"})
    single_parent = YesNo()
    children = fields.Int(strict=True, validate=validate.Range(0, MOST_CHILDREN))

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))
