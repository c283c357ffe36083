"""Cases whose clients exercise their rights, and the privacy officer's calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.cases.rights import proving
from shared import clock
from shared.codes import Phase
from shared.store import Put, Store
from tests.cases import CONTACT, CasesService
from tests.fakes import MemoryStore

NAME = {"given_name": "Zsuzsannamark", "family_name": "Quellwasserov", "message": "Sehnsuchtswort an Sie"}
NOTE = "Frau Lena Muster bittet um Rückruf, Vermerkwort."


def a_file(cases: CasesService, phase: Phase = Phase.LINKING, **inquiry: Any) -> str:
    """A case with a note in it."""
    case = cases.case_in(phase, **{"person": NAME, **inquiry})
    if phase is not Phase.CLOSED:
        cases.change("lindenhof-1", case, "POST", "contacts", {**CONTACT, "note": NOTE})
    return case


def erase(cases: CasesService, case: str, reason: str = "consent_withdrawn", who: str = "datenschutz") -> Any:
    return cases.call(who, "POST", f"/cases/{case}/erasure", {"reason": reason})


def everywhere(cases: CasesService, **others: Store) -> dict[str, Store]:
    """Every database that a search opens: the service's own, and empty ones for those of others."""
    empty = {name: MemoryStore(name) for name in proving.SEARCHED}
    return {**empty, "cases": cases.store, "people": cases.vault, **others}


def search(
    cases: CasesService, stores: dict[str, Store] | None = None, *, later: timedelta = timedelta(0)
) -> dict[str, int]:
    """One run of the search for what is left of who was erased: now, or so much later."""
    return proving.go_on(stores or everywhere(cases), desk=cases.desk, at=clock.now() + later)


def certificate(cases: CasesService, case: str) -> Any:
    """How far the erasure of a case is, as the privacy officer reads it."""
    return cases.get("datenschutz", f"/cases/{case}/erasure")


def restrict(cases: CasesService, case: str, **said: bool) -> int:
    match = f'"{cases.version(case)}"'
    return cases.call("datenschutz", "POST", f"/cases/{case}/restriction", said, If_Match=match).status_code


def a_second_case(cases: CasesService, of: str) -> str:
    """Another case of the same person, still open."""
    other = cases.inquiry()
    body = cases.store.get(f"cases/{other}")
    assert body is not None
    cases.store.commit([Put(f"cases/{other}", {**body, "person": cases.desk.cases.get(of).person})])
    return other
