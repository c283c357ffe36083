"""The web server: waitress, which buffers requests and answers, so that slow clients hold up nobody."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress import create_server, wasyncore

from infra.local.connection import Connection
from shared.errors import Busy
from shared.http.problems import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST = 4 * 1024 * 1024
"""Bytes after which the server itself reads no further. Functions refuse far earlier what was read."""
LONGEST_HEAD = 64 * 1024
"""Bytes of a request's first line and headers together: four times the longest token."""
CONNECTIONS = 500
AHEAD = 2
"""Requests of one connection that may wait while one is answered: a client may send the next before we look up."""
AS_WE_WANT_IT: dict[str, Any] = {
    "connection_limit": CONNECTIONS,
    "asyncore_use_poll": True,
    "max_request_body_size": LARGEST,
    "max_request_header_size": LONGEST_HEAD,
    "channel_request_lookahead": AHEAD,
    "ident": None,
}


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not yet accepting. Raises `OSError`, which names it, when somebody else has it."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise OSError(f"{host}, port {port} (KIM_HOST, KIM_PORT): {error.strerror}") from None
    return bound


def serve(
    application: WSGIApplication,
    bound: socket.socket,
    threads: int,
    stop: threading.Event,
    patience: float,
    *,
    proxy: str | None = None,
) -> None:
    """Answer requests until `stop`; then finish those that are being answered, at most for so many seconds.

    For whom the `proxy` at that address asks is believed to it, and to nobody else.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is what the threads are for
    sockets: dict[int, Any] = {}
    believed = {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for"}} if proxy else {}
    server = create_server(
        _until(stop, application), map=sockets, sockets=[bound], threads=threads, **AS_WE_WANT_IT, **believed
    )
    server.channel_class = Connection
    threading.Thread(target=_close, args=(server, sockets, stop, patience), name="closing", daemon=True).start()
    server.run()


def _close(server: Any, sockets: dict[int, Any], stop: threading.Event, patience: float) -> None:
    stop.wait()
    server.accepting = False
    until = time.monotonic() + patience
    while _busy(server) and time.monotonic() < until:
        time.sleep(0.02)
    with suppress(OSError):  # a loop that is awake may do it at once, and close what was to wake it
        server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets, ignore_all=True))


def _busy(server: Any) -> bool:
    channels = list(server.active_channels.values())
    return any(channel.requests or channel.total_outbufs_len for channel in channels)


def _until(stop: threading.Event, application: WSGIApplication) -> WSGIApplication:
    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not stop.is_set():
            return application(environ, start_response)
        return problem(Busy())(environ, start_response)

    return answered
