"""Starting a function as the platform does, and waiting for its first answer: in seconds by the clock and of CPU.

What two take is measured in turns, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.bundles import pack
from infra.local.functions import SIGNATURES
from infra.local.process import free_port
from infra.topology import FUNCTIONS, Events, Function, Http
from shared.bus import push_body
from shared.http.alive import HEALTH

PATIENCE = 60.0
RUNS = 7
CPU_CLOCK = 2
"""What Linux counts by, of the clocks of a process (`clock_getcpuclockid(3)`)."""
BARE = Path(__file__).with_name("bare")
NOBODYS = push_body(b"{}", {"type": "unknown.event.v1"}, "1", "s")


@dataclass(frozen=True)
class Asked:
    """The first request that a function gets."""

    method: str
    path: str
    body: Any = None
    """Or what gives one, where no two starts may be asked the same."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """From the start of a process to its first 2xx: by the clock, and what it took of the CPU until then."""

    seconds: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.cpu:6.2f} s CPU"

    def of(self, base: Start) -> str:
        """In relation to another."""
        return f"{self.seconds / base.seconds:5.2f} by the clock, {self.cpu / base.cpu:5.2f} of CPU"

    def under(self, goal: float, base: Start) -> str:
        """In relation to another, and whether that is under a goal: by the clock, which is what somebody waits for."""
        kept = "kept" if self.seconds < goal * base.seconds else "MISSED"
        return f"{self.of(base)}   goal under {goal:.1f}: {kept}"


Once = Callable[[], Start]
"""One start of something."""


def first(row: Function) -> Asked:
    """What any caller, event or schedule may send to a function first, and is answered with 2xx: of what staff and
    providers call, whether it is there."""
    if not isinstance(row.on, Http):
        return Asked("POST", "/", NOBODYS if isinstance(row.on, Events) else {})
    public = row.on.callers == "public"
    return Asked("GET", row.on.path if public else f"{row.on.path.rstrip('/')}/{HEALTH}")


def bare(target: str = "bare", **environment: str) -> Once:
    """A function of the platform alone."""
    return lambda: _once(BARE, target, "http", Asked("POST", "/", {}), environment)


def of(row: Function, bundles: Path, asked: Asked, environment: Mapping[str, str]) -> Once:
    """The function, from its bundle among these."""
    return lambda: _once(bundles / row.service, row.name, SIGNATURES[type(row.on)], asked, environment)


def unpacked(into: Path) -> Path:
    """The bundles of all services, each in a folder by its name: all functions of a service have the same."""
    for row in {row.service: row for row in FUNCTIONS}.values():
        with zipfile.ZipFile(pack(row, into)) as bundle:
            bundle.extractall(into / row.service)
    return into


def in_turns(*ones: Once) -> list[Start]:
    """The least of some starts of each, after one that is not counted: it leaves compiled Python behind, as Google's
    build does. Whatever else the machine does only adds to it."""
    return [_least(starts) for starts in zip(*[[one() for one in ones] for _ in range(RUNS + 1)][1:], strict=True)]


def _least(starts: tuple[Start, ...]) -> Start:
    return Start(min(one.seconds for one in starts), min(one.cpu for one in starts))


def _once(folder: Path, target: str, kind: str, asked: Asked, environment: Mapping[str, str]) -> Start:
    """In isolation: of this repository it knows nothing."""
    port = free_port()
    command = [sys.executable, "-I", "-m", "functions_framework", "--source", "main.py", "--target", target]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--signature-type", kind, "--host", "127.0.0.1", "--port", str(port)],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return Start(_answered(port, asked, began), _used(process.pid))
    finally:
        process.terminate()
        process.wait()


def _used(process: int) -> float:
    """Seconds of the CPU that a process and its children have taken so far: how they end is no part of a start."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return time.clock_gettime(~process << 3 | CPU_CLOCK) + sum(map(_used, map(int, children)))


def _answered(port: int, asked: Asked, began: float) -> float:
    said = asked.body() if callable(asked.body) else asked.body
    body = None if said is None else json.dumps(said)
    while time.perf_counter() - began < PATIENCE:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request(asked.method, asked.path, body, {"Content-Type": "application/json", **asked.headers})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status < 300, (asked.path, answer.status, said[:300])
            return time.perf_counter() - began
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise TimeoutError(asked.path)
