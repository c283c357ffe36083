"""However often a report is written again, it stays small, and whatever was published once can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.domain import report as domain
from shared import clock
from shared.store import Put
from tests.reporting import ID, NOVEMBER, OCTOBER_REPORT, ReportingService, a_reporting_service, noon

CITY = "koordination"


@pytest.fixture
def written() -> Iterator[ReportingService]:
    with a_reporting_service() as service:
        service.write_october()
        yield service


def again(service: ReportingService, day: int) -> None:
    """Three more cases are heard of, and the report is written anew that many days later."""
    clock.move(noon(NOVEMBER + timedelta(days=day)))
    service.open_cases(3, city_district=1)
    service.post(CITY, OCTOBER_REPORT)


def new(body: Any) -> int:
    return int(next(one["total"]["count"] for one in body["measures"] if one["measure"] == "new"))


def test_the_first_and_the_last_stand_in_the_report_and_every_other_is_read_by_its_version(
    written: ReportingService, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(domain, "SHOWN", 3)
    for day in range(1, 7):
        again(written, day)
    body = written.get(CITY, f"reports/{ID}").json

    assert (body["version"], new(body)) == (7, 12 + 6 * 3)
    assert [one["version"] for one in body["earlier"]] == [1, 5, 6]
    read = [written.get(CITY, f"reports/{ID}/earlier/{version}").json for version in range(1, 7)]
    assert [(one["version"], new(one)) for one in read] == [(number, 12 + 3 * (number - 1)) for number in range(1, 7)]
    assert read[0] == body["earlier"][0]
    assert read[2]["written_at"].startswith("2026-11-22")


def test_what_an_earlier_release_had_kept_in_a_report_is_not_lost(written: ReportingService):
    kept = written.store.get(f"reports/{ID}")
    assert kept is not None
    totals = [{**one, "tables": []} for one in kept["measures"]]
    before = [{"version": number, "at": kept["written_at"], "totals": totals} for number in range(1, 41)]
    written.store.commit([Put(f"reports/{ID}", {**kept, "version": 41, "earlier": before})])

    again(written, 1)

    body = written.get(CITY, f"reports/{ID}").json
    assert [one["version"] for one in body["earlier"]] == [1, *range(31, 42)]
    assert {new(written.get(CITY, f"reports/{ID}/earlier/{number}").json) for number in range(1, 42)} == {12}


def test_a_report_does_not_grow_by_being_written_again(written: ReportingService, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(domain, "SHOWN", 2)
    sizes = []
    for day in range(1, 6):
        again(written, day)
        sizes.append(len(json.dumps(written.store.get(f"reports/{ID}"))))

    assert max(sizes[1:]) - min(sizes[1:]) < 100


@pytest.mark.parametrize("version", ["2", "9", "0", "one", "1.0"])
def test_a_version_that_is_not_an_earlier_one_is_not_there(written: ReportingService, version: str):
    again(written, 1)

    assert written.get(CITY, f"reports/{ID}/earlier/{version}").status_code == 404


def test_an_earlier_version_is_shown_to_whoever_may_see_the_report_and_as_little_of_it(written: ReportingService):
    own = written.post("lindenhof-leitung", OCTOBER_REPORT).json["id"]
    clock.move(noon(date(2026, 11, 25)))
    written.open_cases(3, organisation="lindenhof")
    written.post("lindenhof-leitung", OCTOBER_REPORT)
    again(written, 6)

    statuses = {
        (who, report): written.get(who, f"reports/{report}/earlier/1").status_code
        for who in (CITY, "lindenhof-leitung", "bruecke-leitung", "lindenhof-1", "datenschutz")
        for report in (ID, own)
    }

    assert {one for one, status in statuses.items() if status == 200} == {
        *((CITY, ID), (CITY, own)),
        ("lindenhof-leitung", own),
    }
    assert {statuses["lindenhof-leitung", ID], statuses["bruecke-leitung", own]} == {404}
    assert {statuses["lindenhof-1", own], statuses["datenschutz", ID]} == {403}
    assert written.get(CITY, f"reports/{ID}/earlier/1?audience=nobody").status_code == 422
