"""What offices and organisations do together."""

from __future__ import annotations

from shared.codes.code import Code


class Role(Code):
    """Roles at the identity provider."""

    CASE_MANAGER = "case_manager", "Fallmanagement"
    TEAM_LEAD = "team_lead", "Teamleitung"
    COORDINATOR = "coordinator", "KIM-Koordination"
    PARTNER = "partner", "Partner"
    PRIVACY_OFFICER = "privacy_officer", "Datenschutz"


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
    MERGED = "merged", "Fall zusammengeführt"


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
    CONSENT_ENDED = "consent_ended", "Schweigepflichtentbindung abgelaufen"
    CASE_CLOSED = "case_closed", "Fall abgeschlossen"
    WITHDRAWN_BY_CLIENT = "withdrawn_by_client", "von der ratsuchenden Person zurückgezogen"
    NO_ANSWER = "no_answer", "keine Antwort erhalten"
    OTHER = "other", "Sonstiges"


class ReferralSide(Code):
    """Who confirms that contact came about."""

    CLIENT = "client", "Ratsuchende*r"
    RECIPIENT = "recipient", "Aufnehmende Stelle"


class AppointmentStatus(Code):
    """What became of an appointment."""

    PLANNED = "planned", "vereinbart"
    KEPT = "kept", "wahrgenommen"
    MISSED = "missed", "nicht wahrgenommen"
    CANCELLED = "cancelled", "abgesagt"


class ConferenceStatus(Code):
    """What became of a case conference."""

    PLANNED = "planned", "vereinbart"
    HELD = "held", "stattgefunden"
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
