"""A case that somebody opened though it is not hers: pure. For how long, and what a second person says to it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import computed_field

from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from services.cases.domain.refusals import CaseIsErased
from shared.codes import BreakGlassGround, ReviewResult
from shared.errors import Rejected
from shared.events import At, BrokenGlassEscalated, BrokenGlassReviewed, Event, GlassBroken


class NothingToBreak(Rejected):
    """Whoever may read a case needs no emergency for it."""

    code = "nothing_to_break"
    says = "You may read this case already."


class AlreadyReviewed(Rejected):
    """It is reviewed once, by one person."""

    code = "already_reviewed"
    says = "This was reviewed already."


class BrokenGlass(Item):
    """A case that is open for reading to somebody whose it is not. Why lies sealed under version 1."""

    ground: BreakGlassGround
    broken_at: At
    broken_by: str
    works_for: str
    organisation: str | None
    """With which the case was at that time."""
    until: At
    result: ReviewResult | None = None
    reviewed_at: At | None = None
    reviewed_by: str | None = None
    reviewed: int | None = None
    """The version under which lies what was noted of the review."""
    escalated_at: At | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def awaits_review(self) -> bool:
        """Whether nobody has said yet if it was right."""
        return self.result is None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def escalated(self) -> bool:
        """Whether it was told once more that nobody has reviewed it."""
        return self.escalated_at is not None

    def opens(self, by: str, case: str, at: datetime, *, grace: timedelta = timedelta(0)) -> bool:
        """Whether she may read this case under it at that time; `grace` is given at the beginning, never at the end."""
        return (self.broken_by, self.case) == (by, case) and self.broken_at - grace <= at < self.until


Change = tuple[BrokenGlass, GlassBroken | BrokenGlassReviewed | BrokenGlassEscalated]


def break_glass(
    case: Case, id: str, ground: BreakGlassGround, *, works_for: str, minutes: int, at: datetime, by: str
) -> Change:
    """Open a case for reading, for so many minutes: a closed one too, and one whose processing is restricted.

    Restricted data may be used with the client's consent and to protect others (Art. 18 (2) GDPR). Raises
    `CaseIsErased` where there is nothing left to read.
    """
    if case.erased_at is not None:
        raise CaseIsErased()
    until = at + timedelta(minutes=minutes)
    event = GlassBroken(**begins(case, id, at, by), ground=ground, organisation=works_for, until=until)
    return begun(event), event


def review(case: Case, held: BrokenGlass, result: ReviewResult, *, at: datetime, by: str) -> Change:
    """A second person says, once, whether it was justified. Raises `AlreadyReviewed`."""
    if not held.awaits_review:
        raise AlreadyReviewed()
    event = BrokenGlassReviewed(**goes_on(case, held, at, by), result=result)
    return evolve(held, event), event


def escalate(case: Case, held: BrokenGlass, *, at: datetime, by: str) -> Change | None:
    """Nobody has reviewed it in time; None when it was reviewed, or this was said before."""
    if not held.awaits_review or held.escalated:
        return None
    event = BrokenGlassEscalated(**goes_on(case, held, at, by))
    return evolve(held, event), event


def begun(event: GlassBroken) -> BrokenGlass:
    """The broken glass as its first event makes it."""
    return BrokenGlass(
        id=event.subject,
        version=event.version,
        case=event.case,
        ground=event.ground,
        broken_at=event.at,
        broken_by=event.by,
        works_for=event.organisation,
        organisation=event.facts.organisation,
        until=event.until,
    )


def evolve(held: BrokenGlass, event: Event) -> BrokenGlass:
    """The broken glass after this event."""
    match event:
        case BrokenGlassReviewed(result=result, at=at, by=by, version=version):
            said = {"result": result, "reviewed_at": at, "reviewed_by": by, "reviewed": version}
        case _:
            said = {"escalated_at": event.at}
    return held.model_copy(update={**said, "version": event.version})


def fold(history: Iterable[Event]) -> BrokenGlass:
    """The broken glass that a history makes. Its first event is a `GlassBroken`."""
    first, *rest = history
    assert isinstance(first, GlassBroken)
    held = begun(first)
    for event in rest:
        held = evolve(held, event)
    return held
