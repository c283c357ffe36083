"""Two cases of one client, merged and separated, and what of either must stay as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from werkzeug.test import TestResponse

from services.cases import closing
from shared import clock
from shared.codes import Phase
from tests.cases import CasesService

CM, LEAD, OFFICER = "lindenhof-1", "lindenhof-leitung", "datenschutz"
AMINA = {"given_name": "Amina", "family_name": "Müller", "date_of_birth": date(2003, 5, 17)}
AGAIN = {"given_name": "Amina", "family_name": "Quellwasserov", "date_of_birth": date(2003, 5, 17)}


def two_cases(cases: CasesService, phase: Phase = Phase.LINKING) -> tuple[str, str]:
    """A duplicate in this phase, and the case that goes on; both of lindenhof-1."""
    return cases.case_in(phase, person=AGAIN), cases.assigned(person=AMINA)


def merge(cases: CasesService, case: str, into: str, who: Any = CM, **said: Any) -> TestResponse:
    match = f'"{cases.version(case)}"'
    return cases.call(who, "POST", f"/cases/{case}/merge", {"into": into, **said}, If_Match=match)


def separate(cases: CasesService, case: str, who: Any = CM, **said: Any) -> TestResponse:
    return cases.call(who, "POST", f"/cases/{case}/separation", said, If_Match=f'"{cases.version(case)}"')


def merged(cases: CasesService, phase: Phase = Phase.LINKING) -> tuple[str, str]:
    """A case that was merged, and the one that goes on."""
    case, into = two_cases(cases, phase)
    answer = merge(cases, case, into)
    assert answer.status_code == 200, answer.text
    return case, into


def settle(cases: CasesService, case: str) -> dict[str, int]:
    """What the night does of it: how much that was."""
    return closing.settle(case, desk=cases.desk, at=clock.now(), by="event-1.1")


def beside(cases: CasesService, case: str, what: str) -> list[Any]:
    """What lies beside a case."""
    return list(cases.get(CM, f"/cases/{case}/{what}")["items"])


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json["title"]
