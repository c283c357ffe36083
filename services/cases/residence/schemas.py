"""What may be said of residence titles and of ends, and what is shown of them."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validates_schema

from shared.codes import LegalDomain, ResidenceStatus
from shared.http.days import Day
from shared.http.fields import code
from shared.http.schema import Schema
from shared.texts import text


class TitleCommand(Schema):
    """Without `valid_until` it has no end."""

    status = code(ResidenceStatus, required=True)
    valid_from = Day(required=True)
    valid_until = Day(load_default=None, allow_none=True)

    @validates_schema
    def _ends_after_it_begins(self, read: dict[str, Any], **_: Any) -> None:
        if read["valid_until"] is not None and read["valid_until"] < read["valid_from"]:
            raise ValidationError(text("A title ends after it begins."), "valid_until")


class DomainEndCommand(Schema):
    """When a benefit or a duty ends, such as a period of approval."""

    legal_domain = code(LegalDomain, required=True)
    ends_on = Day(required=True)


class TitleCodes(marshmallow.Schema):
    """A title of residence and the time for which it holds."""

    id = fields.Str(required=True)
    status = fields.Str(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.Str(required=True)
    withdrawn = fields.Bool(required=True, metadata={"description": "Recorded by mistake: it counts nowhere."})


class TitleView(TitleCodes):
    """One of the titles of a client, at most one of which is current."""

    current = fields.Bool(required=True)


class DomainEndView(marshmallow.Schema):
    """When a legal domain ends for the client."""

    id = fields.Str(required=True)
    legal_domain = fields.Str(required=True)
    ends_on = fields.Date(required=True, attribute="ends")
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.Str(required=True)
    withdrawn = fields.Bool(required=True, metadata={"description": "Noted by mistake: nobody is reminded of it."})
