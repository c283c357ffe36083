"""The master key: it wraps the key of each person and never leaves this room. A file here, Cloud KMS there."""

import base64
import json
import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, Self

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from pydantic import BaseModel, ConfigDict

from shared.settings import Environment, settings


class Keyring(Protocol):
    """Wraps keys under the current master key and unwraps under any that was ever current."""

    def wrap(self, key: bytes) -> str:
        """A 256-bit key, wrapped (RFC 3394), with the name of the master key that did it in front."""

    def unwrap(self, wrapped: str) -> bytes:
        """The key in a wrapped text. Raises `cryptography…InvalidUnwrap` for one that was altered."""

    def is_current(self, wrapped: str) -> bool:
        """Whether the current master key wrapped it, and no rotation since."""

    def search_key(self) -> bytes:
        """The key of search tokens (HMAC-SHA-256). Rotation leaves it as it is."""


class KeySet(BaseModel):
    """Master keys as they are kept: by name, which of them is current, and the search key; base64."""

    model_config = ConfigDict(frozen=True, defer_build=True, hide_input_in_errors=True)

    current: str
    keys: dict[str, str]
    search: str

    def __repr__(self) -> str:  # a traceback must not show a key
        return f"KeySet(current={self.current!r}, …)"

    __str__ = __repr__


def fresh_keys() -> KeySet:
    """The first master key and the search key, drawn at random."""
    return KeySet(current="1", keys={"1": _random()}, search=_random())


def rotated(held: KeySet) -> KeySet:
    """A new master key in charge; the old ones stay for what they wrapped."""
    name = str(max(map(int, held.keys)) + 1)
    return KeySet(current=name, keys={**held.keys, name: _random()}, search=held.search)


class MasterKeys:
    """Master keys in memory, by name. Both kinds of key storage end here."""

    def __init__(self, current: str, keys: dict[str, bytes], search: bytes) -> None:
        self._current, self._keys, self._search = current, keys, search

    @classmethod
    def of(cls, held: KeySet) -> Self:
        keys = {name: base64.b64decode(key) for name, key in held.keys.items()}
        return cls(held.current, keys, base64.b64decode(held.search))

    def wrap(self, key: bytes) -> str:
        return f"{self._current}:{base64.b64encode(aes_key_wrap(self._keys[self._current], key)).decode()}"

    def unwrap(self, wrapped: str) -> bytes:
        name, _, text = wrapped.partition(":")
        return aes_key_unwrap(self._keys[name], base64.b64decode(text))

    def is_current(self, wrapped: str) -> bool:
        return wrapped.partition(":")[0] == self._current

    def search_key(self) -> bytes:
        return self._search


class FileKeys:
    """The master keys of a file, read again when a rotation replaced it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen, self._held = self._read()

    def wrap(self, key: bytes) -> str:
        return self._now().wrap(key)

    def unwrap(self, wrapped: str) -> bytes:
        return self._now().unwrap(wrapped)

    def is_current(self, wrapped: str) -> bool:
        return self._now().is_current(wrapped)

    def search_key(self) -> bytes:
        return self._held.search_key()

    def _now(self) -> MasterKeys:
        if _print(self._path.stat()) != self._seen:
            self._seen, self._held = self._read()
        return self._held

    def _read(self) -> tuple[tuple[int, ...], MasterKeys]:
        with self._path.open() as file:
            return _print(os.fstat(file.fileno())), MasterKeys.of(KeySet.model_validate_json(file.read()))


def _print(file: os.stat_result) -> tuple[int, ...]:
    return file.st_ino, file.st_size, file.st_mtime_ns


def key_file(path: Path) -> FileKeys:
    """The master keys in a file that only its owner can read; made with new random keys where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _written(path, fresh_keys())
        with suppress(FileExistsError):
            os.link(draft, path)  # never over a key that somebody else made meanwhile
        draft.unlink()
        _keep(path.parent)
    return FileKeys(path)


def rotate(path: Path) -> None:
    """Add a new master key to the file and put it in charge. `People.rewrap` then brings the persons over."""
    os.replace(_written(path, rotated(KeySet.model_validate_json(path.read_text()))), path)
    _keep(path.parent)


def _written(path: Path, held: KeySet) -> Path:
    """A draft of the file beside it, on disk."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(held.model_dump(), file)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _keep(folder: Path) -> None:
    """Have the folder on disk too: whoever loses this file loses everybody in the vault."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


class KeySettings(Environment):
    """`KIM_KEYS`: where the cloud's master keys are. A file is for the emulators on one machine (`make run-cloud`)."""

    keys: Literal["kms", "file"] = "kms"


@cache
def connect() -> Keyring:
    """The keyring of this process, opened once."""
    if settings().backend == "google" and KeySettings.read().keys == "kms":
        from shared.kms import keyring

        return keyring()
    return key_file(settings().data / "master.key")
