"""The vault: the only personal data there is, its keys, its erasure.

Each person has a random key; identity and all free text about the person are sealed under it (AES-256-GCM).
Destroying the key turns every copy, backup and log of the sealed text into noise.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

from shared import keys, search
from shared.errors import Busy
from shared.events import At, stamp
from shared.store import ID, MOST_IN, AlreadyThere, Condition, Create, Put, Query, Store, connect, pages, patiently
from shared.store.catalogue import DATABASES
from shared.store.traces import Searched
from shared.store.traces import search as search_for

NONCE = 12
ORPHANED_AFTER, ORPHANED_BEFORE = timedelta(hours=24), timedelta(days=7)


class Person(BaseModel):
    """Who somebody is and how to reach her. Never logged, never in an event."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

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


class _Record(BaseModel):
    """What lies in the store: the wrapped key and the sealed person; after erasure neither."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    subject: str
    version: int = 1
    """The lock, as everywhere: whoever writes version n creates `changes/n` in the same commit."""
    kept_at: At
    key: str | None
    sealed: str | None
    erased_at: At | None = None


class People:
    """Keeps persons, seals texts about them, and forgets them."""

    def __init__(self, store: Store, keyring: keys.Keyring) -> None:
        self._store, self._keyring = store, keyring

    def keep(self, id: str, person: Person, *, subject: str, at: datetime) -> None:
        """Keep a new person; `subject` is the document that will point to her. A repeat changes nothing."""
        key = AESGCM.generate_key(256)
        record = _Record(
            subject=subject,
            kept_at=at,
            key=self._keyring.wrap(key),
            sealed=_seal(key, person.model_dump_json(), id),
        )
        try:
            self._store.commit([Create(_path(id), record.model_dump(mode="json"))])
        except AlreadyThere:
            return

    def find(self, id: str) -> Person | None:
        """The person, or None when she was erased or never kept. One read."""
        record = self._record(id)
        return None if record is None else self._opened(id, record)

    def find_many(self, ids: Iterable[str]) -> dict[str, Person]:
        """The persons that are there, by id. One query for each thirty."""
        found: dict[str, Person] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), MOST_IN):
            some = tuple(wanted[start : start + MOST_IN])
            for document in self._store.query(Query("persons", where=((ID, "in", some),), limit=MOST_IN)).items:
                person = self._opened(document.id, _Record.model_validate(document.body))
                if person is not None:
                    found[document.id] = person
        return found

    def seal(self, id: str, text: str) -> str | None:
        """A text about the person, readable only while she is not erased; None when she is. One read."""
        key = self._key(id)
        return None if key is None else _seal(key, text, id)

    def unseal(self, id: str, sealed: Iterable[str]) -> list[str | None]:
        """Texts that were sealed under this person's key; None for each when she is erased. One read."""
        key = self._key(id)
        return [None if key is None else _unseal(key, text, id) for text in sealed]

    def erase(self, id: str, *, at: datetime) -> None:
        """Destroy the person's key and all that was kept (Art. 17 GDPR). Cannot be taken back."""

        def erased(record: _Record) -> _Record | None:
            if record.erased_at is not None:
                return None
            return record.model_copy(update={"key": None, "sealed": None, "erased_at": at})

        self._change(id, "erased", erased)

    def rewrap(self) -> int:
        """Bring every person under the current master key; how many that were. Sealed texts are not touched.

        For after a rotation. It may be broken off and begun again, and the system may run meanwhile.
        """
        every = Query("persons", order=("kept_at",), limit=200)
        return sum(self._change(document.id, "rewrapped", self._rewrapped) for document in pages(self._store, every))

    def _rewrapped(self, record: _Record) -> _Record | None:
        if record.key is None or self._keyring.is_current(record.key):
            return None
        return record.model_copy(update={"key": self._keyring.wrap(self._keyring.unwrap(record.key))})

    def _change(self, id: str, what: str, decide: Callable[[_Record], _Record | None]) -> bool:
        """Write what `decide` makes of the record; False where there is nothing to do."""
        for _ in patiently():
            record = self._record(id)
            decided = None if record is None else decide(record)
            if decided is None:
                return False
            changed = decided.model_copy(update={"version": decided.version + 1})
            note = Create(f"{_path(id)}/changes/{changed.version}", {"what": what})
            try:
                self._store.commit([note, Put(_path(id), changed.model_dump(mode="json"))])
            except AlreadyThere:
                continue
            return True
        raise Busy()

    def forget_orphans(self, prefix: str, is_there: Callable[[str], bool], *, at: datetime) -> int:
        """Erase whoever was kept a day to a week ago for a subject of this prefix that was never written.

        A crash between the vault and the subject leaves such a person. How many they were.
        """
        orphans = [id for id, subject in self._pointing(at) if subject.startswith(prefix) and not is_there(subject)]
        for id in orphans:
            self.erase(id, at=at)
        return len(orphans)

    def _pointing(self, at: datetime) -> Iterator[tuple[str, str]]:
        since, until = stamp(at - ORPHANED_BEFORE), stamp(at - ORPHANED_AFTER)
        where: tuple[Condition, ...] = (("kept_at", ">=", since), ("kept_at", "<", until))
        for document in pages(self._store, Query("persons", where, ("kept_at",), 200)):
            if document.body["erased_at"] is None:
                yield document.id, document.body["subject"]

    def traces(self, words: Iterable[str]) -> Searched:
        """Where in the vault words stand in clear: nowhere, ever."""
        return search_for(DATABASES["people"], self._store, words)

    def tokens(self, person: Person, reference: str) -> list[str]:
        """The keyed tokens under which this person's case is found."""
        names = (person.given_name, person.family_name)
        return search.tokens(self._keyring.search_key(), names=names, born=person.date_of_birth, reference=reference)

    def sought(self, text: str) -> str | None:
        """The keyed token that a search text asks for; None when there is nothing to search for in it."""
        return search.sought(self._keyring.search_key(), text)

    def _record(self, id: str) -> _Record | None:
        body = self._store.get(_path(id))
        return None if body is None else _Record.model_validate(body)

    def _key(self, id: str) -> bytes | None:
        record = self._record(id)
        return None if record is None or record.key is None else self._keyring.unwrap(record.key)

    def _opened(self, id: str, record: _Record) -> Person | None:
        if record.key is None or record.sealed is None:
            return None
        return Person.model_validate(json.loads(_unseal(self._keyring.unwrap(record.key), record.sealed, id)))


def _path(id: str) -> str:
    return f"persons/{id}"


def _seal(key: bytes, text: str, id: str) -> str:
    nonce = secrets.token_bytes(NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), id.encode())).decode()


def _unseal(key: bytes, sealed: str, id: str) -> str:
    held = base64.b64decode(sealed)
    return AESGCM(key).decrypt(held[:NONCE], held[NONCE:], id.encode()).decode()


@cache
def connect_people() -> People:
    """The vault of this process, opened once."""
    return People(connect("people"), keys.connect())
