"""How long each command takes, in one process on SQLite: HTTP and policy included, the network left out.

Each is timed on a case of its own, so there are a thousand cases in the end.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.store.catalogue import DATABASES
from shared.store.sqlite import SqliteStore
from tests.actions import COMMANDS, READS
from tests.cases import a_cases_service
from tests.performance.load import quantile

TIMES = 20


def measure() -> Iterator[str]:
    """Lines that tell what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        stores = [SqliteStore(DATABASES[name], Path(folder) / f"{name}.db") for name in ("cases", "people")]
        with a_cases_service(*stores) as service:
            COMMANDS[0].ready(service)()  # whatever is loaded or opened once
            for action in (*COMMANDS, *READS):
                took = [_timed(action.ready(service)) for _ in range(TIMES)]
                yield f"{action.name:<26}p50 {quantile(took, 0.5):6.1f} ms   p95 {quantile(took, 0.95):6.1f} ms"
        for store in stores:
            store.close()


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
