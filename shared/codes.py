"""The code lists of the field (DOMAIN.md), each code with its German label. Holds no logic but grouping."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code with the label officials know it by. Labels are the message ids of their translations."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        code = str.__new__(cls, value)
        code._value_ = value
        code.label = label
        return code


class Phase(Code):
    """Phases of case management (DGCC), in their order."""

    INQUIRY = "inquiry", "Anfrage"
    CLEARING = "clearing", "Klärung"
    INTAKE = "intake", "Fallaufnahme"
    ASSESSMENT = "assessment", "Assessment"
    PLANNING = "planning", "Hilfeplan"
    LINKING = "linking", "Vermittlung"
    MONITORING = "monitoring", "Monitoring"
    EVALUATION = "evaluation", "Evaluation"
    CLOSED = "closed", "Abschluss"


class ActionField(Code):
    """Fields of life in which a client may need support (Handlungsfelder)."""

    LANGUAGE = "language", "Sprache"
    WORK = "work", "Arbeit"
    TRAINING = "training", "Ausbildung"
    EDUCATION = "education", "Schule und Bildung"
    RECOGNITION = "recognition", "Anerkennung"
    HOUSING = "housing", "Wohnen"
    HEALTH = "health", "Gesundheit"
    FAMILY = "family", "Familie und Kinderbetreuung"
    RESIDENCE = "residence", "Aufenthalt"
    BENEFITS = "benefits", "Lebensunterhalt"
    DEBTS = "debts", "Schulden"
    AUTHORITIES = "authorities", "Behörden und Schriftverkehr"
    DISCRIMINATION = "discrimination", "Diskriminierung"
    PARTICIPATION = "participation", "Teilhabe"
    NATURALISATION = "naturalisation", "Einbürgerung"


class LegalDomain(Code):
    """Legal domains (Rechtskreise) between which a client moves."""

    SGB2 = "sgb2", "SGB II"
    SGB3 = "sgb3", "SGB III"
    SGB5 = "sgb5", "SGB V"
    SGB8 = "sgb8", "SGB VIII"
    SGB9 = "sgb9", "SGB IX"
    SGB12 = "sgb12", "SGB XII"
    ASYLBLG = "asylblg", "AsylbLG"
    AUFENTHG = "aufenthg", "AufenthG und AsylG"
    STAG = "stag", "StAG"
    BAFOEG = "bafoeg", "BAföG"
    WOGG = "wogg", "WoGG"
    SCHULG = "schulg", "SchulG"


class ResidenceGroup(Code):
    """Groups of residence statuses that reports may show (assumed)."""

    PROCEDURE = "procedure", "Asylverfahren"
    TOLERATION = "toleration", "Duldung"
    HUMANITARIAN = "humanitarian", "Humanitärer Aufenthalt"
    PROTECTION_24 = "protection_24", "Vorübergehender Schutz (§ 24)"
    OTHER_PERMIT = "other_permit", "Sonstige Aufenthaltserlaubnis"
    PERMANENT = "permanent", "Dauerhafter Aufenthalt"
    EU = "eu", "EU-Freizügigkeit"
    GERMAN = "german", "Deutsche Staatsangehörigkeit"
    UNKNOWN = "unknown", "Unbekannt"


class ResidenceStatus(Code):
    """Residence titles and papers (AufenthG, AsylG, BVFG)."""

    ASYLUM_PROCEDURE = "asylum_procedure", "Gestattung (§ 55 AsylG)"
    TOLERATION = "toleration", "Duldung (§ 60a AufenthG)"
    TOLERATION_IDENTITY = "toleration_identity", "Duldung bei ungeklärter Identität (§ 60b AufenthG)"
    TOLERATION_TRAINING = "toleration_training", "Ausbildungsduldung (§ 60c AufenthG)"
    TOLERATION_EMPLOYMENT = "toleration_employment", "Beschäftigungsduldung (§ 60d AufenthG)"
    PERMIT_TRAINING = "permit_training", "Aufenthaltserlaubnis zur Ausbildung"
    PERMIT_WORK = "permit_work", "Aufenthaltserlaubnis zur Erwerbstätigkeit"
    PERMIT_HUMANITARIAN = (
        "permit_humanitarian",
        "Humanitäre Aufenthaltserlaubnis (§§ 22, 23, 23a, 25 AufenthG)",
    )
    TEMPORARY_PROTECTION = "temporary_protection", "Vorübergehender Schutz (§ 24 AufenthG)"
    INTEGRATED_YOUTH = "integrated_youth", "Gut integrierte Jugendliche (§ 25a AufenthG)"
    SUSTAINED_INTEGRATION = "sustained_integration", "Nachhaltige Integration (§ 25b AufenthG)"
    PERMIT_OPPORTUNITY = "permit_opportunity", "Chancen-Aufenthaltsrecht (§ 104c AufenthG)"
    PERMIT_FAMILY = "permit_family", "Familiennachzug (§§ 28–36 AufenthG)"
    BLUE_CARD = "blue_card", "Blaue Karte EU"
    SETTLEMENT = "settlement", "Niederlassungserlaubnis (§ 9 AufenthG)"
    EU_LONG_TERM = "eu_long_term", "Daueraufenthalt-EU (§ 9a AufenthG)"
    EU_FREE_MOVEMENT = "eu_free_movement", "Freizügigkeit EU"
    FICTIONAL_CERTIFICATE = "fictional_certificate", "Fiktionsbescheinigung (§ 81 AufenthG)"
    REPATRIATE = "repatriate", "Spätaussiedler*in (BVFG)"
    GERMAN_CITIZEN = "german_citizen", "Deutsche Staatsangehörigkeit"
    NONE = "none", "Kein Aufenthaltstitel"
    UNKNOWN = "unknown", "Unbekannt"
    UNDISCLOSED = "undisclosed", "Keine Angabe"

    @property
    def group(self) -> ResidenceGroup:
        """The group under which reports count this status."""
        return RESIDENCE_GROUPS.get(self, ResidenceGroup.OTHER_PERMIT)


RESIDENCE_GROUPS = {
    ResidenceStatus.ASYLUM_PROCEDURE: ResidenceGroup.PROCEDURE,
    ResidenceStatus.TOLERATION: ResidenceGroup.TOLERATION,
    ResidenceStatus.TOLERATION_IDENTITY: ResidenceGroup.TOLERATION,
    ResidenceStatus.TOLERATION_TRAINING: ResidenceGroup.TOLERATION,
    ResidenceStatus.TOLERATION_EMPLOYMENT: ResidenceGroup.TOLERATION,
    ResidenceStatus.PERMIT_HUMANITARIAN: ResidenceGroup.HUMANITARIAN,
    ResidenceStatus.INTEGRATED_YOUTH: ResidenceGroup.HUMANITARIAN,
    ResidenceStatus.SUSTAINED_INTEGRATION: ResidenceGroup.HUMANITARIAN,
    ResidenceStatus.PERMIT_OPPORTUNITY: ResidenceGroup.HUMANITARIAN,
    ResidenceStatus.TEMPORARY_PROTECTION: ResidenceGroup.PROTECTION_24,
    ResidenceStatus.SETTLEMENT: ResidenceGroup.PERMANENT,
    ResidenceStatus.EU_LONG_TERM: ResidenceGroup.PERMANENT,
    ResidenceStatus.EU_FREE_MOVEMENT: ResidenceGroup.EU,
    ResidenceStatus.REPATRIATE: ResidenceGroup.GERMAN,
    ResidenceStatus.GERMAN_CITIZEN: ResidenceGroup.GERMAN,
    ResidenceStatus.NONE: ResidenceGroup.UNKNOWN,
    ResidenceStatus.UNKNOWN: ResidenceGroup.UNKNOWN,
    ResidenceStatus.UNDISCLOSED: ResidenceGroup.UNKNOWN,
}


class TargetGroup(Code):
    """Target groups of KIM in Cologne. Two of them are Art. 9 GDPR data."""

    YOUNG_ADULT = "young_adult", "Junge Erwachsene"
    TOLERATION_OR_PROCEDURE = "toleration_or_procedure", "Duldung oder Gestattung"
    DISABILITY = "disability", "Menschen mit Behinderung"
    LSBTI = "lsbti", "LSBTI"
    SINGLE_PARENT = "single_parent", "Alleinerziehende"
    HOUSEHOLD_MEMBER = "household_member", "Haushaltsangehörige"
    OTHER = "other", "Sonstige"


class Referrer(Code):
    """Who brought the client to KIM."""

    SELF = "self", "Selbst"
    PROVIDER = "provider", "Träger"
    IMMIGRATION_OFFICE = "immigration_office", "Ausländerbehörde"
    JOBCENTER = "jobcenter", "Jobcenter"
    EMPLOYMENT_AGENCY = "employment_agency", "Agentur für Arbeit"
    YOUTH_OFFICE = "youth_office", "Jugendamt"
    HOUSING_OFFICE = "housing_office", "Wohnungsamt"
    SOCIAL_OFFICE = "social_office", "Sozialamt"
    SCHOOL = "school", "Schule"
    HEALTH_OFFICE = "health_office", "Gesundheitsamt"
    INTEGRATION_CENTRE = "integration_centre", "Kommunales Integrationszentrum"
    VOLUNTEER = "volunteer", "Ehrenamt"
    OTHER = "other", "Sonstige"


class ClosureReason(Code):
    """Why a case ended (assumed)."""

    GOALS_ACHIEVED = "goals_achieved", "Ziele erreicht"
    HANDED_TO_REGULAR_SERVICE = "handed_to_regular_service", "Übergabe an Regeldienst"
    HANDED_TO_OTHER_CASE_MANAGEMENT = "handed_to_other_case_management", "Übergabe an anderes Fallmanagement"
    MOVED_AWAY = "moved_away", "Verzogen"
    CONTACT_LOST = "contact_lost", "Kontakt verloren"
    WITHDRAWN_BY_CLIENT = "withdrawn_by_client", "Von Ratsuchenden beendet"
    NO_LONGER_TARGET_GROUP = "no_longer_target_group", "Nicht mehr Zielgruppe"
    DEPARTURE_VOLUNTARY = "departure_voluntary", "Freiwillige Ausreise"
    REMOVAL = "removal", "Abschiebung"
    DECEASED = "deceased", "Verstorben"
    DUPLICATE_OR_ERROR = "duplicate_or_error", "Dublette oder Irrtum"
    OTHER = "other", "Sonstige"


class ClearingResult(Code):
    """What clearing found. Only `accepted` leads into case management; short consultation is counted apart."""

    ACCEPTED = "accepted", "Aufgenommen"
    SHORT_CONSULTATION = "short_consultation", "Kurzberatung"
    SIGNPOSTED = "signposted", "Verweisberatung"
    WAITING_LIST = "waiting_list", "Warteliste"
    NOT_ELIGIBLE = "not_eligible", "Nicht Zielgruppe"
    WITHDRAWN = "withdrawn", "Zurückgezogen"


class TransferAnswer(Code):
    """What becomes of the offer to hand a case to another organisation."""

    ACCEPTED = "accepted", "angenommen"
    REFUSED = "refused", "abgelehnt"
    RECALLED = "recalled", "zurückgezogen"


class Gender(Code):
    """As the client states it, if she does."""

    FEMALE = "female", "weiblich"
    MALE = "male", "männlich"
    DIVERSE = "diverse", "divers"
    UNDISCLOSED = "undisclosed", "keine Angabe"


class AgeBand(Code):
    """The coarse age that events and reports carry in place of a birth date."""

    UNDER_18 = "under_18", "unter 18"
    FROM_18 = "18_20", "18 bis 20"
    FROM_21 = "21_24", "21 bis 24"
    FROM_25 = "25_27", "25 bis 27"
    FROM_28 = "28_plus", "28 und älter"

    @classmethod
    def on(cls, day: date, born: date) -> AgeBand:
        """The band of somebody born on `born`, on `day`; a birthday counts from its morning (§ 187 BGB)."""
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        return next(band for below, band in AGE_BOUNDS if years < below)


AGE_BOUNDS = (
    (18, AgeBand.UNDER_18),
    (21, AgeBand.FROM_18),
    (25, AgeBand.FROM_21),
    (28, AgeBand.FROM_25),
    (1000, AgeBand.FROM_28),
)


class Channel(Code):
    """How the client wants to be reached."""

    SMS = "sms", "SMS"
    EMAIL = "email", "E-Mail"
    CALL = "call", "Anruf"


class ContactChannel(Code):
    """How a counselling contact took place."""

    PHONE = "phone", "Telefon"
    MEETING = "meeting", "Gespräch vor Ort"
    OUTREACH = "outreach", "Aufsuchend"
    MESSAGE = "message", "Nachricht"
    VIDEO = "video", "Video"
    OTHER = "other", "Sonstiges"


class ConsentKind(Code):
    """Declarations of a client. Consent and release from secrecy are two, recorded apart."""

    PROCESSING = "processing", "Einwilligung in die Verarbeitung"
    SECRECY_RELEASE = "secrecy_release", "Schweigepflichtentbindung"
    CONTACT_SMS = "contact_sms", "Kontakt per SMS"
    CONTACT_EMAIL = "contact_email", "Kontakt per E-Mail"
    STATE_DATABASE = "state_database", "Datenbank KIM des Landes"
    STATISTICS = "statistics", "Statistik"


class ConsentForm(Code):
    """In which form a declaration was given."""

    WRITTEN = "written", "schriftlich"
    ELECTRONIC = "electronic", "elektronisch"


class ConsentGiver(Code):
    """Who declares: the client herself, or whoever may for her."""

    CLIENT = "client", "Ratsuchende*r"
    LEGAL_REPRESENTATIVE = "legal_representative", "Gesetzliche Vertretung"


class ConsentPurpose(Code):
    """What a declaration is for."""

    CASE_MANAGEMENT = "case_management", "Fallmanagement"
    REFERRAL = "referral", "Vermittlung"
    CONFERENCE = "conference", "Fallkonferenz"
    TRANSFER = "transfer", "Übergabe an einen anderen Träger"
    REMINDERS = "reminders", "Erinnerungen"
    REPORTING = "reporting", "Berichtswesen"
    OTHER = "other", "Sonstiges"


class ConsentDirection(Code):
    """Which way a declaration lets knowledge go, seen from us."""

    TO_RECIPIENT = "to_recipient", "an die Stelle"
    FROM_RECIPIENT = "from_recipient", "von der Stelle"
    BOTH = "both", "in beide Richtungen"


class DataCategory(Code):
    """Parts of a file that a release from secrecy names one by one."""

    PROCESS = "process", "Stand des Falls"
    IDENTITY = "identity", "Person"
    CONTACT = "contact", "Kontakt und Wohnort"
    RESIDENCE = "residence", "Aufenthalt"
    HOUSEHOLD = "household", "Haushalt"
    ASSESSMENT = "assessment", "Assessment"
    PLAN = "plan", "Hilfeplan"
    REFERRALS = "referrals", "Vermittlungen"
    APPOINTMENTS = "appointments", "Termine"
    HEALTH = "health", "Gesundheit"


class GoalOutcome(Code):
    """What became of a goal of the support plan."""

    ACHIEVED = "achieved", "erreicht"
    PARTLY_ACHIEVED = "partly_achieved", "teilweise erreicht"
    NOT_ACHIEVED = "not_achieved", "nicht erreicht"
    DROPPED = "dropped", "aufgegeben"


class EndedBy(Code):
    """Who ended a case."""

    CLIENT = "client", "Ratsuchende*r"
    CASE_MANAGER = "case_manager", "Fallmanagement"
    MUTUAL = "mutual", "Einvernehmlich"
    THIRD_PARTY = "third_party", "Dritte"


class View(Code):
    """Whose view an assessment records."""

    CLIENT = "client", "Sicht der Ratsuchenden"
    PROFESSIONAL = "professional", "Fachliche Sicht"


class ErasureGround(Code):
    """Why a person's data is erased (Art. 17 (1) GDPR)."""

    CONSENT_WITHDRAWN = "consent_withdrawn", "Widerruf der Einwilligung"
    REQUESTED = "requested", "Verlangen der betroffenen Person"
    UNLAWFUL = "unlawful", "Unrechtmäßige Verarbeitung"
    RETENTION_ENDED = "retention_ended", "Löschfrist abgelaufen"


class FindingStatus(Code):
    """The way of a structural finding through the steering group."""

    RAISED = "raised", "gemeldet"
    BUNDLED = "bundled", "gebündelt"
    PRIORITISED = "prioritised", "priorisiert"
    IN_PROJECT_GROUP = "in_project_group", "in der Projektgruppe"
    PROPOSED = "proposed", "Vorschlag liegt vor"
    APPROVED = "approved", "beschlossen"
    IMPLEMENTED = "implemented", "umgesetzt"
    REVIEWED = "reviewed", "überprüft"
    REJECTED = "rejected", "abgelehnt"


class DecisionBody(Code):
    """Who decides on a structural finding."""

    COORDINATION = "coordination", "KIM-Koordination"
    STEERING_GROUP = "steering_group", "Lenkungsgruppe"
    PROJECT_GROUP = "project_group", "Projektgruppe"


class FollowUpRule(Code):
    """Why the radar reminds: which rule of changing between legal domains set a follow-up."""

    RESIDENCE_ENDS = "residence_ends", "Aufenthaltstitel läuft ab"
    DOMAIN_ENDS = "domain_ends", "Rechtskreis endet"
    UNTOUCHED = "untouched", "Wiedervorlage liegt unbearbeitet"
    UNANSWERED = "unanswered", "Vermittlung ohne Antwort"


class ReferralStatus(Code):
    """Where a referral to an offer or an office is."""

    PROPOSED = "proposed", "vorgeschlagen"
    CONSENTED = "consented", "zugestimmt"
    SENT = "sent", "übermittelt"
    ACCEPTED = "accepted", "angenommen"
    DECLINED = "declined", "abgelehnt"
    STARTED = "started", "begonnen"
    DROPPED = "dropped", "abgebrochen"
    FINISHED = "finished", "abgeschlossen"


class ReferralReason(Code):
    """Why a referral was declined, or dropped."""

    NO_CAPACITY = "no_capacity", "keine Plätze frei"
    WAITING_TOO_LONG = "waiting_too_long", "Wartezeit zu lang"
    NOT_TARGET_GROUP = "not_target_group", "passt nicht zur Zielgruppe"
    NOT_RESPONSIBLE = "not_responsible", "nicht zuständig"
    LANGUAGE = "language", "Verständigung nicht möglich"
    DOCUMENTS_MISSING = "documents_missing", "Unterlagen fehlen"
    CONSENT_REVOKED = "consent_revoked", "Schweigepflichtentbindung widerrufen"
    WITHDRAWN_BY_CLIENT = "withdrawn_by_client", "von der ratsuchenden Person zurückgezogen"
    NO_ANSWER = "no_answer", "keine Antwort erhalten"
    OTHER = "other", "Sonstiges"


class AppointmentStatus(Code):
    """What became of an appointment."""

    PLANNED = "planned", "vereinbart"
    KEPT = "kept", "wahrgenommen"
    MISSED = "missed", "nicht wahrgenommen"
    CANCELLED = "cancelled", "abgesagt"


class MessageStatus(Code):
    """Where a message is; it only ever moves forward."""

    PLANNED = "planned", "geplant"
    QUEUED = "queued", "bereit"
    SENDING = "sending", "wird gesendet"
    SENT = "sent", "gesendet"
    DELIVERED = "delivered", "zugestellt"
    FAILED = "failed", "fehlgeschlagen"
    WITHHELD = "withheld", "zurückgehalten"


class Role(Code):
    """Roles at the identity provider."""

    CASE_MANAGER = "case_manager", "Fallmanagement"
    TEAM_LEAD = "team_lead", "Teamleitung"
    COORDINATOR = "coordinator", "KIM-Koordination"
    PARTNER = "partner", "Partner"
    PRIVACY_OFFICER = "privacy_officer", "Datenschutz"


LANGUAGES = {
    "de": "Deutsch",
    "de-x-leicht": "Leichte Sprache",
    "en": "English",
    "tr": "Türkçe",
    "ar": "العربية",
    "fa": "فارسی",
    "kmr": "Kurmancî",
    "uk": "Українська",
    "ru": "Русский",
    "fr": "Français",
    "bg": "Български",
    "ro": "Română",
    "pl": "Polski",
    "it": "Italiano",
    "sq": "Shqip",
    "ti": "ትግርኛ",
}
"""Languages of client texts, BCP-47, each by its own name."""

RIGHT_TO_LEFT = frozenset({"ar", "fa"})
