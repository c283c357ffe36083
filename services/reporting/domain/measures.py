"""What is counted, and by what: the words of every report and every indicator. Holds no numbers."""

from __future__ import annotations

from enum import StrEnum

from services.reporting.domain.periods import Kind


class Dimension(StrEnum):
    """By what a measure is broken down."""

    ORGANISATION = "organisation"
    DISTRICT = "district"
    GENDER = "gender"
    AGE_BAND = "age_band"
    RESIDENCE_GROUP = "residence_group"
    TARGET_GROUP = "target_group"
    ACTION_FIELD = "action_field"
    LEGAL_DOMAIN = "legal_domain"
    PHASE = "phase"
    REFERRER = "referrer"
    CLOSURE_REASON = "closure_reason"
    LANGUAGE = "language"
    CHANNEL = "channel"
    REFERRAL_STATUS = "referral_status"


SEVERAL = frozenset({Dimension.TARGET_GROUP, Dimension.ACTION_FIELD, Dimension.LEGAL_DOMAIN})
"""One case may count under several codes of these, so that their cells add up to more than the total."""

SENSITIVE = frozenset({Dimension.TARGET_GROUP, Dimension.LEGAL_DOMAIN})
"""Disability and LSBTI are Art. 9 GDPR data, and SGB IX tells of a disability: shown from the higher threshold only."""


class Measure(StrEnum):
    """What is counted. Short consultations and signposting are apart from all that is said of cases.

    A case that is reopened counts as another one from then on, and as it ended before.
    """

    NEW = "new"
    """Cases opened in the period, or reopened."""
    ACTIVE = "active"
    """Cases on the last day: opened by then and not closed by then."""
    CLOSED = "closed"
    """Cases closed in the period."""
    ACTIVE_IN_PERIOD = "active_in_period"
    """Cases that were open on any day of the period."""
    SHORT_CONSULTATIONS = "short_consultations"
    SIGNPOSTED = "signposted"
    DURATION = "duration"
    """Median of the days from opening to closing, of the closed cases."""
    CONTACTS = "contacts"
    """Contacts on days of the period, whenever they were recorded."""
    CONTACT_MINUTES = "contact_minutes"
    GOALS_SET = "goals_set"
    GOALS_REACHED = "goals_reached"
    """Goals whose outcome is "achieved", which was first said in the period."""
    REFERRALS = "referrals"
    """Referrals made in the period, as they stand on its last day."""
    ANSWERED = "referrals_answered"
    """Referrals to which the receiving side first said something in the period: that it accepts, declines or began."""
    WAITING = "waiting"
    """Median of the days from sending a referral to its answer, of those answered *(assumed)*."""
    CONFERENCES = "conferences"
    """Case conferences held in the period."""
    FIRST_APPOINTMENTS = "first_appointments"
    """Cases whose first appointment that was not cancelled was in the period."""
    TO_FIRST_APPOINTMENT = "to_first_appointment"
    """Median of the days from the opening of the case to that appointment."""
    FINDINGS = "findings"
    """Structural findings raised in the period. Behind them stands no person."""
    MESSAGES = "messages"
    """Messages to clients that a provider took."""

    @property
    def unit(self) -> str:
        """What one of it is."""
        return UNITS.get(self, "cases")


MEDIANS = frozenset({Measure.DURATION, Measure.WAITING, Measure.TO_FIRST_APPOINTMENT})
"""Measures that are medians and no sums."""

OF_NOBODY = frozenset({Measure.FINDINGS})
"""Measures behind which no persons stand."""

UNITS = {
    **dict.fromkeys(MEDIANS, "days"),
    Measure.REFERRALS: "referrals",
    Measure.ANSWERED: "referrals",
    Measure.CONFERENCES: "conferences",
    Measure.FINDINGS: "findings",
    Measure.CONTACTS: "contacts",
    Measure.CONTACT_MINUTES: "minutes",
    Measure.GOALS_SET: "goals",
    Measure.GOALS_REACHED: "goals",
    Measure.MESSAGES: "messages",
}

OF_CASES = frozenset(Dimension) - {Dimension.CHANNEL, Dimension.REFERRAL_STATUS}
OF_CONTACTS = frozenset(Dimension) - {Dimension.REFERRAL_STATUS}
OF_MESSAGES = frozenset({Dimension.LANGUAGE, Dimension.CHANNEL})
BROKEN_DOWN = {
    Measure.CONTACTS: OF_CONTACTS,
    Measure.CONTACT_MINUTES: OF_CONTACTS,
    Measure.MESSAGES: OF_MESSAGES,
    Measure.REFERRALS: frozenset({Dimension.REFERRAL_STATUS, Dimension.ORGANISATION, Dimension.DISTRICT}),
    Measure.FINDINGS: frozenset({Dimension.ORGANISATION}),
}


def has(measure: Measure, by: Dimension) -> bool:
    """Whether the facts can break this measure down by this dimension."""
    return by in BROKEN_DOWN.get(measure, OF_CASES)


STEERING = (
    Dimension.DISTRICT,
    Dimension.ACTION_FIELD,
    Dimension.PHASE,
    Dimension.RESIDENCE_GROUP,
    Dimension.REFERRAL_STATUS,
)
FURTHER = (
    Dimension.LEGAL_DOMAIN,
    Dimension.ORGANISATION,
    Dimension.GENDER,
    Dimension.AGE_BAND,
    Dimension.REFERRER,
    Dimension.CLOSURE_REASON,
    Dimension.LANGUAGE,
)

TABLES = {
    Kind.MONTHLY_STEERING: STEERING,
    Kind.QUARTERLY_STEERING: STEERING + FURTHER,
    Kind.ANNUAL_FUNDING: (*STEERING, *FURTHER, Dimension.TARGET_GROUP),
}
"""By what a report breaks cases down. Our own proof of use: the state's list of indicators is not public."""

ON_DASHBOARD = (Dimension.PHASE, Dimension.DISTRICT, Dimension.ACTION_FIELD, Dimension.REFERRAL_STATUS)

IN_TABLES = (Measure.NEW, Measure.ACTIVE, Measure.CLOSED, Measure.REFERRALS)
"""The measures a report breaks down. Of the others it gives the totals.

"Active in period" is not among them: it is the sum of active and closed, cell by cell.
"""
