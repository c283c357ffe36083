"""Merging a case into another one, and separating them: pure. Both files stay whole, each under its own key."""

from __future__ import annotations

from datetime import date, datetime

from services.cases.domain import reach
from services.cases.domain.case import Case
from services.cases.domain.history import Change, changed
from shared.errors import Rejected
from shared.events import CaseAbsorbed, CaseMerged, CaseSeparated


class HasMerged(Rejected):
    """Mergers are one deep: the one that others lead to goes on."""

    code = "has_merged_cases"
    says = "Other cases were merged into this one, so this one goes on: merge the other one into it."


class OtherNotFree(Rejected):
    """The case that would go on cannot."""

    code = "other_case_not_free"
    says = "The other case takes nothing in: it is restricted, erased, or merged into another one itself."


class NotMerged(Rejected):
    """Only what was merged is separated."""

    code = "not_merged"
    says = "This case is not merged into another one."


class ContactTakenBack(Rejected):
    """She said no in one file after her yes in the other: a merger must not make that yes her last word."""

    code = "contact_taken_back"
    says = (
        "The client took back in this case that she may be written to by {channel}, "
        "and agreed to it earlier in the other: record there what she says now."
    )


def merge(case: Case, other: Case, *, on: date, at: datetime, by: str) -> tuple[Change, Change]:
    """End the case as a duplicate of the other one, which goes on. A case that has ended before keeps its own end.

    A legal hold on either holds both. Raises `CaseIsMerged` and its kin, `HasMerged`, `OtherNotFree`,
    `ContactTakenBack`.
    """
    case.must_be_free()
    if case.merged:
        raise HasMerged()
    if other.restricted or other.erased_at is not None or other.merged_into is not None:
        raise OtherNotFree()
    if _silenced_later(case, other, on):
        raise ContactTakenBack(channel=other.channel.value)
    held = case.legal_hold or other.legal_hold
    ends = {"other": other.id, "counts_as": other.person, "was": case.phase}
    return (
        changed(case, CaseMerged, at=at, by=by, legal_hold=held, **ends),
        changed(other, CaseAbsorbed, at=at, by=by, legal_hold=held, other=case.id),
    )


def separate(case: Case, other: Case, *, at: datetime, by: str) -> tuple[Change, Change]:
    """They are two people after all: the case is again what it was before. What was called off stays so.

    Even while processing is restricted; a restriction and a legal hold stay on both, and are of each for herself then.
    """
    if case.merged_into != other.id:
        raise NotMerged()
    return (
        changed(case, CaseSeparated, at=at, by=by, other=other.id),
        changed(other, CaseSeparated, at=at, by=by, other=case.id),
    )


def _silenced_later(case: Case, other: Case, on: date) -> bool:
    """Whether the case that ends holds a later no to how the other one writes to her."""
    kind = reach.CONSENTS.get(other.channel)
    if not reach.consents(other, other.channel, on) or reach.consents(case, other.channel, on):
        return False
    refused = [one.revoked_at for one in case.consents if one.kind is kind and one.revoked_at is not None]
    agreed = [one.given_at for one in other.consents if one.kind is kind and one.in_force(on)]
    return bool(refused) and max(refused) > max(agreed, default=other.opened_at)
