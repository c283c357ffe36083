"""Who breaks the glass of a case, reads under it, and reviews it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cases import BREAK_GLASS, CasesService

COLLEAGUE, STRANGER, OFFICER, LEAD = "lindenhof-2", "bruecke-1", "datenschutz", "lindenhof-leitung"
HOUR, WEEK = timedelta(minutes=60), timedelta(days=7)


def breaks(cases: CasesService, who: Any, case: str, **said: Any) -> Any:
    return cases.call(who, "POST", f"/cases/{case}/break-glass", {**BREAK_GLASS, **said})


def broken(cases: CasesService, who: Any, case: str) -> str:
    """The id of a glass that she broke."""
    answer = breaks(cases, who, case)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def reads(cases: CasesService, who: Any, case: str, path: str = "") -> int:
    return cases.call(who, "GET", f"/cases/{case}{path}").status_code


def review(cases: CasesService, who: Any, case: str, id: str, version: int = 1, **said: Any) -> Any:
    path = f"/cases/{case}/break-glass/{id}/review"
    return cases.call(who, "POST", path, {"result": "justified", **said}, If_Match=f'"{version}"')
