"""What a form sends as an empty text is none where there may be none, and never everything where something is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marshmallow import fields, missing

from shared.http.schema import NO_TEXTS, Query, Schema, Text
from tests.gates.test_routes import routes

BLANKS = ["", "  ", "\u200b\u00a0"]
ROUTES = [route for _, one in routes() for route in one._routes]


def nested(schema: type[Schema]) -> Iterator[type[Schema]]:
    """The schema, and those of what lies in it."""
    yield schema
    for held in schema().load_fields.values():
        inner = held.inner if isinstance(held, fields.List) else held
        if isinstance(inner, fields.Nested):
            yield from nested(type(inner.schema))  # type: ignore[arg-type]


BODIES = {one for route in ROUTES if route.takes is not None for one in nested(route.takes)}
GIVEN = [
    (schema, name, field)
    for schema in sorted(BODIES, key=lambda one: one.__name__)
    for name, field in schema().load_fields.items()
    if not isinstance(field, NO_TEXTS)
]
FILTERS = [
    pytest.param(schema, field.data_key or name, id=f"{schema.__name__} {name}")
    for schema in sorted({route.query for route in ROUTES if route.query is not None}, key=lambda one: one.__name__)
    for name, field in schema().load_fields.items()
]


def may_be_none(field: fields.Field[object]) -> bool:
    return not field.required and (
        field.load_default is not missing or field.allow_none or getattr(field, "optional", False)
    )


def named(given: tuple[type[Schema], str, fields.Field[object]]) -> str:
    return f"{given[0].__name__} {given[1]}"


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("given", [one for one in GIVEN if may_be_none(one[2])], ids=named)
def test_a_text_may_be_left_empty_where_there_may_be_none(
    given: tuple[type[Schema], str, fields.Field[object]], blank: str
):
    schema, name, _ = given

    assert schema().validate({name: blank}).get(name) == schema().validate({}).get(name)


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(
    "given",
    [one for one in GIVEN if not may_be_none(one[2]) and isinstance(one[2], Text | fields.Enum | fields.Date)],
    ids=named,
)
def test_a_text_that_must_be_there_is_refused(given: tuple[type[Schema], str, fields.Field[object]], blank: str):
    schema, name, _ = given

    assert name in schema().validate({name: blank})


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(("schema", "name"), FILTERS)
def test_an_empty_filter_is_never_left_out(schema: type[Query], name: str, blank: str):
    """What it says is for its field to judge: unknown, or a name that nothing has."""
    assert schema()._left_empty_is_not_given({name: blank}) == {name: blank}


def test_both_kinds_of_bodies_are_among_them():
    names = {schema.__name__ for schema, _, _ in GIVEN}

    assert names >= {"AgreementCommand", "Submission", "ClientCommand", "ReportCommand"}
