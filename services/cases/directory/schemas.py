"""What is shown of organisations, staff, places and codes."""

from __future__ import annotations

import marshmallow
from marshmallow import fields


class PlaceView(marshmallow.Schema):
    """Where clients are met, by the id that an appointment names."""

    id = fields.Str(required=True)
    address = fields.Str(required=True)


class OrganisationView(marshmallow.Schema):
    """An organisation or office of the municipality's pack."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    districts = fields.List(fields.Int(), required=True)
    places = fields.List(
        fields.Nested(PlaceView), metadata={"description": "Where clients are met; to those who work on cases."}
    )


class ExternalView(marshmallow.Schema):
    """Somebody outside who has offers, such as a school: without staff, cases or mailbox here."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)


class StaffView(marshmallow.Schema):
    """Somebody who works with KIM."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    roles = fields.List(fields.Str(), required=True)
    organisation = fields.Str(required=True)


class DistrictView(marshmallow.Schema):
    """A city district, by its number: some names are quarters' names too."""

    number = fields.Int(required=True)
    name = fields.Str(required=True)


class QuarterView(DistrictView):
    """A city quarter, and the district that it belongs to."""

    district = fields.Int(required=True)


class CodeView(marshmallow.Schema):
    """A code, and how the caller's language names it."""

    code = fields.Str(required=True)
    label = fields.Str(required=True)


class DirectoryView(marshmallow.Schema):
    """All that commands may name."""

    organisations = fields.List(fields.Nested(OrganisationView), required=True)
    externals = fields.List(
        fields.Nested(ExternalView), required=True, metadata={"description": "Who has offers and no case."}
    )
    staff = fields.List(
        fields.Nested(StaffView),
        required=True,
        metadata={"description": "Of your organisation, where you work on cases; the privacy officer sees everybody."},
    )
    districts = fields.List(fields.Nested(DistrictView), required=True)
    quarters = fields.List(fields.Nested(QuarterView), required=True)
    languages = fields.List(fields.Nested(CodeView), required=True)
