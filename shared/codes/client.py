"""Who clients are, and how they are reached."""

from __future__ import annotations

from datetime import date

from shared.codes.code import Code


class TargetGroup(Code):
    """Target groups of KIM in Cologne. Two of them are Art. 9 GDPR data."""

    YOUNG_ADULT = "young_adult", "Junge Erwachsene"
    TOLERATION_OR_PROCEDURE = "toleration_or_procedure", "Duldung oder Gestattung"
    DISABILITY = "disability", "Menschen mit Behinderung"
    LSBTI = "lsbti", "LSBTI"
    SINGLE_PARENT = "single_parent", "Alleinerziehende"
    HOUSEHOLD_MEMBER = "household_member", "Haushaltsangehörige"
    OTHER = "other", "Sonstige"

    @property
    def special(self) -> bool:
        """Whether it is Art. 9 GDPR data: recorded under an explicit consent that names it, and never otherwise."""
        return self in (TargetGroup.DISABILITY, TargetGroup.LSBTI)


class SuggestedBy(Code):
    """Why the program suggests something. A person decides (Art. 22 GDPR)."""

    AGE = "age", "Alter innerhalb der Grenzen des Programms"
    AGE_PARTLY = "age_partly", "Altersgruppe zum Teil innerhalb der Grenzen des Programms"
    RESIDENCE = "residence", "Aufenthaltsstatus ist Duldung oder Gestattung"
    SINGLE_PARENT = "single_parent", "zieht nach eigener Angabe Kinder allein groß"
    NOTHING_ELSE = "nothing_else", "keine andere Zielgruppe liegt nahe"
    DISTRICT = "district", "arbeitet im Stadtbezirk der Person"


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


class Entrance(Code):
    """How a client's first words reached KIM."""

    FORM = "form", "Formular der Ratsuchenden"
    REFERRAL = "referral", "Vermittlung durch eine andere Stelle"
    STAFF = "staff", "Aufnahme durch Mitarbeitende"


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

    @property
    def years(self) -> tuple[int, int]:
        """The youngest and the oldest age in it, in whole years."""
        at = next(number for number, (_, band) in enumerate(AGE_BOUNDS) if band is self)
        return (AGE_BOUNDS[at - 1][0] if at else 0), AGE_BOUNDS[at][0] - 1


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


class Likeness(Code):
    """By what two persons may be one and the same."""

    NAME = "name", "Name"
    DATE_OF_BIRTH = "date_of_birth", "Geburtsdatum"
    PHONE = "phone", "Telefonnummer"
    EMAIL = "email", "E-Mail-Adresse"


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
