"""The official emulators of the Google Cloud CLI. What they hold is gone when they end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from infra.local.cloud.family import Ended, Program

COMMANDS = {
    "firestore": ("gcloud", "emulators", "firestore", "start"),
    "pubsub": ("gcloud", "beta", "emulators", "pubsub", "start"),
}
VARIABLES = {"firestore": "FIRESTORE_EMULATOR_HOST", "pubsub": "PUBSUB_EMULATOR_HOST"}
"""By which Google's client libraries know that they speak to an emulator, and to which."""


def emulators(folder: Path, ports: Sequence[int]) -> list[Program]:
    """All emulators, each at one of these loopback ports. Raises `Ended` where there is no Google Cloud CLI."""
    if shutil.which("gcloud") is None:
        raise Ended("no gcloud on the path: the emulators of the Google Cloud CLI are needed")
    return [_emulator(name, port, folder) for name, port in zip(COMMANDS, ports, strict=True)]


def _emulator(name: str, port: int, folder: Path) -> Program:
    command = (*COMMANDS[name], f"--host-port=127.0.0.1:{port}", "--quiet")
    return Program(name, command, folder, os.environ, port, replaceable=False)


def variables(programs: list[Program]) -> dict[str, str]:
    """The environment in which client libraries find these emulators."""
    return {VARIABLES[program.name]: f"127.0.0.1:{program.port}" for program in programs}
