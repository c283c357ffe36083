"""A whole KIM in a process of its own, on a free port and a folder: for the demo, the tests and the benchmark."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 120.0
"""Seconds in which a start, and an end, must succeed, on however slow a machine."""


@dataclass
class System:
    """A system that can be started, stopped and killed, always on the same folder and port."""

    data: Path
    environment: dict[str, str]
    port: int = field(default_factory=lambda: free_port())
    process: subprocess.Popen[bytes] | None = None
    module: str = "infra.local"
    """What is run: another one is a runtime with other functions, for its tests, or in another shape."""
    patience: float = PATIENCE

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it serves. Raises `TimeoutError` when it does not, `RuntimeError` when it ended."""
        environment = {**os.environ, **self.environment, "KIM_DATA": str(self.data), "KIM_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - a module of ours
                [sys.executable, "-m", self.module], env=environment, stdout=log, stderr=log, process_group=0
            )
        ends = time.monotonic() + self.patience
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                raise RuntimeError(f"the system ended with {self.process.returncode}: {self._last_words()}")
            if _serves(self.url):
                return
            time.sleep(0.05)
        raise TimeoutError(f"the system does not serve: {self._last_words()}")

    @property
    def log(self) -> Path:
        """Where the process writes what it has to say."""
        return self.data.parent / f"{self.data.name}.log"

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-15:])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process, kindly or with SIGKILL, and all of its group at the same moment; its exit code."""
        assert self.process is not None
        os.killpg(self.process.pid, how)
        return self.process.wait(PATIENCE)


@contextmanager
def a_system(data: Path | None = None, **environment: str) -> Iterator[System]:
    """A running system, on a temporary folder unless one is given; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="kim-") as folder:
        system = System(data or Path(folder) / "data", environment)
        system.data.mkdir(parents=True, exist_ok=True)
        system.start()
        try:
            yield system
        finally:
            if system.process is not None and system.process.poll() is None:
                system.stop()


def free_port() -> int:
    """A loopback port that nobody listens at."""
    return free_ports(1)[0]


def free_ports(number: int) -> list[int]:
    """So many different ones."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def listens(port: int) -> bool:
    """Whether somebody listens at this loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=1) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
