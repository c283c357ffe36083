"""What clients declare, to whom, and about which of their data."""

from __future__ import annotations

from shared.codes.code import Code


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
    RECOGNITION = "recognition", "Hinweis an andere Träger, dass eine Beratung besteht"
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


class ErasureGround(Code):
    """Why a person's data is erased (Art. 17 (1) GDPR)."""

    CONSENT_WITHDRAWN = "consent_withdrawn", "Widerruf der Einwilligung"
    REQUESTED = "requested", "Verlangen der betroffenen Person"
    UNLAWFUL = "unlawful", "Unrechtmäßige Verarbeitung"
    RETENTION_ENDED = "retention_ended", "Löschfrist abgelaufen"


class ErasureState(Code):
    """How far an erasure is. What is destroyed is gone from `searching` on."""

    RECORDED = "recorded", "festgehalten"
    SEARCHING = "searching", "gelöscht, Suche nach Resten läuft"
    CERTIFIED = "certified", "bescheinigt"


class BreakGlassGround(Code):
    """Why somebody may see a case that is not hers: her client's consent on the spot, or a danger (§ 34 StGB)."""

    CLIENT_ASKS = "client_asks", "Ratsuchende Person ist da und bittet darum"
    DANGER_TO_CLIENT = "danger_to_client", "Gefahr für die ratsuchende Person"
    DANGER_TO_OTHERS = "danger_to_others", "Gefahr für andere"


class ReviewResult(Code):
    """What a second person says to it afterwards."""

    JUSTIFIED = "justified", "gerechtfertigt"
    UNJUSTIFIED = "unjustified", "nicht gerechtfertigt"
