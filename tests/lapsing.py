"""What may meet a night that ends what no release covers any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest

from shared import clock
from shared.store import Page, Query
from tests.cases import CasesService


@contextmanager
def once_found(cases: CasesService, collection: str, happens: Callable[[], object]) -> Iterator[None]:
    """While this lasts, something happens when documents of this collection were found, before anything is done."""
    found = cases.store.query

    def query(query: Query) -> Page:
        page = found(query)
        if query.collection == collection and query.where and page.items:
            happens()
        return page

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cases.store, "query", query)
        yield


def around_midnight(job: Callable[[datetime], int], on: date) -> list[int]:
    """What a job says a second before this day is over in the city, and at that moment."""
    midnight = clock.end_of(on)
    return [job(midnight - timedelta(seconds=1)), job(midnight)]
