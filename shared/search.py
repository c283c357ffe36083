"""Keyed search tokens: a name is found misspelt or in another script, and never lies in clear in an index."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import date
from itertools import combinations

from shared.latin import words
from shared.name_forms import forms

REFERENCE = re.compile(r"KIM-?([0-9A-Z]{4})-?([0-9A-Z]{3}[0-9A-Z*~$=])", re.IGNORECASE)
MISREAD = str.maketrans("OIL", "011")
"""Crockford's base 32 has none of these letters: whoever writes one means the digit."""
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4})")

UKRAINIAN = str.maketrans("гГ", "hH")
"""The letter that Russian reads as g: passports of either country write it so."""

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


def sound(word: str) -> str:
    """What is heard of a Latin word: its consonants; the word itself where it has none."""
    heard = word
    for spelt, letter in SPELLINGS:
        heard = spelt.sub(letter, heard)
    return heard or word


def sounds(name: str) -> set[str]:
    """The sounds of the words of a name, and of all of them as one: people write `Abd al-Rahman` both ways.

    A Cyrillic г is heard as in Russian and as in Ukrainian.
    """
    readings = [words(reading) for reading in {name, name.translate(UKRAINIAN)}]
    return {sound(word) for found in readings for word in (*found, "".join(found)) if word}


def _kept(name: str) -> set[str]:
    """The sounds under which a name is kept: those of its other forms too, so whoever seeks one of them finds it.

    What is sought is sought as it is: whoever was kept before there were forms is found as before.
    """
    return sounds(name).union(*(map(sound, words(form)) for word in words(name) for form in forms(word)))


def tokens(key: bytes, *, names: Iterable[str], born: date, reference: str) -> list[str]:
    """All tokens under which a person's case is found: names, pairs of names, birth date, reference."""
    heard = sorted(set().union(*map(_kept, names)))
    terms = [f"name:{one}" for one in heard]
    terms += [f"names:{one} {other}" for one, other in combinations(heard, 2)]
    terms += [f"born:{born.isoformat()}", f"reference:{reference.replace('-', '')}"]
    return [token(key, term) for term in terms]


def sought(key: bytes, query: str) -> str | None:
    """The one token that a search text asks for, or None when there is nothing to search for in it."""
    if found := REFERENCE.fullmatch(query.strip()):
        return token(key, f"reference:KIM{''.join(found.groups()).upper().translate(MISREAD)}")
    if found := DATE.fullmatch(query.strip()):
        year, month, day = found.group(1, 2, 3) if found.group(1) else found.group(6, 5, 4)
        return token(key, f"born:{year}-{int(month):02}-{int(day):02}")
    heard = sorted({sound(word) for word in words(query)}, key=lambda each: (-len(each), each))[:2]
    if not heard:
        return None
    return token(key, f"names:{' '.join(sorted(heard))}" if len(heard) > 1 else f"name:{heard[0]}")


def token(key: bytes, term: str) -> str:
    """What stands for a term in an index: noise to whoever has not the key."""
    return hmac.new(key, term.encode(), hashlib.sha256).hexdigest()[:24]
