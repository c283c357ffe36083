"""The official emulators of the Google Cloud CLI, on a free loopback port, ended with all their processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

COMMANDS = {
    "firestore": ("gcloud", "emulators", "firestore", "start"),
    "pubsub": ("gcloud", "beta", "emulators", "pubsub", "start"),
}
PATIENCE = 300.0
"""Seconds that a Java program may take to start on a busy machine."""


def require_emulators() -> None:
    """Skip the test where there is no gcloud, and fail it where there has to be one."""
    if shutil.which("gcloud") is not None:
        return
    if os.environ.get("KIM_REQUIRE_EMULATORS") == "1":
        pytest.fail("KIM_REQUIRE_EMULATORS=1 and no gcloud on the path")
    pytest.skip("no gcloud on the path: the emulators cannot be started")


@contextmanager
def emulator(kind: str, port: int | None = None) -> Iterator[str]:
    """A running emulator; gives `host:port`. Nothing of it is kept when it ends."""
    require_emulators()
    host = f"127.0.0.1:{port or free_port()}"
    process = subprocess.Popen(
        [*COMMANDS[kind], f"--host-port={host}", "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, host)
        yield host
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], host: str) -> None:
    name, _, port = host.partition(":")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, f"the emulator at {host} ended at once"
        with suppress(OSError), socket.create_connection((name, int(port)), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"no emulator at {host} after {PATIENCE:.0f} s")
