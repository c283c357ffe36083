"""What is shown of possible duplicates: the criteria that are met, never a score."""

from __future__ import annotations

import marshmallow
from marshmallow import fields

from shared.codes import Likeness
from shared.http.fields import code


class DuplicateView(marshmallow.Schema):
    """A case that the caller may read, and by what its client may be the same."""

    case = fields.Str(required=True)
    reference = fields.Str(required=True)
    phase = fields.Str(required=True)
    organisation = fields.Str(required=True, allow_none=True)
    merged_into = fields.Str(
        required=True, allow_none=True, metadata={"description": "The case that goes on instead of this one."}
    )
    criteria = fields.List(code(Likeness), required=True)


class DuplicatesView(marshmallow.Schema):
    """Of cases that the caller may not read she learns that there is one, and only where a release says so."""

    items = fields.List(fields.Nested(DuplicateView), required=True)
    known_to_colleagues = fields.Bool(required=True)
    known_to_another_organisation = fields.Bool(required=True)
