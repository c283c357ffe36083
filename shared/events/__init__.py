"""The event contracts: what happened, in ids and codes. No field here has room for personal data.

CloudEvents: `type` is `<service>.<noun>-<past participle>.v<n>`, `id` is `<subject>.<version>`.
A breaking change is a new class with the next `v`; readers ignore fields they do not know.
"""

from shared.clock import stamp
from shared.events.appointments import (
    AppointmentCancelled,
    AppointmentChanged,
    AppointmentEvent,
    AppointmentMade,
    AppointmentMoved,
    Reach,
)
from shared.events.base import CATALOGUE, At, Event
from shared.events.break_glass import BrokenGlassEscalated, BrokenGlassReviewed, GlassBroken
from shared.events.cases import (
    AccessEvent,
    AssessmentRecorded,
    CaseAllocated,
    CaseAssigned,
    CaseCleared,
    CaseClosed,
    CaseEvent,
    CaseFacts,
    CaseOpened,
    CasePhaseChanged,
    ConsentGiven,
    ConsentRevoked,
    ContactRecorded,
    LegalDomainsNoted,
)
from shared.events.client import ClientChanged, RectificationChanged, RectificationRequested, TargetGroupDecided
from shared.events.conferences import Agreement, ConferenceChanged, ConferenceRecorded
from shared.events.findings import FindingBundled, FindingDecided, FindingRaised
from shared.events.follow_ups import FollowUpChanged, FollowUpEscalated, FollowUpSet
from shared.events.household import HouseholdMemberAdded, HouseholdMemberChanged
from shared.events.intake import Arrival, SubmissionReceived
from shared.events.looks import CasesLookedAt, LookedAt, MessagesLookedAt
from shared.events.merging import CaseAbsorbed, CaseMerged, CaseSeparated
from shared.events.notifications import (
    LogSealed,
    MessageClaimed,
    MessageDelivered,
    MessageEvent,
    MessageFailed,
    MessagePlanned,
    MessageQueued,
    MessageReleased,
    MessageSent,
    MessageWithheld,
)
from shared.events.offers import OfferChanged, OfferListed
from shared.events.plan import GoalChanged, GoalSet, MeasureAdded, MeasureChanged
from shared.events.referrals import ReferralChanged, ReferralMade, ReferralReturned, ReferralStopped
from shared.events.reporting import ReportWritten
from shared.events.residence import DomainEndRecorded, ResidenceChanged, ResidenceRecorded
from shared.events.rights import AuditWritten, CaseErased, CaseRestricted
from shared.events.transfers import CaseReopened, TransferAnswered, TransferOffered

__all__ = [
    "CATALOGUE",
    "AccessEvent",
    "Agreement",
    "AppointmentCancelled",
    "AppointmentChanged",
    "AppointmentEvent",
    "AppointmentMade",
    "AppointmentMoved",
    "Arrival",
    "AssessmentRecorded",
    "At",
    "AuditWritten",
    "BrokenGlassEscalated",
    "BrokenGlassReviewed",
    "CaseAbsorbed",
    "CaseAllocated",
    "CaseAssigned",
    "CaseCleared",
    "CaseClosed",
    "CaseErased",
    "CaseEvent",
    "CaseFacts",
    "CaseMerged",
    "CaseOpened",
    "CasePhaseChanged",
    "CaseReopened",
    "CaseRestricted",
    "CaseSeparated",
    "CasesLookedAt",
    "ClientChanged",
    "ConferenceChanged",
    "ConferenceRecorded",
    "ConsentGiven",
    "ConsentRevoked",
    "ContactRecorded",
    "DomainEndRecorded",
    "Event",
    "FindingBundled",
    "FindingDecided",
    "FindingRaised",
    "FollowUpChanged",
    "FollowUpEscalated",
    "FollowUpSet",
    "GlassBroken",
    "GoalChanged",
    "GoalSet",
    "HouseholdMemberAdded",
    "HouseholdMemberChanged",
    "LegalDomainsNoted",
    "LogSealed",
    "LookedAt",
    "MeasureAdded",
    "MeasureChanged",
    "MessageClaimed",
    "MessageDelivered",
    "MessageEvent",
    "MessageFailed",
    "MessagePlanned",
    "MessageQueued",
    "MessageReleased",
    "MessageSent",
    "MessageWithheld",
    "MessagesLookedAt",
    "OfferChanged",
    "OfferListed",
    "Reach",
    "RectificationChanged",
    "RectificationRequested",
    "ReferralChanged",
    "ReferralMade",
    "ReferralReturned",
    "ReferralStopped",
    "ReportWritten",
    "ResidenceChanged",
    "ResidenceRecorded",
    "SubmissionReceived",
    "TargetGroupDecided",
    "TransferAnswered",
    "TransferOffered",
    "stamp",
]
