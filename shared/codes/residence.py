"""Residence titles, and the groups under which reports count them."""

from __future__ import annotations

from shared.codes.code import Code


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
