"""How a submission becomes an inquiry, and whom the programme is for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.cases.domain import process
from services.cases.domain.case import Case
from services.cases.domain.history import Change, begun
from shared.codes import AgeBand, Phase, ResidenceGroup, TargetGroup
from shared.events import CaseEvent, CaseFacts, CaseOpened, SubmissionReceived

YOUNG = frozenset({AgeBand.FROM_18, AgeBand.FROM_21, AgeBand.FROM_25})
"""The bands between the programme's bounds (18 and 27, both assumed to be included)."""

SUGGESTED = frozenset(
    {TargetGroup.YOUNG_ADULT, TargetGroup.TOLERATION_OR_PROCEDURE, TargetGroup.SINGLE_PARENT, TargetGroup.OTHER}
)
"""Target groups that follow from codes. The others somebody says."""

IN_PROCEDURE = frozenset({ResidenceGroup.PROCEDURE, ResidenceGroup.TOLERATION})


def case_id(submission: str) -> str:
    """The id of the case that this submission becomes: named after its cause, so that there is only one."""
    return f"case-{submission.removeprefix('submission-')}"


def open_case(
    received: SubmissionReceived, *, district: int | None, on: date, at: datetime, by: str | None = None
) -> Change:
    """An inquiry from a submission, which caused it unless somebody did. The same submission gives the same case."""
    groups = suggested_target_groups(received)
    facts = CaseFacts(
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
    event = CaseOpened(
        **received.model_dump(exclude={"subject", "version", "at", "by"}),
        subject=case_id(received.subject),
        version=1,
        at=at,
        by=by or received.id,
        submission=received.subject,
        city_district=district,
        target_groups=groups,
        facts=facts,
    )
    return begun(event), event


def suggested_target_groups(described: SubmissionReceived | Case) -> tuple[TargetGroup, ...]:
    """Target groups that the codes of a client suggest; a person decides (Art. 22 GDPR)."""
    suggested = {
        TargetGroup.YOUNG_ADULT: described.age_band in YOUNG,
        TargetGroup.TOLERATION_OR_PROCEDURE: described.residence_status.group in IN_PROCEDURE,
        TargetGroup.SINGLE_PARENT: described.single_parent,
    }
    return tuple(group for group, fits in suggested.items() if fits) or (TargetGroup.OTHER,)


def take_inquiry(
    said: SubmissionReceived, *, organisation: str, case_manager: str | None, district: int | None, on: date
) -> tuple[Case, list[CaseEvent]]:
    """An inquiry that staff took: with their organisation at once, and with the case manager who took it."""
    by: dict[str, Any] = {"at": said.at, "by": said.by}
    case, opened = open_case(said, district=district, on=on, **by)
    case, allocated = process.allocate(case, organisation, **by)
    if case_manager is None:
        return case, [opened, allocated]
    case, assigned = process.assign(case, case_manager, works_for=organisation, **by)
    return case, [opened, allocated, assigned]
