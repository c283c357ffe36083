"""Where views are cut: what a role does not see has no field in its view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow
from marshmallow import fields

from services.cases.domain.support_plan import Goal, Measure, Worded
from services.cases.parts import (
    AssessmentView,
    ClosureView,
    ConsentView,
    GoalView,
    MeasureView,
    RectificationView,
    SeenAppointmentView,
    SeenConferenceView,
    SeenMemberView,
    SeenReferralView,
    SuggestionsView,
    View,
    WarningView,
)
from shared.people import Person

TO_A_PARTNER = "To a partner, where a release names it; staff have a route of their own."
KEPT_UNTIL = (
    "The day on which the client is erased, if nothing else happens: none while she is held, or while this case or "
    "another of hers that you may read is worked on."
)


class ClientView(View):
    """Who she is and how to reach her, from the vault."""

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


class ClientNameView(View):
    """Only her name."""

    given_name = fields.Str()
    family_name = fields.Str()


NAME = ClientNameView()
GOAL = GoalView()
MEASURE = MeasureView()


class CaseCodes(View):
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
    target_groups = fields.List(
        fields.Str(),
        attribute="ordinary_groups",
        metadata={"description": "In the file of a case those too that are Art. 9 GDPR data, and nowhere else."},
    )
    referrer = fields.Str()
    clearing_result = fields.Str(allow_none=True)
    closure_reason = fields.Str(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    episode = fields.Int()
    offered_to = fields.Str(allow_none=True)
    restricted = fields.Bool(metadata={"description": "Only read: a change is refused with 409 (Art. 18 GDPR)."})
    erased_at = fields.AwareDateTime(allow_none=True)
    merged_into = fields.Str(
        allow_none=True, metadata={"description": "The case of the same person that goes on instead of this one."}
    )
    merged = fields.List(fields.Str(), metadata={"description": "Cases that were merged into this one."})
    warnings = fields.List(fields.Nested(WarningView), metadata={"description": "With an assignment."})
    suggestions = fields.Nested(
        SuggestionsView, metadata={"description": "With a single case; to the coordinator of organisations only."}
    )


class _Released(CaseCodes):
    """To a partner, only the id is always there, and of the rest what a release in force covers."""

    version = fields.Int()
    reference = fields.Str()
    phase = fields.Str()


class CaseRow(_Released):
    """A line of the list of those who work on the cases."""

    client = fields.Nested(ClientNameView, allow_none=True)


class CaseView(_Released):
    """The whole file, for those who work on the case."""

    target_groups = fields.List(fields.Str())
    confirmed_groups = fields.List(fields.Str())

    client = fields.Nested(ClientView, allow_none=True)
    channel = fields.Str()
    shared_phone = fields.Bool()
    consent_contact = fields.Bool()
    residence_status = fields.Str()
    city_quarter = fields.Int(allow_none=True)
    consents = fields.List(fields.Nested(ConsentView))
    assessments = fields.List(fields.Nested(AssessmentView))
    goals = fields.List(fields.Nested(GoalView))
    rectifications = fields.List(fields.Nested(RectificationView))
    contacts = fields.Int()
    last_contact_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it was recorded."})
    last_contact_on = fields.Date(allow_none=True, metadata={"description": "The day of the latest contact."})
    ended_by = fields.Str(allow_none=True)
    satisfaction = fields.Str(allow_none=True)
    handed_to = fields.Str(allow_none=True)
    voluntary = fields.Bool(allow_none=True)
    other_service = fields.Str(allow_none=True)
    legal_domains = fields.List(fields.Str())
    kept_until = fields.Date(allow_none=True, metadata={"description": KEPT_UNTIL})
    earlier = fields.List(fields.Nested(ClosureView))
    legal_hold = fields.Bool(metadata={"description": "Nothing of it may be erased."})
    appointments = fields.List(fields.Nested(SeenAppointmentView), metadata={"description": TO_A_PARTNER})
    referrals = fields.List(fields.Nested(SeenReferralView), metadata={"description": TO_A_PARTNER})
    conferences = fields.List(fields.Nested(SeenConferenceView), metadata={"description": TO_A_PARTNER})
    household = fields.List(fields.Nested(SeenMemberView), metadata={"description": TO_A_PARTNER})
    transfer_reason = fields.Str(
        allow_none=True, metadata={"description": "To the organisation that the case is offered to."}
    )


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
    """A counselling contact, with its note."""

    id = fields.Str()
    at = fields.Str()
    by = fields.Str()
    held_on = fields.Str(metadata={"description": "The day of it; `at` is when it was recorded."})
    channel = fields.Str()
    minutes = fields.Int()
    note = fields.Str(allow_none=True)
    withdrawn = fields.Bool(metadata={"description": "Recorded by mistake: it does not count, and its note is gone."})


class HistoryView(marshmallow.Schema):
    """Something that happened to a case, or beside it."""

    subject = fields.Str(metadata={"description": "The case, or what lies beside it."})
    version = fields.Int()
    type = fields.Str()
    at = fields.Str()
    by = fields.Str()
    said = fields.Dict(metadata={"description": "The codes of the event."})
    words = fields.Dict(
        keys=fields.Str(),
        values=fields.Str(),
        allow_none=True,
        metadata={"description": "To those who may read the case: what was said with it, such as the reason."},
    )


class AccessView(marshmallow.Schema):
    """Who looked, when, and why she was allowed to."""

    at = fields.Str()
    by = fields.Str()
    action = fields.Str()
    reason = fields.Str()


Said = Mapping[int, Mapping[str, str]]
"""The words that were said, by version."""


def name_of(person: Person | None) -> Mapping[str, Any] | None:
    """Only the client's name, where she is known still."""
    return None if person is None else NAME.dump(person)


def plan(goals: Iterable[Goal], measures: Iterable[Measure], said: Said) -> list[dict[str, Any]]:
    """These goals with those of the measures that are under them."""
    held = list(measures)
    return [
        {**worded(goal, said, GOAL), "measures": [worded(one, said, MEASURE) for one in held if one.goal == goal.id]}
        for goal in goals
    ]


def worded(item: Worded, said: Said, view: marshmallow.Schema) -> dict[str, Any]:
    """An item in its view, with the words said with it: null where there are none, or none any more."""
    found = {**said.get(item.written, {}), **view.dump(item)}
    return {name: found.get(name) for name in view.fields}
