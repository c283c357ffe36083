"""A file of key material: readable by its owner only, made once, never over one that is there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def folder() -> Path:
    """`KIM_DATA`, where the embedded runtime keeps its files; read raw, where nobody may wait for checked settings."""
    return Path(os.environ.get("KIM_DATA", ".data"))


def held(path: Path, make: Callable[[], bytes]) -> bytes:
    """What is in the file; where there is none, what `make` gives is written durably and is in it from then on."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # never over a key that somebody else made meanwhile
        draft.unlink()
    return path.read_bytes()
