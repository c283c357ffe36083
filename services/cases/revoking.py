"""What ends with a declaration that was taken back: referrals sent under it, and being asked to a conference.

Each is done once, by what is released now: what a crash left is finished by the next telling.
"""

from __future__ import annotations

from datetime import datetime

from services.cases.conferences import handlers as conferences
from services.cases.referrals import handlers as referrals
from services.cases.store import Desk


def settle(case_id: str, *, desk: Desk, at: datetime, by: str) -> dict[str, int]:
    """End what is with organisations to which it is not released any more, and how much that was."""
    return {
        "referrals": referrals.stop_unreleased(case_id, desk=desk, at=at, by=by),
        "conferences": conferences.uninvite(case_id, desk=desk, at=at, by=by),
    }
