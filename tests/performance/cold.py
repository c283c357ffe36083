"""Cold start of every function: process start to first answer, against a function that does nothing."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from infra.local.process import free_port
from infra.topology import FUNCTIONS, Events, Function, Http

RUNS = 5
EVENT = (
    b'{"message": {"data": "e30=", "attributes": {"type": "unknown.event.v1"}, "messageId": "1"}, "subscription": "s"}'
)


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    bare = _start(Path("tests/performance/bare/main.py"), "bare", "GET", "/")
    yield f"{'bare function':<24}{bare:6.2f} s"
    for row in FUNCTIONS:
        took = _start(Path(f"services/{row.service}/main.py"), row.name, *_first(row))
        yield f"{row.name:<24}{took:6.2f} s   {took / bare:5.2f} of bare"


def _first(row: Function) -> tuple[str, str]:
    """The first request of a function: what any caller, event or schedule would send."""
    if isinstance(row.on, Http):
        return "GET", f"/{row.service}/openapi.json" if row.on.callers == "staff" else row.on.path
    return "POST", "/"


def _start(source: Path, target: str, method: str, path: str) -> float:
    return statistics.median(_once(source, target, method, path) for _ in range(RUNS))


def _once(source: Path, target: str, method: str, path: str) -> float:
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "KIM_DATA": data, "PYTHONPATH": ".", "FUNCTION_SIGNATURE_TYPE": _kind(target)}
        command = [sys.executable, "-m", "functions_framework", "--source", str(source), "--target", target]
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--port", str(port), "--host", "127.0.0.1"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return _first_answer(port, method, path, began)
        finally:
            process.terminate()
            process.wait(10)


def _kind(target: str) -> str:
    events = {row.name for row in FUNCTIONS if isinstance(row.on, Events)}
    return "cloudevent" if target in events else "http"


def _first_answer(port: int, method: str, path: str, began: float) -> float:
    while time.perf_counter() - began < 30:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            body = EVENT if method == "POST" else None
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status < 500, (path, answer.status)
            return time.perf_counter() - began
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise TimeoutError(path)
