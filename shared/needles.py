"""Words of somebody who was erased, for as long as it takes to look whether they still stand anywhere in clear.

They lie in the vault, sealed under a throw-away key beside them, in one document: when that is gone, so are they.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared import keys
from shared.person import seal, unseal
from shared.store import Create, Delete, Store


class Needles:
    """What is looked for, by the person whose it was."""

    def __init__(self, store: Store, keyring: keys.Keyring) -> None:
        self._store, self._keyring = store, keyring

    def kept(self, id: str, words: Iterable[str]) -> Create:
        """The write that keeps words of a person; it belongs into the commit that destroys her key."""
        key = AESGCM.generate_key(256)
        sealed = seal(key, json.dumps(sorted(words), ensure_ascii=False), id)
        return Create(_path(id), {"key": self._keyring.wrap(key), "sealed": sealed})

    def find(self, id: str) -> list[str]:
        """The words that are looked for; none when none were kept, or not any more. One read."""
        held = self._store.get(_path(id))
        if held is None:
            return []
        words: list[str] = json.loads(unseal(self._keyring.unwrap(held["key"]), held["sealed"], id))
        return words

    def forget(self, id: str) -> None:
        """Destroy the throw-away key with what it sealed. Cannot be taken back; a repeat finds it done."""
        self._store.commit([Delete(_path(id))])


def _path(id: str) -> str:
    return f"needles/{id}"
