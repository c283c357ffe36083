"""Names in Latin letters, whatever script they are written in."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 6

ARTICLE = re.compile(r"(?<!\w)ال(?=\w)")
"""The Arabic article is written as one word with its noun, and apart from it in Latin letters."""

BREATHED = re.compile(r"(?<=\w)(?=[\u062d\u0647])")
"""Before the letters that are h themselves: in Latin letters one more would be the second half of sh, zh, kh or rh."""


def words(name: str) -> list[str]:
    """A name as lower-case Latin words: NFKC, transliterated, without marks; at most six."""
    written = BREATHED.sub("a", ARTICLE.sub("al ", unicodedata.normalize("NFKC", name)))
    return re.findall(r"[a-z]+", re.sub("['`]", "", latin(written)))[:MOST_WORDS]


def latin(written: str) -> str:
    """What is written in any script, in Latin letters, lower case."""
    from anyascii import anyascii

    return anyascii(written).casefold()
