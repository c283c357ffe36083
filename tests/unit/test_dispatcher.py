"""How the thread that delivers makes way for whoever sends requests."""

from __future__ import annotations

import sqlite3
from typing import Any
from unittest.mock import Mock

import pytest
from werkzeug import Response

from infra.local import dispatcher
from infra.local.dispatcher import FOR_EACH, STANDS_BACK, Dispatcher
from shared.bus.local import Bell
from shared.errors import Busy

TOOK = 0.25
THREADS = 2


@pytest.mark.parametrize(("requests", "rest"), [(0, []), (3, [3 * FOR_EACH]), (10_000, [TOOK * STANDS_BACK * THREADS])])
def test_it_stands_back_for_as_long_as_those_need_who_changed_something_meanwhile(
    monkeypatch: pytest.MonkeyPatch, requests: int, rest: list[float]
):
    used = [0.0]
    monkeypatch.setattr(dispatcher.time, "thread_time", lambda: used[0])
    rests: list[float] = []
    claims = iter([["delivery"]])

    def push(_delivery: Any) -> Response:
        used[0] += TOOK
        works.make_way(requests)
        return Response(status=204)

    def claim() -> list[Any]:
        claimed = next(claims, None)
        if claimed is None:
            works._stopping.set()
        return claimed or []

    deliveries = Mock(claim=claim)
    works = Dispatcher(deliveries, Bell(), push, threads=THREADS)
    monkeypatch.setattr(works._stopping, "wait", rests.append)

    works._run()

    deliveries.acknowledge.assert_called_once_with(["delivery"])
    assert rests == rest


def test_what_the_file_refuses_is_done_once_it_can_be(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dispatcher.time, "sleep", lambda _: None)
    step = Mock(side_effect=[Busy(), sqlite3.OperationalError("database or disk is full"), "done"])

    assert dispatcher.insistently(step) == "done"
