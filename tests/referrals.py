"""Who refers a client, releases what that takes, and answers."""

from __future__ import annotations

from typing import Any

from shared.codes import ReferralStatus
from tests.cases import REFERRAL, RELEASE, CasesService

CM, LEAD, PARTNER, OFFICE = "lindenhof-1", "lindenhof-leitung", "partner-jobcenter", "partner-auslaenderbehoerde"
S = ReferralStatus
SHOWN = ("identity", "referrals")
"""What a release has to name for a referral."""


def refer(cases: CasesService, case: str, **said: Any) -> str:
    answer = cases.call(CM, "POST", f"/cases/{case}/referrals", {**REFERRAL, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def release(cases: CasesService, case: str, recipient: str = "jobcenter", shows: tuple[str, ...] = SHOWN) -> str:
    said = {**RELEASE, "recipient": recipient, "data_categories": shows, "informed": True}
    answer = cases.call(CM, "POST", f"/cases/{case}/consents", said)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def patch(cases: CasesService, path: str, body: Any, who: str = CM) -> Any:
    version = cases.get(CM, path)["version"]
    return cases.call(who, "PATCH", path, body, If_Match=f'"{version}"')


def incoming(cases: CasesService, who: str = PARTNER, query: str = "") -> list[Any]:
    return list(cases.get(who, f"/cases/referrals/incoming{query}")["items"])
