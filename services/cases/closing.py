"""What ends with a case: appointments that are still ahead, planned conferences, open follow-ups and referrals.

Where it was merged, whoever goes on is told to look at what that was. Each is done once, however often it is told
that the case has ended: what a crash left is finished by the next telling.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.cases.appointments import handlers as appointments
from services.cases.conferences import handlers as conferences
from services.cases.follow_ups import handlers as follow_ups
from services.cases.merging import handlers as merging
from services.cases.referrals import handlers as referrals
from services.cases.store import Desk
from shared.codes import Phase
from shared.events import stamp
from shared.store import Condition, Query, pages

LOOKS_BACK = timedelta(days=2)
"""For how long after its end a case is looked at once more."""


def sweep(*, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """Settle what ended lately once more: something may have been added at the very moment, or never been told."""
    where: tuple[Condition, ...] = (("phase", "==", Phase.CLOSED.value), ("changed_at", ">=", stamp(at - LOOKS_BACK)))
    closed = [one.id for one in pages(desk.store, Query("cases", where, ("changed_at",), 200))]
    return {"ended": sum(sum(settle(one, desk=desk, at=at, by=by).values()) for one in closed)}


def settle(case_id: str, *, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """End what is open beside a case that has ended, and how much that was; nothing of one that goes on again."""
    case = desk.cases.get(case_id)
    if not case.is_closed:
        return {}
    merging.remind(case, desk=desk, at=at, by=by)
    return {
        "referrals": referrals.withdraw(case, desk=desk, at=at, by=by),
        "appointments": appointments.call_off(case, desk=desk, at=at, by=by),
        "conferences": conferences.call_off(case, desk=desk, at=at, by=by),
        "follow_ups": follow_ups.finish(case, desk=desk, at=at, by=by),
    }
