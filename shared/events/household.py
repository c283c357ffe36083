"""What cases tell of the people a client lives with: codes. Who they are, and whose case is whose, lies sealed."""

from datetime import date
from typing import ClassVar

from shared.codes import AgeBand, HouseholdRelation
from shared.events.cases import CaseEvent


class HouseholdMemberAdded(CaseEvent):
    """Somebody in the household of the client, or close to it."""

    type: ClassVar[str] = "cases.household-member-added.v1"
    relation: HouseholdRelation
    same_household: bool
    age_band: AgeBand | None = None


class HouseholdMemberChanged(CaseEvent):
    """What is known of somebody in the household changed, or she left it on a day."""

    type: ClassVar[str] = "cases.household-member-changed.v1"
    relation: HouseholdRelation
    same_household: bool
    age_band: AgeBand | None = None
    left_on: date | None = None
    written: int
    """The version under which lies who she is."""
