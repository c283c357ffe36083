"""A function in a process that has its bundle and what its lock pins, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import bundles
from infra.topology import Events, Function, Http
from shared.bus import push_body
from tests.gates.installed import modules_without, pins

ALONE = Path(__file__).with_name("alone.py")
NOT_OURS = push_body(b"{}", {"type": "elsewhere.thing-happened.v1", "subject": "thing-1"}, "1", "test")

Call = tuple[str, str, Any]
"""Method, path and JSON body."""


@dataclass(frozen=True)
class Seen:
    """What came of calling a function alone."""

    folder: Path
    statuses: list[int]
    modules: dict[str, str]
    """Our modules that were loaded, and the files they came from."""
    opened: set[str]
    """Names of the files that it made in its folder of data."""


def run_alone(function: Function, place: Path, calls: Iterable[Call]) -> Seen:
    """Unpack the function's bundle in an empty place and call it there."""
    folder, data = place / "bundle", place / "data"
    with zipfile.ZipFile(bundles.pack(function, place)) as archive:
        archive.extractall(folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIM_", "PYTHON"))}
    missing = sorted(modules_without(set(pins(folder / "requirements.txt"))))
    ran = subprocess.run(
        [sys.executable, "-I", str(ALONE), str(folder), function.name, signature(function)],
        cwd=folder,
        env=environment | {"KIM_DATA": str(data), "KIM_ALTCHA": "off"},
        input=json.dumps({"missing": missing, "calls": list(calls)}),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    print(ran.stderr, file=sys.stderr)
    said = json.loads(ran.stdout.splitlines()[-1])
    opened = {file.name.partition("-")[0] for file in data.rglob("*")} if data.exists() else set()
    return Seen(folder, said["statuses"], said["ours"], opened)


def signature(function: Function) -> str:
    """How the function is called, in the words of functions-framework."""
    return "cloudevent" if isinstance(function.on, Events) else "http"


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
