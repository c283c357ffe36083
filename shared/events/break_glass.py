"""What cases tell when somebody breaks the glass before one that is not hers. Her reason lies sealed."""

from typing import ClassVar

from shared.codes import BreakGlassGround, ReviewResult
from shared.events.base import At
from shared.events.cases import CaseEvent


class GlassBroken(CaseEvent):
    """Somebody opened a case that is not hers, to read it until a time."""

    type: ClassVar[str] = "cases.glass-broken.v1"
    ground: BreakGlassGround
    organisation: str
    """For which she works."""
    until: At


class BrokenGlassReviewed(CaseEvent):
    """A second person said whether that was justified."""

    type: ClassVar[str] = "cases.broken-glass-reviewed.v1"
    result: ReviewResult


class BrokenGlassEscalated(CaseEvent):
    """Nobody reviewed it in time."""

    type: ClassVar[str] = "cases.broken-glass-escalated.v1"
