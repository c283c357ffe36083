"""What callers may ask of reporting, and what they are shown."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from services.reporting.domain.measures import Dimension, Measure
from services.reporting.domain.periods import SHAPES, Kind, named
from services.reporting.shown import Audience
from shared import texts
from shared.errors import Invalid, Malformed
from shared.http.days import Day
from shared.http.schema import Query, Schema, translated
from shared.municipality import municipality


class Organisation(fields.String):
    """A provider's id."""

    default_error_messages = {"unknown": texts.marked("There is no such organisation.")}  # noqa: RUF012 - as there

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        read: str = super()._deserialize(value, attr, data, **kwargs)
        found = municipality().organisation(read)
        if found is None or found.kind != "provider":
            raise self.make_error("unknown")
        return read


class ReportCommand(Schema):
    """Which report to write."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    period = fields.Str(required=True, validate=validate.Length(max=10))
    organisation = Organisation(load_default=None)

    @validates_schema
    def _a_period_of_this_kind(self, data: dict[str, Any], **_: Any) -> None:
        if named(data["kind"], data["period"]) is None:
            example = SHAPES[data["kind"]].example
            raise ValidationError(texts.text("Please give a period such as {example}.", example=example), "period")


class RunCommand(ReportCommand):
    """Which report to write on schedule; without anything, that of the last complete month."""

    kind = fields.Enum(Kind, by_value=True, load_default=Kind.MONTHLY_STEERING)
    period = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=10))

    @validates_schema
    def _a_period_of_this_kind(self, data: dict[str, Any], **_: Any) -> None:
        if data["period"] is not None:
            super()._a_period_of_this_kind(data)


def run_command(body: bytes) -> dict[str, Any]:
    """What the body of a scheduled call asks for. Raises `Malformed` and `Invalid`."""
    try:
        command: dict[str, Any] = RunCommand().loads(body or b"{}")
    except ValidationError as error:
        raise Invalid(translated(error.messages_dict)) from None
    except ValueError:
        raise Malformed(reason="not JSON") from None
    return command


class AudienceQuery(Query):
    """For whom a report is shown."""

    audience = fields.Enum(Audience, by_value=True, load_default=Audience.ADMINISTRATION)


class IndicatorQuery(AudienceQuery):
    """Which days, by what, and of which organisation."""

    begins = Day(data_key="from", load_default=None)
    ends = Day(data_key="to", load_default=None)
    by = fields.Enum(Dimension, by_value=True, load_default=None)
    organisation = Organisation(load_default=None)


class Accepted(marshmallow.Schema):
    """A report that has been written."""

    id = fields.Str(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    period = fields.Str(required=True)


class CountView(marshmallow.Schema):
    """A number, and the persons behind it; both null where they are too small to be shown."""

    count = fields.Int(allow_none=True, metadata={"description": "Of every measure but medians"})
    median = fields.Float(allow_none=True, metadata={"description": "Of medians only"})
    persons = fields.Int(required=True, allow_none=True)
    suppressed = fields.Bool(required=True)


class CellView(CountView):
    """The number of one code."""

    code = fields.Str(required=True, allow_none=True, metadata={"description": "Null: not stated"})
    label = fields.Str(required=True)


class TableView(marshmallow.Schema):
    """One measure by one dimension."""

    by = fields.Enum(Dimension, by_value=True, required=True)
    label = fields.Str(required=True)
    several = fields.Bool(required=True, metadata={"description": "One case may count in several cells"})
    cells = fields.List(fields.Nested(CellView), required=True)


class MeasureView(marshmallow.Schema):
    """One measure."""

    measure = fields.Enum(Measure, by_value=True, required=True)
    label = fields.Str(required=True)
    unit = fields.Str(required=True)
    total = fields.Nested(CountView, required=True)
    tables = fields.List(fields.Nested(TableView), required=True)


class ReportRow(Accepted):
    """A report in a list."""

    title = fields.Str(required=True)
    organisation = fields.Str(required=True, allow_none=True)
    version = fields.Int(required=True)
    written_at = fields.Str(required=True)
    preliminary = fields.Bool(required=True, metadata={"description": "Written before the period was over"})


class Earlier(marshmallow.Schema):
    """An earlier version of a report, by its totals."""

    version = fields.Int(required=True)
    written_at = fields.Str(required=True)
    measures = fields.List(fields.Nested(MeasureView), required=True)


class Numbers(marshmallow.Schema):
    """Numbers of some days, for an audience."""

    begins = fields.Date(data_key="from", required=True)
    ends = fields.Date(data_key="to", required=True)
    audience = fields.Enum(Audience, by_value=True, required=True)
    threshold = fields.Int(required=True)
    measures = fields.List(fields.Nested(MeasureView), required=True)


class ReportView(ReportRow, Numbers):
    """A report."""

    earlier = fields.List(
        fields.Nested(Earlier),
        required=True,
        metadata={
            "description": "The first, and the last of the others: each is read by its version, whatever is here."
        },
    )


class Indicators(Numbers):
    """The indicators of some days."""

    by = fields.Enum(Dimension, by_value=True, required=True, allow_none=True)
    organisation = fields.Str(required=True, allow_none=True)
