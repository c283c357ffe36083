"""Two who write one report at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.reporting import handlers
from services.reporting.counting import count
from shared import clock
from tests.reporting import ID, OCTOBER_REPORT, ReportingService, a_reporting_service, noon


@pytest.fixture
def written() -> Iterator[ReportingService]:
    with a_reporting_service() as service:
        service.write_october()
        yield service


def test_older_numbers_never_take_the_place_of_newer_ones(written: ReportingService, monkeypatch: pytest.MonkeyPatch):
    clock.move(noon(date(2026, 11, 25)))

    def count_slowly(*asked: Any) -> Any:
        """While it is counted something happens, and somebody else writes of it."""
        found = count(*asked)
        monkeypatch.setattr(handlers, "count", count)
        written.open_cases(3, city_district=1)
        written.post("koordination", OCTOBER_REPORT)
        return found

    monkeypatch.setattr(handlers, "count", count_slowly)
    written.post("koordination", OCTOBER_REPORT)

    body = written.get("koordination", f"reports/{ID}").json
    new = next(one for one in body["measures"] if one["measure"] == "new")
    assert (body["version"], new["total"]["count"]) == (2, 15)


def test_whoever_writes_it_first_meanwhile_is_not_written_over(monkeypatch: pytest.MonkeyPatch):
    with a_reporting_service() as reporting:

        def count_slowly(*asked: Any) -> Any:
            found = count(*asked)
            monkeypatch.setattr(handlers, "count", count)
            reporting.open_cases(7, city_district=1)
            reporting.post("koordination", OCTOBER_REPORT)
            return found

        monkeypatch.setattr(handlers, "count", count_slowly)
        reporting.post("koordination", OCTOBER_REPORT)

        body = reporting.get("koordination", f"reports/{ID}").json
        new = next(one for one in body["measures"] if one["measure"] == "new")
        assert (body["version"], new["total"]["count"]) == (1, 7)
