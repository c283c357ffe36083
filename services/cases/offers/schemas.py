"""What may be said and asked of offers, and what is shown of them."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from shared import codes, texts
from shared.http.fields import code
from shared.http.paging import MOST, USUAL
from shared.http.schema import Line, Query, Schema, Text, YesNo
from shared.municipality import municipality

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CONTACT = 200, 2000, 500
MOST_PLACES, MOST_DAYS = 100_000, 3650
MOST_SERVICES = 200


def _number(most: int, **options: Any) -> fields.Integer:
    return fields.Int(strict=True, allow_none=True, validate=validate.Range(0, most), **options)


class District(fields.Integer):
    """The number of a district of this city."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        read: int = super()._deserialize(value, attr, data, **kwargs)
        if read not in municipality().districts:
            raise ValidationError(texts.text("There is no such district."))
        return read


class Organisation(fields.String):
    """The id of an organisation that there is."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        read: str = super()._deserialize(value, attr, data, **kwargs)
        if municipality().named(read) is None:
            raise ValidationError(texts.text("There is no such organisation."))
        return read


def _languages() -> fields.List[str]:
    return fields.List(fields.Str(validate=validate.OneOf(list(codes.LANGUAGES))), validate=validate.Length(0, 16))


class OfferChangeCommand(Schema):
    """What is not given stays. An empty `target_groups` means everybody, no `city_district` the whole city."""

    title = Line(LONGEST_TITLE)
    description = Text(LONGEST_TEXT, allow_none=True)
    contact = Text(LONGEST_CONTACT, allow_none=True, metadata={"description": "Of the organisation, of no person."})
    action_fields = fields.List(code(codes.ActionField), validate=validate.Length(1, 15))
    languages = _languages()
    target_groups = fields.List(code(codes.TargetGroup), validate=validate.Length(0, 7))
    city_district = District(strict=True, allow_none=True)
    barrier_free = YesNo(allow_none=True)
    capacity = _number(MOST_PLACES, metadata={"description": "Places altogether."})
    free_places = _number(MOST_PLACES)
    waiting_days = _number(MOST_DAYS)
    withdrawn = YesNo()

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(texts.text("Please say what changes."))

    @post_load
    def _as_kept(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Lists without repeats, as an offer holds them."""
        return {name: tuple(dict.fromkeys(value)) if isinstance(value, list) else value for name, value in read.items()}


class OfferCommand(OfferChangeCommand):
    """Without `organisation` it is an offer of the caller's."""

    organisation = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))
    title = Line(LONGEST_TITLE, required=True)
    action_fields = fields.List(code(codes.ActionField), required=True, validate=validate.Length(1, 15))


class OfferFilter(Query):
    """Criteria, of which an offer fits some (`match=any`, the usual) or all (`match=all`).

    First come those that fit more criteria, then by waiting time, then by organisation and id. An offer for the whole
    city fits every district, one that names no target group is for everybody, and what is not said does not fit.
    """

    action_field = code(codes.ActionField, load_default=None)
    language = fields.Str(load_default=None, validate=validate.OneOf(list(codes.LANGUAGES)))
    city_district = District(load_default=None)
    target_group = code(codes.TargetGroup, load_default=None)
    barrier_free = fields.Bool(load_default=None)
    free_places = fields.Bool(load_default=None)
    waiting_days = fields.Int(load_default=None, validate=validate.Range(0, MOST_DAYS))
    organisation = Organisation(load_default=None)
    match = fields.Str(load_default="any", validate=validate.OneOf(["any", "all"]))
    limit = fields.Int(load_default=USUAL, validate=validate.Range(1, MOST))
    cursor = fields.Str(load_default=None)


class HsdsCommand(Schema):
    """A page of services as an Open Referral HSDS 3 interface gives it. `hsds` says what of a service is read."""

    total_items = fields.Int()
    total_pages = fields.Int()
    page_number = fields.Int()
    size = fields.Int()
    first_page = fields.Bool()
    last_page = fields.Bool()
    empty = fields.Bool()
    contents = fields.List(fields.Dict(), required=True, validate=validate.Length(1, MOST_SERVICES))


class OfferView(marshmallow.Schema):
    """An offer as everybody in the network sees it: nothing of it is about a person."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    organisation = fields.Str(required=True)
    title = fields.Str(required=True)
    description = fields.Str(allow_none=True)
    contact = fields.Str(allow_none=True)
    action_fields = fields.List(fields.Str())
    languages = fields.List(fields.Str())
    target_groups = fields.List(fields.Str())
    city_district = fields.Int(allow_none=True)
    barrier_free = fields.Bool(allow_none=True)
    capacity = fields.Int(allow_none=True)
    free_places = fields.Int(allow_none=True)
    waiting_days = fields.Int(allow_none=True)
    withdrawn = fields.Bool()


class FitView(OfferView):
    """An offer that was found, with the criteria that it fits and those that it does not."""

    matched = fields.List(fields.Str(), required=True)
    unmatched = fields.List(fields.Str(), required=True)


class ImportedView(marshmallow.Schema):
    """What became of one row of a sheet."""

    row = fields.Int(required=True)
    id = fields.Str(required=True)
    result = fields.Str(required=True, validate=validate.OneOf(["added", "changed", "unchanged"]))


class ImportReport(marshmallow.Schema):
    """What became of each row. Where one row is wrong nothing is taken in, and the refusal names every wrong row."""

    rows = fields.List(fields.Nested(ImportedView), required=True)
