"""Proving an erasure: a search for what was there, through every database, page by page, as long as it takes.

One round looks for the words of all who were erased before it began. After each page it keeps how far it is, so that
a kill costs one page; who looks twice at a page finds the same, and whoever is overtaken only looks once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from services.cases.rights import erasing
from services.cases.rights.program import is_code
from services.cases.rights.unsent import whose
from services.cases.store import Desk
from shared.events import At, stamp
from shared.store import Body, Page, Put, Query, Store
from shared.store.catalogue import DATABASES
from shared.store.traces import SHOWN, Sought, places

OUTBOX = "outbox"
"""Where texts lie that nobody carries; there is none where providers carry all of them."""

SEARCHED = ("cases", "people", "intake", "notifications", "reporting", OUTBOX)
"""The facts by their texts, which lie with the reports."""

TOLD_WITHIN = timedelta(days=1)
"""How long a certificate waits where the outbox still shows something: notifications have not heard of it yet."""

VOCABULARY = "vocabulary/whole"
"""Where reporting says when it wrote down every text of the facts."""

PAGE, MOST = 500, 100_000
"""Documents of one page, and of one run: the next goes on."""

PERSONS = 500
"""Persons that are looked for in one round."""

A_DAY, LONGEST_REST = 1_000_000, timedelta(days=7)
"""Documents that rounds read in a day on average: after a long one the next rests, but a week at most. Each that is
read is paid in the cloud; and the vault's backups hold the key of who was erased for a week as well."""

GIVEN_UP = timedelta(days=28)
"""After which an erasure is certified as not wholly searched: the words are not kept for longer, and the client is to
be answered within a month (Art. 12 (3) GDPR)."""

CURRENT = "searches/current"


class Found(BaseModel):
    """A place where a word of somebody stands."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    person: str
    database: str
    path: str


class Round(BaseModel):
    """How far the search is that goes on now."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    persons: tuple[str, ...]
    places: tuple[str, ...]
    """What is searched, as `database/collection`, in order."""
    began_at: At
    place: int = 0
    after: str | None = None
    documents: dict[str, int] = {}
    found: tuple[Found, ...] = ()
    facts_as_of: str | None = None
    """Of when the texts of the facts are that were searched with the reports; None where they are not all there."""
    codes: dict[str, dict[str, int]] = {}
    """By person and database, in how many documents a code is one of her words, and nothing else of hers stands."""

    @property
    def is_over(self) -> bool:
        """Whether every place was searched."""
        return self.place == len(self.places)

    @property
    def seen(self) -> int:
        """Documents that were read, in all databases."""
        return sum(self.documents.values())

    @property
    def rests_until(self) -> datetime:
        """When the next round begins: later, the more there is to read."""
        return self.began_at + min(timedelta(days=self.seen / A_DAY), LONGEST_REST)

    def searched(self, person: str) -> list[Body]:
        """What was searched for a person so far, database by database."""
        missing = {place.partition("/")[0] for place in self.places[self.place :]}
        return [
            {
                "database": database,
                "documents": self.documents.get(database, 0),
                "complete": database not in missing,
                "codes": self.codes.get(person, {}).get(database, 0),
                "found": [one.path for one in self.found if (one.person, one.database) == (person, database)],
            }
            for database in SEARCHED
        ]


def go_on(stores: Mapping[str, Store], *, desk: Desk, at: datetime, most: int = MOST) -> dict[str, int]:
    """Finish what is on record, look on where the last run ended, certify at the end. May be killed at any moment."""
    undone = erasing.finish(at=at, desk=desk)
    late = [one for one in undone if at - datetime.fromisoformat(one["destroyed_at"]) > GIVEN_UP]
    for one in late:
        _give_up(one, at=at, desk=desk)
    wanted = [one for one in undone if one not in late]
    before = _round(wanted, at=at, desk=desk)
    if before is None:
        return {"documents": 0, "certified": len(late)}
    now = _looked(before, stores, desk, most)
    proved = [one for one in wanted if now.is_over and one["person"] in now.persons and not _comes(one, now, at)]
    for one in proved:
        _certify(one, now.searched(one["person"]), facts=now.facts_as_of, at=at, desk=desk)
    if now.is_over:
        _end(now, desk, wanted={one["person"] for one in wanted if one not in proved})
    return {"documents": now.seen - before.seen, "certified": len(late) + len(proved)}


def current(desk: Desk) -> Round | None:
    """The search that goes on now. Where a release of the program changed what is to be searched, it begins anew."""
    held = desk.store.get(CURRENT)
    if held is None:
        return None
    now = Round.model_validate(held)
    return now if now.places == _everywhere() else _first(now.persons, now.began_at)


def so_far(erasure: Body, now: Round | None) -> list[Body]:
    """What was searched for a person until now, in this round."""
    if now is None or erasure["person"] not in now.persons:
        now = _first((), datetime.fromisoformat(erasure["at"]))
    return now.searched(erasure["person"])


def _round(wanted: list[Body], *, at: datetime, desk: Desk) -> Round | None:
    """The round that goes on, or a new one when the last has rested; one that is about nobody any more is over."""
    persons, now = tuple(dict.fromkeys(one["person"] for one in wanted))[:PERSONS], current(desk)
    if now is not None and not {one["person"] for one in wanted}.isdisjoint(now.persons):
        return now
    if now is not None and now.persons:
        _end(now, desk)
    rests = now is not None and at < now.rests_until
    return _first(persons, at) if persons and not rests else None


def _first(persons: tuple[str, ...], at: datetime) -> Round:
    return Round(persons=persons, places=_everywhere(), began_at=at)


def _looked(now: Round, stores: Mapping[str, Store], desk: Desk, most: int) -> Round:
    """The round after so many more documents, kept after each page."""
    sought = Sought((person, word) for person in now.persons for word in desk.people.needles.find(person))
    until = now.seen + most
    while not now.is_over and now.seen < until:
        now = _page(now, sought, stores)
        desk.store.commit([Put(CURRENT, now.model_dump(mode="json"))], durably=now.is_over)
    return now


def _page(now: Round, sought: Sought, stores: Mapping[str, Store]) -> Round:
    database, collection = now.places[now.place].split("/", 1)
    store = stores.get(database)
    page = Page([]) if store is None else store.query(Query(collection, limit=PAGE, after=now.after))
    traces = {document.path: sought.in_(document, is_code) for document in page.items}
    if database == OUTBOX:
        traces = {one.path: whose(one, traces[one.path], now.persons) for one in page.items}
    found = [
        Found(person=person, database=database, path=path)
        for path, one in traces.items()
        for person in sorted(one.remains)
    ]
    facts = [one.body["at"] for one in page.items if one.path == VOCABULARY and one.body["complete"]]
    codes = Counter(person for one in traces.values() for person in one.codes)
    return now.model_copy(
        update={
            "place": now.place + (page.next is None),
            "after": page.next,
            "documents": Counter(now.documents) + Counter({database: len(page.items)}),
            "found": _bounded((*now.found, *found)),
            "facts_as_of": next(iter(facts), now.facts_as_of),
            "codes": _added(now.codes, database, codes),
        }
    )


def _bounded(found: Iterable[Found]) -> tuple[Found, ...]:
    """The first places of each person in each database."""
    counts: Counter[tuple[str, str]] = Counter()
    kept = []
    for one in found:
        counts[one.person, one.database] += 1
        if counts[one.person, one.database] <= SHOWN:
            kept.append(one)
    return tuple(kept)


def _added(held: Mapping[str, dict[str, int]], database: str, codes: Mapping[str, int]) -> dict[str, dict[str, int]]:
    more = {person: {**held.get(person, {}), database: number} for person, number in codes.items()}
    for person, counted in more.items():
        counted[database] += held.get(person, {}).get(database, 0)
    return {**held, **more}


def _certify(erasure: Body, searched: list[Body], *, at: datetime, desk: Desk, facts: str | None = None) -> None:
    proof = {
        "facts_as_of": facts,
        "certified_at": stamp(at),
        "searched": searched,
        "negative": all(one["complete"] and not one["found"] for one in searched),
    }
    desk.store.commit([Put(erasing.path(erasure["case"]), {**erasure, **proof, "done": True})])


def _give_up(erasure: Body, *, at: datetime, desk: Desk) -> None:
    """The words first: what was looked for until now is proof enough of how far it came."""
    desk.people.needles.forget(erasure["person"])
    _certify(erasure, so_far(erasure, current(desk)), at=at, desk=desk)


def _comes(erasure: Body, now: Round, at: datetime) -> bool:
    """Whether notifications are still to hear that she was erased: then all is looked through once more."""
    shown = any((one.person, one.database) == (erasure["person"], OUTBOX) for one in now.found)
    return shown and at - datetime.fromisoformat(erasure["destroyed_at"]) < TOLD_WITHIN


def _end(now: Round, desk: Desk, *, wanted: Collection[str] = ()) -> None:
    """The round is over, and nobody looked for any more but who is still `wanted`.

    Last of all it forgets whom it was about: until then that is known.
    """
    for person in {*now.persons} - {*wanted}:
        desk.people.needles.forget(person)
    desk.store.commit(
        [Put(CURRENT, now.model_copy(update={"persons": (), "found": (), "codes": {}}).model_dump(mode="json"))]
    )


def _everywhere() -> tuple[str, ...]:
    return tuple(f"{database}/{place}" for database in SEARCHED for place in places(DATABASES[database]))
