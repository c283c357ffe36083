"""The embedded runtime: everything of the topology on one machine, in processes that serve and one that delivers."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGTERM, signal
from socket import socket
from typing import TYPE_CHECKING, cast

from limits.storage import Storage
from pydantic import TypeAdapter

from infra.local.beside import Live, Process, free, watched
from infra.local.deliverer import Rope, Work, delivering
from infra.local.development import application as development
from infra.local.development.parts import Parts
from infra.local.dispatcher import Dispatcher
from infra.local.functions import Functions, loaded
from infra.local.gateway import Gateway, Limited, SignedIn
from infra.local.limits import Counts
from infra.local.reader import Reader
from infra.local.scheduler import Runs, Scheduler
from infra.local.server import listen, serve
from infra.local.settings import RuntimeSettings
from infra.local.sign_in import Issuer
from infra.topology import ATTEMPTS, FIRST_PAUSE, FUNCTIONS, LONGEST_PAUSE, Events, Function, Http
from shared import bus, clock, identity, logs
from shared.bus.dead_letters import DeadLetters
from shared.bus.deliveries import Deliveries, Rules
from shared.bus.local import File, LocalBus
from shared.municipality import municipality
from shared.settings import settings
from shared.store import connect
from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ROOT = Path(__file__).parents[2]
RULES = Rules(ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE)
HERE = {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}  # noqa: S104 - names, not a bind
"""Where this machine finds what listens on these addresses."""
SERVER = "server-{}.lock"
PATIENCE = 5.0
"""Seconds that what is running at the end gets to finish. What does not is done again at the next start."""


class AlreadyRunning(Exception):
    """Another runtime works on this folder."""


def run(functions: Iterable[Function] = FUNCTIONS, root: Path = ROOT, rules: Rules = RULES) -> None:
    """Run until SIGTERM or Ctrl-C. Killed at any moment, the next run goes on where this one was.

    Raises `AlreadyRunning` where another works on the same data, `OSError` where the address is taken, `Lost` where
    one of its processes does not work.
    """
    options = RuntimeSettings.read()
    logs.setup()
    data = settings().data.absolute()
    stop = threading.Event()
    for ends in (SIGTERM, SIGINT):
        signal(ends, lambda *_: stop.set())
    with alone(data):
        if options.development == "on":
            clock.share(data / "clock")
        prepare(data)
        bound = _bound(options, data)
        address = f"http://{HERE.get(options.host, options.host)}:{bound.getsockname()[1]}"
        issuer = Issuer(f"{address}/dev", data)
        if options.development == "on":
            trust(issuer)
        rows = tuple(functions)
        deliver = delivering(partial(_work, options, rows, root, rules))
        deliverer = Process("delivers", deliver, data / "deliverer.lock", [bound.fileno()])
        served = partial(_served, options, rows, root, Rope(deliverer.tells), issuer, Counts(data / "limits.db"))
        servers = _servers(options, served, bound, data)
        with watched((deliverer, *servers), stop):
            application = served()
            for process in (deliverer, *servers):
                process.wait_until_ready()
            for server in servers:
                os.write(server.tells, b".")
            welcome(address, options)
            serve(application, bound, options.threads, stop, PATIENCE, proxy=options.proxy)


def prepare(data: Path) -> None:
    """Make what the catalogue declares before anybody waits for it: new keys of a large database take minutes."""
    for name, database in DATABASES.items():
        SqliteStore(database, data / f"{name}.db").close()


def _bound(options: RuntimeSettings, data: Path) -> socket:
    """The socket of the address, once no process of a killed runtime has it any more."""
    for lock in data.glob(SERVER.format("*")):
        free(lock)
    return listen(options.host, options.port)


def _servers(
    options: RuntimeSettings, served: Callable[[], WSGIApplication], bound: socket, data: Path
) -> tuple[Process, ...]:
    """The processes that serve beside this one."""
    servers: list[Process] = []
    for number in range(1, options.servers):
        live, others = serving(served, bound, options), [server.tells for server in servers]
        servers.append(Process("serves", live, data / SERVER.format(number), others))
    return tuple(servers)


def serving(served: Callable[[], WSGIApplication], bound: socket, options: RuntimeSettings) -> Live:
    """What a process does that is forked to serve beside the first one: both take what comes to the same address."""

    def live(hears: int, ready: Callable[[], None]) -> None:
        application, over = served(), threading.Event()

        def hear_the_end() -> None:
            os.read(hears, 1)
            over.set()

        ready()
        if os.read(hears, 1):  # all others are ready too
            threading.Thread(target=hear_the_end, name="hearing", daemon=True).start()
            serve(application, bound, options.threads, over, PATIENCE, proxy=options.proxy)

    return live


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Keep everybody else from working on this folder. Raises `AlreadyRunning`."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "runtime.lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a process forked from this one does not hold it
        except BlockingIOError:
            raise AlreadyRunning(f"another runtime works on {data}") from None
        yield


def trust(issuer: Issuer) -> None:
    """Have the functions of this process, and of those that it starts, believe this issuer too.

    By the header of programs, and by that of the proxy: the gateway is the proxy of a browser with a cookie.
    """
    by_proxy = issuer.trusted.model_copy(update={"header": "x-goog-iap-jwt-assertion"})
    trusted = [*identity.IdentitySettings.read().issuers, issuer.trusted, by_proxy]
    os.environ["KIM_ISSUERS"] = TypeAdapter(list[identity.Issuer]).dump_json(trusted).decode()


def _work(options: RuntimeSettings, rows: Iterable[Function], root: Path, rules: Rules, local: LocalBus) -> Work:
    """What the process that delivers does: all that no request waits for."""
    functions = Functions((row for row in rows if not isinstance(row.on, Http)), loaded(root))
    deliveries = Deliveries(local.file, rules)
    deliveries.subscribe(functions.subscriptions())
    deliveries.give_back()
    local.wake = local.bell.ring
    dispatcher = Dispatcher(deliveries, local.bell, functions.push, options.dispatchers, logs_of(local).read)
    return Work(dispatcher, scheduled(options, functions, local.file))


def _served(
    options: RuntimeSettings, rows: Iterable[Function], root: Path, rope: Rope, issuer: Issuer, counts: Counts
) -> WSGIApplication:
    """What a process that serves answers with."""
    functions = Functions((row for row in rows if not isinstance(row.on, Events)), loaded(root))
    return entrance(options, _parts(functions, rope, issuer), counts)


def _parts(functions: Functions, rope: Rope, issuer: Issuer) -> Parts:
    """What this process has of the running system."""
    local = cast(LocalBus, bus.connect())
    local.bell, local.wake = rope, rope.ring
    return Parts(functions, logs_of(local), DeadLetters(local), rope.moved, issuer)


def logs_of(local: LocalBus) -> Reader:
    """What reads the logs of all databases into this bus."""
    logs = {name: cast(SqliteStore, connect(name)) for name, database in DATABASES.items() if database.logged}
    return Reader(local.file, logs)


def scheduled(options: RuntimeSettings, functions: Functions, file: File) -> Scheduler:
    """What calls the scheduled functions, and keeps in this file when it did."""
    schedules = functions.schedules() if options.schedules == "on" else {}
    return Scheduler(schedules, Runs(file), functions.run)


def entrance(options: RuntimeSettings, parts: Parts, counts: Storage) -> WSGIApplication:
    """The gateway with all paths of these functions behind it, each guarded as its callers need it."""
    limited = Limited(options.post_limit, counts)
    paths: list[tuple[str, WSGIApplication]] = []
    for on, application in parts.functions.paths():
        if on.callers == "staff":
            paths.append((on.path, SignedIn(application)))
        elif on.callers == "public" and settings().altcha == "on":
            paths.append((on.path, limited.around(application)))
        else:
            paths.append((on.path, application))
    if options.development == "off":
        return Gateway(paths, home="/intake/")
    return Gateway([*paths, ("/dev", development(parts, [*HERE, *HERE.values(), options.host]))], home="/dev/")


def welcome(address: str, options: RuntimeSettings) -> None:
    """Say where to go, and who can sign in."""
    print(f"KIM runs at {address}/ with its data in {settings().data}/. Ctrl-C stops it.", flush=True)
    if options.development == "on":
        print("Who can sign in, without a password (POST /dev/token, or on that page):")
        for member in municipality().staff:
            print(f"  {member.id:<26} {member.name:<18} {', '.join(role.label for role in member.roles)}", flush=True)
