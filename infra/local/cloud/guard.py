"""Ends what `make run-cloud` started when the program that started it is gone, however it went.

    python -m infra.local.cloud.guard

Standard input is a pipe whose other end that program holds: it closes also when the program is killed. Each line
names a process group that lives (`+17`) or has ended (`-17`).
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    alive: set[int] = set()
    for line in sys.stdin:
        (alive.add if line[0] == "+" else alive.discard)(int(line[1:]))
    for group in alive:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
