"""What the codes of a case suggest: whom the programme means by her, and who could take her on. A person decides.

Pure, and never a score: a suggestion is there with its reasons, or it is not (Art. 22 GDPR).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.cases.domain.case import Case
from shared.codes import AgeBand, ResidenceGroup, ResidenceStatus, SuggestedBy, TargetGroup

IN_PROCEDURE = frozenset({ResidenceGroup.PROCEDURE, ResidenceGroup.TOLERATION})

SUGGESTED = frozenset(
    {TargetGroup.YOUNG_ADULT, TargetGroup.TOLERATION_OR_PROCEDURE, TargetGroup.SINGLE_PARENT, TargetGroup.OTHER}
)
"""Target groups that follow from codes. The others somebody says."""


class Described(Protocol):
    """The codes of a client that suggest a target group."""

    @property
    def age_band(self) -> AgeBand: ...
    @property
    def residence_status(self) -> ResidenceStatus: ...
    @property
    def single_parent(self) -> bool: ...


class Bounds(Protocol):
    """The programme's ages in whole years, both included."""

    @property
    def youngest(self) -> int: ...
    @property
    def oldest(self) -> int: ...


class Organisation(Protocol):
    """Who does case management, and in which districts."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def districts(self) -> tuple[int, ...]: ...


class Pack(Protocol):
    """What is the municipality's own: its bounds, and its organisations."""

    @property
    def target_group(self) -> Bounds: ...
    @property
    def organisations(self) -> Sequence[Organisation]: ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A target group or an organisation by its code, and why."""

    code: str
    reasons: tuple[SuggestedBy, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a case suggests, each in the order of its list."""

    target_groups: tuple[Suggestion, ...]
    organisations: tuple[Suggestion, ...]


def suggestions(case: Case, pack: Pack) -> Suggestions:
    """Target groups and organisations that the codes of a case suggest, each with its reasons."""
    groups = (Suggestion(group.value, (why,)) for group, why in _reasons(case, pack.target_group).items())
    there = (one for one in pack.organisations if one.kind == "provider" and case.city_district in one.districts)
    return Suggestions(tuple(groups), tuple(Suggestion(one.id, (SuggestedBy.DISTRICT,)) for one in there))


def suggested_target_groups(described: Described, bounds: Bounds) -> tuple[TargetGroup, ...]:
    """The target groups that these codes suggest."""
    return tuple(_reasons(described, bounds))


def groups_of(case: Case, bounds: Bounds) -> tuple[TargetGroup, ...]:
    """The target groups of a case: those suggested that nobody ruled out, and those that somebody named."""
    suggested = [one for one in suggested_target_groups(case, bounds) if one not in case.rejected_groups]
    named = [one for one in case.target_groups if one not in SUGGESTED]
    found = dict.fromkeys([*suggested, *named, *case.confirmed_groups])
    return tuple(one for one in found if one is not TargetGroup.OTHER) or (TargetGroup.OTHER,)


def _reasons(described: Described, bounds: Bounds) -> dict[TargetGroup, SuggestedBy]:
    return dict(_found(described, bounds)) or {TargetGroup.OTHER: SuggestedBy.NOTHING_ELSE}


def _found(described: Described, bounds: Bounds) -> Iterator[tuple[TargetGroup, SuggestedBy]]:
    first, last = described.age_band.years
    if bounds.youngest <= first and last <= bounds.oldest:
        yield TargetGroup.YOUNG_ADULT, SuggestedBy.AGE
    elif first <= bounds.oldest and bounds.youngest <= last:
        yield TargetGroup.YOUNG_ADULT, SuggestedBy.AGE_PARTLY
    if described.residence_status.group in IN_PROCEDURE:
        yield TargetGroup.TOLERATION_OR_PROCEDURE, SuggestedBy.RESIDENCE
    if described.single_parent:
        yield TargetGroup.SINGLE_PARENT, SuggestedBy.SINGLE_PARENT
