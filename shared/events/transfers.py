"""What cases tell when they begin anew, or go to another organisation."""

from typing import ClassVar

from shared.codes import TransferAnswer
from shared.events.cases import AccessEvent, EndsTransfer


class CaseReopened(AccessEvent):
    """A closed case goes on as a new episode. What closed it stays in its history."""

    type: ClassVar[str] = "cases.case-reopened.v1"
    episode: int


class TransferOffered(AccessEvent):
    """The organisation that has the case offers it to another one."""

    type: ClassVar[str] = "cases.transfer-offered.v1"
    organisation: str
    consent: str
    """The release from secrecy that allows it."""


class TransferLapsed(EndsTransfer):
    """Nobody answered while a release from secrecy covered what was offered: the case stays where it is."""

    type: ClassVar[str] = "cases.transfer-lapsed.v1"


class TransferAnswered(EndsTransfer):
    """The offer was accepted, refused or recalled. `organisation` has the case from now on."""

    type: ClassVar[str] = "cases.transfer-answered.v1"
    answer: TransferAnswer
    organisation: str
    offered_by: str | None = None
    """The organisation that asked, and is told of the answer."""
