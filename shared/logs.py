"""One JSON line per event of interest, as Cloud Logging reads them. Messages are constant; ids are fields.

Of a fault only its types and frames are written: what it says, and what its frames hold, may be about a person.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from copy import copy
from traceback import walk_tb
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

RENAMED = {"levelname": "severity", "name": "logger", "exc_info": "stack_trace"}
HEAD = "Traceback (most recent call last):"
"""How Google's Error Reporting knows a stack trace."""

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

log = logging.getLogger(__name__)


class _Line(JsonFormatter):
    def format(self, record: logging.LogRecord) -> str:
        line = copy(record)
        line.exc_text = None  # another handler may have written there what the fault says
        line.msg = _named(line.msg)
        if isinstance(line.args, tuple):
            line.args = tuple(map(_named, line.args))
        return super().format(line)

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - the name is logging's
        return "\n".join(_told(ei[1], set())) if ei[1] is not None else ""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        if (current := request_id.get()) is not None:
            log_data["request_id"] = current
        return super().process_log_record({name: _named(value) for name, value in log_data.items()})


class _Lines(logging.StreamHandler[Any]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own prints what the record holds
        failed = {"severity": "ERROR", "logger": record.name, "message": "a log line could not be written"}
        self.stream.write(f"{_Line().serialize_log_record(failed)}{self.terminator}")


def setup(level: int = logging.INFO) -> None:
    """Write the log of this process to standard error, a JSON object a line; the faults of its threads too."""
    handler = _Lines(sys.stderr)
    handler.setFormatter(_Line("%(levelname)s %(name)s %(message)s", rename_fields=RENAMED, timestamp="time"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    threading.excepthook = _ended


def _ended(thread: threading.ExceptHookArgs) -> None:
    fault = thread.exc_value
    log.error("a thread ended", exc_info=None if fault is None else (type(fault), fault, fault.__traceback__))


def _told(fault: BaseException, told: set[int]) -> Iterator[str]:
    """Types and frames of a fault, after what led to it and before what it groups; each of them once."""
    told.add(id(fault))
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if before is not None and id(before) not in told:
        yield from _told(before, told)
    yield HEAD
    for frame, line in walk_tb(fault.__traceback__):
        yield f'  File "{frame.f_code.co_filename}", line {line}, in {frame.f_code.co_qualname}'
    yield _type_of(fault)
    for one in fault.exceptions if isinstance(fault, BaseExceptionGroup) else ():
        if id(one) not in told:
            yield from _told(one, told)


def _named(value: object) -> object:
    return _type_of(value) if isinstance(value, BaseException) else value


def _type_of(fault: BaseException) -> str:
    return f"{type(fault).__module__}.{type(fault).__qualname__}"
