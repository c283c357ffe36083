"""Whether words stand anywhere in clear: a search through every document of a database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.store import Document, Query, Store, pages
from shared.store.catalogue import Database

SHORT = 4
"""Shorter words stand in many texts by chance: they are found only where a field holds nothing else."""

MOST = 200_000
"""Documents that are looked at in one search: about fifteen seconds embedded."""

SHOWN = 100


class Searched(BaseModel):
    """What was searched, and where something was found: the places, never the words."""

    model_config = ConfigDict(frozen=True)

    database: str
    documents: int
    complete: bool
    found: tuple[str, ...]


def search(database: Database, store: Store, words: Iterable[str], *, most: int = MOST) -> Searched:
    """Look for words in every document of every collection, and in its path."""
    stands = _pattern(words)
    seen, found = 0, []
    for document in islice(_documents(database, store), most + 1):
        seen += 1
        if stands is not None and any(map(stands.search, _texts(document))):
            found.append(document.path)
    return Searched(database=database.name, documents=seen, complete=seen <= most, found=tuple(found[:SHOWN]))


def _documents(database: Database, store: Store) -> Iterator[Document]:
    for collection in database.collections:
        name = f"*/{collection.name}" if collection.group else collection.name
        yield from pages(store, Query(name, limit=200))


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    wanted = {folded for word in words if (folded := _folded(word).strip())}
    parts = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in wanted if len(word) >= SHORT]
    parts += [rf"\A{re.escape(word)}\Z" for word in wanted if len(word) < SHORT]
    return re.compile("|".join(parts)) if parts else None


def _texts(document: Document) -> Iterator[str]:
    yield _folded(document.path)
    yield from map(_folded, _leaves(document.body))


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                yield name
                yield from _leaves(inner)
        case list() | tuple():
            for inner in value:
                yield from _leaves(inner)
        case int() | float():
            yield str(value)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
