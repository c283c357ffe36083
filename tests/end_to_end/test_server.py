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
from typing import Any, BinaryIO

import pytest
from waitress.server import BaseWSGIServer

from infra.local.connection import Connection
from infra.local.process import listens
from infra.local.server import AS_WE_WANT_IT, listen, serve


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


def test_the_loop_reads_on_without_being_woken(monkeypatch: pytest.MonkeyPatch):
    looked, woken, readable = threading.Event(), [], Connection.readable

    def look(self: Connection) -> bool:
        found = readable(self)
        if self.requests:
            looked.set()
        return found

    def application(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert looked.wait(60)
        looked.clear()
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    monkeypatch.setattr(Connection, "readable", look)
    monkeypatch.setattr(BaseWSGIServer, "pull_trigger", lambda _: woken.append(1))
    with served(application) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        assert [answered(connection, "/")[1] for _ in range(3)] == [b"done"] * 3
        connection.close()

    assert woken == []


@pytest.fixture
def only_when_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop does not look up by itself: it would cover up that nobody woke it."""
    monkeypatch.setitem(AS_WE_WANT_IT, "asyncore_loop_timeout", 3600)


def test_requests_sent_together_are_answered_in_their_order(only_when_woken: None):
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [environ["PATH_INFO"][1:].encode()]

    paths = [str(number) for number in range(10, 40)]
    with served(application) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall("".join(f"GET /{path} HTTP/1.1\r\nHost: here\r\n\r\n" for path in paths).encode())
        answers = client.makefile("rb")
        got = [read_one(answers) for _ in paths]
        client.sendall(b"GET /99 HTTP/1.1\r\nHost: here\r\n\r\n")

        assert got == [path.encode() for path in paths]
        assert read_one(answers) == b"99"


def test_whoever_says_that_nothing_more_comes_still_gets_her_answer(only_when_woken: None):
    def application(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert ended.wait(60)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    ended = threading.Event()
    with served(application) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        time.sleep(0.1)  # that the server may see it; whether it has done so changes nothing of what is asked here
        ended.set()
        answers = client.makefile("rb")

        assert read_one(answers) == b"done"
        assert answers.read() == b"", "it hangs up then"


def read_one(answers: BinaryIO) -> bytes:
    """The body of the next answer."""
    length = 0
    while (line := answers.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        length = int(value) if name == b"Content-Length" else length
    return answers.read(length)


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
