"""The web server at its end: what was begun is finished, and whoever comes late is told to come back."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.local.process import listens
from infra.local.server import listen, serve


def test_whoever_comes_while_it_ends_is_told_to_come_back():
    begun, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            begun.set()
            assert go_on.wait(60)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    bound = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]
    serving = threading.Thread(target=serve, args=(application, bound, 2, stop, 3600.0), daemon=True)
    serving.start()
    while not listens(port):
        time.sleep(0.01)
    early, late = http.client.HTTPConnection("127.0.0.1", port), http.client.HTTPConnection("127.0.0.1", port)
    assert answered(late, "/quick")[:2] == (200, b"done")
    with ThreadPoolExecutor(1) as hand:
        first = hand.submit(answered, early, "/slow")
        assert begun.wait(60)
        stop.set()
        status, _, retry_after = answered(late, "/quick")
        go_on.set()

        assert (status, retry_after) == (503, "2")
        assert first.result()[:2] == (200, b"done")
    serving.join(60)
    early.close()
    late.close()
    assert not serving.is_alive(), "it waits for nothing more"


@pytest.mark.parametrize(
    ("proxy", "seen"),
    [(None, "127.0.0.1"), ("127.0.0.2", "127.0.0.1"), ("127.0.0.1", "203.0.113.7")],
    ids=["none is named", "another is named", "it is the one that is named"],
)
def test_only_the_proxy_that_was_named_says_for_whom_it_asks(proxy: str | None, seen: str):
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [environ["REMOTE_ADDR"].encode()]

    bound, stop = listen("127.0.0.1", 0), threading.Event()
    serving = threading.Thread(
        target=serve, args=(application, bound, 1, stop, 60.0), kwargs={"proxy": proxy}, daemon=True
    )
    serving.start()
    connection = http.client.HTTPConnection("127.0.0.1", bound.getsockname()[1])
    while not listens(bound.getsockname()[1]):
        time.sleep(0.01)

    told = answered(connection, "/", {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
    stop.set()
    connection.close()
    serving.join(60)

    assert told[1] == seen.encode()


def answered(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None
) -> tuple[int, bytes, str | None]:
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.getheader("Retry-After")
