"""The directory over HTTP."""

from __future__ import annotations

import marshmallow
from marshmallow import fields

from services.cases import table
from services.cases.directory import schemas, views
from shared.http.call import Answer, Call
from shared.policy import Action

CodeLists = marshmallow.Schema.from_dict(
    {name: fields.List(fields.Nested(schemas.CodeView), required=True) for name in views.LISTS}, name="CodeLists"
)


@table.routes.get("/directory", Action.DIRECTORY_READ, gives=schemas.DirectoryView)
def read_directory(call: Call) -> Answer:
    """Find the ids of organisations, staff, places and districts that commands and filters name."""
    return views.directory(call)


@table.routes.get("/codes", Action.DIRECTORY_READ, gives=CodeLists)
def read_codes(call: Call) -> Answer:
    """Read every code list with its labels, in the language of `Accept-Language`."""
    return views.code_lists()
