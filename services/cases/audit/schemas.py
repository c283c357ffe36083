"""What the privacy officer is shown of an audit."""

from __future__ import annotations

import marshmallow
from marshmallow import fields


class BrokenView(marshmallow.Schema):
    """A log that is not as it was, by its place."""

    log = fields.Str(required=True)
    version = fields.Int(required=True, metadata={"description": "The first line that was removed or altered."})


class DeviationView(marshmallow.Schema):
    """A look whose reason did not hold when it happened."""

    look = fields.Str(required=True)
    case = fields.Str(required=True)
    by = fields.Str(required=True)
    at = fields.Str(required=True)
    action = fields.Str(required=True)
    reason = fields.Str(required=True)
    why = fields.Str(required=True)


class AuditView(marshmallow.Schema):
    """The report of one night."""

    id = fields.Str(required=True)
    at = fields.Str(required=True)
    since = fields.Str(required=True)
    until = fields.Str(required=True)
    sealed_on = fields.Str(required=True)
    root = fields.Str(required=True, metadata={"description": "The hash over all logs at the end of that day."})
    lines = fields.Int(required=True, metadata={"description": "Lines since the last report: all of them were read."})
    logs = fields.Int(required=True)
    collections = fields.Dict(required=True, keys=fields.Str(), values=fields.Int())
    walked = fields.Int(
        required=True, metadata={"description": "Logs that were read from their beginning since the last report."}
    )
    walk_began_on = fields.Str(required=True, metadata={"description": "When the walk that goes on now began."})
    whole_since = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "When the last walk began that came through everything."},
    )
    broken_count = fields.Int(required=True)
    broken = fields.List(fields.Nested(BrokenView), required=True)
    looks = fields.Int(required=True, metadata={"description": "Looks that were checked since the last report."})
    looks_until = fields.Str(
        required=True, allow_none=True, metadata={"description": "Up to when all looks are checked."}
    )
    deviation_count = fields.Int(required=True)
    deviations = fields.List(fields.Nested(DeviationView), required=True)
