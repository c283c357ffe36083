"""Where commands are read and views are cut: what a role does not see has no field in its view."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, validate, validates_schema

from shared import codes
from shared.http.fields import code
from shared.http.paging import PageQuery
from shared.http.schema import Schema, Text, YesNo
from shared.store.catalogue import SORTS
from shared.texts import text

LONGEST_TEXT = 10_000
LONGEST_TITLE = 500
UNALLOCATED = "unallocated"
"""The filter value that stands for no organisation."""


def _id() -> fields.String:
    return fields.Str(required=True, validate=validate.Length(1, 128))


def _words() -> Text:
    return Text(LONGEST_TEXT, load_default=None, allow_none=True)


class CaseFilter(PageQuery):
    phase = code(codes.Phase, load_default=None)
    case_manager = fields.Str(load_default=None)
    organisation = fields.Str(load_default=None)
    topic = code(codes.ActionField, load_default=None)
    q = fields.Str(load_default=None, validate=validate.Length(1, 200))
    sort = fields.Str(load_default="-opened_at", validate=validate.OneOf([order for (order,) in SORTS]))


class AllocationCommand(Schema):
    organisation = _id()


class AssignmentCommand(Schema):
    case_manager = _id()


class ClearingCommand(Schema):
    result = code(codes.ClearingResult, required=True)
    reason = _words()


class PhaseCommand(Schema):
    to = code(codes.Phase, required=True)
    reason = _words()


class ContactCommand(Schema):
    channel = code(codes.ContactChannel, required=True)
    minutes = fields.Int(required=True, strict=True, validate=validate.Range(1, 24 * 60))
    note = _words()


class ConsentCommand(Schema):
    """`recipient` is the organisation that may see or be told; none means our own."""

    type = code(codes.ConsentKind, required=True)
    recipient = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 128))
    form = code(codes.ConsentForm, required=True)
    language = fields.Str(required=True, validate=validate.OneOf(list(codes.LANGUAGES)))
    text_version = fields.Str(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,39}(?!\n)$"))
    valid_until = fields.Date(load_default=None, allow_none=True)


class RevocationCommand(Schema):
    reason = _words()


class AssessmentCommand(Schema):
    situation = Text(LONGEST_TEXT, required=True)
    resources = _words()
    urgency = fields.Int(required=True, strict=True, validate=validate.Range(0, 4))
    view = code(codes.View, required=True)


class GoalCommand(Schema):
    action_field = code(codes.ActionField, required=True)
    title = Text(LONGEST_TITLE, required=True)
    agreed = YesNo(load_default=False)
    until = fields.Date(load_default=None, allow_none=True)


class GoalChangeCommand(Schema):
    """What is not given stays."""

    agreed = YesNo()
    until = fields.Date()
    outcome = code(codes.GoalOutcome)

    @validates_schema
    def _says_something(self, read: dict[str, Any], **_: Any) -> None:
        if not read:
            raise ValidationError(text("Please say what changes."))


class ClosureCommand(Schema):
    reason = code(codes.ClosureReason, required=True)
    ended_by = code(codes.EndedBy, required=True)
    outcomes = fields.Dict(
        keys=fields.Str(validate=validate.Regexp(r"^goal-[0-9]{1,9}(?!\n)$")),
        values=code(codes.GoalOutcome),
        load_default=dict,
    )
    note = _words()


class ClientView(marshmallow.Schema):
    given_name = fields.Str()
    family_name = fields.Str()
    date_of_birth = fields.Date()
    phone = fields.Str(allow_none=True)
    email = fields.Str(allow_none=True)
    postcode = fields.Str(allow_none=True)
    children = fields.Int()
    message = fields.Str(allow_none=True)
    referrer_reference = fields.Str(allow_none=True)
    referral_reason = fields.Str(allow_none=True)


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


class OpenedView(marshmallow.Schema):
    """The case that was opened, and the reference that the client is told."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    reference = fields.Str(required=True)


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
    subject = fields.Str(metadata={"description": "The case, or what lies beside it."})
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
