"""Starting a function as the platform does, and waiting for its first answer: in seconds by the clock and of CPU."""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
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
RUNS = 3
BARE = Path(__file__).with_name("bare")
NOBODYS = push_body(b"{}", {"type": "unknown.event.v1"}, "1", "s")


@dataclass(frozen=True)
class Asked:
    """The first request that a function gets."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """From the start of a process to its first 2xx by the clock, and what the process took of the CPU in all."""

    seconds: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.cpu:6.2f} s CPU"

    def of(self, base: Start) -> str:
        """In relation to another."""
        return f"{self.seconds / base.seconds:5.2f} by the clock, {self.cpu / base.cpu:5.2f} of CPU"


def first(row: Function) -> Asked:
    """What any caller, event or schedule may send to a function first, and is answered with 2xx: of what staff and
    providers call, whether it is there."""
    if not isinstance(row.on, Http):
        return Asked("POST", "/", NOBODYS if isinstance(row.on, Events) else {})
    public = row.on.callers == "public"
    return Asked("GET", row.on.path if public else f"{row.on.path.rstrip('/')}/{HEALTH}")


def bare(target: str = "bare", **environment: str) -> Start:
    """A function of the platform alone."""
    return start(BARE, target, "http", Asked("POST", "/", {}), environment)


def of(row: Function, bundles: Path, asked: Asked, environment: Mapping[str, str]) -> Start:
    """The function, from its bundle among these."""
    return start(bundles / row.service, row.name, SIGNATURES[type(row.on)], asked, environment)


def unpacked(into: Path) -> Path:
    """The bundles of all services, each in a folder by its name: all functions of a service have the same."""
    for row in {row.service: row for row in FUNCTIONS}.values():
        with zipfile.ZipFile(pack(row, into)) as bundle:
            bundle.extractall(into / row.service)
    return into


def start(folder: Path, target: str, kind: str, asked: Asked, environment: Mapping[str, str]) -> Start:
    """The medians of some starts, after one that is not counted: it leaves compiled Python behind."""
    starts = [_once(folder, target, kind, asked, environment) for _ in range(RUNS + 1)][1:]
    return Start(statistics.median(one.seconds for one in starts), statistics.median(one.cpu for one in starts))


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
        answered = _answered(port, asked, began)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        _, process.returncode, used = os.wait4(process.pid, 0)
    return Start(answered, used.ru_utime + used.ru_stime)


def _answered(port: int, asked: Asked, began: float) -> float:
    body = None if asked.body is None else json.dumps(asked.body)
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
