"""What may be said of data that the client disputes."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from services.cases.schemas import LONGEST_TEXT
from shared.codes import Datum, Resolution
from shared.http.fields import code
from shared.http.schema import Schema, Text
from shared.texts import text


class RectificationCommand(Schema):
    """`statement` is what the client says to it, in her own words."""

    datum = code(Datum, required=True)
    statement = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class RectificationChangeCommand(Schema):
    """What is not given stays. With a `resolution` the dispute ends; the `note` says how that came."""

    statement = Text(LONGEST_TEXT, optional=True)
    resolution = code(Resolution)
    note = Text(LONGEST_TEXT, optional=True)

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))
        if "note" in read and "resolution" not in read:
            raise ValidationError(text("Please say how the dispute ended."), "resolution")
