"""A function started alone: its bundle, an empty environment with what its lock pins, functions-framework's command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from infra import bundles
from infra.local.functions import SIGNATURES
from infra.local.process import free_port, listens
from infra.topology import Events, Function, Http
from shared.bus import push_body

UV = Path(sys.executable).with_name("uv")
PATIENCE = 180.0
"""Seconds in which a function must listen, and end."""
NOT_OURS = push_body(b"{}", {"type": "elsewhere.thing-happened.v1", "subject": "thing-1"}, "1", "test")

Call = tuple[str, str, Any]
"""Method, path and JSON body."""


@dataclass(frozen=True)
class Seen:
    """What came of calling a function alone."""

    statuses: list[int]
    opened: set[str]
    """Names of the files that it made in its folder of data."""
    said: str
    """Its log."""


def installed(service: str, place: Path) -> Path:
    """An empty virtual environment with what the service's lock pins, and no more: nothing is resolved.

    uv links the files of its cache, so it takes seconds. Raises where what the lock names is not all that is needed.
    """
    lock = bundles.contents(service)["requirements.txt"]
    python = place / "bin" / "python"
    _uv("venv", "--python", sys.executable, str(place))
    _uv("pip", "install", "--python", str(python), "--require-hashes", "--no-deps", "-r", str(lock))
    _uv("pip", "check", "--python", str(python))
    return place / "bin" / "functions-framework"


def run_alone(function: Function, command: Path, place: Path, calls: Iterable[Call]) -> Seen:
    """Unpack the function's bundle in an empty place, start it there with this command, and call it."""
    folder, data = place / "bundle", place / "data"
    with zipfile.ZipFile(bundles.pack(function, place)) as archive:
        archive.extractall(folder)
    log = place / "log"
    with _started(function, command, folder, data, log) as url:
        answers = [requests.request(method, f"{url}{path}", json=body, timeout=60) for method, path, body in calls]
    opened = {file.name.partition("-")[0] for file in data.rglob("*")} if data.exists() else set()
    return Seen([answer.status_code for answer in answers], opened, log.read_text(encoding="utf-8"))


def harmless(function: Function) -> Call:
    """A call that every function must answer, whoever makes it."""
    match function.on:
        case Http(path="/intake/referrals"):
            return "POST", "/intake/referrals", {}
        case Http(path=path, callers="providers"):
            return "POST", f"{path}sns", {}
        case Http(path=path, callers="staff"):
            return "GET", f"{path}/openapi.json", None
        case Http(path=path):
            return "GET", path, None
        case Events():
            return "POST", "/", NOT_OURS
        case _:
            return "POST", "/", {}


@contextmanager
def _started(function: Function, command: Path, folder: Path, data: Path, log: Path) -> Iterator[str]:
    """Neither this repository nor what is installed beside it can be found from there."""
    port = free_port()
    told = ["--source", "main.py", "--target", function.name, "--signature-type", SIGNATURES[type(function.on)]]
    environment = {"PATH": os.defpath, "HOME": str(folder), "KIM_DATA": str(data), "KIM_ALTCHA": "off"}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(command), *told, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        print(log.read_text(encoding="utf-8")[-4000:], file=sys.stderr)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while not listens(port):
        assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        assert time.monotonic() < ends, "the function does not listen"
        time.sleep(0.02)


def _uv(*said: str) -> None:
    ran = subprocess.run([str(UV), "--quiet", *said], capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stderr
