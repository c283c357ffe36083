"""The event contracts: what happened, in ids and codes. No field here has room for personal data.

CloudEvents: `type` is `<service>.<noun>-<past participle>.v<n>`, `id` is `<subject>.<version>`.
A breaking change is a new class with the next `v`; readers ignore fields they do not know.

A function hears or tells a few of them, and making their classes is a tenth of its cold start: each room is loaded
when something of it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shared.clock import stamp as stamp
from shared.events.base import At as At
from shared.events.base import Event as Event

if TYPE_CHECKING:
    from shared.events.appointments import *  # noqa: F403
    from shared.events.base import CATALOGUE as CATALOGUE
    from shared.events.break_glass import *  # noqa: F403
    from shared.events.cases import *  # noqa: F403
    from shared.events.client import *  # noqa: F403
    from shared.events.conferences import *  # noqa: F403
    from shared.events.findings import *  # noqa: F403
    from shared.events.follow_ups import *  # noqa: F403
    from shared.events.household import *  # noqa: F403
    from shared.events.intake import *  # noqa: F403
    from shared.events.looks import *  # noqa: F403
    from shared.events.merging import *  # noqa: F403
    from shared.events.notifications import *  # noqa: F403
    from shared.events.offers import *  # noqa: F403
    from shared.events.plan import *  # noqa: F403
    from shared.events.referrals import *  # noqa: F403
    from shared.events.reporting import *  # noqa: F403
    from shared.events.residence import *  # noqa: F403
    from shared.events.rights import *  # noqa: F403
    from shared.events.transfers import *  # noqa: F403
    from shared.events.work import *  # noqa: F403

ROOMS = {
    "appointments": (
        "AppointmentCancelled",
        "AppointmentChanged",
        "AppointmentEvent",
        "AppointmentMade",
        "AppointmentMoved",
        "Reach",
    ),
    "break_glass": ("BrokenGlassEscalated", "BrokenGlassReviewed", "GlassBroken"),
    "cases": (
        "AccessEvent",
        "CaseAllocated",
        "CaseAssigned",
        "CaseEvent",
        "CaseFacts",
        "CaseOpened",
        "EndsTransfer",
    ),
    "client": ("ClientChanged", "RectificationChanged", "RectificationRequested", "TargetGroupDecided"),
    "conferences": ("Agreement", "ConferenceChanged", "ConferenceRecorded"),
    "findings": ("FindingBundled", "FindingDecided", "FindingRaised"),
    "follow_ups": ("FollowUpChanged", "FollowUpEscalated", "FollowUpSet"),
    "household": ("HouseholdMemberAdded", "HouseholdMemberChanged"),
    "intake": ("Arrival", "SubmissionReceived"),
    "looks": ("CasesLookedAt", "LookedAt", "MessagesLookedAt"),
    "merging": ("CaseAbsorbed", "CaseMerged", "CaseSeparated"),
    "notifications": (
        "LogSealed",
        "MessageClaimed",
        "MessageDelivered",
        "MessageEvent",
        "MessageFailed",
        "MessagePlanned",
        "MessageQueued",
        "MessageReleased",
        "MessageSent",
        "MessageWithheld",
    ),
    "offers": ("OfferChanged", "OfferListed"),
    "plan": ("GoalChanged", "GoalSet", "MeasureAdded", "MeasureChanged"),
    "referrals": ("ReferralChanged", "ReferralMade", "ReferralReturned", "ReferralStopped"),
    "reporting": ("ReportWritten",),
    "residence": (
        "DomainEndRecorded",
        "DomainEndWithdrawn",
        "ResidenceChanged",
        "ResidenceRecorded",
        "ResidenceWithdrawn",
    ),
    "rights": ("AuditWritten", "CaseErased", "CaseRestricted"),
    "transfers": ("CaseReopened", "TransferAnswered", "TransferLapsed", "TransferOffered"),
    "work": (
        "AssessmentRecorded",
        "CaseCleared",
        "CaseClosed",
        "CasePhaseChanged",
        "ConsentGiven",
        "ConsentRevoked",
        "ContactRecorded",
        "ContactWithdrawn",
        "LegalDomainsNoted",
    ),
}
"""What stands in which room."""

_ROOM_OF = {name: room for room, names in ROOMS.items() for name in names}


def kind(type_: str) -> type[Event] | None:
    """The class of a wire type, which its name follows from; None for a type that nobody here knows."""
    _, _, said = type_.partition(".")
    name = "".join(map(str.capitalize, said.rpartition(".")[0].split("-")))
    found = getattr(_of(_ROOM_OF[name]), name) if name in _ROOM_OF else None
    return found if getattr(found, "type", None) == type_ else None


def _of(room: str) -> Any:
    return import_module(f"shared.events.{room}")


def __getattr__(name: str) -> Any:
    """Whatever stands in one of the rooms. The catalogue is all of them."""
    if name == "CATALOGUE":
        for room in ROOMS:
            _of(room)
        return import_module("shared.events.base").CATALOGUE
    if name not in _ROOM_OF:
        raise AttributeError(name)
    return getattr(_of(_ROOM_OF[name]), name)
