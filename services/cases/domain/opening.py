"""How a submission becomes an inquiry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.cases.domain import process
from services.cases.domain.case import Case
from services.cases.domain.history import Change, begun
from services.cases.domain.suggesting import Bounds, suggested_target_groups
from shared.codes import Phase, TargetGroup
from shared.events import CaseEvent, CaseFacts, CaseOpened, SubmissionReceived


def case_id(submission: str) -> str:
    """The id of the case that this submission becomes: named after its cause, so that there is only one."""
    return f"case-{submission.removeprefix('submission-')}"


def open_case(
    received: SubmissionReceived,
    *,
    district: int | None,
    bounds: Bounds,
    on: date,
    at: datetime,
    by: str | None = None,
) -> Change:
    """An inquiry from a submission, which caused it unless somebody did. The same submission gives the same case.

    `bounds` are the programme's, by which a target group is suggested.
    """
    groups = suggested_target_groups(received, bounds)
    event = CaseOpened(
        **received.model_dump(exclude={"subject", "version", "at", "by"}),
        subject=case_id(received.subject),
        version=1,
        at=at,
        by=by or received.id,
        submission=received.subject,
        city_district=district,
        target_groups=groups,
        facts=_facts(received, groups, district, on),
    )
    return begun(event), event


def take_inquiry(
    said: SubmissionReceived,
    *,
    organisation: str,
    case_manager: str | None,
    district: int | None,
    bounds: Bounds,
    on: date,
) -> tuple[Case, list[CaseEvent]]:
    """An inquiry that staff took: with their organisation at once, and with the case manager who took it."""
    by: dict[str, Any] = {"at": said.at, "by": said.by}
    case, opened = open_case(said, district=district, bounds=bounds, on=on, **by)
    case, allocated = process.allocate(case, organisation, **by)
    if case_manager is None:
        return case, [opened, allocated]
    case, assigned = process.assign(case, case_manager, works_for=organisation, **by)
    return case, [opened, allocated, assigned]


def _facts(received: SubmissionReceived, groups: tuple[TargetGroup, ...], district: int | None, on: date) -> CaseFacts:
    return CaseFacts(
        person=received.person,
        phase=Phase.INQUIRY,
        opened_on=on,
        city_district=district,
        gender=received.gender,
        age_band=received.age_band,
        residence_group=received.residence_status.group,
        target_groups=groups,
        action_fields=received.topics,
        referrer=received.referrer,
        language=received.language,
    )
