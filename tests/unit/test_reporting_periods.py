"""Periods have names, ends and neighbours; indicators take whole months only."""

from __future__ import annotations

from datetime import date

import pytest

from services.reporting.domain.periods import SHAPES, Kind, Period, last_complete, named, this_month, whole_months
from services.reporting.domain.statistics import median

MONTHLY, QUARTERLY, ANNUAL = Kind


@pytest.mark.parametrize(
    ("kind", "name", "begins", "ends"),
    [
        (MONTHLY, "2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        (MONTHLY, "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (MONTHLY, "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        (QUARTERLY, "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (QUARTERLY, "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (ANNUAL, "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(kind: Kind, name: str, begins: date, ends: date):
    assert named(kind, name) == Period(begins, ends)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (MONTHLY, "2026-13"),
        (MONTHLY, "2026-1"),
        (MONTHLY, "2026"),
        (MONTHLY, "2026-Q1"),
        (MONTHLY, "٢٠٢٦-10"),
        (QUARTERLY, "2026-Q5"),
        (ANNUAL, "26"),
        (ANNUAL, " 2026"),
    ],
)
def test_a_name_of_another_shape_is_no_period(kind: Kind, name: str):
    assert named(kind, name) is None


@pytest.mark.parametrize(
    ("kind", "on", "name"),
    [
        (MONTHLY, date(2026, 11, 1), "2026-10"),
        (MONTHLY, date(2026, 11, 30), "2026-10"),
        (MONTHLY, date(2027, 1, 1), "2026-12"),
        (QUARTERLY, date(2026, 11, 1), "2026-Q3"),
        (QUARTERLY, date(2026, 3, 31), "2025-Q4"),
        (ANNUAL, date(2026, 12, 31), "2025"),
    ],
)
def test_the_last_complete_period_was_over_before_the_day(kind: Kind, on: date, name: str):
    assert last_complete(kind, on) == name


@pytest.mark.parametrize("kind", Kind)
def test_the_example_of_each_kind_is_a_period(kind: Kind):
    assert named(kind, SHAPES[kind].example) is not None


@pytest.mark.parametrize(
    ("begins", "ends", "whole"),
    [
        (date(2026, 9, 1), date(2026, 10, 31), True),
        (date(2026, 11, 1), date(2026, 11, 20), True),
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2026, 11, 1), date(2026, 11, 19), False),
        (date(2026, 10, 2), date(2026, 10, 31), False),
        (date(2026, 10, 1), date(2026, 10, 30), False),
        (date(2026, 12, 1), date(2026, 11, 30), False),
    ],
)
def test_days_are_whole_months_up_to_today(begins: date, ends: date, whole: bool):
    assert whole_months(begins, ends, date(2026, 11, 20)) is whole


def test_this_month_ends_today():
    assert this_month(date(2026, 11, 20)) == Period(date(2026, 11, 1), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("seen", "middle"),
    [({}, None), ({7: 1}, 7), ({1: 1, 4: 1}, 2.5), ({1: 3, 9: 2}, 1), ({9: 2, 1: 2}, 5)],
)
def test_a_median_is_the_value_in_the_middle(seen: dict[int, int], middle: float | None):
    assert median(seen) == middle
