"""Who has a case, and so may see what was sent about it."""

from pydantic import BaseModel, ConfigDict

from shared.codes import TransferAnswer
from shared.events import CaseAllocated, CaseAssigned, Event, TransferAnswered


class Holder(BaseModel):
    """Who had a case from its version `version` on: all that is needed to say who may see its messages."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    case: str
    version: int = 0
    organisation: str | None = None
    case_manager: str | None = None


def holder(event: Event) -> Holder | None:
    """Who has the case after this event, where the event is about that."""
    match event:
        case CaseAllocated(subject=case, version=version, organisation=organisation):
            return Holder(case=case, version=version, organisation=organisation)
        case CaseAssigned(subject=case, version=version, facts=facts, case_manager=manager):
            return Holder(case=case, version=version, organisation=facts.organisation, case_manager=manager)
        case TransferAnswered(subject=case, version=version, organisation=organisation, answer=TransferAnswer.ACCEPTED):
            return Holder(case=case, version=version, organisation=organisation)
    return None
