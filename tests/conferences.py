"""Case conferences as a case manager holds them: for more than one suite."""

from __future__ import annotations

from typing import Any

from tests.cases import CONFERENCE, CONSENT, RELEASE, CasesService

CM = "lindenhof-1"
AGREED = [{"who": "client", "what": "Bringt die Kündigung mit.", "until": "2026-03-20"}]


def confer(cases: CasesService, case: str, **said: Any) -> Any:
    """Record a conference; what is not said is as in `CONFERENCE`."""
    return cases.call(CM, "POST", f"/cases/{case}/conferences", {**CONFERENCE, **said})


def consented(cases: CasesService, *organisations: str) -> str:
    """A case whose client consented, and released what a conference tells to these organisations."""
    case = cases.assigned()
    for consent in (CONSENT, *({**RELEASE, "recipient": one} for one in organisations)):
        assert cases.call(CM, "POST", f"/cases/{case}/consents", consent).status_code == 201
    return case


def patch(cases: CasesService, path: str, version: int = 1, **said: Any) -> Any:
    """Change a conference that was seen in this version."""
    return cases.call(CM, "PATCH", path, said, If_Match=f'"{version}"')


def shown(cases: CasesService, case: str) -> Any:
    """The one conference of a case, as its case manager sees it."""
    (row,) = cases.get(CM, f"/cases/{case}/conferences")["items"]
    return row
