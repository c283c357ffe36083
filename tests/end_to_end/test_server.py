"""The web server: how answers go out, whom it believes, and how it ends."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest

from infra.local.connection import Connection
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


def in_parts(start_response: Any, *, length: bool) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Length", str(len(MUCH)))] if length else [])
    yield from (MUCH[start : start + 100_000] for start in range(0, len(MUCH), 100_000))


MUCH = bytes(range(256)) * 20_000
ANSWERS: dict[str, Callable[[dict[str, Any], Any], Iterable[bytes]]] = {
    "at once": lambda _, start_response: (start_response("200 OK", []), [MUCH])[1],
    "in parts": lambda _, start_response: in_parts(start_response, length=True),
    "of unknown length": lambda _, start_response: in_parts(start_response, length=False),
    "a file": lambda environ, start_response: (
        start_response("200 OK", []),
        environ["wsgi.file_wrapper"](BytesIO(MUCH), 65536),
    )[1],
}


@pytest.mark.parametrize("application", ANSWERS.values(), ids=list(ANSWERS))
def test_a_large_answer_reaches_a_slow_client_whole(application: Callable[[dict[str, Any], Any], Iterable[bytes]]):
    with served(application) as port, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        answer = http.client.HTTPResponse(client)
        answer.begin()

        assert answer.read() == MUCH


def test_an_answer_goes_out_in_one_message_and_meanwhile_the_loop_sees_nothing_to_send(
    monkeypatch: pytest.MonkeyPatch,
):
    messages: list[tuple[bytes, bool]] = []

    def send(self: Connection, data: bytes, do_close: bool = True) -> int:
        messages.append((data[-4:], bool(self.writable())))
        return self.socket.send(data)

    def application(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    monkeypatch.setattr(Connection, "send", send)
    with served(application) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        assert [answered(connection, "/")[1] for _ in range(3)] == [b"done"] * 3
        connection.close()

    assert messages == [(b"done", False)] * 3


@contextmanager
def served(application: Any) -> Iterator[int]:
    """The port at which this is answered."""
    bound, stop = listen("127.0.0.1", 0), threading.Event()
    serving = threading.Thread(target=serve, args=(application, bound, 2, stop, 60.0), daemon=True)
    serving.start()
    while not listens(bound.getsockname()[1]):
        time.sleep(0.01)
    yield bound.getsockname()[1]
    stop.set()
    serving.join(60)
    assert not serving.is_alive()


def answered(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None
) -> tuple[int, bytes, str | None]:
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.getheader("Retry-After")
