"""Days and times that people send. Apart from the other fields: who reads days need not know phone numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from marshmallow import ValidationError, fields

from shared import texts

YEARS = range(1900, 2201)
"""Any year that is meant: far from the ends of the calendar, where reckoning fails."""

YEAR = texts.marked("Please check the year.")
TIME = texts.marked("Please give day, time and time zone, such as 2026-03-09T10:00:00+01:00.")

Data = Mapping[str, Any] | None
D = TypeVar("D", date, datetime)


class Day(fields.Date):
    """A calendar day in a year that can be meant."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> date:
        return _meant(super()._deserialize(value, attr, data, **kwargs))


class Moment(fields.AwareDateTime):
    """A time with its time zone, in a year that can be meant. Whatever that zone was, it is UTC from here on."""

    default_error_messages = {  # noqa: RUF012 - as marshmallow declares it
        "invalid": TIME,
        "invalid_awareness": TIME,
    }

    def _deserialize(self, value: Any, attr: str | None, data: Data, **kwargs: Any) -> datetime:
        return _meant(super()._deserialize(value, attr, data, **kwargs)).astimezone(UTC)


def _meant(read: D) -> D:
    if read.year not in YEARS:
        raise ValidationError(texts.text(YEAR))
    return read
