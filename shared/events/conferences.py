"""What cases tell of case conferences."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.codes import ConferenceStatus
from shared.events.cases import CaseEvent


class Agreement(BaseModel):
    """Who agreed to do something until when. What it is lies sealed."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    who: str
    """An organisation's id, or `client`."""
    until: date | None = None


class ConferenceRecorded(CaseEvent):
    """A case conference of organisations was planned or held; who agreed to do something."""

    type: ClassVar[str] = "cases.conference-recorded.v1"
    held_on: date
    participants: tuple[str, ...]
    agreements: tuple[Agreement, ...] = ()
    status: ConferenceStatus = ConferenceStatus.HELD


class ConferenceChanged(CaseEvent):
    """A case conference was moved, held or cancelled, or others take part or agreed on something; how it stands now."""

    type: ClassVar[str] = "cases.conference-changed.v1"
    held_on: date
    participants: tuple[str, ...]
    agreements: tuple[Agreement, ...] = ()
    status: ConferenceStatus
    written: int
    """The version under which the words of its agreements lie."""
    invited: int = 1
    """The version under which the functions of its participants lie."""
    concerns: tuple[str, ...] = ()
    """Organisations to which this is news of what lies ahead: asked to come, not any more, another day, called off."""
