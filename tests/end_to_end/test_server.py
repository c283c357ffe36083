"""The web server at its end: what was begun is finished, and whoever comes late is told to come back."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.local.process import listens
from infra.local.server import listen, serve


def test_whoever_comes_while_it_ends_is_told_to_come_back():
    begun, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            begun.set()
            go_on.wait(10)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    bound = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]
    serving = threading.Thread(target=serve, args=(application, bound, 2, stop, 10.0), daemon=True)
    serving.start()
    while not listens(port):
        time.sleep(0.01)
    early, late = http.client.HTTPConnection("127.0.0.1", port), http.client.HTTPConnection("127.0.0.1", port)
    assert answered(late, "/quick")[:2] == (200, b"done")
    with ThreadPoolExecutor(1) as hand:
        first = hand.submit(answered, early, "/slow")
        assert begun.wait(10)
        stop.set()
        status, _, retry_after = answered(late, "/quick")
        go_on.set()

        assert (status, retry_after) == (503, "2")
        assert first.result()[:2] == (200, b"done")
    serving.join(10)
    early.close()
    late.close()
    assert not serving.is_alive()


def answered(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes, str | None]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.getheader("Retry-After")
