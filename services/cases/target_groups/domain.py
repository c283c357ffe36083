"""Deciding on target groups: pure. What is suggested counts until somebody rules it out."""

from __future__ import annotations

from datetime import date, datetime

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.refusals import ConsentForGroupMissing
from services.cases.domain.suggesting import SUGGESTED, Bounds, groups_of
from shared.codes import TargetGroup
from shared.errors import NotThere
from shared.events import TargetGroupDecided

CONFIRMED, REJECTED = "confirmed_groups", "rejected_groups"


def decide(
    case: Case, group: TargetGroup, *, confirmed: bool, bounds: Bounds, on: date, at: datetime, by: str
) -> Change:
    """Confirm or name a target group, or rule it out.

    Raises `ConsentForGroupMissing` for a special one that no consent in force names (Art. 9 (2) a GDPR), and
    `NotThere` for one to be ruled out that nobody named and no code suggests.
    """
    case.must_be_open()
    if confirmed and not case.may_record(group, on):
        raise ConsentForGroupMissing()
    if not confirmed and group not in {*case.target_groups, *SUGGESTED}:
        raise NotThere()
    held = {name: _without(getattr(case, name), group) for name in ("target_groups", CONFIRMED, REJECTED)}
    decided = CONFIRMED if confirmed else REJECTED
    groups = groups_of(case.model_copy(update={**held, decided: (*held[decided], group)}), bounds)
    return changed(case, TargetGroupDecided, at=at, by=by, group=group, confirmed=confirmed, target_groups=groups)


def _without(groups: tuple[TargetGroup, ...], group: TargetGroup) -> tuple[TargetGroup, ...]:
    return tuple(one for one in groups if one is not group)
