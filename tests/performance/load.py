"""A bounded load on a loopback server: so many connections, each repeating one call for so many seconds."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

Request = tuple[str, str, Any, dict[str, str]]
"""Method, path, body, headers."""
Next = Callable[[int, http.client.HTTPResponse | None, Any], Request]
"""The next request of a connection, from its number and its last answer."""


@dataclass(frozen=True)
class Result:
    """What a load came to: answers, seconds, and how long each answer took."""

    answers: int
    seconds: float
    times: list[float]

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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    answer, body = None, None
    while time.perf_counter() < ends:
        method, path, said, headers = following(number, answer, body)
        began = time.perf_counter()
        connection.request(method, path, json.dumps(said), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        raw = answer.read()
        yield time.perf_counter() - began
        assert answer.status < 300, (answer.status, raw[:300])
        body = json.loads(raw) if raw.startswith((b"{", b"[")) else None
    connection.close()
