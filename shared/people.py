"""The vault: the only personal data there is, its keys, its erasure.

Each person has a random key; identity and all free text about the person are sealed under it (AES-256-GCM).
Destroying the key turns every copy, backup and log of the sealed text into noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared import keys, likeness, search
from shared.codes import Likeness
from shared.errors import Busy
from shared.needles import Needles
from shared.orphans import unseen
from shared.person import Person as Person
from shared.person import Record, seal, unseal
from shared.store import (
    AlreadyThere,
    Create,
    Put,
    Query,
    Store,
    Write,
    connect,
    pages,
    patiently,
)

NOTHING: Mapping[str, None] = {}


class People:
    """Keeps persons, seals texts about them, and forgets them."""

    def __init__(self, store: Store, keyring: keys.Keyring) -> None:
        self._store, self._keyring = store, keyring
        self.needles = Needles(store, keyring)

    def keep(self, id: str, person: Person, *, subject: str, at: datetime) -> None:
        """Keep a new person; `subject` is the document that will point to her. A repeat changes nothing."""
        key = AESGCM.generate_key(256)
        record = Record(
            subject=subject,
            kept_at=at,
            key=self._keyring.wrap(key),
            sealed=seal(key, person.model_dump_json(), id),
        )
        try:
            self._store.commit([Create(_path(id), record.model_dump(mode="json"))])
        except AlreadyThere:
            return

    def find(self, id: str, amendment: str | None = None) -> Person | None:
        """The person, or None when she was erased or never kept. One read.

        `amendment` is the last change of her that counts: it may not have been settled yet.
        """
        record = self._record(id)
        return None if record is None else self._opened(id, record, amendment)

    def find_many(self, ids: Iterable[str], amendments: Mapping[str, str | None] = NOTHING) -> dict[str, Person]:
        """The persons that are there, by id, each with her amendment that counts. One read each, at once."""
        found = ((id, self._opened(id, record, amendments.get(id))) for id, record in self._records(ids).items())
        return {id: person for id, person in found if person is not None}

    def seal(self, id: str, text: str) -> str | None:
        """A text about the person, readable only while she is not erased; None when she is. One read."""
        key = self._key(id)
        return None if key is None else seal(key, text, id)

    def unseal(self, sealed: Sequence[tuple[str, str]]) -> list[str | None]:
        """Texts, each given with the person under whose key it was sealed; None for one of somebody who is erased.

        One read for each person, at once.
        """
        held = {id: self._opens(record) for id, record in self._records(id for id, _ in sealed).items()}
        return [None if (key := held.get(id)) is None else unseal(key, text, id) for id, text in sealed]

    def amend(
        self, id: str, amendment: str, said: Mapping[str, Any], *, subject: str, after: str | None, at: datetime
    ) -> bool:
        """Keep changes of a person until they count; False when she was erased.

        They count once her case, `subject`, names the amendment, which `settle` then makes part of her. Until then,
        and when that never happens, she stays as she is. `after` is the amendment that the case names now.
        """

        def amended(record: Record) -> Record | None:
            key = self._opens(record)
            if key is None:
                return None
            return record.settled(key, id, after).amended(key, id, amendment, said, subject=subject, at=at)

        return self._change(id, "amended", amended)

    def settle(self, id: str, amendment: str | None) -> bool:
        """Make an amendment that counts part of the person; False when it is so already."""

        def settled(record: Record) -> Record | None:
            key = self._opens(record)
            return record.settled(key, id, amendment) if key is not None and amendment in record.amendments else None

        return self._change(id, "settled", settled)

    def erase(self, *ids: str, at: datetime, words: Iterable[str] = ()) -> None:
        """Destroy the keys of persons and all that was kept, in one commit (Art. 17 GDPR). Cannot be taken back.

        `words` are to be looked for: that commit keeps them as needles of the first person. A repeat changes nothing.
        """
        wanted = tuple(words)
        for _ in patiently():
            held = {id: self._record(id) for id in ids}
            writes = [one for id, record in held.items() if record for one in _erased(id, record, at)]
            if not writes:
                return None
            kept = [self.needles.kept(ids[0], wanted)] if wanted else []
            try:
                return self._store.commit([*writes, *kept])
            except AlreadyThere:
                continue
        raise Busy()

    def rewrap(self) -> int:
        """Bring every person under the current master key; how many that were. Sealed texts are not touched.

        For after a rotation. It may be broken off and begun again, and the system may run meanwhile.
        """
        every = Query("persons", order=("kept_at",), limit=200)
        return sum(self._change(document.id, "rewrapped", self._rewrapped) for document in pages(self._store, every))

    def _rewrapped(self, record: Record) -> Record | None:
        if record.key is None or self._keyring.is_current(record.key):
            return None
        return record.model_copy(update={"key": self._keyring.wrap(self._keyring.unwrap(record.key))})

    def _change(self, id: str, what: str, decide: Callable[[Record], Record | None]) -> bool:
        """Write what `decide` makes of the record; False where there is nothing to do."""
        for _ in patiently():
            record = self._record(id)
            decided = None if record is None else decide(record)
            if decided is None:
                return False
            try:
                self._store.commit(_changed(id, what, decided))
            except AlreadyThere:
                continue
            return True
        raise Busy()

    def forget_orphans(self, prefix: str, is_there: Callable[[str], bool], *, at: datetime) -> int:
        """Erase whoever was kept more than a day ago for a subject of this prefix that was never written.

        A crash between the vault and the subject leaves such a person. It goes on behind whom it looked at last, a
        thousand persons a time; how many it erased.
        """
        forgotten = 0
        for one in chain.from_iterable(unseen(self._store, prefix, at=at)):
            subject = one.body["subject"]
            if one.body["erased_at"] is None and subject.startswith(prefix) and not is_there(subject):
                self.erase(one.id, at=at)
                forgotten += 1
        return forgotten

    def tokens(self, person: Person, reference: str) -> list[str]:
        """The keyed tokens under which this person's case is found: searched for, or as a possible duplicate."""
        key, names = self._keyring.search_key(), (person.given_name, person.family_name)
        found = search.tokens(key, names=names, born=person.date_of_birth, reference=reference)
        return [*found, *self.alike(person)]

    def alike(self, person: Person) -> dict[str, tuple[Likeness, ...]]:
        """The keyed tokens that everybody has who may be this person, each with the criteria that it stands for."""
        return likeness.tokens(
            self._keyring.search_key(),
            given_name=person.given_name,
            family_name=person.family_name,
            born=person.date_of_birth,
            phone=person.phone,
            email=person.email,
        )

    def sought(self, text: str) -> str | None:
        """The keyed token that a search text asks for; None when there is nothing to search for in it."""
        return search.sought(self._keyring.search_key(), text)

    def _record(self, id: str) -> Record | None:
        body = self._store.get(_path(id))
        return None if body is None else Record.model_validate(body)

    def _records(self, ids: Iterable[str]) -> dict[str, Record]:
        wanted = {_path(id): id for id in ids}
        return {wanted[at]: Record.model_validate(body) for at, body in self._store.get_many(wanted).items()}

    def _key(self, id: str) -> bytes | None:
        record = self._record(id)
        return None if record is None else self._opens(record)

    def _opens(self, record: Record) -> bytes | None:
        return None if record.key is None else self._keyring.unwrap(record.key)

    def _opened(self, id: str, record: Record, amendment: str | None = None) -> Person | None:
        key = self._opens(record)
        return None if key is None else record.person(key, id, amendment)


def _erased(id: str, record: Record, at: datetime) -> list[Write]:
    return [] if record.erased_at is not None else _changed(id, "erased", record.erased(at))


def _changed(id: str, what: str, decided: Record) -> list[Write]:
    """The next version of a record, with the note that is its lock."""
    changed = decided.model_copy(update={"version": decided.version + 1})
    note = Create(f"{_path(id)}/changes/{changed.version}", {"what": what})
    return [note, Put(_path(id), changed.model_dump(mode="json"))]


def _path(id: str) -> str:
    return f"persons/{id}"


@cache
def connect_people() -> People:
    """The vault of this process, opened once."""
    return People(connect("people"), keys.connect())
