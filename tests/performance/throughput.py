"""Submissions and staff updates a second over eight connections, against a bare function that writes two documents."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from infra.local.client import Caller
from infra.local.process import System, a_system, free_port
from infra.local.settings import RuntimeSettings
from tests.performance.load import Next, Result, load

FORMS = [json.loads(line) for line in Path("tests/data/submissions.jsonl").read_text(encoding="utf-8").splitlines()]
CONNECTIONS = 8


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    rates = {servers: _rate_of_bare(servers) for servers in sorted({1, RuntimeSettings.read().servers})}
    for servers, rate in rates.items():
        yield f"bare function, two documents, one synchronous commit, processes that serve: {servers} {rate:8.0f}/s"
    base = max(rates.values())
    with a_system(KIM_ALTCHA="off") as system:
        yield _told("submissions", load(system.port, submitting()), base, goal="1/3")
        yield _delivered(system)
        _allocated(system)
        _drain(system)
        for again in ("staff updates", "staff updates again"):
            yield _told(again, load(system.port, reassigning(system)), base, goal="1/2")
            yield _delivered(system)


def _rate_of_bare(servers: int) -> float:
    with _bare("bare_write", servers) as port:
        return max(load(port, lambda *_: ("POST", "/", FORMS[0], {})).rate for _ in range(2))


def submitting() -> Next:
    """Every connection sends one form after the other."""
    forms = itertools.cycle(FORMS)
    return lambda *_: ("POST", "/intake/submissions", next(forms), {})


def reassigning(system: System) -> Next:
    """Every connection hands its own case to and fro between two case managers."""
    lead = Caller(system.url, "lindenhof-leitung")
    cases = lead.get(f"/cases?phase=inquiry&limit={CONNECTIONS}")["items"]
    headers = {"Authorization": lead.authorization}
    versions = [case["version"] for case in cases]

    def following(number: int, body: Any) -> tuple[str, str, Any, dict[str, str]]:
        if body is not None:
            versions[number] = body["version"]
        to = f"lindenhof-{1 + versions[number] % 2}"
        match = {"If-Match": f'"{versions[number]}"', **headers}
        return "POST", f"/cases/{cases[number]['id']}/assignment", {"case_manager": to}, match

    return following


def _allocated(system: System) -> None:
    coordinator = Caller(system.url, "koordination")
    for case in coordinator.get(f"/cases?organisation=unallocated&limit={CONNECTIONS}")["items"]:
        coordinator.change("POST", case, "allocation", {"organisation": "lindenhof"})


def _told(what: str, result: Result, base: float, *, goal: str) -> str:
    figures = f"{result.rate:8.0f}/s   p50 {result.quantile(0.5):6.1f} ms   p95 {result.quantile(0.95):6.1f} ms"
    return f"{what:<24}{figures}   {result.rate / base:5.2f} of bare (goal: {goal})"


def _delivered(system: System) -> str:
    """How long what follows from all that was still being delivered: requests come first."""
    began = time.perf_counter()
    _drain(system)
    return f"{'':<24}all that follows was delivered {time.perf_counter() - began:.1f} s later"


def _drain(system: System) -> None:
    until(lambda: Caller(system.url).get("/dev/bus.json")["undelivered"] == 0)


def until(holds: Callable[[], bool], seconds: float = 300) -> None:
    """Wait until something holds. Raises `TimeoutError`."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.2)


@contextmanager
def _bare(target: str, servers: int) -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BARE_FILE": f"{folder}/bare.db", "KIM_SERVERS": str(servers)}
        with closing(sqlite3.connect(environment["BARE_FILE"])) as file:
            file.execute("PRAGMA journal_mode = WAL")  # of threads that set it at once all but one fail
        served = subprocess.Popen(
            [sys.executable, "-m", "tests.performance.bare.serve", target, str(port)],
            env=environment,
            process_group=0,
        )
        try:
            until(lambda: _answers(port), 20)
            yield port
        finally:
            os.killpg(served.pid, signal.SIGTERM)
            served.wait(10)


def _answers(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
