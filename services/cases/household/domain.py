"""Who lives with the client: pure. Codes only; name, note and a case of her own lie sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from services.cases.domain.case import Case
from services.cases.domain.item import Item, begins, goes_on
from shared.codes import AgeBand, HouseholdRelation
from shared.errors import Rejected
from shared.events import At, CaseEvent, Event, HouseholdMemberAdded, HouseholdMemberChanged


class NotGoneYet(Rejected):
    """Who leaves the household later still lives there."""

    code = "not_gone_yet"
    says = "This day is still to come. Please record it when it is there."


class LeftTheHousehold(Rejected):
    """Who left on a day does not live there."""

    code = "left_the_household"
    says = "Whoever left the household does not live in it. Please take the day away first."


class Member(Item):
    """Somebody in the household of the client, or close to it."""

    relation: HouseholdRelation
    same_household: bool
    age_band: AgeBand | None = None
    left_on: date | None = None
    """From which day on she does not live there any more."""
    written: int = 1
    """The version under which lies who she is."""
    added_at: At
    added_by: str

    @property
    def minor(self) -> bool | None:
        """Whether she is under age; None where nothing is known of her age."""
        return None if self.age_band is None else self.age_band is AgeBand.UNDER_18


Change = tuple[Member, CaseEvent]


def add(
    case: Case,
    id: str,
    relation: HouseholdRelation,
    *,
    same_household: bool,
    age_band: AgeBand | None,
    at: datetime,
    by: str,
) -> Change:
    """Note who lives with the client, or is close to her household."""
    case.must_be_open()
    event = HouseholdMemberAdded(
        **begins(case, id, at, by),
        relation=relation,
        same_household=same_household,
        age_band=age_band,
    )
    return begun(event), event


def change(
    case: Case, held: Member, said: Mapping[str, Any], *, named: bool, on: date, at: datetime, by: str
) -> Change:
    """Change what is known of somebody in the household, of a closed case too; what is not said stays.

    `left_on` ends it: from that day on she does not live there. Raises `NotGoneYet`, and `LeftTheHousehold`.
    """
    codes = {name: getattr(held, name) for name in ("relation", "same_household", "age_band", "left_on")} | dict(said)
    if codes["left_on"] is not None:
        if codes["left_on"] > on:
            raise NotGoneYet()
        if said.get("same_household"):
            raise LeftTheHousehold()
        codes["same_household"] = False
    event = HouseholdMemberChanged(
        **goes_on(case, held, at, by),
        written=held.version + 1 if named else held.written,
        **codes,
    )
    return evolve(held, event), event


def begun(event: HouseholdMemberAdded) -> Member:
    """The member as the first event makes her."""
    said = event.model_dump(include={"version", "case", "relation", "same_household", "age_band"})
    return Member(**said, id=event.subject, added_at=event.at, added_by=event.by)


def evolve(held: Member, event: HouseholdMemberChanged) -> Member:
    """The member after this event."""
    said = {"version", "relation", "same_household", "age_band", "left_on", "written"}
    return held.model_copy(update=event.model_dump(include=said))


def fold(history: Iterable[Event]) -> Member:
    """The member that a history makes. Its first event is a `HouseholdMemberAdded`."""
    first, *rest = history
    assert isinstance(first, HouseholdMemberAdded)
    held = begun(first)
    for event in rest:
        assert isinstance(event, HouseholdMemberChanged)
        held = evolve(held, event)
    return held
