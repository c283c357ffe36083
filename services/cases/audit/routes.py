"""The audit over HTTP, for the privacy officer."""

from __future__ import annotations

from typing import Any

from services.cases import table
from services.cases.audit import handlers, schemas
from shared.http.call import Answer, Call
from shared.http.paging import PageQuery, pages_of
from shared.policy import Action


@table.routes.get("/audit", Action.CASES_AUDIT, query=PageQuery, gives=pages_of(schemas.AuditView))
def reports(call: Call, wanted: dict[str, Any]) -> Answer:
    """Read what the nightly audits found."""
    return handlers.reports(call, wanted, desk=table.desk())
