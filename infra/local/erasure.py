"""Search every database of a system for words that were erased, one a line on standard input."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from infra.local.release import must_fit
from shared.settings import settings
from shared.store import connect
from shared.store.catalogue import DATABASES, IN_THE_CLOUD
from shared.store.traces import Searched, search

PIECE = 16 * 1024 * 1024
"""Bytes that are looked through at once."""


def main() -> int:
    """Print where any of the words stands, never the words themselves; 1 when one is found.

    2 when there was nothing to search for, or nothing to search in: neither is proof of anything.
    """
    words = [line.strip() for line in sys.stdin if line.strip()]
    if not words:
        print("No word was given: write one a line on standard input.")
        return 2
    searched, files = everywhere(words), in_files(words)
    for one in searched:
        print(f"{one.database}: {one.documents} documents, {len(one.found)} found")
        print(*(f"  {place}" for place in one.found), sep="\n", end="\n" * bool(one.found))
    print(*(f"{name}: found in the bytes of the file" for name in files), sep="\n", end="\n" * bool(files))
    if not any(one.documents for one in searched):
        print("There is no document here: does KIM_DATA name the folder?")
        return 2
    return 1 if files or any(one.found or not one.complete for one in searched) else 0


def everywhere(words: Iterable[str]) -> list[Searched]:
    """What a search of every database that is here finds; an operator may open all of them."""
    wanted, names = list(words), IN_THE_CLOUD if settings().backend == "google" else DATABASES
    return [search(DATABASES[name], connect(name), wanted) for name in names]


def in_files(words: Iterable[str]) -> list[str]:
    """Files of an embedded system whose bytes hold a word: free pages and logs of a database too."""
    wanted = [form for word in words for form in _forms(word)]
    found = (file for file in sorted(settings().data.rglob("*")) if file.is_file() and settings().backend == "embedded")
    return [file.name for file in found if _holds(file, wanted)]


def _forms(word: str) -> set[bytes]:
    """A word as it stands in a file: in UTF-8, and as JSON writes its letters beyond ASCII."""
    composed = unicodedata.normalize("NFC", word)
    return {word.encode(), composed.encode(), json.dumps(composed)[1:-1].encode()}


def _holds(file: Path, wanted: list[bytes]) -> bool:
    """Piece by piece, for a database may be larger than the memory; what lies across two is found too."""
    overlap, rest = max(map(len, wanted)), b""
    with suppress(FileNotFoundError), file.open("rb") as opened:  # a log may be gone by now, and is in its database
        while piece := opened.read(PIECE):
            rest += piece
            if any(word in rest for word in wanted):
                return True
            rest = rest[-overlap:]
    return False


if __name__ == "__main__":
    must_fit()
    sys.exit(main())
