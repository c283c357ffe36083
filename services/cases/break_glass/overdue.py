"""What the night does about broken glass that nobody reviewed. It shows nothing, and loads nothing that does."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.cases.domain import broken_glass as domain
from services.cases.opened import broken_glass
from services.cases.store import Desk
from shared.events import stamp
from shared.municipality import Municipality
from shared.store import Condition, Query, pages


def escalate(*, desk: Desk, pack: Municipality, at: datetime, by: str) -> dict[str, int]:
    """Tell once more of what nobody reviewed in time; how many those were. A repeat finds it done."""
    before = at - timedelta(days=pack.break_glass.reviewed_within_days)
    where: tuple[Condition, ...] = (
        ("awaits_review", "==", True),
        ("escalated", "==", False),
        ("broken_at", "<=", stamp(before)),
    )
    journal, escalated = broken_glass(desk), 0
    for document in list(pages(desk.store, Query("break_glass", where, ("broken_at",), 200))):
        held = journal.state(document.body)
        case = desk.cases.get(held.case)
        after = journal.change(
            held.id,
            lambda one, case=case: domain.escalate(case, one, at=at, by=by),  # type: ignore[misc]
        )
        escalated += after.version > held.version
    return {"unreviewed": escalated}
