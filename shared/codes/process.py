"""What case management goes by: phases, fields of life, legal domains, results."""

from __future__ import annotations

from shared.codes.code import Code


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


class ContactChannel(Code):
    """How a counselling contact took place."""

    PHONE = "phone", "Telefon"
    MEETING = "meeting", "Gespräch vor Ort"
    OUTREACH = "outreach", "Aufsuchend"
    MESSAGE = "message", "Nachricht"
    VIDEO = "video", "Video"
    OTHER = "other", "Sonstiges"


class MeasureStatus(Code):
    """Where a measure of the support plan is."""

    OPEN = "open", "offen"
    DONE = "done", "erledigt"
    DROPPED = "dropped", "aufgegeben"


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


class Satisfaction(Code):
    """How content the client says she is with the counselling, as it ends (assumed)."""

    VERY_SATISFIED = "very_satisfied", "sehr zufrieden"
    SATISFIED = "satisfied", "zufrieden"
    PARTLY_SATISFIED = "partly_satisfied", "teilweise zufrieden"
    NOT_SATISFIED = "not_satisfied", "nicht zufrieden"
    NOT_SAID = "not_said", "keine Angabe"


class View(Code):
    """Whose view an assessment records."""

    CLIENT = "client", "Sicht der Ratsuchenden"
    PROFESSIONAL = "professional", "Fachliche Sicht"


class Requirement(Code):
    """What must hold before a phase is left, or a case closed."""

    ALLOCATION = "allocation", "ein zuständiger Träger"
    ASSIGNMENT = "assignment", "eine zuständige Person im Fallmanagement"
    CLEARING_ACCEPTED = "clearing_accepted", "eine Klärung mit Aufnahme"
    CONSENT_PROCESSING = "consent_processing", "die Einwilligung in die Verarbeitung der Daten"
    ACTION_FIELD_ASSESSED = "action_field_assessed", "ein eingeschätztes Handlungsfeld"
    GOAL_AGREED = "goal_agreed", "ein mit der ratsuchenden Person vereinbartes Ziel"
    GOAL_OUTCOMES = "goal_outcomes", "ein Ergebnis für jedes Ziel"
