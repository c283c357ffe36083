"""How many cases a case manager has: more than her organisation aims at is warned of, and never refused."""

from __future__ import annotations

from typing import Any

from services.cases.domain.case import Case
from services.cases.store import Desk
from shared.codes import Phase
from shared.municipality import municipality
from shared.store import Condition, Query
from shared.texts import text

OPEN = [one.value for one in Phase if one is not Phase.CLOSED]


def warnings(case: Case, *, desk: Desk) -> list[dict[str, Any]]:
    """What is to be said of whoever is now in charge of the case. One count."""
    organisation = municipality().organisation(case.organisation or "")
    target = None if organisation is None else organisation.caseload
    if target is None or case.case_manager is None:
        return []
    where: tuple[Condition, ...] = (("case_manager", "==", case.case_manager), ("phase", "in", OPEN))
    if desk.store.count(Query("cases", where, ("opened_at",), limit=target + 1)) <= target:
        return []
    says = text("This person now has more than {target} open cases, which her organisation aims at.", target=target)
    return [{"code": "caseload", "target": target, "says": says}]
