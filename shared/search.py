"""Keyed search tokens: a name is found misspelt or in another script, and never lies in clear in an index."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import combinations

REFERENCE = re.compile(r"KIM-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{3}[0-9A-HJKMNP-TV-Z*~$=U]", re.IGNORECASE)
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4})")
MOST_WORDS = 6


def words(name: str) -> list[str]:
    """A name as lower-case Latin words: NFKC, transliterated, without marks; at most six."""
    from anyascii import anyascii

    latin = anyascii(unicodedata.normalize("NFKC", name)).casefold()
    return re.findall(r"[a-z]+", latin.replace("'", "").replace("`", ""))[:MOST_WORDS]


def sound(word: str) -> str:
    """Cologne phonetics of a Latin word (Postel 1969); the word itself where nothing of it sounds."""
    import cologne_phonetics

    return "".join(code for _, code in cologne_phonetics.encode(word)) or word


def tokens(key: bytes, *, names: Iterable[str], born: date, reference: str) -> list[str]:
    """All tokens under which a person's case is found: names, pairs of names, birth date, reference."""
    sounds = sorted({sound(word) for name in names for word in words(name)})
    terms = [f"name:{one}" for one in sounds]
    terms += [f"names:{one} {other}" for one, other in combinations(sounds, 2)]
    terms += [f"born:{born.isoformat()}", f"reference:{reference.replace('-', '')}"]
    return [_token(key, term) for term in terms]


def sought(key: bytes, query: str) -> str | None:
    """The one token that a search text asks for, or None when there is nothing to search for in it."""
    if found := REFERENCE.fullmatch(query.strip()):
        return _token(key, f"reference:{found.group().upper().replace('-', '')}")
    if found := DATE.fullmatch(query.strip()):
        year, month, day = found.group(1, 2, 3) if found.group(1) else found.group(6, 5, 4)
        return _token(key, f"born:{year}-{int(month):02}-{int(day):02}")
    sounds = sorted({sound(word) for word in words(query)})[:2]
    if not sounds:
        return None
    return _token(key, f"names:{' '.join(sounds)}" if len(sounds) > 1 else f"name:{sounds[0]}")


def _token(key: bytes, term: str) -> str:
    return hmac.new(key, term.encode(), hashlib.sha256).hexdigest()[:24]
