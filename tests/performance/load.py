"""A bounded load on a loopback server: so many connections, each repeating one call for so many seconds.

What asks has the same processors as what answers: it is kept lean, so that little of it is in the figures.
"""

from __future__ import annotations

import json
import socket
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO

Request = tuple[str, str, Any, dict[str, str]]
"""Method, path, body, headers."""
Next = Callable[[int, Any], Request]
"""The next request of a connection, from its number and the JSON of its last answer."""


@dataclass(frozen=True)
class Result:
    """What a load came to: answers, seconds, and how long each answer took."""

    answers: int
    seconds: float
    times: list[float]

    @classmethod
    def of(cls, some: Iterable[Result]) -> Result:
        """What several loads came to together."""
        each = list(some)
        times = [time for one in each for time in one.times]
        return cls(sum(one.answers for one in each), sum(one.seconds for one in each), times)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def quantile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        return quantile(self.times, share)


def quantile(times: list[float], share: float) -> float:
    """Milliseconds within which this share of these seconds lie."""
    return statistics.quantiles(times, n=1000, method="inclusive")[round(share * 1000) - 1] * 1000


def load(port: int, following: Next, *, connections: int = 8, seconds: float = 5.0) -> Result:
    """Repeat calls on every connection until the time is over. Raises `AssertionError` on an answer above 299."""
    started = time.perf_counter()
    ends = started + seconds
    with ThreadPoolExecutor(connections) as hands:
        times = list(hands.map(lambda number: list(_calls(port, number, following, ends)), range(connections)))
    together = [one for some in times for one in some]
    return Result(len(together), time.perf_counter() - started, together)


def _calls(port: int, number: int, following: Next, ends: float) -> Iterator[float]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, connection.makefile("rb") as answers:
        body = None
        while time.perf_counter() < ends:
            asked = _written(*following(number, body))
            began = time.perf_counter()
            connection.sendall(asked)
            status, raw = _read(answers)
            yield time.perf_counter() - began
            assert status < 300, (status, raw[:300])
            body = json.loads(raw) if raw.startswith((b"{", b"[")) else None


def _written(method: str, path: str, said: Any, headers: dict[str, str]) -> bytes:
    body = json.dumps(said).encode()
    given = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _read(answers: BinaryIO) -> tuple[int, bytes]:
    """Status and body of the next answer. Not by `http.client`, which would take a third of what a server has here."""
    status, length = int(answers.readline().split()[1]), None
    while (line := answers.readline()) not in {b"\r\n", b""}:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    assert length is not None, "an answer without Content-Length"
    return status, answers.read(length)
