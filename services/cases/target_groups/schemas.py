"""What may be said of a target group."""

from __future__ import annotations

from shared.http.schema import Schema, YesNo


class TargetGroupCommand(Schema):
    """`false` rules out what was suggested, and takes away what was named."""

    confirmed = YesNo(required=True)
