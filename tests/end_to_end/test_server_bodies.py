"""What the web server does not read: whoever sends it is told so in our words, and the answer arrives."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from infra.local.gateway import Gateway
from infra.local.server import LARGEST, LONGEST_HEAD, listen, serve
from services.intake.pages import application as form

FAR_TOO_MUCH = 2 * LARGEST
PIECE = b"x" * 65_536
PLAIN = f"Content-Length: {FAR_TOO_MUCH}\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"


def whatever(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("204 No Content", [])
    return []


@contextmanager
def connected() -> Iterator[socket.socket]:
    """A connection to a gateway with the form behind it, and something that takes whatever it gets."""
    bound, stop = listen("127.0.0.1", 0), threading.Event()
    gateway = Gateway([("/intake", form()), ("/cases", whatever)], home="/intake/")
    serving = threading.Thread(target=serve, args=(gateway, bound, 2, stop, 1.0), daemon=True)
    serving.start()
    bound.listen()
    with socket.create_connection(bound.getsockname(), timeout=20) as client:
        yield client
    stop.set()
    serving.join(10)


def head(path: str, *lines: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: de\r\n{''.join(lines)}\r\n".encode()


def send_all(client: socket.socket, chunked: bool) -> None:
    """Send the whole body, as a browser does, before anything is read."""
    for _ in range(FAR_TOO_MUCH // len(PIECE)):
        client.sendall(b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE)


def send_without_end(client: socket.socket) -> None:
    while True:
        client.sendall(PIECE)


def read_all(client: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer, up to the end of the connection."""
    said = b""
    while piece := client.recv(65_536):
        said += piece
    lines, _, body = said.partition(b"\r\n\r\n")
    first, *others = lines.decode().split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in others), body


@pytest.mark.parametrize("length", [PLAIN, CHUNKED], ids=["with its length", "in chunks"])
def test_whoever_sends_far_too_much_is_told_so_and_not_hung_up_on(length: str):
    with connected() as client:
        client.sendall(head("/cases", "Content-Type: application/json\r\n", length))
        send_all(client, chunked=length == CHUNKED)
        status, headers, body = read_all(client)

    assert (status, headers["content-type"], headers["connection"]) == (413, "application/problem+json", "close")
    assert (json.loads(body)["title"], json.loads(body)["detail"]) == ("too_large", "Die Anfrage ist zu groß.")


@pytest.mark.parametrize("length", [PLAIN, CHUNKED], ids=["with its length", "in chunks"])
def test_a_client_is_told_so_on_a_page(length: str):
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    with connected() as client:
        client.sendall(head("/intake/", kind, "Accept: text/html\r\n", length))
        send_all(client, chunked=length == CHUNKED)
        status, headers, body = read_all(client)

    assert (status, headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "Ihre Antworten stehen noch auf der Seite davor" in body.decode()


def test_whoever_asks_whether_to_send_far_too_much_is_told_at_once_and_need_not_send_it():
    with connected() as client:
        client.sendall(head("/cases", PLAIN, "Expect: 100-continue\r\n"))
        status, headers, body = read_all(client)

    assert (status, headers["connection"], json.loads(body)["status"]) == (413, "close", 413)


def test_whoever_asks_whether_to_send_something_fitting_may():
    with connected() as client:
        client.sendall(head("/cases", "Content-Length: 2\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n"))

        assert client.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{}")
        assert read_all(client)[0] == 204


def test_what_lies_in_a_body_that_is_too_large_is_no_request():
    with connected() as client:
        client.sendall(head("/cases", PLAIN) + head("/cases", "Content-Length: 0\r\n") * 3)
        status, _, body = read_all(client)

    assert (status, body.count(b"HTTP/1.1")) == (413, 0)


@pytest.mark.parametrize(
    "said",
    [
        b"this is no request\r\n\r\n",
        head("/cases", "Transfer-Encoding: gzip\r\n"),
        head("/cases", "Content-Length: many\r\n"),
        head("/cases", f"X: {'x' * LONGEST_HEAD}\r\n"),
    ],
    ids=["nothing of HTTP", "an encoding that is not read", "a length that is none", "headers without end"],
)
def test_what_cannot_be_read_is_refused_with_a_problem_document(said: bytes):
    with connected() as client:
        with suppress(OSError):
            client.sendall(said)
        status, headers, body = read_all(client)

    assert (status, headers["content-type"], headers["connection"]) == (400, "application/problem+json", "close")
    assert json.loads(body)["request_id"]


def test_whoever_never_stops_sending_is_hung_up_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("infra.local.connection.LINGERS", 0.2)
    with connected() as client:
        client.sendall(head("/cases", PLAIN))
        assert read_all(client)[0] == 413

        with pytest.raises(OSError, match=r"reset|pipe"):
            send_without_end(client)
