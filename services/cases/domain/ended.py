"""How events end a case, and begin it again: pure. A part of `history`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.cases.domain.case import Case, Closure
from shared import events
from shared.codes import ClearingResult, ClosureReason, EndedBy, ErasureGround, Phase

ENDS = frozenset(
    {
        ClearingResult.SHORT_CONSULTATION,
        ClearingResult.SIGNPOSTED,
        ClearingResult.NOT_ELIGIBLE,
        ClearingResult.WITHDRAWN,
    }
)
"""Results of clearing with which the matter ends. From the waiting list it may still go on."""


def _cleared(_: Case, event: events.CaseCleared) -> dict[str, Any]:
    ended = {"phase": Phase.CLOSED, "closed_at": event.at, "offered_to": None} if event.result in ENDS else {}
    said = {"voluntary": event.voluntary, "other_service": event.other_service}
    return {"clearing_result": event.result, **said, **ended}


def _closed(case: Case, event: events.CaseClosed) -> dict[str, Any]:
    return {
        "phase": Phase.CLOSED,
        "closure_reason": event.reason,
        "ended_by": event.ended_by,
        "satisfaction": event.satisfaction,
        "handed_to": event.handed_to,
        "closed_at": event.at,
        "offered_to": None,
        "goals": tuple(
            one.model_copy(update={"outcome": event.outcomes[one.id]}) if one.id in event.outcomes else one
            for one in case.goals
        ),
    }


def _erased(case: Case, event: events.CaseErased) -> dict[str, Any]:
    if case.is_closed:
        return {"erased_at": event.at}
    withdrawn = event.ground is ErasureGround.CONSENT_WITHDRAWN
    return {
        "erased_at": event.at,
        "phase": Phase.CLOSED,
        "closed_at": event.at,
        "offered_to": None,
        "closure_reason": ClosureReason.WITHDRAWN_BY_CLIENT if withdrawn else ClosureReason.OTHER,
        "ended_by": EndedBy.CLIENT if withdrawn else None,
    }


def _reopened(case: Case, event: events.CaseReopened) -> dict[str, Any]:
    assert case.closed_at is not None
    ended = Closure(
        episode=case.episode,
        closed_at=case.closed_at,
        clearing_result=case.clearing_result,
        reason=case.closure_reason,
        ended_by=case.ended_by,
        satisfaction=case.satisfaction,
        handed_to=case.handed_to,
    )
    accepted = case.clearing_result is ClearingResult.ACCEPTED
    return {
        "phase": Phase.INTAKE,
        "episode": event.episode,
        "earlier": (*case.earlier, ended),
        "clearing_result": case.clearing_result if accepted else None,
        "closure_reason": None,
        "ended_by": None,
        "satisfaction": None,
        "handed_to": None,
        "closed_at": None,
    }


EVOLVE: dict[str, Callable[[Case, Any], dict[str, Any]]] = {
    "CaseCleared": _cleared,
    "CaseClosed": _closed,
    "CaseReopened": _reopened,
    "CaseErased": _erased,
}
