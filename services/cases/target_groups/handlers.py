"""What people decide on target groups."""

from __future__ import annotations

from services.cases.changing import change
from services.cases.domain.case import Case
from services.cases.domain.history import Change
from services.cases.store import Desk
from services.cases.target_groups import domain
from shared import clock
from shared.codes import TargetGroup
from shared.http.call import Call
from shared.municipality import municipality
from shared.policy import Action


def decide(call: Call, case_id: str, group: TargetGroup, *, confirmed: bool, desk: Desk) -> Case:
    """A person confirms, names or rules out a target group."""
    bounds, on = municipality().target_group, clock.day(call.at)

    def decided(case: Case) -> Change:
        return domain.decide(case, group, confirmed=confirmed, bounds=bounds, on=on, at=call.at, by=call.actor.id)

    return change(call, case_id, Action.CASE_WORK, decided, desk)
