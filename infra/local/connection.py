"""A connection of the web server: what it does not read is refused in our words, and the answer arrives.

Whoever is answered in the middle of sending, and then hung up on, sees a broken connection instead of the answer. So
such a connection is closed in two steps (RFC 9112, section 9.6): nothing more is said, and what still comes is dropped.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Request
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask
from werkzeug.test import create_environ

from shared.errors import Rejected
from shared.http.arrival import CUT_OFF, begin
from shared.http.problems import KNOWN, Fault, problem

LINGERS = 10.0
"""Seconds in which whoever was refused may finish sending, and read why."""
TOO_MUCH = bytes(256 * 1024 + 1)
"""What is handed on in place of a body that was not read: more than any application takes."""


class Arriving(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request as it arrives. Whoever asked whether to send what is refused anyway is not told to go on."""

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.error is not None:
            self.expect_continue = False
        return taken


class Answer(WSGITask):  # type: ignore[misc]  # waitress has no types
    """The answer of the application. Its head goes out with the beginning of its body: one message instead of two."""

    def write(self, data: bytes) -> None:
        self.channel.holds = []
        super().write(data)
        self.channel.let_go()


class Refused(Answer):
    """The answer to what was not read to its end: too large a body is for the application to refuse."""

    def execute(self) -> None:
        self.channel.refuses = True
        self.set_close_on_finish()
        if self.request.error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            super().execute()
        else:
            self._say(KNOWN[400] if self.request.error.code != HTTPStatus.INTERNAL_SERVER_ERROR else Fault())

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ.update({CUT_OFF: True, "CONTENT_LENGTH": str(len(TOO_MUCH)), "wsgi.input": BytesIO(TOO_MUCH)})
        return environ

    def _say(self, refusal: Rejected) -> None:
        begin(Request(create_environ()))  # nothing of the request can be relied on, and nothing of the last one here
        answer = problem(refusal)
        self.status, self.complete = answer.status, True
        self.response_headers.extend(answer.headers)
        self.content_length = len(answer.data)
        self.write(answer.data)


class Waking:
    """The server, as one connection knows it: its loop is woken only for what it would not see by itself.

    waitress wakes it after every answer, to read from that connection again; we let it read on meanwhile.
    """

    def __init__(self, server: Any, connection: Connection) -> None:
        self._server, self._connection = server, connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def pull_trigger(self) -> None:
        if self._connection.unread or self._connection.writable():
            self._server.pull_trigger()


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection to a client."""

    parser_class = Arriving
    task_class = Answer
    error_task_class = Refused
    holds: list[bytes] | None = None
    """What is written, as long as more belongs to it."""
    refuses = False
    """Whether its last answer was a refusal, and more may still come."""
    unread = False
    """Whether the loop does not read from it now, or is about to see whether it does."""
    _until: float | None = None
    """Until when what comes is dropped."""
    _ended = False
    """Whether the client sends no more, while she waits for what she asked (RFC 9112, section 9.6)."""

    def __init__(self, server: Any, *connected: Any, **options: Any) -> None:
        super().__init__(Waking(server, self), *connected, **options)

    def let_go(self) -> None:
        """Say what is held back."""
        held, self.holds = self.holds or [], None
        self.write_soon(b"".join(held))

    def write_soon(self, data: Any) -> int:
        """Send at once what can be sent, and leave the rest to the server's loop.

        Were all of it left there, the loop would see that something waits to be sent while this thread sends it, and
        look again and again, for as long as Python lets a thread keep the interpreter (5 ms).
        """
        if not isinstance(data, bytes):
            return int(super().write_soon(data))
        if self.holds is not None:
            self.holds.append(data)
        elif rest := data[self._sent(data) :]:
            super().write_soon(rest)
        return len(data)

    def _sent(self, data: bytes) -> int:
        """How many of these bytes went out, before which nothing waits."""
        if self.total_outbufs_len or not self.connected:
            return 0
        with self.outbuf_lock:
            sent, _ = self._flush_exception(partial(self.send, data), do_close=False)
        return int(sent)

    def handle_close(self) -> None:
        refused = self.refuses and self._until is None and not self.total_outbufs_len
        if not (refused and self._said_all()):
            super().handle_close()

    def received(self, data: bytes) -> bool:
        return self._until is None and bool(super().received(data))

    def readable(self) -> bool:
        self.unread = True  # before it looks: whoever changes meanwhile what it sees wakes it
        if self._until is not None and time.monotonic() > self._until:
            self.will_close = True
        if self._ended and not self.requests:
            self.close_when_flushed = True
        self.unread = self._ended or not super().readable()
        return not self.unread

    def handle_read(self) -> None:
        if self.requests and self._at_its_end():
            self._ended = True
        else:
            super().handle_read()

    def _at_its_end(self) -> bool:
        with suppress(OSError):
            return not self.socket.recv(1, socket.MSG_PEEK)
        return False

    def _said_all(self) -> bool:
        """Tell the client that nothing more is said; whether she is still there to hear it."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.will_close, self._until = False, time.monotonic() + LINGERS
        return True
