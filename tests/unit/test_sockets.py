"""In unit tests sockets are closed, and what leads nowhere goes on working."""

from __future__ import annotations

import asyncio
import socket
import urllib.request
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

HERE = ("127.0.0.1", 0)
Address = tuple[str, int]


def connected(address: Address) -> None:
    with socket.socket() as one:
        one.connect(address)


def connected_without_a_word(address: Address) -> None:
    with socket.socket() as one:
        assert one.connect_ex(address) == 0


def sent(address: Address) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"Hello", address)


def sent_in_parts(address: Address) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendmsg([b"Hello"], [], 0, address)


def by_name(address: Address) -> None:
    socket.create_connection(("localhost", address[1]), timeout=1).close()


def fetched(address: Address) -> None:
    urllib.request.urlopen(f"http://{address[0]}:{address[1]}/", timeout=1)


async def opened(address: Address) -> None:
    _, writer = await asyncio.open_connection(*address)
    writer.close()


def run(one: Coroutine[Any, Any, Any]) -> Any:
    """In a loop of a thread of its own: where tests drove a browser before, this thread has one that runs."""
    with ThreadPoolExecutor(1) as hand:
        return hand.submit(asyncio.run, one).result()


WAYS = [connected, connected_without_a_word, sent, sent_in_parts, by_name, fetched, lambda to: run(opened(to))]


@pytest.mark.parametrize("way", WAYS)
def test_a_unit_test_connects_to_nobody_not_even_to_this_machine(way: Callable[[Address], Any]):
    with socket.create_server(HERE) as somebody, pytest.raises(AssertionError, match="wanted to connect"):
        way(somebody.getsockname())


def test_a_pair_of_sockets_and_a_loop_that_needs_one_work():
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"Hello")
        assert other.recv(5) == b"Hello"
    assert run(asyncio.sleep(0, "done")) == "done"
