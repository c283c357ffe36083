"""The process (DGCC case management): who has the case, in which phase it is, what leaving a phase needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from services.cases.domain.refusals import (
    AlreadyAssigned,
    NotAllocated,
    NotOfTheOrganisation,
    OnlyInPhase,
    PhaseNotReachable,
    ProcessingNotConsented,
    RequirementsUnmet,
    UnknownGoals,
)
from shared import events
from shared.codes import (
    ClearingResult,
    ClosureReason,
    ConsentKind,
    EndedBy,
    GoalOutcome,
    LegalDomain,
    Phase,
    Referrer,
    Satisfaction,
)


class Requirement(NamedTuple):
    """What must hold before a phase is left: its name for callers, and whether a case meets it on a day."""

    name: str
    met: Callable[[Case, date], bool]


def _consents_to_processing(case: Case, on: date) -> bool:
    return any(one.kind is ConsentKind.PROCESSING and one.in_force(on) for one in case.consents)


def _is_accepted(case: Case, _: date) -> bool:
    return case.clearing_result is ClearingResult.ACCEPTED


def _assessed_anew(case: Case, _: date) -> bool:
    return any(one.episode == case.episode for one in case.assessments)


def _agreed_anew(case: Case, _: date) -> bool:
    return any(goal.agreed and goal.episode == case.episode for goal in case.goals)


LEAVING: dict[Phase, tuple[Requirement, ...]] = {
    Phase.INQUIRY: (
        Requirement("allocation", lambda case, _: case.organisation is not None),
        Requirement("assignment", lambda case, _: case.case_manager is not None),
    ),
    Phase.CLEARING: (Requirement("clearing_accepted", _is_accepted),),
    Phase.INTAKE: (
        Requirement("clearing_accepted", _is_accepted),
        Requirement("consent_processing", _consents_to_processing),
    ),
    Phase.ASSESSMENT: (Requirement("action_field_assessed", _assessed_anew),),
    Phase.PLANNING: (Requirement("goal_agreed", _agreed_anew),),
}

ONWARD: dict[Phase, tuple[Phase, ...]] = {
    Phase.INQUIRY: (Phase.CLEARING,),
    Phase.CLEARING: (Phase.INTAKE,),
    Phase.INTAKE: (Phase.ASSESSMENT,),
    Phase.ASSESSMENT: (Phase.PLANNING,),
    Phase.PLANNING: (Phase.LINKING,),
    Phase.LINKING: (Phase.MONITORING,),
    Phase.MONITORING: (Phase.EVALUATION, Phase.ASSESSMENT),
    Phase.EVALUATION: (),
    Phase.CLOSED: (),
}
"""Where each phase leads. Back from monitoring is the reassessment; a case ends by closure only."""


def must_be_consented(case: Case, on: date) -> None:
    """Raises `ProcessingNotConsented`: what is assessed, planned and passed on needs a consent in force on this day.

    What was talked about, when to meet and when to look again may be noted without one: somebody asked for help, and
    the clearing finds out whether she wants more (assumed; § 67a SGB X, Art. 6 GDPR).
    """
    if not _consents_to_processing(case, on):
        raise ProcessingNotConsented()


def allocate(case: Case, organisation: str, *, at: datetime, by: str) -> Change:
    """Hand the inquiry to an organisation. May be corrected until a case manager is in charge."""
    case.must_be_open()
    _must_be_in(case, Phase.INQUIRY)
    if case.case_manager is not None:
        raise AlreadyAssigned()
    taken_from = case.organisation if case.organisation != organisation else None
    return changed(case, events.CaseAllocated, at=at, by=by, organisation=organisation, taken_from=taken_from)


def assign(case: Case, to: str, *, works_for: str, at: datetime, by: str) -> Change:
    """Put a case manager in charge. Reassigning is allowed until the case is closed."""
    case.must_be_open()
    if case.organisation is None:
        raise NotAllocated()
    if works_for != case.organisation:
        raise NotOfTheOrganisation()
    return changed(case, events.CaseAssigned, at=at, by=by, case_manager=to)


def clear(
    case: Case,
    result: ClearingResult,
    *,
    voluntary: bool | None = None,
    other_service: Referrer | None = None,
    at: datetime,
    by: str,
) -> Change:
    """Record what clearing found. Anything but acceptance and the waiting list ends the matter.

    An episode that begins anew begins with the intake: where none before it was accepted, it is cleared there.
    """
    case.must_be_open()
    if case.phase is not Phase.INTAKE or case.clearing_result is ClearingResult.ACCEPTED:
        _must_be_in(case, Phase.CLEARING)
    said = {"voluntary": voluntary, "other_service": other_service}
    return changed(case, events.CaseCleared, at=at, by=by, result=result, **said)


def note_legal_domains(case: Case, legal_domains: Iterable[LegalDomain], *, at: datetime, by: str) -> Change:
    """Note in which legal domains the client stands now, each once; none, where that is not known (any more)."""
    case.must_be_open()
    return changed(case, events.LegalDomainsNoted, at=at, by=by, legal_domains=tuple(dict.fromkeys(legal_domains)))


def enter_phase(case: Case, to: Phase, *, on: date, at: datetime, by: str) -> Change:
    """Go on to another phase. Raises `RequirementsUnmet` naming everything that is missing."""
    case.must_be_open()
    if to not in ONWARD[case.phase]:
        raise PhaseNotReachable(ONWARD[case.phase], phase=case.phase, to=to)
    _must_meet(case, on)
    return changed(case, events.CasePhaseChanged, at=at, by=by, to=to)


def close(
    case: Case,
    reason: ClosureReason,
    *,
    ended_by: EndedBy,
    outcomes: Mapping[str, GoalOutcome],
    satisfaction: Satisfaction | None = None,
    handed_to: Referrer | None = None,
    at: datetime,
    by: str,
) -> Change:
    """End the case, from any phase: people move away. Every goal of the plan comes to an outcome."""
    case.must_be_open()
    goals = {goal.id: goal.outcome for goal in case.goals}
    if unknown := sorted(outcomes.keys() - goals.keys()):
        raise UnknownGoals(goals=", ".join(unknown))
    if not all({**goals, **outcomes}.values()):
        raise RequirementsUnmet(["goal_outcomes"], phase=case.phase)
    said = {"reason": reason, "ended_by": ended_by, "satisfaction": satisfaction, "handed_to": handed_to}
    return changed(case, events.CaseClosed, at=at, by=by, **said, outcomes=dict(outcomes))


def _must_meet(case: Case, on: date) -> None:
    unmet = [requirement.name for requirement in LEAVING.get(case.phase, ()) if not requirement.met(case, on)]
    if unmet:
        raise RequirementsUnmet(unmet, phase=case.phase)


def _must_be_in(case: Case, phase: Phase) -> None:
    if case.phase is not phase:
        raise OnlyInPhase(needed=phase, phase=case.phase)
