"""What many threads want at once, one of them does for all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.together import Together


class Desk:
    """Notes who was served with whom. The first round lasts until `goes_on`."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.began, self.goes_on = threading.Event(), threading.Event()
        self.together = Together(self._serve)

    def _serve(self, wanted: list[int]) -> None:
        self.began.set()
        assert self.goes_on.wait(60)
        self.rounds.append(wanted)


def test_whoever_is_alone_is_served_at_once():
    desk = Desk()
    desk.goes_on.set()

    desk.together.ask(1)
    desk.together.ask(2, wait=False)

    assert desk.rounds == [[1], [2]]


def test_those_who_come_meanwhile_are_served_together():
    desk = Desk()
    with ThreadPoolExecutor(6) as hands:
        first = hands.submit(desk.together.ask, 0)
        assert desk.began.wait(60)
        others = [hands.submit(desk.together.ask, number) for number in range(1, 6)]
        while len(desk.together._queue) < 5:
            pass
        desk.goes_on.set()
        for one in (first, *others):
            one.result(60)

    assert desk.rounds[0] == [0]
    assert sorted(desk.rounds[1]) == [1, 2, 3, 4, 5]


def test_what_nobody_waits_for_is_served_by_whoever_serves_now():
    desk = Desk()
    with ThreadPoolExecutor(1) as hands:
        first = hands.submit(desk.together.ask, 0)
        assert desk.began.wait(60)
        desk.together.ask(1, wait=False)
        assert desk.rounds == []
        desk.goes_on.set()
        first.result(60)

    assert desk.rounds == [[0], [1]]


def test_nobody_is_left_behind_when_many_come_and_go():
    served: list[int] = []
    together = Together(served.extend)
    with ThreadPoolExecutor(16) as hands:
        list(hands.map(lambda number: together.ask(number, wait=number % 3 > 0), range(3000)))

    assert sorted(served) == list(range(3000))


def test_a_fault_reaches_whoever_serves_and_stops_nobody():
    served: list[int] = []

    def serve(wanted: list[int]) -> None:
        if 0 in wanted:
            together.ask(1, wait=False)
            raise KeyboardInterrupt
        served.extend(wanted)

    together = Together(serve)
    with pytest.raises(KeyboardInterrupt):
        together.ask(0)
    together.ask(2)

    assert served == [1, 2]
