"""Lists in pages: the query parameters that every list takes, and the body that every list gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow
from marshmallow import fields, validate

from shared.http.schema import Query
from shared.store import Document, Page

USUAL, MOST = 50, 200


class PageQuery(Query):
    """Which part of a list. Lists with filters inherit from this."""

    limit = fields.Int(load_default=USUAL, validate=validate.Range(1, MOST))
    cursor = fields.Str(load_default=None)


def pages_of(item: type[marshmallow.Schema]) -> type[marshmallow.Schema]:
    """The schema of one page of such items, for the OpenAPI document."""
    described: Mapping[str, Any] = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.Str(required=True, allow_none=True),
    }
    return marshmallow.Schema.from_dict(dict(described), name=f"{item.__name__.removesuffix('Schema')}PageSchema")


def listed(page: Page, shown: Callable[[Document], Mapping[str, Any]]) -> dict[str, Any]:
    """The body of a list: each document as it is `shown`, and the cursor of the next page or null."""
    return {"items": [shown(document) for document in page.items], "next": page.next}
