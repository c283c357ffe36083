"""What stands in a client's file, by which disputes and changes name it, and who lives with her."""

from __future__ import annotations

from shared.codes.code import Code


class Datum(Code):
    """What in a file a change or a dispute is about: first what a client says of herself, then parts of the file."""

    GIVEN_NAME = "given_name", "Vorname"
    FAMILY_NAME = "family_name", "Familienname"
    DATE_OF_BIRTH = "date_of_birth", "Geburtsdatum"
    GENDER = "gender", "Geschlecht"
    LANGUAGE = "language", "Sprache"
    NEEDS_INTERPRETER = "needs_interpreter", "Bedarf an Sprachmittlung"
    PHONE = "phone", "Telefon"
    EMAIL = "email", "E-Mail"
    CHANNEL = "channel", "Kontaktweg"
    SHARED_PHONE = "shared_phone", "Mitgenutztes Telefon"
    CITY_QUARTER = "city_quarter", "Stadtteil"
    POSTCODE = "postcode", "Postleitzahl"
    SINGLE_PARENT = "single_parent", "Alleinerziehende"
    CHILDREN = "children", "Kinder"
    RESIDENCE = "residence", "Aufenthaltsstatus"
    ASSESSMENT = "assessment", "Assessment"
    PLAN = "plan", "Hilfeplan"
    CONTACTS = "contacts", "Beratungskontakte"
    HOUSEHOLD = "household", "Haushalt"
    OTHER = "other", "Sonstiges"


class Resolution(Code):
    """How a dispute about a datum ended (Art. 16 GDPR)."""

    CORRECTED = "corrected", "berichtigt"
    CONFIRMED = "confirmed", "als richtig nachgewiesen"
    WITHDRAWN = "withdrawn", "nicht mehr bestritten"


class HouseholdRelation(Code):
    """How somebody in the household is related to the client (assumed: the sources name no list)."""

    SPOUSE_OR_PARTNER = "spouse_or_partner", "Ehe- oder Lebenspartner*in"
    CHILD = "child", "Kind"
    PARENT = "parent", "Elternteil"
    SIBLING = "sibling", "Bruder oder Schwester"
    OTHER_RELATIVE = "other_relative", "Weitere Verwandte"
    OTHER = "other", "Andere Person"
