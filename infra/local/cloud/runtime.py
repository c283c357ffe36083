"""Starts emulators, functions and gateway, and wires them from the topology.

Three things are not as they are in the cloud: facts lie in DuckDB (BigQuery has no emulator), the vault's master key
in a file (nor has Cloud KMS), and staff sign in at the development issuer. What the emulators hold is gone at the end,
so every start begins with nothing.
"""

from __future__ import annotations

import logging
import os
import secrets
import shlex
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM, signal

from limits.storage import MemoryStorage
from werkzeug.serving import make_server

from infra.local.cloud.emulators import COMMANDS, emulators, variables
from infra.local.cloud.family import Ended, Family
from infra.local.cloud.instances import Instances
from infra.local.cloud.pushes import NoDeadLetters, Pushes
from infra.local.cloud.settings import CloudSettings
from infra.local.cloud.wiring import wire
from infra.local.development.parts import Parts
from infra.local.functions import Functions
from infra.local.process import free_ports
from infra.local.runtime import HERE, PATIENCE, alone, entrance, scheduled, trust, welcome
from infra.local.server import listen, serve
from infra.local.sign_in import Issuer
from infra.topology import FUNCTIONS
from shared import clock, logs
from shared.bus.local import File
from shared.settings import settings

START = 120.0
"""Seconds in which emulators and functions must begin to listen: on a busy machine each takes its time."""
NOTES = "environment"
"""The file with the variables by which other programs speak to this system (`set -a; . .data/cloud/environment`)."""


def run() -> None:
    """Run until SIGTERM or Ctrl-C, then end what was started. Raises `AlreadyRunning`, `Ended`, `OSError`."""
    options = CloudSettings.read()
    logs.setup()
    stop = threading.Event()
    for number in (SIGTERM, SIGINT):
        signal(number, lambda *_: stop.set())
    folder = settings().data.absolute() / "cloud"
    with alone(folder), _a_family(_emptied(folder), stop) as family:
        bound = listen(options.host, options.port)
        address = f"http://{HERE.get(options.host, options.host)}:{bound.getsockname()[1]}"
        issuer = Issuer(f"{address}/dev", folder)
        # At once: of two who ask for a free port one after the other, the second may get the one of the first.
        ports = free_ports(len(COMMANDS) + len(FUNCTIONS))
        backends = emulators(folder, ports[: len(COMMANDS)])
        _settle(folder, issuer, variables(backends))
        instances = Instances(FUNCTIONS, ports[len(COMMANDS) :], folder, options.bundles)
        family.start([*backends, *instances.programs], START)
        functions = Functions(FUNCTIONS, instances.application)
        scheduler = scheduled(options, functions, File(folder / "runs.db"))
        parts = Parts(functions, _pushes(functions), NoDeadLetters(), scheduler.look, issuer)
        scheduler.start()
        welcome(address, options)
        application, proxy = entrance(options, parts, MemoryStorage()), options.proxy
        serve(application, bound, options.threads, stop, PATIENCE, proxy=proxy)
        scheduler.stop(PATIENCE)


@contextmanager
def _a_family(folder: Path, stop: threading.Event) -> Iterator[Family]:
    family = Family(folder, stop)
    try:
        yield family
    finally:
        family.stop(PATIENCE)
    if family.lost is not None:
        raise Ended(f"{family.lost} ended, and with it what it held")


def _emptied(folder: Path) -> Path:
    for one in folder.iterdir():
        if one.is_dir():
            shutil.rmtree(one)
        elif one.suffix != ".lock":
            one.unlink()
    return folder


def _settle(folder: Path, issuer: Issuer, backends: dict[str, str]) -> None:
    """Set what this process and the functions read: where Google's services are, and what stands in for others."""
    said = {
        "KIM_BACKEND": "google",
        "KIM_DATA": str(folder),
        "KIM_CLOCK": str(folder / "clock"),
        "KIM_KEYS": "file",
        "KIM_FACTS": "duckdb",
        "KIM_CHALLENGE_KEY": secrets.token_hex(32),
        **backends,
    }
    os.environ.update(said)
    settings.cache_clear()
    clock.share(folder / "clock")
    trust(issuer)
    lines = (
        f"{name}={shlex.quote(value)}\n" for name, value in {**said, "KIM_ISSUERS": os.environ["KIM_ISSUERS"]}.items()
    )
    (folder / NOTES).write_text("".join(lines), encoding="utf-8")


def _pushes(functions: Functions) -> Pushes:
    """Listen to the Pub/Sub emulator, at a port of its own: clients neither reach it nor wait for it.

    HTTP/1.0: the emulator opens connections without end and keeps them all.
    """
    pushes = Pushes(functions)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, pushes, threaded=True)
    threading.Thread(target=server.serve_forever, name="pushes", daemon=True).start()
    wire(functions.subscriptions(), f"http://127.0.0.1:{server.server_port}")
    return pushes
