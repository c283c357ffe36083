"""The master key: it wraps the key of each person and never leaves this room. A file here, Cloud KMS there."""

from __future__ import annotations

import base64
import json
import secrets
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from shared import key_files
from shared.settings import settings


class Keyring(Protocol):
    """Wraps keys under the current master key and unwraps under any that was ever current."""

    def wrap(self, key: bytes) -> str:
        """A 256-bit key, wrapped (RFC 3394), with the name of the master key that did it in front."""

    def unwrap(self, wrapped: str) -> bytes:
        """The key in a wrapped text. Raises `cryptography…InvalidUnwrap` for one that was altered."""

    def search_key(self) -> bytes:
        """The key of search tokens (HMAC-SHA-256). Rotation leaves it as it is."""


class MasterKeys:
    """Master keys in memory, by name. Both kinds of key storage end here."""

    def __init__(self, current: str, keys: dict[str, bytes], search: bytes) -> None:
        self._current, self._keys, self._search = current, keys, search

    def wrap(self, key: bytes) -> str:
        return f"{self._current}:{base64.b64encode(aes_key_wrap(self._keys[self._current], key)).decode()}"

    def unwrap(self, wrapped: str) -> bytes:
        name, _, text = wrapped.partition(":")
        return aes_key_unwrap(self._keys[name], base64.b64decode(text))

    def search_key(self) -> bytes:
        return self._search


def key_file(path: Path) -> MasterKeys:
    """The master keys in a file that only its owner can read; made with new random keys where there is none."""
    held = json.loads(key_files.held(path, _fresh))
    keys = {name: base64.b64decode(key) for name, key in held["keys"].items()}
    return MasterKeys(held["current"], keys, base64.b64decode(held["search"]))


def _fresh() -> bytes:
    return json.dumps({"current": "1", "keys": {"1": _random()}, "search": _random()}).encode()


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@cache
def connect() -> Keyring:
    """The keyring of this process, opened once."""
    if settings().backend == "google":
        from shared.kms import keyring

        return keyring()
    return key_file(settings().data / "master.key")
