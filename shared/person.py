"""What lies in the vault of one person: her key, wrapped, and under it herself and what is to change of her."""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

from shared.events import At

NONCE = 12
ABANDONED_AFTER = timedelta(days=1)
"""After which an amendment that its case never named is dropped: no request lives that long."""


class Person(BaseModel):
    """Who somebody is and how to reach her. Never logged, never in an event."""

    model_config = ConfigDict(frozen=True, defer_build=True, hide_input_in_errors=True)

    given_name: str
    family_name: str
    date_of_birth: date
    phone: str | None = None
    """E.164"""
    email: str | None = None
    postcode: str | None = None
    children: int = 0
    message: str | None = None
    """What the client wrote with the form."""
    referrer_reference: str | None = None
    """The file number under which the office or organisation that referred her knows her."""
    referral_reason: str | None = None
    """Why she was referred, in the words of whoever did it."""

    def __repr__(self) -> str:  # a traceback or a log line must not name anybody
        return "Person(…)"

    __str__ = __repr__


class Amendment(BaseModel):
    """Changes of a person, sealed. They count from the moment on at which her case, `subject`, names them."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    subject: str
    at: At
    sealed: str


class Record(BaseModel):
    """What lies in the store: the wrapped key and the sealed person; after erasure neither."""

    model_config = ConfigDict(frozen=True, defer_build=True, hide_input_in_errors=True)

    subject: str
    version: int = 1
    """The lock, as everywhere: whoever writes version n creates `changes/n` in the same commit."""
    kept_at: At
    key: str | None
    sealed: str | None
    amendments: dict[str, Amendment] = {}
    erased_at: At | None = None

    def person(self, key: bytes, id: str, amendment: str | None = None) -> Person | None:
        """The person in it, with an amendment that counts where it waits here; None when she is erased."""
        if self.sealed is None:
            return None
        said = json.loads(unseal(key, self.sealed, id))
        if (waits := self.amendments.get(amendment or "")) is not None:
            said |= json.loads(unseal(key, waits.sealed, id))
        return Person.model_validate(said)

    def amended(self, key: bytes, id: str, amendment: str, said: Mapping[str, Any], subject: str, at: datetime) -> Self:
        """With another amendment that waits. Those that the same case left behind are dropped in time."""
        new = Amendment(subject=subject, at=at, sealed=seal(key, json.dumps(said, default=str), id))
        waiting = {
            name: one
            for name, one in self.amendments.items()
            if one.subject != subject or at - one.at < ABANDONED_AFTER
        }
        return self.model_copy(update={"amendments": {**waiting, amendment: new}})

    def settled(self, key: bytes, id: str, amendment: str | None) -> Self:
        """With an amendment made part of the person; itself, where that does not wait here."""
        person = self.person(key, id, amendment)
        if amendment not in self.amendments or person is None:
            return self
        waiting = {name: one for name, one in self.amendments.items() if name != amendment}
        return self.model_copy(update={"sealed": seal(key, person.model_dump_json(), id), "amendments": waiting})

    def erased(self, at: datetime) -> Self:
        """Without its key, and with nothing left that it could have opened."""
        return self.model_copy(update={"key": None, "sealed": None, "amendments": {}, "erased_at": at})


def seal(key: bytes, text: str, id: str) -> str:
    """A text under this person's key, and for her alone."""
    nonce = secrets.token_bytes(NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), id.encode())).decode()


def unseal(key: bytes, sealed: str, id: str) -> str:
    """The text that was sealed so. Raises `cryptography…InvalidTag` for one that was altered."""
    held = base64.b64decode(sealed)
    return AESGCM(key).decrypt(held[:NONCE], held[NONCE:], id.encode()).decode()
