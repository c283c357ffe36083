"""Every indicator says what plain Python says of the same events, on DuckDB and in BigQuery's SQL."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as some

from services.reporting import cooperation, indicators
from services.reporting.bigquery import BigQueryFacts
from services.reporting.counting import count
from services.reporting.domain.fact import row
from services.reporting.domain.measures import MEDIANS, SEVERAL, Dimension, Measure, has
from services.reporting.domain.periods import Period
from services.reporting.facts import Facts, ask, declared, sql
from services.reporting.indicators import Asked
from shared import clock
from shared.codes import Channel, MessageStatus
from shared.events import (
    AppointmentCancelled,
    AppointmentMade,
    CaseClosed,
    CaseEvent,
    CaseMerged,
    CasePhaseChanged,
    CaseReopened,
    CaseSeparated,
    ConferenceRecorded,
    ContactRecorded,
    Event,
    GoalChanged,
    GoalSet,
    MessageSent,
    ReferralChanged,
    ReferralMade,
    ReferralReturned,
)
from tests.contract.beside import Found, Row, a_finding, of_what_lies_beside, something_beside
from tests.reporting import BigQueryPlayed, a_case_event, in_memory, noon

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
EVERYTHING = Asked(OCTOBER, tuple(Dimension))

Numbers = dict[Measure, dict[str, tuple[float, int | None]]]

APART = {"short_consultation": Measure.SHORT_CONSULTATIONS, "signposted": Measure.SIGNPOSTED}


def plainly(rows: Sequence[Row], days: Period, organisation: str | None = None) -> Numbers:
    """The indicators, counted one by one by somebody who knows no database."""
    found: Found = defaultdict(list)
    known = [one for one in {one["event_id"]: one for one in rows}.values() if one["day"] <= days.ends]
    same = one_person(known)
    known = [{**one, "person": same.get(one["person"], one["person"])} if "person" in one else one for one in known]
    for history in by_case(one for one in known if one["subject"] == one.get("case_id")):
        of_a_case(history, days, found)
    of_what_lies_beside(known, days, found)
    for one in known:
        within = days.begins <= one["day"]
        if within and one["type"] == "cases.contact-recorded.v1":
            found[Measure.CONTACTS].append((one, 1))
            found[Measure.CONTACT_MINUTES].append((one, one["minutes"]))
        if within and one["type"] == "cases.goal-set.v1":
            found[Measure.GOALS_SET].append((one, 1))
        if within and one["type"] == "notifications.message-sent.v1" and one["person"] and organisation is None:
            found[Measure.MESSAGES].append((one, 1))
    if organisation is not None:
        found = {
            name: [hit for hit in hits if hit[0].get("organisation") == organisation] for name, hits in found.items()
        }
    return {measure: placed(measure, hits) for measure, hits in found.items() if hits}


def one_person(known: Iterable[Row]) -> dict[str, str]:
    """As whom persons count, whose case was merged with another one."""
    now = defaultdict(list)
    for history in by_case(one for one in known if one["subject"] == one.get("case_id")):
        told = [one["person"] for one in history if one["type"] in MERGERS]
        if told:
            now[history[0]["person"]].append(told[-1])
    return {person: min(persons) for person, persons in now.items()}


def by_case(known: Iterable[Row]) -> Iterable[list[Row]]:
    cases = defaultdict(list)
    for one in known:
        if one.get("case_id"):
            cases[one["case_id"]].append(one)
    return [sorted(history, key=lambda one: one["version"]) for history in cases.values()]


def of_a_case(history: list[Row], days: Period, found: Found) -> None:
    goals_of(history, days, found)
    episodes: list[list[Row]] = [[]]
    for one in history:
        if one["type"] == "cases.case-reopened.v1":
            episodes.append([])
        episodes[-1].append(one)
    for number, episode in enumerate(episodes):
        if episode:
            of_an_episode(episode, number, days, found)


def of_an_episode(history: list[Row], number: int, days: Period, found: Found) -> None:
    last = history[-1]
    opened_on = last["opened_on"] if number == 0 else min(one["day"] for one in history)
    since = []
    while history and history[-1]["phase"] == "closed":
        since.append(history.pop()["day"])
    closed_on = min(since, default=None)
    ended = closed_on is not None and closed_on >= days.begins
    real = last["closure_reason"] != "duplicate_or_error"
    if last["clearing_result"] in APART:
        counts = {APART[last["clearing_result"]]: ended}
    else:
        counts = {
            Measure.NEW: real and opened_on >= days.begins,
            Measure.ACTIVE: closed_on is None,
            Measure.CLOSED: ended,
            Measure.ACTIVE_IN_PERIOD: real and (closed_on is None or ended),
        }
        if ended:
            found[Measure.DURATION].append((last, (closed_on - opened_on).days))
    for measure, is_so in counts.items():
        if is_so and opened_on <= days.ends:
            found[measure].append((last, 1))


def goals_of(history: list[Row], days: Period, found: Found) -> None:
    told: dict[str, list[tuple[Row, str]]] = defaultdict(list)
    for one in history:
        for pair in one.get("outcomes", ()):
            goal, outcome = pair.split("=")
            told[goal].append((one, outcome))
    for said in told.values():
        first = min((one["day"] for one, outcome in said if outcome == "achieved"), default=None)
        if said[-1][1] == "achieved" and first >= days.begins:
            found[Measure.GOALS_REACHED].append((said[-1][0], 1))


def placed(measure: Measure, hits: list[tuple[Row, float]]) -> dict[str, tuple[float, int]]:
    places: dict[str, list[tuple[Row, float]]] = defaultdict(list)
    for one, number in hits:
        places["="].append((one, number))
        for dimension in Dimension:
            if has(measure, dimension):
                held = one.get(indicators.column(dimension))
                for code in held if dimension in SEVERAL else [held]:
                    places[f"{dimension}={'' if code is None else code}"].append((one, number))
    together: Callable[[list[float]], float] = median if measure in MEDIANS else sum
    return {
        place: (
            together([number for _, number in held]),
            None if measure is Measure.FINDINGS else len({one["person"] for one, _ in held}),
        )
        for place, held in places.items()
    }


def asked_of(facts: Facts, asked: Asked) -> Numbers:
    """The indicators, counted by the engine, in the same form."""
    numbers: Numbers = {}
    for one in count(facts, asked):
        if one.total.persons or one.total.count:
            numbers[one.measure] = {"=": (one.total.count, one.total.persons)} | {
                f"{table.by}={cell.code}": (cell.count, cell.persons) for table in one.tables for cell in table.cells
            }
    return numbers


def a_history(draw: some.DrawFn, number: int) -> list[Event]:
    """A case from its opening on: what happens in it, how it changes, and when."""
    opened = date(2026, 8, 15) + timedelta(days=draw(some.integers(0, 90)))
    person = f"person-{draw(some.integers(1, 4))}"
    events, on = [], opened
    told: dict[str, int] = {}
    for version in range(1, draw(some.integers(1, 6)) + 1):
        facts = {
            "person": person,
            "opened_on": opened,
            "phase": draw(some.sampled_from(["inquiry", "planning", "closed"])),
            "organisation": draw(some.sampled_from([None, "lindenhof", "bruecke"])),
            "city_district": draw(some.sampled_from([None, 1, 8])),
            "action_fields": draw(some.sampled_from([("work",), ("work", "housing"), ("debts",)])),
            "target_groups": draw(some.sampled_from([(), ("lsbti",), ("young_adult", "other")])),
            "closure_reason": draw(some.sampled_from([None, "other", "duplicate_or_error"])),
            "counts_as": draw(some.sampled_from([None, None, "person-1", "person-2"])),
            "clearing_result": draw(some.sampled_from([None, None, "accepted", "short_consultation", "signposted"])),
        }
        kind, said = draw(some.sampled_from(HAPPENS))
        events.append(a_case_event(kind, case=f"case-{number}", version=version, on=on, **{**facts, **said}))
        events.append(something_beside(draw, told, number, on=on, **facts))
        on += timedelta(days=draw(some.integers(0, 40)))
    return events


HAPPENS: list[tuple[type[CaseEvent], dict[str, Any]]] = [
    (CasePhaseChanged, {}),
    (ContactRecorded, {"contact": "contact-2", "channel": "phone", "minutes": 25}),
    (ContactRecorded, {"contact": "contact-3", "channel": "meeting", "minutes": 60}),
    (GoalSet, {"goal": "goal-2", "action_field": "work", "agreed": True}),
    (GoalChanged, {"goal": "goal-2", "agreed": True, "outcome": "achieved"}),
    (GoalChanged, {"goal": "goal-2", "agreed": True, "outcome": "not_achieved"}),
    (GoalChanged, {"goal": "goal-2", "agreed": True}),
    (CaseReopened, {"episode": 2}),
    (CaseMerged, {"other": "case-0", "counts_as": "person-2", "was": "planning", "legal_hold": False}),
    (CaseSeparated, {"other": "case-0"}),
    (CaseClosed, {"reason": "other", "ended_by": "mutual", "outcomes": {"goal-2": "achieved", "goal-3": "achieved"}}),
]


MERGERS = {CaseMerged.type, CaseSeparated.type}


@some.composite
def histories(draw: some.DrawFn) -> list[Event]:
    """Some cases and messages, delivered more than once and in any order."""
    events = [event for number in range(draw(some.integers(1, 5))) for event in a_history(draw, number)]
    events += [a_finding(number, draw) for number in range(draw(some.integers(0, 3)))]
    events += [a_message(number, draw) for number in range(draw(some.integers(0, 4)))]
    events += draw(some.lists(some.sampled_from(events), max_size=5))
    return draw(some.permutations(events))


def a_message(number: int, draw: some.DrawFn) -> MessageSent:
    return MessageSent(
        subject=f"message-{number}",
        version=3,
        at=noon(date(2026, 9, 28) + timedelta(days=draw(some.integers(0, 36)))),
        by="notifications_send",
        person=draw(some.sampled_from([None, "person-1", "person-2"])),
        template="confirmation",
        channel=draw(some.sampled_from(Channel)),
        language=draw(some.sampled_from(["de", "ar"])),
        status=MessageStatus.SENT,
        provider="outbox",
        receipt="1",
    )


def filled(facts: Facts, events: Iterable[Event]) -> list[Row]:
    rows = [row(event, on=clock.day(event.at)) for event in events]
    for one in rows:
        facts.append(one)
    return rows


@given(events=histories(), organisation=some.sampled_from([None, "lindenhof"]))
@settings(max_examples=20, deadline=None)
def test_the_engine_counts_as_plain_python_does(events: list[Event], organisation: str | None):
    duck = in_memory()
    rows = filled(duck, events)

    assert asked_of(duck, Asked(OCTOBER, tuple(Dimension), organisation)) == plainly(rows, OCTOBER, organisation)


@given(events=histories())
@settings(max_examples=8, deadline=None)
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
