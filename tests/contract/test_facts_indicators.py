"""Every indicator says what plain Python says of the same events, on DuckDB and in BigQuery's SQL."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as some

from services.reporting import cooperation, indicators
from services.reporting.bigquery import BigQueryFacts
from services.reporting.counting import count
from services.reporting.domain.asked import Asked
from services.reporting.domain.fact import row
from services.reporting.domain.measures import Dimension, Measure
from services.reporting.domain.periods import Period
from services.reporting.facts import Facts, ask, declared, sql
from shared import clock
from shared.events import (
    AppointmentCancelled,
    AppointmentMade,
    CaseClosed,
    CaseReopened,
    ConferenceRecorded,
    ContactRecorded,
    ContactWithdrawn,
    Event,
    ReferralChanged,
    ReferralMade,
    ReferralReturned,
)
from tests.contract.beside import Row
from tests.contract.histories import histories
from tests.contract.plainly import Numbers, plainly
from tests.reporting import BigQueryPlayed, a_case_event, in_memory

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
EVERYTHING = Asked(OCTOBER, tuple(Dimension))


def asked_of(facts: Facts, asked: Asked) -> Numbers:
    """The indicators, counted by the engine, in the same form."""
    numbers: Numbers = {}
    for one in count(facts, asked):
        if one.total.persons or one.total.count:
            numbers[one.measure] = {"=": (one.total.count, one.total.persons)} | {
                f"{table.by}={cell.code}": (cell.count, cell.persons) for table in one.tables for cell in table.cells
            }
    return numbers


def filled(facts: Facts, events: Iterable[Event]) -> list[Row]:
    rows = [row(event, on=clock.day(event.at)) for event in events]
    for one in rows:
        facts.append(one)
    return rows


@given(events=histories(), organisation=some.sampled_from([None, "lindenhof"]))
@settings(max_examples=20)
def test_the_engine_counts_as_plain_python_does(events: list[Event], organisation: str | None):
    duck = in_memory()
    rows = filled(duck, events)

    assert asked_of(duck, Asked(OCTOBER, tuple(Dimension), organisation)) == plainly(rows, OCTOBER, organisation)


@given(events=histories())
@settings(max_examples=8)
def test_bigquery_counts_as_plain_python_does(events: list[Event]):
    cloud = BigQueryFacts(BigQueryPlayed())
    rows = filled(cloud, events)

    assert asked_of(cloud, EVERYTHING) == plainly(rows, OCTOBER)


INDICATORS = (
    cooperation.of_referrals,
    cooperation.waits,
    cooperation.of_conferences,
    cooperation.of_first_appointments,
    cooperation.until_first_appointments,
    cooperation.of_findings,
    indicators.of_cases,
    indicators.durations,
    indicators.of_work,
    indicators.of_goals,
    indicators.of_messages,
)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.__name__)
@pytest.mark.parametrize("organisation", [None, "lindenhof"])
def test_every_indicator_is_sql_that_bigquery_can_read(indicator: Callable[..., Any], organisation: str | None):
    table = BigQueryFacts(BigQueryPlayed()).table()
    statement = sql(indicator(table, Asked(OCTOBER, tuple(Dimension), organisation)), "bigquery")

    assert isinstance(sqlglot.parse_one(statement, read="bigquery"), sqlglot.exp.Query)


def test_a_referral_waits_from_being_sent_to_its_first_answer_and_a_case_for_its_first_appointment():
    duck = in_memory()
    day = {"on": date(2026, 10, 1), "opened_on": date(2026, 9, 20)}
    to = {"recipient": "jobcenter", "answer_by": "2026-11-01"}
    reach = {"language": "de", "channel": "sms", "shared_phone": False, "consent_contact": True}
    at = {"staff": "lindenhof-1", "channel": "meeting", "minutes": 30, "written": 1, "reach": reach}
    told: list[Event] = [
        a_case_event(ReferralMade, subject="referral-1", **{**day, **to, "status": "sent"}),
        a_case_event(ReferralReturned, subject="referral-1", version=2, recipient="jobcenter", days=14),
        a_case_event(
            ReferralChanged, subject="referral-1", version=3, **{**to, "on": date(2026, 10, 20), "status": "accepted"}
        ),
        a_case_event(ReferralMade, subject="referral-2", **{**day, **to, "status": "proposed"}),
        a_case_event(AppointmentMade, subject="appointment-1", **day, **at, starts_at="2026-10-05T09:00:00Z"),
        a_case_event(AppointmentMade, subject="appointment-2", **day, **at, starts_at="2026-10-09T09:00:00Z"),
        a_case_event(
            AppointmentCancelled,
            subject="appointment-1",
            version=2,
            **{**day, **at, "starts_at": "2026-10-05T09:00:00Z", "replaces": "appointment-1.1"},
        ),
        a_case_event(ConferenceRecorded, subject="conference-1", **day, held_on="2026-09-30", participants=["bruecke"]),
        a_case_event(ConferenceRecorded, subject="conference-2", **day, held_on="2026-10-01", participants=["bruecke"]),
    ]
    filled(duck, told)

    found = {one.measure: one for one in count(duck, Asked(OCTOBER, (Dimension.REFERRAL_STATUS,)))}

    (by_status,) = found[Measure.REFERRALS].tables
    assert {cell.code: cell.count for cell in by_status.cells} == {"accepted": 1, "proposed": 1}
    assert (found[Measure.ANSWERED].total.count, found[Measure.WAITING].total.count) == (1, 19)
    assert (found[Measure.FIRST_APPOINTMENTS].total.count, found[Measure.TO_FIRST_APPOINTMENT].total.count) == (1, 19)
    assert found[Measure.CONFERENCES].total.count == 1


def test_a_contact_counts_on_its_day_whenever_it_was_recorded():
    duck = in_memory()
    said = {"contact": "contact-2", "channel": "phone", "minutes": 25}
    filled(
        duck,
        [
            a_case_event(ContactRecorded, version=2, on=date(2026, 11, 2), held_on="2026-10-31", **said),
            a_case_event(ContactRecorded, version=3, on=date(2026, 10, 2), held_on="2026-09-30", **said),
            a_case_event(ContactRecorded, version=4, on=date(2026, 10, 2), **{**said, "minutes": 5}),
        ],
    )
    found = {one.measure: one.total.count for one in count(duck, Asked(OCTOBER))}

    assert (found[Measure.CONTACTS], found[Measure.CONTACT_MINUTES]) == (2, 30)


def test_a_contact_that_was_withdrawn_later_counts_in_no_month():
    duck = in_memory()
    contact = {"contact": "contact-2", "channel": "phone", "minutes": 25, "held_on": "2026-10-31"}
    withdrawn = {"contact": "contact-2", "recorded": 2, "held_on": "2026-10-31"}
    filled(
        duck,
        [
            a_case_event(ContactRecorded, version=2, on=date(2026, 10, 31), **contact),
            a_case_event(ContactRecorded, case="case-b2", version=2, on=date(2026, 10, 31), **contact),
            a_case_event(ContactWithdrawn, version=3, on=date(2026, 12, 1), **withdrawn),
        ],
    )
    (contacts,) = (one for one in count(duck, Asked(OCTOBER)) if one.measure is Measure.CONTACTS)

    assert (contacts.total.count, contacts.total.persons) == (1, 1)


def test_a_case_counts_in_each_of_its_legal_domains_or_where_none_is_stated():
    duck = in_memory()
    domains = {"case-a1": ["sgb2", "aufenthg"], "case-b2": ["sgb2"], "case-c3": []}
    filled(duck, [a_case_event(case=case, legal_domains=held) for case, held in domains.items()])

    found = {one.measure: one for one in count(duck, Asked(OCTOBER, (Dimension.LEGAL_DOMAIN,)))}

    (table,) = found[Measure.ACTIVE].tables
    assert {cell.code: cell.count for cell in table.cells} == {"": 1, "aufenthg": 1, "sgb2": 2}


def test_a_case_closed_in_november_was_active_in_october():
    duck = in_memory()
    filled(
        duck,
        [
            a_case_event(version=1, on=date(2026, 9, 3)),
            a_case_event(
                CaseClosed, version=2, on=date(2026, 11, 2), phase="closed", reason="other", ended_by="client"
            ),
        ],
    )
    active = {one.measure: one.total.count for one in count(duck, Asked(OCTOBER))}

    assert (active[Measure.NEW], active[Measure.ACTIVE], active[Measure.CLOSED]) == (0, 1, 0)


def in_october(history: Sequence[tuple[str, int, str | None]]) -> dict[Measure, Any]:
    """The figures of October about a case: in which phase it was from which day on, and what clearing had found."""
    duck = in_memory()
    events = [
        a_case_event(
            *((CaseReopened,) if phase == "intake" else ()),
            **({"episode": 2} if phase == "intake" else {}),
            version=version,
            on=date(2026, 10, on),
            opened_on=date(2026, 10, 1),
            phase=phase,
            clearing_result=result,
        )
        for version, (phase, on, result) in enumerate(history, 1)
    ]
    random.Random(2).shuffle(events)
    filled(duck, events)
    return {one.measure: one.total.count for one in count(duck, Asked(OCTOBER))}


def test_a_case_that_is_opened_again_counts_once_more_from_then_on():
    found = in_october([("planning", 1, "accepted"), ("closed", 4, "accepted"), ("intake", 9, "accepted")])
    again = in_october(
        [
            *(("planning", 1, "accepted"), ("closed", 4, "accepted"), ("intake", 9, "accepted")),
            *(("closed", 20, "accepted"), ("closed", 28, "accepted")),
        ]
    )

    assert (found[Measure.NEW], found[Measure.ACTIVE], found[Measure.CLOSED], found[Measure.DURATION]) == (2, 1, 1, 3)
    assert (again[Measure.NEW], again[Measure.ACTIVE], again[Measure.CLOSED], again[Measure.DURATION]) == (2, 0, 2, 7)


def test_a_short_consultation_stays_counted_when_the_case_is_opened_again_and_closed():
    short = [("clearing", 1, None), ("closed", 3, "short_consultation")]
    again = [*short, ("intake", 9, None), ("planning", 12, "accepted")]
    ended = [*again, ("closed", 20, "accepted")]
    wanted = (Measure.SHORT_CONSULTATIONS, Measure.NEW, Measure.ACTIVE, Measure.CLOSED, Measure.DURATION)

    figures = [tuple(in_october(history)[one] for one in wanted) for history in (short, again, ended)]

    assert figures == [(1, 0, 0, 0, None), (1, 1, 1, 0, None), (1, 1, 0, 1, 11)]


def test_the_table_that_is_declared_is_the_one_that_is_made():
    duck = in_memory()

    assert ask(duck, declared().limit(1)) == []
