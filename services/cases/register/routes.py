"""The register over HTTP."""

from __future__ import annotations

from random import SystemRandom
from typing import Any

from services.cases import inquiries, shown, table
from services.cases.register import schemas
from shared.forms import SubmissionForm
from shared.http.call import Answer, Call
from shared.http.paging import pages_of
from shared.policy import Action

Command = dict[str, Any]

CHANCE = SystemRandom()


@table.routes.get("", Action.CASES_LIST, query=schemas.CaseFilter, gives=pages_of(shown.CaseRow))
def list_cases(call: Call, wanted: Command) -> Answer:
    """List the cases that you may see."""
    from services.cases.register import views  # for which no inquiry has to wait

    return views.list_cases(call, wanted, desk=table.desk())


@table.routes.add("", Action.CASE_OPEN, takes=SubmissionForm, gives=shown.OpenedView, versioned=True)
def take_inquiry(call: Call, command: Command) -> Answer:
    """Take an inquiry: it is with your organisation, and with you if you are a case manager."""
    return inquiries.take(call, command, desk=table.desk(), chance=CHANCE)
