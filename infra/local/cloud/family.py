"""The programs that run-cloud starts: they live as long as it, and not longer."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.process import listens

log = logging.getLogger(__name__)

LOOK = 0.1
"""Seconds between two looks at whether all are alive."""
PAUSE = 1.0
"""Seconds before a program that ended is started again: one that cannot start must not be tried without end."""

PIDS = "processes.json"
"""The file that names the process of each program, which leads its group."""


class Ended(Exception):
    """A program ended that cannot be replaced, or did not begin to listen in time."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """What is started, where, in which environment, and at which loopback port it then listens."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    port: int
    replaceable: bool = True
    """Whether it may be started again when it ended. What keeps its data in memory may not."""


class Family:
    """Starts programs, each in a process group of its own, and looks after them. A guard ends them all with us."""

    def __init__(self, folder: Path, over: threading.Event) -> None:
        """`over` ends this too; it is set as well when a program ends that cannot be replaced: `lost` names it."""
        self.lost: str | None = None
        self._folder, self._over = folder, over
        self._guard = _in_its_own_group([sys.executable, "-m", "infra.local.cloud.guard"], stdin=subprocess.PIPE)
        self._running: dict[Program, subprocess.Popen[bytes]] = {}
        self._watching = threading.Thread(target=self._watch, name="family", daemon=True)

    def start(self, programs: Sequence[Program], patience: float) -> None:
        """Start them at once, and again whenever one ends; return when all listen. Raises `Ended`."""
        for program in programs:
            self._start(program)
        self._watching.start()
        ends = time.monotonic() + patience
        for program in programs:
            while not listens(program.port):
                if time.monotonic() > ends or self._over.is_set():
                    raise Ended(f"{program.name} does not listen; see {self._log(program)}")
                time.sleep(LOOK)

    def stop(self, patience: float) -> None:
        """Ask all to end; the guard ends those that do not."""
        self._over.set()
        if self._watching.is_alive():
            self._watching.join()
        for process in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        ends = time.monotonic() + patience
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, ends - time.monotonic()))
        self._guard.communicate()
        for process in self._running.values():
            process.wait()

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            for program, process in list(self._running.items()):
                if process.poll() is not None:
                    self._replace(program, process)

    def _replace(self, program: Program, ended: subprocess.Popen[bytes]) -> None:
        log.warning("a program ended", extra={"program": program.name, "code": ended.returncode})
        if not program.replaceable:
            self.lost = program.name
            self._over.set()
        elif not self._over.wait(PAUSE):
            with suppress(ProcessLookupError):
                os.killpg(ended.pid, signal.SIGKILL)  # its children must not keep the port
            self._tell(f"-{ended.pid}")
            self._start(program)

    def _start(self, program: Program) -> None:
        with self._log(program).open("ab") as told:
            process = _in_its_own_group(
                program.command,
                cwd=program.folder,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
            )
        self._tell(f"+{process.pid}")
        self._running[program] = process
        pids = {one.name: process.pid for one, process in self._running.items()}
        draft = self._folder / f"{PIDS}.new"
        draft.write_text(json.dumps(pids, indent=1), encoding="utf-8")
        draft.replace(self._folder / PIDS)

    def _tell(self, line: str) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{line}\n".encode())
        self._guard.stdin.flush()

    def _log(self, program: Program) -> Path:
        return self._folder / f"{program.name}.log"


def _in_its_own_group(command: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, process_group=0, **how)  # noqa: S603 - programs of ours, and Google's emulators
