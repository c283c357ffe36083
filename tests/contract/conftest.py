"""Stores of every kind for the contract suites, and emulators: each started once, when a test first asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store import Store
from tests.contract.stores import a_store
from tests.emulators import emulator
from tests.fakes import MemoryStore


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[str]:
    """The host of a Firestore emulator, known to the client libraries by its environment variable."""
    with emulator("firestore") as host:
        yield from _named("FIRESTORE_EMULATOR_HOST", host)


@pytest.fixture(params=["memory", "sqlite", pytest.param("firestore", marks=pytest.mark.emulators)])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of store, with what it needs to run."""
    if request.param == "firestore":
        request.getfixturevalue("firestore_emulator")
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    """An empty database `cases`."""
    opened = a_store(kind, tmp_path)
    yield opened
    if not isinstance(opened, MemoryStore):
        opened.close()


@pytest.fixture(scope="session")
def pubsub_emulator() -> Iterator[str]:
    """The host of a Pub/Sub emulator, known to the client libraries by its environment variable."""
    with emulator("pubsub") as host:
        yield from _named("PUBSUB_EMULATOR_HOST", host)


def _named(variable: str, host: str) -> Iterator[str]:
    os.environ[variable] = host
    try:
        yield host
    finally:
        del os.environ[variable]
