"""What reporting tells."""

from typing import ClassVar

from shared.events.base import Event


class ReportWritten(Event):
    """A report is ready to be read."""

    type: ClassVar[str] = "reporting.report-written.v1"
    kind: str
    period: str
