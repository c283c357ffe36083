"""Offers that are listed and taken in over HTTP."""

from __future__ import annotations

from typing import Any

from tests.cases import OFFER, CasesService

LEAD, CM, OTHER_LEAD = "lindenhof-leitung", "lindenhof-1", "bruecke-leitung"
COORDINATOR = "koordination"


def listed(cases: CasesService, who: str = LEAD, **said: Any) -> str:
    """The id of an offer that somebody lists."""
    answer = cases.call(who, "POST", "/cases/offers", {**OFFER, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def taken_in(cases: CasesService, sheet: str | bytes, who: str = LEAD) -> Any:
    """What is answered to a sheet."""
    return cases.call(who, "POST", "/cases/offers/import", sheet, Content_Type="text/csv")
