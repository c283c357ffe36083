"""What a fault says may be about a person: the log has its types and frames, whichever way it came."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from shared import logs
from shared.http.problems import explain
from tests.gates.test_personal_data import MARKS

SAID = " ".join(MARKS)
log = logging.getLogger("tests.faults")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[Any]]]:
    """What is written from now on, a document a line."""
    written, level = io.StringIO(), logging.root.level
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logs.setup()
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.root.setLevel(level)


def alone() -> None:
    raise ValueError(SAID)


def chained() -> None:
    try:
        alone()
    except ValueError as before:
        raise LookupError(SAID) from before


def on_the_way() -> None:
    try:
        alone()
    except ValueError:
        raise KeyError(SAID)  # noqa: B904 - a fault in what was to mend one


def grouped() -> None:
    inner = ExceptionGroup(SAID, [ValueError(SAID), OSError(SAID)])
    inner.add_note(SAID)
    raise ExceptionGroup(SAID, [TypeError(SAID), inner])


def unreadable() -> None:
    json.loads(f'{{"{SAID}"')


FAULTS = {
    alone: ["ValueError"],
    chained: ["ValueError", "LookupError"],
    on_the_way: ["ValueError", "KeyError"],
    grouped: ["ExceptionGroup", "TypeError", "ExceptionGroup", "ValueError", "OSError"],
    unreadable: ["json.decoder.JSONDecodeError"],
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_logged_by_its_types_and_frames_and_without_a_word_of_it(
    lines: Callable[[], list[Any]], fault: Callable[[], None]
):
    app = Flask(__name__)
    app.add_url_rule("/", view_func=fault)
    explain(app)

    answer = app.test_client().get("/")

    (line,) = lines()
    trace = line["stack_trace"].splitlines()
    assert (answer.status_code, line["severity"]) == (500, "ERROR")
    assert [one.removeprefix("builtins.") for one in trace if one[0] != " " and one != logs.HEAD] == FAULTS[fault]
    assert any(f'"{__file__}", line ' in one and one.endswith(f" in {fault.__name__}") for one in trace)
    assert_no_mark(answer.text, line)


def test_a_fault_is_named_by_its_type_wherever_a_line_holds_it(lines: Callable[[], list[Any]]):
    log.warning("not sent: %s", ValueError(SAID), extra={"error": OSError(SAID)})
    log.error(ValueError(SAID))

    sent, other = lines()
    assert (sent["message"], sent["error"]) == ("not sent: builtins.ValueError", "builtins.OSError")
    assert other["message"] == "builtins.ValueError"


def test_a_thread_that_ends_by_a_fault_says_so_in_the_log(lines: Callable[[], list[Any]]):
    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()

    (line,) = lines()
    assert (line["message"], line["stack_trace"].splitlines()[-1]) == ("a thread ended", "builtins.ValueError")
    assert_no_mark(line)


def test_a_line_that_cannot_be_written_is_missed_by_the_name_of_its_logger(lines: Callable[[], list[Any]]):
    (ours,) = (one for one in logging.root.handlers if isinstance(one.formatter, logs._Line))
    ours.handle(log.makeRecord(log.name, logging.WARNING, __file__, 1, "%d", (SAID,), None))

    (line,) = lines()
    assert (line["logger"], line["message"]) == ("tests.faults", "a log line could not be written")
    assert_no_mark(line)


def assert_no_mark(*written: object) -> None:
    assert not [mark for mark in MARKS if mark in json.dumps(written)]
