"""The indicators as Ibis expressions: one definition, run on DuckDB and on BigQuery.

What is counted is an episode: a case that is reopened begins anew, and what ended before stays counted as it ended.
An episode on a day is what its event with the highest version until the end of that day says, so that events may
arrive late, in any order and more than once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import ibis
from ibis import Table, Value

from services.reporting.domain.asked import TOTAL, Asked, persons
from services.reporting.domain.measures import SEVERAL, Dimension, Measure
from services.reporting.domain.periods import Period
from services.reporting.domain.report import NOT_STATED
from shared.codes import ClearingResult, ClosureReason, GoalOutcome, Phase
from shared.events import CaseMerged, CaseReopened, CaseSeparated, ContactRecorded, GoalSet, MessageSent

COLUMN = {
    Dimension.DISTRICT: "city_district",
    Dimension.TARGET_GROUP: "target_groups",
    Dimension.ACTION_FIELD: "action_fields",
    Dimension.LEGAL_DOMAIN: "legal_domains",
    Dimension.REFERRAL_STATUS: "status",
}
"""Where a dimension's column has another name."""

APART = {
    Measure.SHORT_CONSULTATIONS: ClearingResult.SHORT_CONSULTATION.value,
    Measure.SIGNPOSTED: ClearingResult.SIGNPOSTED.value,
}
"""Clearing results that are counted apart from cases."""

Flags = Mapping[Measure, Value]
"""Which rows a measure counts."""


EPISODE = ["case_id", "episode"]
"""What an episode is known by."""

FIRST = 0
"""The episode that begins when the case is opened."""


def cases(facts: Table, days: Period) -> Table:
    """Every episode begun by the last day, as it stood then, with the days on which it began and was closed."""
    known = _by_episode(facts.filter(facts.subject == facts.case_id, facts.day <= days.ends))
    closed = known.phase == Phase.CLOSED.value
    last = known.group_by(EPISODE).agg(
        version=known.version.max(), open_until=known.version.max(where=~closed).fill_null(0), began=known.day.min()
    )
    ended = (
        known.filter(closed)
        .inner_join(last.select(*EPISODE, "open_until"), EPISODE)
        .filter(lambda row: row.version > row.open_until)
        .group_by(EPISODE)
        .agg(closed_on=lambda row: row.day.min())
    )
    begun = last.select(*EPISODE, "version", "began")
    stood = known.inner_join(begun, [*EPISODE, "version"]).left_join(ended, EPISODE)
    stood = stood.drop("case_id_right", "episode_right")
    stood = stood.mutate(opened_on=(stood.episode == FIRST).ifelse(stood.opened_on, stood.began))
    return stood.filter(stood.opened_on <= days.ends)


def _by_episode(known: Table) -> Table:
    """Rows of cases with the number of the episode they belong to: each reopening begins one."""
    until = ibis.cumulative_window(group_by="case_id", order_by="version")
    reopened = (known.type == CaseReopened.type).ifelse(1, 0)
    return known.mutate(episode=reopened.sum().over(until))


def which(stood: Table, days: Period) -> Flags:
    """Which of the cases each measure counts.

    One that turned out to be a duplicate or an error is neither new nor was it active: it was closed, for that reason.
    """
    real = stood.closure_reason.fill_null(NOT_STATED) != ClosureReason.DUPLICATE_OR_ERROR.value
    result = stood.clearing_result.fill_null(NOT_STATED)
    managed = result.notin(list(APART.values()))
    ended = stood.closed_on.between(days.begins, days.ends).fill_null(False)
    still = stood.closed_on.isnull()
    return {
        Measure.NEW: managed & real & stood.opened_on.between(days.begins, days.ends),
        Measure.ACTIVE: managed & still,
        Measure.CLOSED: managed & ended,
        Measure.ACTIVE_IN_PERIOD: managed & real & (still | ended),
        **{measure: (result == code) & ended for measure, code in APART.items()},
    }


def of_cases(facts: Table, asked: Asked) -> Table:
    """Cases of each measure, and the persons behind them."""
    stood = ours(cases(facts, asked.days), asked)
    return counted(stood, which(stood, asked.days), asked)


def durations(facts: Table, asked: Asked) -> Table:
    """How many of the closed cases took how many days: medians are taken of this, for BigQuery has no exact ones."""
    stood = ours(cases(facts, asked.days), asked)
    closed = stood.filter(which(stood, asked.days)[Measure.CLOSED])
    return frequencies(closed, closed.closed_on.delta(closed.opened_on, unit="day"), asked)


def of_work(facts: Table, asked: Asked) -> Table:
    """Contacts and their minutes, and goals set, on the days of the period.

    A contact may be told of later, and counts no more once it was withdrawn, whenever that was.
    """
    happened = facts.about.fill_null(facts.day)
    mistakes = facts.filter(facts.withdraws.notnull()).select("case_id", version="withdraws")
    told = facts.filter(facts.phase.notnull(), within(happened, asked)).anti_join(mistakes, ["case_id", "version"])
    rows = ours(told, asked)
    contact = rows.type == ContactRecorded.type
    flags = {
        Measure.CONTACTS: contact,
        Measure.CONTACT_MINUTES: contact,
        Measure.GOALS_SET: rows.type == GoalSet.type,
    }
    return counted(rows, flags, asked, {Measure.CONTACT_MINUTES: rows.minutes})


def of_goals(facts: Table, asked: Asked) -> Table:
    """Goals whose last outcome until the last day is "achieved", which was first said in the period."""
    known = facts.filter(facts.phase.notnull(), facts.day <= asked.days.ends)
    told = known.mutate(pair=known.outcomes.unnest())
    told = told.mutate(of_goal=told.pair.split("=")[0], reached=told.pair.endswith(f"={GoalOutcome.ACHIEVED.value}"))
    last = told.group_by("case_id", "of_goal").agg(
        version=told.version.max(), reached_on=told.day.min(where=told.reached)
    )
    reached = (
        told.filter(told.reached)
        .inner_join(last, ["case_id", "of_goal", "version"])
        .filter(lambda row: within(row.reached_on, asked))
    )
    return counted(ours(reached, asked), {Measure.GOALS_REACHED: ibis.literal(True)}, asked)


def of_messages(facts: Table, asked: Asked) -> Table:
    """Messages to clients that a provider took, on the days of the period. They belong to no organisation."""
    sent = facts.filter(facts.type == MessageSent.type, facts.person.notnull(), within(facts.day, asked))
    return counted(sent, {Measure.MESSAGES: ibis.literal(True)}, asked)


def as_one(facts: Table, asked: Asked) -> Table:
    """The rows under the person as whom each counts by the last day: the same for all records of hers that merged.

    Rows that were written before a merger say whom they were of then, and every indicator counts persons.
    """
    told = facts.filter(facts.type.isin([CaseMerged.type, CaseSeparated.type]), facts.day <= asked.days.ends)
    last = told.group_by("case_id").agg(version=told.version.max())
    now = told.semi_join(last, ["case_id", "version"]).select("case_id", now="person")
    opened = facts.filter(facts.subject == facts.case_id, facts.version == 1).select("case_id", "person")
    known = opened.inner_join(now, "case_id").group_by("person").agg(now=lambda row: row.now.min())
    found = facts.left_join(known, "person")
    return found.mutate(person=found.now.fill_null(found.person)).drop("now", "person_right")


def ours(rows: Table, asked: Asked) -> Table:
    """The rows of the organisation whose cases count."""
    return rows if asked.organisation is None else rows.filter(rows.organisation == asked.organisation)


def within(day: Value, asked: Asked) -> Value:
    """Whether a day lies in the period that is asked for, as an expression."""
    return day.between(asked.days.begins, asked.days.ends)


def frequencies(rows: Table, took: Value, asked: Asked) -> Table:
    """For each place: how many rows took how many days."""
    each = rows.mutate(place=_places(rows, asked.by).unnest(), took=took)
    return each.group_by("place", "took").agg(cases=each.count())


def counted(rows: Table, flags: Flags, asked: Asked, amounts: Flags | None = None) -> Table:
    """For each place: the sum of each measure's amount, usually one a row, and its persons."""
    amounts = {measure: ibis.literal(1) for measure in flags} | dict(amounts or {})
    marked = rows.mutate(
        place=_places(rows, asked.by).unnest(),
        **{measure: flag.ifelse(amounts[measure], 0) for measure, flag in flags.items()},
        **{persons(measure): flag.ifelse(rows.person, None) for measure, flag in flags.items()},
    )
    sums = {measure: marked[measure].sum() for measure in flags}
    distinct = {persons(measure): marked[persons(measure)].nunique() for measure in flags}
    return marked.group_by("place").agg(**sums, **distinct)


def _places(rows: Table, by: tuple[Dimension, ...]) -> Value:
    """Every place where a row counts, as `dimension=code`: one pass over the rows serves all tables."""
    single = [_place(one, rows[column(one)].cast("string").fill_null(NOT_STATED)) for one in by if one not in SEVERAL]
    places = ibis.array([ibis.literal(TOTAL), *single])
    for one in by:
        if one in SEVERAL:
            places = places.concat(_stated(rows[column(one)]).map(partial(_place, one)))
    return places


def _stated(codes: Value) -> Value:
    """The codes of a row, or that none is stated: every row is in one cell at least."""
    return (codes.length().fill_null(0) > 0).ifelse(codes, ibis.array([NOT_STATED]))


def _place(dimension: Dimension, code: Value) -> Value:
    return ibis.literal(f"{dimension}=").concat(code)


def column(dimension: Dimension) -> str:
    """The column that holds a dimension's code."""
    return COLUMN.get(dimension, dimension.value)
