"""Days and times that people send: whatever is far from any that can be meant is refused, in every field of each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError, fields

from shared.http.days import TIME, YEAR, Day, Moment
from shared.http.fields import BirthDate
from shared.http.schema import Schema, translated
from tests.cases import APPOINTMENT, CasesService, a_cases_service

ROOT = Path(__file__).parents[2]
TOO_FAR = ("0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31")
CAN_BE_MEANT = ("1900-01-01", "2026-02-28", "2200-12-31")
TOO_FAR_AT = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:00Z")

for source in ROOT.glob("services/**/schemas.py"):
    import_module(".".join(source.relative_to(ROOT).with_suffix("").parts))


def read_from_outside(kind: type[Schema] = Schema) -> Iterator[type[Schema]]:
    """Every schema that is checked on reading."""
    for inner in kind.__subclasses__():
        yield inner
        yield from read_from_outside(inner)


def dated(kind: type[fields.Field[Any]]) -> list[Any]:
    """Every field of that kind of every schema."""
    return [
        pytest.param(schema, field.data_key or name, field, id=f"{schema.__module__}.{schema.__name__}.{name}")
        for schema in sorted(set(read_from_outside()), key=lambda one: (one.__module__, one.__name__))
        if schema.__module__.startswith(("services", "shared")) and not schema.__name__.endswith("View")
        for name, field in schema().load_fields.items()
        if isinstance(field, kind)
    ]


DAYS, TIMES = dated(fields.Date), dated(fields.DateTime)


def said_of(schema: type[Schema], name: str, value: str) -> list[str]:
    try:
        schema().load({name: value})
    except ValidationError as error:
        return translated(error.messages_dict).get(name, [])
    return []


@pytest.mark.parametrize(("schema", "name", "field"), DAYS)
def test_a_day_is_of_a_year_that_can_be_meant(schema: type[Schema], name: str, field: fields.Field[Any]):
    assert isinstance(field, Day | BirthDate)
    assert all(said_of(schema, name, day) for day in TOO_FAR)
    if isinstance(field, Day):
        assert [said_of(schema, name, day) for day in TOO_FAR] == [[YEAR]] * len(TOO_FAR)
        assert not any(YEAR in said_of(schema, name, day) for day in CAN_BE_MEANT)


@pytest.mark.parametrize(("schema", "name", "field"), TIMES)
def test_a_time_is_of_a_year_that_can_be_meant_and_has_its_zone(
    schema: type[Schema], name: str, field: fields.Field[Any]
):
    assert isinstance(field, Moment)
    assert [said_of(schema, name, at) for at in TOO_FAR_AT] == [[YEAR]] * len(TOO_FAR_AT)
    assert [said_of(schema, name, at) for at in ("2026-03-09T10:00:00", "tomorrow")] == [[TIME]] * 2
    assert said_of(schema, name, "2026-03-09T10:00:00+01:00") == []


def test_there_are_days_and_times_to_look_at():
    assert len(DAYS) > 15
    assert len(TIMES) >= 2


@pytest.fixture
def cases() -> Iterator[CasesService]:
    with a_cases_service() as service:
        yield service


@pytest.mark.parametrize("at", TOO_FAR_AT)
def test_an_appointment_at_the_end_of_the_calendar_is_refused(cases: CasesService, at: str):
    case = cases.assigned()

    answer = cases.call("lindenhof-1", "POST", f"/cases/{case}/appointments", {**APPOINTMENT, "starts_at": at})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["starts_at"])


@pytest.mark.parametrize("on", TOO_FAR)
def test_retention_on_a_day_that_nobody_means_is_refused(cases: CasesService, on: str):
    answer = cases.call("datenschutz", "GET", f"/cases/retention?on={on}")

    assert (answer.status_code, answer.json["errors"]["on"]) == (422, [YEAR])


@pytest.mark.parametrize("on", CAN_BE_MEANT)
def test_retention_on_any_other_day_is_answered(cases: CasesService, on: str):
    assert cases.call("datenschutz", "GET", f"/cases/retention?on={on}").status_code == 200
