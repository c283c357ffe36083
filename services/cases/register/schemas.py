"""Where it is read which cases are wanted."""

from __future__ import annotations

from marshmallow import fields, validate

from shared import codes
from shared.http.fields import code
from shared.http.paging import PageQuery
from shared.store.catalogue import SORTS


class CaseFilter(PageQuery):
    """Which cases. A value that no list knows is an error, never everything."""

    phase = code(codes.Phase, load_default=None)
    case_manager = fields.Str(load_default=None)
    organisation = fields.Str(load_default=None)
    topic = code(codes.ActionField, load_default=None)
    clearing_result = code(codes.ClearingResult, load_default=None)
    transfer = fields.Str(
        load_default=None,
        validate=validate.OneOf(["incoming"]),
        metadata={
            "description": "Those that are offered to your organisation, which has not answered yet: codes only."
        },
    )
    q = fields.Str(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={
            "description": "A name as somebody writes it, a birth date or a reference. With `topic` beside it a page "
            "may hold fewer than its `limit`, and go on at `next` all the same."
        },
    )
    sort = fields.Str(load_default="-opened_at", validate=validate.OneOf([order for (order,) in SORTS]))
