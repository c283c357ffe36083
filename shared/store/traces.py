"""Whether words stand anywhere in clear: a search through every document of a database, whole or page by page."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.store import Document, Query, Store, pages
from shared.store.catalogue import Database

SHORT = 4
"""Shorter words stand in many texts by chance: they are found only where a field holds nothing else."""

MOST = 200_000
"""Documents that are looked at in one search: about fifteen seconds embedded."""

SHOWN = 100

PART = re.compile(r"\w+")


class Searched(BaseModel):
    """What was searched, and where something was found: the places, never the words."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    database: str
    documents: int
    complete: bool
    found: tuple[str, ...]


class Traces(NamedTuple):
    """Whose words stand in a document: as what somebody left, and where only a code of ours is the same word."""

    remains: set[str]
    codes: set[str]


IsCode = Callable[[str | None, str], bool]
"""Whether a text is ours where it stands: under the name of its field, or without one, as such a name or a path."""


class _Word(NamedTuple):
    text: str
    begins: int
    """Where its first part begins in it: behind a plus or a bracket, say."""
    whose: str


class Sought:
    """Words to look for, each with whose it is. How many there are costs nothing: each is found by its first part."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        """Pairs of a name and a word of whoever has it."""
        self._alone: dict[str, set[str]] = defaultdict(set)
        self._by_part: dict[str, list[_Word]] = defaultdict(list)
        for whose, word in words:
            self._add(whose, _folded(word).strip())

    def in_(self, document: Document, is_code: IsCode = lambda _field, _text: False) -> Traces:
        """Whose words stand in a document or in its path; those that are codes there, apart."""
        found = Traces(set(), set())
        for field, text in ((None, document.path), *_leaves(document.body)):
            whose = set(self._whose(_folded(text)))
            if whose:
                (found.codes if is_code(field, text) else found.remains).update(whose)
        return Traces(found.remains, found.codes - found.remains)

    def _add(self, whose: str, word: str) -> None:
        first = PART.search(word)
        if first is not None and len(word) >= SHORT:
            self._by_part[first.group()].append(_Word(word, first.start(), whose))
        elif word:
            self._alone[word].add(whose)

    def _whose(self, text: str) -> Iterator[str]:
        yield from self._alone.get(text, ())
        if self._by_part.keys().isdisjoint(PART.findall(text)):
            return
        for part in PART.finditer(text):
            for word in self._by_part.get(part.group(), ()):
                if _stands(word.text, text, part.start() - word.begins):
                    yield word.whose


def _stands(word: str, text: str, at: int) -> bool:
    """Whether a word stands in a text at this place, and is not the middle of a longer one."""
    if at < 0 or not text.startswith(word, at):
        return False
    beside = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
    return PART.search(beside) is None


def search(database: Database, store: Store, words: Iterable[str], *, most: int = MOST) -> Searched:
    """Look for words in every document of every collection, and in its path."""
    sought = Sought(("", word) for word in words)
    seen, found = 0, []
    for document in islice(_documents(database, store), most + 1):
        seen += 1
        if sought.in_(document).remains:
            found.append(document.path)
    return Searched(database=database.name, documents=seen, complete=seen <= most, found=tuple(found[:SHOWN]))


def places(database: Database) -> list[str]:
    """All that can be asked for in a database, as queries name it: together every document."""
    return [f"*/{one.name}" if one.group else one.name for one in database.collections]


def _documents(database: Database, store: Store) -> Iterator[Document]:
    for place in places(database):
        yield from pages(store, Query(place, limit=200))


def _leaves(value: Any, field: str | None = None) -> Iterator[tuple[str | None, str]]:
    """Every text in it with the name of its field; each such name without one."""
    match value:
        case str():
            yield field, value
        case dict():
            for name, inner in value.items():
                yield None, name
                yield from _leaves(inner, name)
        case list() | tuple():
            for inner in value:
                yield from _leaves(inner, field)
        case int() | float():
            yield field, str(value)


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()
