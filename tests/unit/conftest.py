"""Unit tests ask rules, not machines: from here nothing is connected to, not even this machine."""

from __future__ import annotations

import socket
from typing import NoReturn

import pytest

WAYS_OUT = ("connect", "connect_ex", "sendto", "sendmsg")
"""What reaches somebody through a socket that is not connected yet."""


@pytest.fixture(autouse=True)
def sockets_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting fails the test, and so does asking where a name leads. A pair of sockets stays: it leads nowhere.

    What needs to connect asks whether the seams fit, and belongs to `tests/contract`.
    """

    def closed(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a unit test wanted to connect")

    for way in WAYS_OUT:
        monkeypatch.setattr(socket.socket, way, closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)
