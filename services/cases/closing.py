"""What ends with a case: appointments that are still ahead, planned conferences, open follow-ups and referrals.

Each is done once, however often it is told that the case has ended: what a crash left is finished by the next telling.
"""

from __future__ import annotations

from datetime import datetime

from services.cases.appointments import handlers as appointments
from services.cases.conferences import handlers as conferences
from services.cases.follow_ups import handlers as follow_ups
from services.cases.referrals import handlers as referrals
from services.cases.store import Desk


def settle(case_id: str, *, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """End what is open beside a case that has ended, and how much that was; nothing of one that goes on again."""
    case = desk.cases.get(case_id)
    if not case.is_closed:
        return {}
    return {
        "referrals": referrals.withdraw(case, desk=desk, at=at, by=by),
        "appointments": appointments.call_off(case, desk=desk, at=at, by=by),
        "conferences": conferences.call_off(case, desk=desk, at=at, by=by),
        "follow_ups": follow_ups.finish(case, desk=desk, at=at, by=by),
    }
