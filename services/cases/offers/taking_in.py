"""Many offers at once: every row of an import is taken in, or none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from marshmallow import ValidationError

from services.cases.offers import domain
from services.cases.offers.domain import MoreFreeThanThere, Offer
from services.cases.offers.handlers import writes_for
from services.cases.offers.schemas import OfferCommand
from services.cases.offers.sheets import Row
from services.cases.store import Desk
from shared.errors import Busy, Invalid
from shared.http.call import Answer, Call
from shared.http.schema import translated
from shared.municipality import municipality
from shared.store import AlreadyThere, Body, Create, Put, Write, patiently
from shared.store.lines import FIRST, entry_of
from shared.store.outbox import publish
from shared.texts import text

COMMAND = OfferCommand()
OURS = re.compile(r"offer-[0-9a-f]{32}")


class Taken(NamedTuple):
    """What one row of an import comes to."""

    row: int
    id: str
    result: str
    writes: tuple[Write, ...] = ()
    entry: tuple[str, Body] | None = None


def take_in(call: Call, rows: list[Row], *, desk: Desk) -> Answer:
    """Take every row in, or none; taking the same rows in again changes nothing. Raises `Invalid` by row."""
    for _ in patiently():
        taken = _planned(call, rows, desk)
        body = {"rows": [{"row": one.row, "id": one.id, "result": one.result} for one in taken]}
        kept = [] if call.once is None else [call.once.keep(200, body, version=None, at=call.at)]
        try:
            desk.store.commit([*(write for one in taken for write in one.writes), *kept])
        except AlreadyThere as there:
            if there.path.startswith("answers/"):
                raise
            continue  # somebody changed one of them meanwhile: look again
        for one in taken:
            if one.entry is not None:
                publish(desk.store, desk.bus, one.entry)
        return Answer(body)
    raise Busy()


def _planned(call: Call, rows: list[Row], desk: Desk) -> list[Taken]:
    taken: dict[str, Taken] = {}
    wrong: dict[str, list[str]] = {}
    for row in rows:
        try:
            one = _taken(call, row, desk)
            if taken.setdefault(one.id, one) is not one:
                raise Invalid({"id": [text("This offer stands twice.")]})
        except Invalid as refusal:
            said = (f"{name}: {sentence}" for name, held in refusal.errors.items() for sentence in _sentences(held))
            wrong[f"row {row.number}"] = list(said)
    if wrong:
        raise Invalid(wrong)
    return list(taken.values())


def _taken(call: Call, row: Row, desk: Desk) -> Taken:
    said = _read(row)
    organisation = said["organisation"] = said["organisation"] or call.actor.organisation
    if municipality().named(organisation or "") is None:
        raise Invalid({"organisation": [text("There is no such organisation.")]})
    if not writes_for(call.actor, organisation):
        raise Invalid({"organisation": [text("You write the offers of your own organisation only.")]})
    id = row.id or _derived(organisation, str(row.said.get("source") or said["title"]))
    body = desk.store.get(f"offers/{id}")
    held = None if body is None else Offer.model_validate(body)
    if held is not None and held.organisation != organisation:
        raise Invalid({"id": [text("This is an offer of another organisation.")]})
    try:
        change = (
            domain.list_offer(id, said, at=call.at, by=call.actor.id)
            if held is None
            else domain.change(held, said, at=call.at, by=call.actor.id)
        )
    except MoreFreeThanThere as refusal:
        raise Invalid({"free_places": [text(refusal.says)]}) from None
    if change is None:
        return Taken(row.number, id, "unchanged")
    return _written(row, change, body, published=desk.bus.wake is not None)


def _written(row: Row, change: domain.Change, before: Body | None, *, published: bool) -> Taken:
    offer, event = change
    path = f"offers/{offer.id}"
    previous = FIRST if before is None else before["head"]
    entry = entry_of(event, previous, published=published)
    body = {**(before or {}), **offer.model_dump(mode="json"), "head": entry["hash"]}
    place = f"{path}/events/{event.version}"
    writes = (Create(place, entry), Create(path, body) if before is None else Put(path, body))
    return Taken(row.number, offer.id, "added" if before is None else "changed", writes, (place, entry))


def _read(row: Row) -> dict[str, Any]:
    if row.id is not None and not OURS.fullmatch(row.id):
        raise Invalid({"id": [text("This is not an id of an offer.")]})
    try:
        said: dict[str, Any] = COMMAND.load({name: value for name, value in row.said.items() if name != "source"})
    except ValidationError as error:
        raise Invalid(translated(error.messages_dict)) from None
    return said


def _derived(organisation: str | None, named: str) -> str:
    return f"offer-{hashlib.sha256(f'{organisation} {named}'.encode()).hexdigest()[:32]}"


def _sentences(held: object) -> Iterable[str]:
    return [str(one) for one in held] if isinstance(held, list) else [str(held)]
