"""What is suggested for a case, as people see it: each with its reasons, and what a person decided on it."""

from __future__ import annotations

from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.suggesting import Suggestion, suggestions
from shared import texts
from shared.municipality import municipality


def everything(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Target groups and organisations, for those who work on the case."""
    groups = suggestions(case, municipality()).target_groups
    shown = [{**_shown(one), "decision": _decision(case, one)} for one in groups]
    return {"target_groups": shown, "organisations": organisations(case)}


def organisations(case: Case) -> list[dict[str, Any]]:
    """Who could take the case on: all that the coordinator is told."""
    return [_shown(one) for one in suggestions(case, municipality()).organisations]


def _shown(suggestion: Suggestion) -> dict[str, Any]:
    reasons = [{"code": why.value, "label": texts.label(why)} for why in suggestion.reasons]
    return {"code": suggestion.code, "reasons": reasons}


def _decision(case: Case, suggestion: Suggestion) -> str | None:
    if suggestion.code in case.confirmed_groups:
        return "confirmed"
    return "rejected" if suggestion.code in case.rejected_groups else None
