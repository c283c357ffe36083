"""Talking to a system of tiny functions, and hearing what they did."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

from infra.local.process import System

TINY = "tests.end_to_end.tiny"


def running(data: Path, **environment: str) -> Iterator[System]:
    system = System(data, environment, module=TINY)
    system.data.mkdir()
    system.start()
    yield system
    if system.process is not None and system.process.poll() is None:
        system.stop()


def noted(system: System, what: str) -> list[Any]:
    file = system.data / "noted.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [line[what] for line in lines if what in line]


def eventually(true: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come to this"
        time.sleep(0.02)


def let_go_on(system: System) -> None:
    """Whatever waits in a function does so no longer."""
    (system.data / "go-on").touch()


def tell(system: System, id: str, data: bytes = b"{}", type: str = "tiny.done.v1", **attributes: str) -> None:
    told = {"id": id, "type": type, "subject": id.partition(".")[0], **attributes}
    requests.post(f"{system.url}/tiny/", params=told, data=data, timeout=60).raise_for_status()


def token(system: System, user: str = "lindenhof-1") -> str:
    answer = requests.post(f"{system.url}/dev/token", json={"user": user}, timeout=60)
    return str(answer.json()["access_token"])


def command(system: System, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "infra.local.dead_letters", *arguments],
        env={"KIM_DATA": str(system.data), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return ran.stdout


def dead_letter(system: System, event: str) -> dict[str, Any]:
    letters = requests.get(f"{system.url}/dev/dead-letters.json", timeout=60).json()
    (found,) = (letter for letter in letters if letter["event"] == event)
    return dict(found)
