"""What cases tell when two of them turn out to be of one person, and when they do not after all."""

from typing import ClassVar

from shared.codes import Phase
from shared.events.cases import AccessEvent, CaseEvent, EndsTransfer


class CaseMerged(EndsTransfer):
    """The case is a duplicate: `other` goes on, and this one ends if it was open. Nothing of it moves."""

    type: ClassVar[str] = "cases.case-merged.v1"
    other: str
    counts_as: str
    """As whom its client counts from now on: the person of the case that goes on."""
    was: Phase
    """The phase in which it was, and to which it returns if they are separated."""
    legal_hold: bool


class CaseAbsorbed(CaseEvent):
    """`other` turned out to be of the same person, and was merged into this case, which goes on."""

    type: ClassVar[str] = "cases.case-absorbed.v1"
    other: str
    legal_hold: bool


class CaseSeparated(AccessEvent):
    """The case and `other` are of two people after all. On both; the one that had ended by it is as it was before."""

    type: ClassVar[str] = "cases.case-separated.v1"
    other: str
