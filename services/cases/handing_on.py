"""What goes with a case into other hands: open follow-ups, and appointments that are ahead.

Each is done once, however often it is told, and by what holds now: what a crash left is finished by the next telling.
"""

from __future__ import annotations

from datetime import datetime

from services.cases.appointments import handlers as appointments
from services.cases.follow_ups import handlers as follow_ups
from services.cases.store import Desk


def settle(case_id: str, *, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """Hand on what lies beside a case that is in other hands now, and how much that was; nothing of one that ended."""
    case = desk.cases.get(case_id)
    if case.is_closed:
        return {}
    return {
        "follow_ups": follow_ups.hand_over(case, desk=desk, at=at, by=by),
        "appointments": appointments.hand_over(case, desk=desk, at=at, by=by),
    }
