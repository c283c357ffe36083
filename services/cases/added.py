"""What is added to a case just when it comes into other hands or ends: it follows the case, and never stays behind.

Adding touches no case, so that nobody waits for anybody. Whoever was told of the case may have looked beside it before
this was there; whoever is told after it was added finds it. So of the two events the one that is heard last sees both.
"""

from __future__ import annotations

from datetime import datetime

from services.cases import closing, handing_on, items
from services.cases.store import Desk
from shared.events import AppointmentMade, AppointmentMoved, FollowUpSet

Added = AppointmentMade | AppointmentMoved | FollowUpSet


def settle(added: Added, *, desk: Desk, at: datetime) -> dict[str, int]:
    """Hand on, or end, what lies beside the case, where what was added is with nobody who works on it any more.

    How much that was; a repeat finds it done. One read where nothing happened meanwhile.
    """
    case = desk.cases.get(added.case)
    if case.is_closed:
        return closing.settle(case.id, desk=desk, at=at, by=added.id)
    whose = added.responsible if isinstance(added, FollowUpSet) else added.staff
    if whose in items.working_on(case):
        return {}
    return handing_on.settle(case.id, desk=desk, at=at, by=added.id)
