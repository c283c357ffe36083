"""How the thread that delivers makes way for whoever sends requests."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from werkzeug import Response

from infra.local import dispatcher
from infra.local.dispatcher import STANDS_BACK, Dispatcher
from shared.bus.local import Bell

TOOK = 0.25


@pytest.mark.parametrize("somebody_asks", [True, False])
def test_it_stands_back_only_where_meanwhile_somebody_changed_something(
    monkeypatch: pytest.MonkeyPatch, somebody_asks: bool
):
    clock = iter([1.0, 1.0 + TOOK])
    monkeypatch.setattr(dispatcher.time, "thread_time", lambda: next(clock))
    rests: list[float] = []
    claims = iter([["delivery"]])

    def push(_delivery: Any) -> Response:
        if somebody_asks:
            works.make_way()
        return Response(status=204)

    def claim() -> list[Any]:
        claimed = next(claims, None)
        if claimed is None:
            works._stopping.set()
        return claimed or []

    deliveries = Mock(claim=claim)
    works = Dispatcher(deliveries, Bell(), push, threads=1)
    monkeypatch.setattr(works._stopping, "wait", rests.append)

    works._run()

    deliveries.acknowledge.assert_called_once_with(["delivery"])
    assert rests == ([TOOK * STANDS_BACK] if somebody_asks else [])
