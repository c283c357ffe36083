"""`make bench`: figures, ratios and counted operations, with the machine's name. Name parts to run only those."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.performance import cloud, cold, commands, counts, latency, lists, throughput

PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "counts": counts.measure,
    "commands": commands.measure,
    "cold": cold.measure,
    "cloud": cloud.measure,
    "throughput": throughput.measure,
    "latency": latency.measure,
    "lists": lists.measure,
}


def machine() -> str:
    """What this was measured on."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{(models or [platform.machine()])[0]}, {os.cpu_count()} cores, {system}"


def main() -> None:
    """Print the figures of the parts that were named, or of all."""
    print(machine())
    for name in sys.argv[1:] or PARTS:
        print(f"\n{name}: {sys.modules[PARTS[name].__module__].__doc__}")
        for line in PARTS[name]():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
