"""What may be asked about the rights of a client, and what is answered."""

from __future__ import annotations

import marshmallow
from marshmallow import fields, validate

from shared.codes import ErasureGround, ErasureState, Likeness
from shared.http.days import Day
from shared.http.fields import code
from shared.http.paging import PageQuery
from shared.http.schema import Query, Schema, Text, YesNo


class PackageQuery(Query):
    """`html` is the page to print; without it, what `Accept` prefers."""

    format = fields.Str(load_default=None, validate=validate.OneOf(["json", "html"]))


class RestrictionCommand(Schema):
    """What is not said stays; without anything said, processing is restricted. `legal_hold` keeps from erasure."""

    restricted = YesNo(load_default=None)
    legal_hold = YesNo(load_default=None)
    reason = Text(2000, load_default=None, allow_none=True)


class ErasureCommand(Schema):
    """On which ground of Art. 17 (1) GDPR."""

    reason = code(ErasureGround, required=True)


class ErasureQuery(PageQuery):
    """Erasures that are under way; with `certified`, those that were proven."""

    certified = fields.Bool(load_default=False)


class RetentionQuery(PageQuery):
    """What would be erased on a day."""

    on = Day(load_default=None, metadata={"description": "The day to look at; today, where none is given."})


class ElsewhereView(marshmallow.Schema):
    """What another service holds of the client, and where the privacy officer reads it for her."""

    what = fields.Str(required=True)
    path = fields.Str(required=True)


class RemovedView(marshmallow.Schema):
    """Where names of third parties were taken out of what was said: to be looked at before it is handed over."""

    part = fields.Str(required=True)
    version = fields.Int(required=True)
    field = fields.Str(required=True)
    times = fields.Int(required=True)


class PerhapsHersView(marshmallow.Schema):
    """A case that nobody merged with hers, whose client may be she: to be asked for by itself, once that is certain."""

    case = fields.Str(required=True)
    reference = fields.Str(required=True)
    criteria = fields.List(code(Likeness), required=True)


class HeldView(marshmallow.Schema):
    """Everything that is held in one case of the client, without third parties."""

    case = fields.Str(required=True)
    reference = fields.Str(required=True)
    received = fields.Dict(
        required=True,
        metadata={
            "description": "What came in first: when and how, the answers as they came, the version and the words of "
            "what was agreed to. `replaced` names what was changed since: nobody keeps an old address."
        },
    )
    master_data = fields.Dict(required=True, allow_none=True)
    file = fields.Dict(required=True)
    consents = fields.List(fields.Dict(), required=True)
    assessments = fields.List(fields.Dict(), required=True)
    goals = fields.List(fields.Dict(), required=True)
    measures = fields.List(fields.Dict(), required=True)
    rectifications = fields.List(fields.Dict(), required=True)
    history = fields.List(fields.Dict(), required=True)
    beside = fields.Dict(required=True)
    findings = fields.List(fields.Dict(), required=True, metadata={"description": "What her case gave rise to."})
    statistics = fields.List(fields.Dict(), required=True, metadata={"description": "What figures are counted from."})
    looks = fields.List(fields.Dict(), required=True)
    removed = fields.List(fields.Nested(RemovedView), required=True)


class PackageView(HeldView):
    """The package: what is held in the case that was asked for, and in every other one of hers."""

    made_at = fields.Str(required=True)
    language = fields.Str(required=True)
    controller = fields.Str(required=True)
    notes = fields.List(fields.Str(), required=True)
    perhaps_hers = fields.List(
        fields.Nested(PerhapsHersView),
        required=True,
        metadata={"description": "For the privacy officer: possible duplicates of hers, not to be handed over."},
    )
    elsewhere = fields.List(fields.Nested(ElsewhereView), required=True)
    others = fields.List(fields.Nested(HeldView), required=True)


class RestrictionView(marshmallow.Schema):
    """How the case is restricted now."""

    id = fields.Str(required=True)
    version = fields.Int(required=True)
    restricted = fields.Bool(required=True)
    legal_hold = fields.Bool(required=True)


class DestroyedView(marshmallow.Schema):
    """What was destroyed, by its place."""

    database = fields.Str(required=True)
    what = fields.Str(required=True)


class SearchedView(marshmallow.Schema):
    """How far a database was searched."""

    database = fields.Str(required=True)
    documents = fields.Int(required=True)
    complete = fields.Bool(required=True)
    codes = fields.Int(
        metadata={
            "description": "Documents where one of the words is a code, an id or the name of a field, and none stands "
            "besides: nothing of the person. A client may be called like one."
        }
    )
    found = fields.List(fields.Str(), required=True, metadata={"description": "Places, never what stands there."})


class CertificateView(marshmallow.Schema):
    """What was destroyed where, when and by whom, and how far the search for what is left of it is."""

    case = fields.Str(required=True)
    person = fields.Str(required=True)
    at = fields.Str(required=True)
    by = fields.Str(required=True)
    ground = fields.Str(required=True)
    state = code(ErasureState, required=True)
    destroyed_at = fields.Str()
    certified_at = fields.Str()
    destroyed = fields.List(fields.Nested(DestroyedView), required=True)
    searched = fields.List(fields.Nested(SearchedView), metadata={"description": "So far, until it is certified."})
    searched_for = fields.Int(metadata={"description": "How many words of the person were searched for."})
    facts_as_of = fields.Str(
        allow_none=True,
        metadata={
            "description": "When every text of the facts was written down that is no id; they were searched with the "
            "reports. None where that was never done, or where there are too many."
        },
    )
    not_opened = fields.List(
        fields.Str(),
        required=True,
        metadata={"description": "Not searched: facts without `facts_as_of`."},
    )
    negative = fields.Bool(metadata={"description": "Everything was searched, and nothing was found."})


class ErasureDueView(marshmallow.Schema):
    """A case whose person is to be erased, and why. Never a name."""

    case = fields.Str(required=True)
    organisation = fields.Str(required=True, allow_none=True)
    phase = fields.Str(required=True)
    why = fields.Str(required=True)
    kept_until = fields.Date(required=True)
    held = fields.Bool(required=True, metadata={"description": "A legal hold keeps it from being erased."})
