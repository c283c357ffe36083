"""How a case changes when it is merged with another one, and separated again: pointers, and nothing that moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.cases.domain.case import Case
from shared import events
from shared.codes import ClosureReason, Phase


def _merged(case: Case, event: events.CaseMerged) -> dict[str, Any]:
    said = {"merged_into": event.other, "counts_as": event.counts_as, "was": event.was, "legal_hold": event.legal_hold}
    if case.is_closed:
        return said
    ended = {"phase": Phase.CLOSED, "closed_at": event.at, "closure_reason": ClosureReason.DUPLICATE_OR_ERROR}
    return {**said, **ended, "offered_to": None}


def _absorbed(case: Case, event: events.CaseAbsorbed) -> dict[str, Any]:
    return {"merged": (*case.merged, event.other), "legal_hold": event.legal_hold}


def _separated(case: Case, event: events.CaseSeparated) -> dict[str, Any]:
    if case.merged_into != event.other:
        return {"merged": tuple(one for one in case.merged if one != event.other)}
    freed: dict[str, Any] = {"merged_into": None, "counts_as": None, "was": None}
    if case.was is Phase.CLOSED:
        return freed
    return {**freed, "phase": case.was, "closed_at": None, "closure_reason": None}


EVOLVE: dict[str, Callable[[Case, Any], dict[str, Any]]] = {
    "CaseMerged": _merged,
    "CaseAbsorbed": _absorbed,
    "CaseSeparated": _separated,
}
