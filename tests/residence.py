"""Residence titles and ends of legal domains as tests record them, and a run of the radar over them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from services.cases import radar
from shared.clock import BERLIN
from shared.municipality import municipality
from tests.builders import NOON
from tests.cases import DOMAIN_END, TITLE, CasesService

CM = "lindenhof-1"
TODAY = NOON.date()
DAYS = (90, 30, 7)
"""How many days before an end the radar sets a follow-up."""


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def record(cases: CasesService, case: str, path: str = "residence", /, **said: Any) -> str:
    body = {**(TITLE if path == "residence" else DOMAIN_END), **said}
    answer = cases.call(CM, "POST", f"/cases/{case}/{path}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def ending_in(cases: CasesService, days: int) -> tuple[str, str]:
    case = cases.assigned()
    return case, record(cases, case, valid_until=in_days(days).isoformat())


def scan(cases: CasesService, days: int = 0) -> dict[str, int]:
    at = datetime.combine(in_days(days), NOON.time().replace(hour=5, minute=30), BERLIN)
    return radar.scan(desk=cases.desk, pack=municipality(), at=at)


def due(cases: CasesService, case: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cases.get(CM, f"/cases/{case}/follow-ups")["items"]
    return items
