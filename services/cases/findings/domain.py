"""The state of a structural finding and its way through the steering group: pure. Its title lies beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.codes import ActionField, DecisionBody, FindingStatus, LegalDomain, Referrer
from shared.errors import Rejected
from shared.events import At, Event, FindingBundled, FindingDecided, FindingRaised

S, B = FindingStatus, DecisionBody

ONWARD: dict[FindingStatus, tuple[FindingStatus, ...]] = {
    S.RAISED: (S.PRIORITISED, S.REJECTED),
    S.BUNDLED: (S.PRIORITISED, S.REJECTED),
    S.PRIORITISED: (S.IN_PROJECT_GROUP, S.REJECTED),
    S.IN_PROJECT_GROUP: (S.PROPOSED, S.REJECTED),
    S.PROPOSED: (S.APPROVED, S.IN_PROJECT_GROUP, S.REJECTED),
    S.APPROVED: (S.IMPLEMENTED,),
    S.IMPLEMENTED: (S.REVIEWED,),
    S.REVIEWED: (),
    S.REJECTED: (),
}
"""Where each status leads. `bundled` is reached by bundling only; a proposal may go back to the project group."""

BODIES: dict[FindingStatus, tuple[DecisionBody, ...]] = {
    S.PRIORITISED: (B.STEERING_GROUP,),
    S.IN_PROJECT_GROUP: (B.STEERING_GROUP,),
    S.PROPOSED: (B.PROJECT_GROUP,),
    S.APPROVED: (B.STEERING_GROUP,),
    S.IMPLEMENTED: (B.COORDINATION, B.PROJECT_GROUP),
    S.REVIEWED: (B.STEERING_GROUP, B.COORDINATION),
    S.REJECTED: (B.STEERING_GROUP, B.COORDINATION),
}
"""Which bodies bring a finding to a status. The sources name those up to the approval; the rest is assumed."""

MAY_BUNDLE = (S.RAISED, S.BUNDLED)


class StatusNotReachable(Rejected):
    """The way through the steering group has no such step."""

    code = "status_not_reachable"
    says = "The status {status} cannot become {to}."


class WithItself(Rejected):
    """A finding speaks for others, not for itself."""

    code = "with_itself"
    says = "Two findings are bundled, not one with itself."


class BodyDoesNotDecide(Rejected):
    """Each step is one body's to decide."""

    code = "body_does_not_decide"
    says = "{body} does not bring a finding to the status {to}."


class DayDoesNotFit(Rejected):
    """Decisions follow each other, and none lies ahead."""

    code = "day_does_not_fit"
    says = (
        "This is decided between {begins:%d %B %Y} and {ends:%d %B %Y}: "
        "after what was before it, and not in the future."
    )


class Decision(BaseModel):
    """Which body brought a finding to a status, and on which day."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    status: FindingStatus
    body: DecisionBody
    decided_on: date


class Finding(BaseModel):
    """What hinders between two offices, with the number of cases behind it and never their ids."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: str
    version: int
    raised_by: str
    raised_at: At
    organisation: str | None
    from_office: Referrer
    to_office: Referrer
    action_field: ActionField | None
    from_domain: LegalDomain | None
    to_domain: LegalDomain | None
    status: FindingStatus = S.RAISED
    cases: int = 1
    into: str | None = None
    """The finding that speaks for this one."""
    bundled: tuple[str, ...] = ()
    """The findings for which this one speaks."""
    decisions: tuple[Decision, ...] = ()


Change = tuple[Finding, Event]


def raise_finding(id: str, *, at: datetime, by: str, organisation: str | None, **said: Any) -> Change:
    """What one case showed."""
    event = FindingRaised(subject=id, version=1, at=at, by=by, organisation=organisation, **said)
    return begun(event), event


def join(held: Finding, other: Finding, *, at: datetime, by: str) -> Change | None:
    """Let another finding speak for this one; None where it does already. Both stand before any decision."""
    if held.into == other.id:
        return None
    if held.id == other.id:
        raise WithItself()
    _may_bundle(held)
    _may_bundle(other)
    return _changed(held, FindingBundled, finding=other.id, into=True, count=held.cases, at=at, by=by)


def take_in(held: Finding, other: Finding, *, cases: int, at: datetime, by: str) -> Change | None:
    """Speak for another finding too; so many cases stand behind both. None where that is so already."""
    if other.id in held.bundled:
        return None
    return _changed(held, FindingBundled, finding=other.id, into=False, count=cases, at=at, by=by)


def decide(
    held: Finding,
    status: FindingStatus,
    *,
    body: DecisionBody,
    decided_on: date,
    raised_on: date,
    on: date,
    at: datetime,
    by: str,
) -> Change:
    """A body brings it on, on a day between the last decision, or its raising, and today.

    Raises `StatusNotReachable` (one that another speaks for goes with that one), `BodyDoesNotDecide`, `DayDoesNotFit`.
    """
    if held.into is not None or status not in ONWARD[held.status]:
        raise StatusNotReachable(status=held.status, to=status)
    if body not in BODIES[status]:
        raise BodyDoesNotDecide(body=body, to=status)
    begins = max([raised_on, *(one.decided_on for one in held.decisions)])
    if not begins <= decided_on <= on:
        raise DayDoesNotFit(begins=begins, ends=on)
    return _changed(held, FindingDecided, status=status, body=body, decided_on=decided_on, at=at, by=by)


def begun(event: FindingRaised) -> Finding:
    """The finding as its first event makes it."""
    said = event.model_dump(exclude={"subject", "at", "by"})
    return Finding(**said, id=event.subject, raised_by=event.by, raised_at=event.at)


def evolve(held: Finding, event: Event) -> Finding:
    """The finding after this event."""
    return held.model_copy(update={**_after(held, event), "version": event.version})


def fold(history: Iterable[Event]) -> Finding:
    """The finding that a history makes."""
    first, *rest = history
    assert isinstance(first, FindingRaised)
    held = begun(first)
    for event in rest:
        held = evolve(held, event)
    return held


def _after(held: Finding, event: Event) -> dict[str, Any]:
    match event:
        case FindingBundled(into=True):
            return {"status": S.BUNDLED, "into": event.finding}
        case FindingBundled():
            return {"status": S.BUNDLED, "bundled": (*held.bundled, event.finding), "cases": event.count}
        case FindingDecided():
            decision = Decision(status=event.status, body=event.body, decided_on=event.decided_on)
            return {"status": event.status, "decisions": (*held.decisions, decision)}
    return {}


def _changed(held: Finding, kind: type[Event], **said: Any) -> Change:
    event = kind(subject=held.id, version=held.version + 1, **said)
    return evolve(held, event), event


def _may_bundle(held: Finding) -> None:
    if held.into is not None or held.status not in MAY_BUNDLE:
        raise StatusNotReachable(status=held.status, to=S.BUNDLED)
