"""Where commands are read and views are cut: what a role does not see has no field in its view."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import fields, validate

from shared import codes
from shared.http.paging import PageQuery
from shared.http.schema import Schema, Text

SORTS = ("-opened_at", "opened_at", "-changed_at", "changed_at")
LONGEST_TEXT = 10_000
UNALLOCATED = "unallocated"


def _code(kind: type[codes.Code], **options: Any) -> fields.Enum[codes.Code]:
    return fields.Enum(kind, by_value=True, **options)


class CaseFilter(PageQuery):
    phase = _code(codes.Phase, load_default=None)
    case_manager = fields.Str(load_default=None, validate=validate.Length(1, 128))
    organisation = fields.Str(load_default=None, validate=validate.Length(1, 128))
    topic = _code(codes.ActionField, load_default=None)
    q = fields.Str(load_default=None, validate=validate.Length(1, 200))
    sort = fields.Str(load_default="-opened_at", validate=validate.OneOf(SORTS))


class AllocationCommand(Schema):
    organisation = fields.Str(required=True, validate=validate.Length(1, 128))


class AssignmentCommand(Schema):
    case_manager = fields.Str(required=True, validate=validate.Length(1, 128))


class ClearingCommand(Schema):
    result = _code(codes.ClearingResult, required=True)
    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class PhaseCommand(Schema):
    to = _code(codes.Phase, required=True)
    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class ContactCommand(Schema):
    channel = _code(codes.ContactChannel, required=True)
    minutes = fields.Int(required=True, strict=True, validate=validate.Range(1, 24 * 60))
    note = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class ConsentCommand(Schema):
    type = _code(codes.ConsentKind, required=True)
    recipient = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))
    form = _code(codes.ConsentForm, required=True)
    language = fields.Str(required=True, validate=validate.OneOf(list(codes.LANGUAGES)))
    text_version = fields.Str(required=True, validate=validate.Regexp(r"^[\w.-]{1,40}$"))
    valid_until = fields.Date(load_default=None, allow_none=True)


class RevocationCommand(Schema):
    reason = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class AssessmentCommand(Schema):
    situation = Text(LONGEST_TEXT, required=True)
    resources = Text(LONGEST_TEXT, load_default=None, allow_none=True)
    urgency = fields.Int(required=True, strict=True, validate=validate.Range(0, 4))
    view = _code(codes.View, required=True)


class GoalCommand(Schema):
    action_field = _code(codes.ActionField, required=True)
    title = Text(500, required=True)
    agreed = fields.Bool(load_default=False, truthy={True}, falsy={False})
    until = fields.Date(load_default=None, allow_none=True)


class GoalChangeCommand(Schema):
    agreed = fields.Bool(truthy={True}, falsy={False})
    until = fields.Date()
    outcome = _code(codes.GoalOutcome)


class ClosureCommand(Schema):
    reason = _code(codes.ClosureReason, required=True)
    ended_by = _code(codes.EndedBy, required=True)
    outcomes = fields.Dict(keys=fields.Str(), values=_code(codes.GoalOutcome), load_default=dict)
    note = Text(LONGEST_TEXT, load_default=None, allow_none=True)


class ClientView(marshmallow.Schema):
    given_name = fields.Str()
    family_name = fields.Str()
    date_of_birth = fields.Date()
    phone = fields.Str(allow_none=True)
    email = fields.Str(allow_none=True)
    postcode = fields.Str(allow_none=True)
    children = fields.Int()
    message = fields.Str(allow_none=True)


class ClientNameView(marshmallow.Schema):
    given_name = fields.Str()
    family_name = fields.Str()


class ConsentView(marshmallow.Schema):
    id = fields.Str()
    type = fields.Str(attribute="kind")
    recipient = fields.Str(allow_none=True)
    form = fields.Str()
    language = fields.Str()
    text_version = fields.Str()
    given_at = fields.AwareDateTime()
    valid_until = fields.Date(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class AssessmentView(marshmallow.Schema):
    action_field = fields.Str()
    view = fields.Str()
    urgency = fields.Int()
    situation = fields.Str(allow_none=True)
    resources = fields.Str(allow_none=True)


class GoalView(marshmallow.Schema):
    id = fields.Str()
    action_field = fields.Str()
    title = fields.Str(allow_none=True)
    agreed = fields.Bool()
    until = fields.Date(allow_none=True)
    outcome = fields.Str(allow_none=True)


class CaseCodes(marshmallow.Schema):
    """What the coordinator sees of a case: codes, never a name or a text."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    reference = fields.Str(required=True)
    phase = fields.Str(required=True)
    organisation = fields.Str(allow_none=True)
    case_manager = fields.Str(allow_none=True)
    opened_at = fields.AwareDateTime()
    changed_at = fields.AwareDateTime()
    language = fields.Str()
    needs_interpreter = fields.Bool()
    topics = fields.List(fields.Str())
    city_district = fields.Int(allow_none=True)
    gender = fields.Str()
    age_band = fields.Str()
    single_parent = fields.Bool()
    residence_group = fields.Str(attribute="residence_status.group")
    target_groups = fields.List(fields.Str())
    referrer = fields.Str()
    clearing_result = fields.Str(allow_none=True)
    closure_reason = fields.Str(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)


class CaseRow(CaseCodes):
    """A line of the list of those who work on the cases."""

    client = fields.Nested(ClientNameView, allow_none=True)


class CaseView(CaseCodes):
    """The whole file, for those who work on the case."""

    client = fields.Nested(ClientView, allow_none=True)
    channel = fields.Str()
    shared_phone = fields.Bool()
    consent_contact = fields.Bool()
    residence_status = fields.Str()
    city_quarter = fields.Int(allow_none=True)
    consents = fields.List(fields.Nested(ConsentView))
    assessments = fields.List(fields.Nested(AssessmentView))
    goals = fields.List(fields.Nested(GoalView))
    contacts = fields.Int()
    last_contact_at = fields.AwareDateTime(allow_none=True)
    ended_by = fields.Str(allow_none=True)


class AddedView(marshmallow.Schema):
    """What was added, and the version of the case that added it."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)


class ContactView(marshmallow.Schema):
    id = fields.Str()
    at = fields.Str()
    by = fields.Str()
    channel = fields.Str()
    minutes = fields.Int()
    note = fields.Str(allow_none=True)


class HistoryView(marshmallow.Schema):
    version = fields.Int()
    type = fields.Str()
    at = fields.Str()
    by = fields.Str()
    said = fields.Dict(metadata={"description": "The codes of the event."})


class AccessView(marshmallow.Schema):
    at = fields.Str()
    by = fields.Str()
    action = fields.Str()
    reason = fields.Str()
