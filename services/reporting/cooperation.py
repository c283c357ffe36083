"""Indicators of what is done together and when a client is first met, of things that lie beside a case.

Each is what its event with the highest version until the last day says, as a case is.
"""

from __future__ import annotations

from ibis import Table, Value

from services.reporting.domain.asked import Asked
from services.reporting.domain.measures import Measure
from services.reporting.indicators import counted, frequencies, ours, within
from shared.codes import AppointmentStatus, ConferenceStatus, ReferralStatus
from shared.events import (
    AppointmentCancelled,
    AppointmentChanged,
    AppointmentMade,
    AppointmentMoved,
    ConferenceChanged,
    ConferenceRecorded,
    Event,
    FindingRaised,
    ReferralChanged,
    ReferralMade,
    ReferralReturned,
    ReferralStopped,
)

REFERRALS = (ReferralMade, ReferralChanged, ReferralReturned, ReferralStopped)
CONFERENCES = (ConferenceRecorded, ConferenceChanged)
APPOINTMENTS = (AppointmentMade, AppointmentMoved, AppointmentCancelled, AppointmentChanged)
ANSWERS = (ReferralStatus.ACCEPTED, ReferralStatus.DECLINED, ReferralStatus.STARTED)


def of_referrals(facts: Table, asked: Asked) -> Table:
    """Referrals made in the period, and those that were answered in it."""
    stood = _referrals(facts, asked)
    made = within(stood.made_on, asked).fill_null(False)
    return counted(stood, {Measure.REFERRALS: made, Measure.ANSWERED: _answered(stood, asked)}, asked)


def waits(facts: Table, asked: Asked) -> Table:
    """How many of the answered referrals waited how many days from being first sent on."""
    stood = _referrals(facts, asked)
    answered = stood.filter(_answered(stood, asked))
    return frequencies(answered, answered.answered_on.delta(answered.sent_on, unit="day"), asked)


def of_conferences(facts: Table, asked: Asked) -> Table:
    """Conferences that were held on a day of the period."""
    stood = ours(_stood(_told(facts, CONFERENCES, asked)), asked)
    held = (stood.status == ConferenceStatus.HELD.value) & within(stood.about, asked)
    return counted(stood, {Measure.CONFERENCES: held.fill_null(False)}, asked)


def of_first_appointments(facts: Table, asked: Asked) -> Table:
    """Cases whose first appointment was on a day of the period."""
    first = _first_appointments(facts, asked)
    return counted(first, {Measure.FIRST_APPOINTMENTS: within(first.about, asked)}, asked)


def until_first_appointments(facts: Table, asked: Asked) -> Table:
    """How many of these cases waited how many days from their opening on."""
    first = _first_appointments(facts, asked)
    met = first.filter(within(first.about, asked))
    return frequencies(met, met.about.delta(met.opened_on, unit="day"), asked)


def of_findings(facts: Table, asked: Asked) -> Table:
    """Structural findings raised on the days of the period."""
    raised = ours(facts.filter(facts.type == FindingRaised.type, within(facts.day, asked)), asked)
    return counted(raised, {Measure.FINDINGS: raised.type.notnull()}, asked)


def _referrals(facts: Table, asked: Asked) -> Table:
    """Every referral as it stood, with the days on which it was made, first sent and first answered."""
    known = _told(facts, REFERRALS, asked)
    stood = _stood(
        known,
        made_on=known.day.min(where=known.type == ReferralMade.type),
        sent_on=known.day.min(where=known.status == ReferralStatus.SENT.value),
        answered_on=known.day.min(where=known.status.isin([one.value for one in ANSWERS])),
    )
    return ours(stood, asked)


def _answered(stood: Table, asked: Asked) -> Value:
    return (stood.sent_on.notnull() & within(stood.answered_on, asked)).fill_null(False)


def _first_appointments(facts: Table, asked: Asked) -> Table:
    """Of every case the first appointment that was not cancelled, with the day on which it was to be."""
    known = _told(facts, APPOINTMENTS, asked)
    now = _stood(known)
    cancelled = now.filter(now.status == AppointmentStatus.CANCELLED.value)
    on_a_day = _stood(known.filter(known.about.notnull())).anti_join(cancelled, "subject")
    first = on_a_day.group_by("case_id").agg(about=on_a_day.about.min())
    that_day = on_a_day.semi_join(first, ["case_id", "about"])
    one = that_day.group_by("case_id").agg(subject=that_day.subject.min())
    return ours(that_day.semi_join(one, ["case_id", "subject"]), asked)


def _told(facts: Table, kinds: tuple[type[Event], ...], asked: Asked) -> Table:
    return facts.filter(facts.type.isin([kind.type for kind in kinds]), facts.day <= asked.days.ends)


def _stood(known: Table, **said: Value) -> Table:
    """Each subject as it last was, with what all that was told of it says together."""
    last = known.group_by("subject").agg(version=known.version.max(), **said)
    return known.inner_join(last, ["subject", "version"])
