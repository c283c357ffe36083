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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from infra.local.client import Caller
from infra.local.process import System, a_system, free_port
from infra.local.settings import RuntimeSettings
from tests.performance.load import Next, Result, load

FORMS = [json.loads(line) for line in Path("tests/data/submissions.jsonl").read_text(encoding="utf-8").splitlines()]
CONNECTIONS = 8
ROUNDS, SECONDS = 5, 1.5
"""How often each is measured in its turn, and for how long: a machine is not as fast in one minute as in the next."""


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    with ExitStack() as served:
        bares = {
            servers: served.enter_context(_bare("bare_write", servers))
            for servers in sorted({1, RuntimeSettings.read().servers})
        }
        system = served.enter_context(a_system(KIM_ALTCHA="off"))
        yield from _in_turns("submissions", bares, system, submitting, goal="1/3")
        _allocated(system)
        _drain(system)
        yield from _in_turns("staff updates", bares, system, lambda: reassigning(system), goal="1/2")


def _in_turns(
    what: str, bares: Mapping[int, int], system: System, following: Callable[[], Next], *, goal: str
) -> Iterator[str]:
    """Against the bare function in its turn, served by as many processes as it is best served by."""
    ours, shares, later = [], [], []
    rates: dict[int, list[float]] = {servers: [] for servers in bares}
    for _ in range(ROUNDS):
        for servers, port in bares.items():
            rates[servers].append(load(port, lambda *_: ("POST", "/", FORMS[0], {}), seconds=SECONDS).rate)
        ours.append(load(system.port, following(), seconds=SECONDS))
        shares.append(ours[-1].rate / max(rate[-1] for rate in rates.values()))
        later.append(_drain(system))
    for servers, some in rates.items():
        yield f"bare function, two documents, one synchronous commit, processes that serve: {servers} {_spread(some)}/s"
    together = Result.of(ours)
    yield (
        f"{what:<16}{_spread([one.rate for one in ours])}/s   {_spread(shares, 2)} of bare (goal: {goal})   "
        f"p50 {together.quantile(0.5):.1f} ms   p95 {together.quantile(0.95):.1f} ms"
    )
    yield f"{'':<16}all that follows was delivered {_spread(later, 1)} s later"


def _spread(figures: list[float], digits: int = 0) -> str:
    """Their median, the least and the most of them."""
    return f"{median(figures):.{digits}f} ({min(figures):.{digits}f} to {max(figures):.{digits}f})"


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


def _drain(system: System) -> float:
    """The seconds until all that follows was delivered: requests come first."""
    began = time.perf_counter()
    until(lambda: Caller(system.url).get("/dev/bus.json")["undelivered"] == 0)
    return time.perf_counter() - began


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
