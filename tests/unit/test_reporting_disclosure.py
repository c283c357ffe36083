"""No hidden count can be worked out: an attacker tries everything that fits what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.reporting.domain.disclosure import Least, protect
from services.reporting.domain.measures import Dimension, Measure
from services.reporting.domain.report import Cell, Count, Counted, Table

THREE = Least(usually=3, sensitive=5)
FIVE = Least(usually=5, sensitive=5)

small_tables = some.lists(some.integers(0, 6), min_size=2, max_size=5)


def counted(*numbers: int, by: Dimension = Dimension.DISTRICT, total: int | None = None, of=Measure.NEW) -> Counted:
    """A measure by one dimension, a person behind each number."""
    cells = tuple(Cell(code=str(place), count=number, persons=number) for place, number in enumerate(numbers))
    everybody = sum(numbers) if total is None else total
    return Counted(measure=of, total=Count(count=everybody, persons=everybody), tables=(Table(by=by, cells=cells),))


def shown(measure: Counted) -> list[int | None]:
    return [cell.count for cell in measure.tables[0].cells]


def protected(measure: Counted, least: Least = THREE) -> Counted:
    return protect([measure], least)[0]


def guesses(measure: Counted) -> list[tuple[int, ...]]:
    """Every way to fill the hidden cells of a table whose cells add up to the total that is shown."""
    cells, total = shown(measure), measure.total.count
    least = 0 if set(cells) == {None} else 1  # a zero is hidden with the whole table only
    ways = [range(least, total + 1) if cell is None else (cell,) for cell in cells]
    return [way for way in product(*ways) if sum(way) == total]


def test_a_small_count_is_hidden_and_a_zero_is_shown():
    assert shown(protected(counted(2, 0, 9, 2))) == [None, 0, 9, None]


def test_a_single_hidden_count_would_be_the_rest_so_the_next_smallest_is_hidden_with_it():
    assert shown(protected(counted(1, 7, 4, 9))) == [None, 7, None, 9]


def test_ones_that_add_up_to_their_number_hide_the_whole_table():
    assert shown(protected(counted(1, 1, 1, 0))) == [None, None, None, None]


def test_a_small_total_is_hidden_with_all_its_cells():
    measure = protected(counted(2, 0, 0))

    assert measure.total.suppressed
    assert shown(measure) == [None, None, None]


def test_nothing_at_all_is_shown_as_it_is():
    measure = protected(counted(0, 0))

    assert measure.total.count == 0
    assert shown(measure) == [0, 0]


def test_what_is_hidden_says_so_and_hides_the_persons_too():
    cell = protected(counted(2, 2, 9)).tables[0].cells[0]

    assert (cell.count, cell.persons, cell.suppressed) == (None, None, True)


def test_many_cases_of_one_person_are_hidden():
    cells = (Cell(code="1", count=9, persons=1), Cell(code="2", count=9, persons=8))
    table = Table(by=Dimension.DISTRICT, cells=cells)

    measure = protected(Counted(measure=Measure.NEW, total=Count(count=18, persons=9), tables=(table,)))

    assert shown(measure) == [None, None]


@pytest.mark.parametrize("by", [Dimension.TARGET_GROUP, Dimension.LEGAL_DOMAIN])
def test_art_9_data_are_shown_from_five_on(by: Dimension):
    assert shown(protected(counted(4, 8, 9, by=by, total=15))) == [None, 8, 9]


def test_a_single_hidden_cell_must_not_hold_all_that_the_others_leave_over():
    measure = protected(counted(2, 3, 4, by=Dimension.ACTION_FIELD, total=9))

    assert shown(measure) == [None, None, 4]


def test_a_sum_is_hidden_where_one_of_its_parts_is():
    active, closed = counted(9, 9, 9, of=Measure.ACTIVE), counted(2, 8, 2, of=Measure.CLOSED)
    both = counted(11, 17, 11, of=Measure.ACTIVE_IN_PERIOD)

    assert shown(protect([active, closed, both], THREE)[2]) == [None, 17, None]


def test_a_median_of_few_cases_is_hidden():
    closed, took = counted(2, 8, 9, of=Measure.CLOSED), counted(2, 8, 9, of=Measure.DURATION)

    assert shown(protect([closed, took], THREE)[1])[0] is None


@pytest.mark.parametrize("least", [THREE, FIVE])
@given(numbers=small_tables)
@settings(max_examples=150)
def test_nobody_can_tell_a_hidden_count_nor_that_it_is_small(numbers: list[int], least: Least):
    measure = protected(counted(*numbers), least)
    if measure.total.suppressed:
        assert set(shown(measure)) == {None}
        return
    ways = guesses(measure)

    assert tuple(numbers) in ways
    for place, cell in enumerate(shown(measure)):
        possible = {way[place] for way in ways}
        if cell is None:
            assert len(possible) > 1
            assert max(possible) >= least.usually
        else:
            assert cell == 0 or cell >= least.usually


@given(numbers=small_tables, over=some.integers(0, 4))
@settings(max_examples=150)
def test_nobody_can_tell_it_where_a_case_may_count_in_several_cells(numbers: list[int], over: int):
    total = max(*numbers, sum(numbers) - over)
    measure = protected(counted(*numbers, by=Dimension.ACTION_FIELD, total=total))
    if measure.total.suppressed:
        return
    cells = shown(measure)
    least = 0 if set(cells) == {None} else 1
    ways = [range(least, total + 1) if cell is None else (cell,) for cell in cells]
    possible = [way for way in product(*ways) if sum(way) >= total]

    for place, cell in enumerate(cells):
        if cell is None:
            assert {way[place] for way in possible} >= {max(1, least), 3}


@given(numbers=small_tables)
@settings(max_examples=150)
def test_the_public_sees_nothing_that_the_administration_does_not(numbers: list[int]):
    inside, outside = shown(protected(counted(*numbers))), shown(protected(counted(*numbers), FIVE))

    assert all(public is None for ours, public in zip(inside, outside, strict=True) if ours is None)


@given(
    active=some.lists(some.integers(0, 4), min_size=3, max_size=3),
    closed=some.lists(some.integers(0, 4), min_size=3, max_size=3),
)
@settings(max_examples=60)
def test_two_measures_and_their_sum_do_not_give_each_other_away(active: list[int], closed: list[int]):
    both = [one + other for one, other in zip(active, closed, strict=True)]
    tables = protect(
        [
            counted(*active, of=Measure.ACTIVE),
            counted(*closed, of=Measure.CLOSED),
            counted(*both, of=Measure.ACTIVE_IN_PERIOD),
        ],
        THREE,
    )
    if any(table.total.suppressed for table in tables[:2]):
        return
    possible = [
        (*first, *second)
        for first, second in product(guesses(tables[0]), guesses(tables[1]))
        if all(cell in (None, one + other) for cell, one, other in zip(shown(tables[2]), first, second, strict=True))
    ]

    for place, cell in enumerate([*shown(tables[0]), *shown(tables[1])]):
        if cell is None:
            assert max(way[place] for way in possible) >= 3
            assert len({way[place] for way in possible}) > 1
