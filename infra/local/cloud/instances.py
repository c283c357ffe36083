"""Every function in a process of its own, started from its bundle as a buildpack starts it, and reached over HTTP."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from infra import bundles
from infra.local.cloud.family import Program
from infra.local.cloud.proxy import proxied
from infra.local.functions import SIGNATURES
from infra.topology import Function

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST")
OURS = ("KIM_", "AWS_")
"""What a function sees of our environment: these, and what begins so."""


class Instances:
    """One instance of each function. None of them knows this repository: it has its bundle and what is installed."""

    def __init__(self, rows: Sequence[Function], ports: Sequence[int], folder: Path, archives: Path | None) -> None:
        """Each at one of these ports. `archives` are bundles that were built before, or else they are built now."""
        self.programs = [_program(row, port, folder, archives) for row, port in zip(rows, ports, strict=True)]
        self._ports = {program.name: program.port for program in self.programs}

    def application(self, row: Function) -> WSGIApplication:
        """What answers for the function, wherever it runs."""
        return proxied(self._ports[row.name], row.timeout)


def _program(row: Function, port: int, folder: Path, archives: Path | None) -> Program:
    """Started in isolation: neither the working folder nor `PYTHONPATH` brings anything in."""
    archive = bundles.pack(row, folder / "bundles") if archives is None else archives / f"{row.name}.zip"
    home = folder / row.name
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(home)
    command = (sys.executable, "-I", "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(port))
    told = ("--source", "main.py", "--target", row.name, "--signature-type", SIGNATURES[type(row.on)])
    return Program(row.name, (*command, *told), home, _environment(row, home), port)


def _environment(row: Function, home: Path) -> dict[str, str]:
    passed_on = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(OURS)}
    return {**passed_on, "HOME": str(home), "FUNCTION_TARGET": row.name}  # the last as the platform says it
