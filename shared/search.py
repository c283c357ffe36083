"""Keyed search tokens: a name is found misspelt or in another script, and never lies in clear in an index."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import combinations

REFERENCE = re.compile(r"KIM-?([0-9A-Z]{4})-?([0-9A-Z]{3}[0-9A-Z*~$=])", re.IGNORECASE)
MISREAD = str.maketrans("OIL", "011")
"""Crockford's base 32 has none of these letters: whoever writes one means the digit."""
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4})")
MOST_WORDS = 6

ARTICLE = re.compile(r"(?<!\w)ال(?=\w)")
"""The Arabic article is written as one word with its noun, and apart from it in Latin letters."""

BREATHED = re.compile(r"(?<=\w)(?=[\u062d\u0647])")
"""Before the letters that are h themselves: in Latin letters one more would be the second half of sh, zh, kh or rh."""

SPELLINGS = [
    (re.compile(spelt), heard)
    for spelt, heard in (
        (r"dsch|dzh|dj", "j"),
        (r"^chr", "kr"),
        (r"t?sch|tch|sh|zh|cz|sz", "s"),
        (r"kh|(?<=[aeiou])ch(?=[a-z])", "h"),
        (r"^ch|(?<=[^aeiou])ch|ch$|ic$", "s"),
        (r"ph", "f"),
        (r"th|d", "t"),
        (r"^rh", "r"),
        (r"c(?=[eiy])|z|ts$", "s"),
        (r"gh|[cgq]", "k"),
        (r"x", "ks"),
        (r"^[vw]", "f"),
        (r"b", "p"),
        (r"[aeiouyjvw]", ""),
        (r"(?<!^)h$", ""),
        (r"(.)\1+", r"\1"),
    )
]
"""How German, English, French, Turkish and Slavic spellings of one sound become one letter, in this order.

In the spirit of Cologne phonetics (Postel 1969), without vowels and with h: Arabic and Persian write no short vowels,
so only what is left of a name without them is the same in every script.
"""


def words(name: str) -> list[str]:
    """A name as lower-case Latin words: NFKC, transliterated, without marks; at most six."""
    written = BREATHED.sub("a", ARTICLE.sub("al ", unicodedata.normalize("NFKC", name)))
    return re.findall(r"[a-z]+", re.sub("['`]", "", latin(written)))[:MOST_WORDS]


def latin(written: str) -> str:
    """What is written in any script, in Latin letters, lower case."""
    from anyascii import anyascii

    return anyascii(written).casefold()


def sound(word: str) -> str:
    """What is heard of a Latin word: its consonants; the word itself where it has none."""
    heard = word
    for spelt, letter in SPELLINGS:
        heard = spelt.sub(letter, heard)
    return heard or word


def _sounds(name: str) -> set[str]:
    """The sounds of the words of a name, and of all of them as one: people write `Abd al-Rahman` both ways."""
    found = words(name)
    return {sound(word) for word in (*found, "".join(found)) if word}


def tokens(key: bytes, *, names: Iterable[str], born: date, reference: str) -> list[str]:
    """All tokens under which a person's case is found: names, pairs of names, birth date, reference."""
    sounds = sorted(set().union(*map(_sounds, names)))
    terms = [f"name:{one}" for one in sounds]
    terms += [f"names:{one} {other}" for one, other in combinations(sounds, 2)]
    terms += [f"born:{born.isoformat()}", f"reference:{reference.replace('-', '')}"]
    return [token(key, term) for term in terms]


def sought(key: bytes, query: str) -> str | None:
    """The one token that a search text asks for, or None when there is nothing to search for in it."""
    if found := REFERENCE.fullmatch(query.strip()):
        return token(key, f"reference:KIM{''.join(found.groups()).upper().translate(MISREAD)}")
    if found := DATE.fullmatch(query.strip()):
        year, month, day = found.group(1, 2, 3) if found.group(1) else found.group(6, 5, 4)
        return token(key, f"born:{year}-{int(month):02}-{int(day):02}")
    sounds = sorted({sound(word) for word in words(query)}, key=lambda each: (-len(each), each))[:2]
    if not sounds:
        return None
    return token(key, f"names:{' '.join(sorted(sounds))}" if len(sounds) > 1 else f"name:{sounds[0]}")


def token(key: bytes, term: str) -> str:
    """What stands for a term in an index: noise to whoever has not the key."""
    return hmac.new(key, term.encode(), hashlib.sha256).hexdigest()[:24]
