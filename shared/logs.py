"""One JSON line per event of interest, as Cloud Logging reads them. Messages are constant; ids are fields."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

RENAMED = {"levelname": "severity", "name": "logger", "exc_info": "stack_trace"}


class _Line(JsonFormatter):
    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        if (current := request_id.get()) is not None:
            log_data["request_id"] = current
        return super().process_log_record(log_data)


def setup(level: int = logging.INFO) -> None:
    """Write the log of this process to standard error, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line("%(levelname)s %(name)s %(message)s", rename_fields=RENAMED, timestamp="time"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
