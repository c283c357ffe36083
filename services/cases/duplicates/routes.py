"""Possible duplicates over HTTP."""

from __future__ import annotations

from services.cases import table
from services.cases.duplicates import schemas, views
from shared.http.call import Answer, Call
from shared.policy import Action


@table.routes.get("/<case_id>/duplicates", Action.CASE_DUPLICATES, gives=schemas.DuplicatesView)
def duplicates(call: Call, case_id: str) -> Answer:
    """See which other cases may be of the same client, and by which criteria."""
    return views.of_case(call, case_id, desk=table.desk())
