"""Whether a word of a text is somebody's name: as it is written, in another spelling, or in another script.

For texts that are read word by word, where whatever is wrongly taken for a name is missing to their reader: so more is
compared than the consonants under which an index is searched (`shared.search`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from shared.search import latin, sound

WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670])*")
"""Letters, with the marks that stand at them."""
VOWELS = re.compile("[aeiouyjvw]+")
JOINED = 3
"""As many words are written as one by some, such as `Abd al-Rahman`."""
APART = frozenset(" -\u2010\u2011\u200c\u00a0'’")
"""What may stand within a name."""

LONG = str.maketrans({"ا": "a", "أ": "a", "آ": "a", "إ": "i", "ع": "a", "ى": "a", "ة": "a", "ه": "-h", "ح": "-h"})
"""What stands for a vowel in Arabic letters, and is lost in transliteration; and an h that stands by itself."""
ARTICLE, PREFIXES, SHORTEST = "ال", ("و", "ف", "ب", "ل", "ك"), 3
"""What Arabic writes as one with the next word: the article, and before it and, so, by, for, like."""

EVERYDAY = frozenset({"أنا", "انا", "إلينا", "الينا", "علينا"})
"""I, to us, on us: words that are in every text, and written as a transliterated name would be."""

SIMPLE = str.maketrans("yjw", "iiv")
"""Letters that spellings of one vowel change for one another."""

SOFT = re.compile("^(?:dsch|dzh|dj)(?=[aeiou])")
"""One sound before a vowel, which others write j."""
DIPHTHONG = re.compile("a(?=[ijy])")
"""The a of Maier, which others write as an e."""
GLIDE = re.compile("[jy](?=[aeiou])")
"""A consonant, though the search drops it with the vowels: it begins Yusuf and Yousef."""

ENDING = re.compile("(?:[оеєиіы]м|[оеє][йю]|[еоє]ві|[аяоеєёиіїуюыйь])$")
STEMS = ("", "а", "я", "о", "й")
"""With what a Cyrillic name ends in a sentence, and with what it may have begun."""

CLASSES = ("ae", "eiyj", "ouvw")
"""Vowels that are written for one another."""

ABJADS = frozenset({"ARABIC", "HEBREW"})
"""Scripts that write no short vowels."""


class Heard(NamedTuple):
    """What is compared of a word."""

    letters: str
    """In Latin letters, lower case."""
    sound: str
    """Its consonants, as they are heard."""
    vowels: tuple[str, ...]
    """Those that stand together together."""
    leads: bool
    ends: bool
    """Whether it begins, and ends, with a vowel."""
    script: str
    named: bool
    """Whether it begins with a capital, where the script has them."""


def hear(written: str) -> Heard:
    """What is compared of a word in any script."""
    plain = unicodedata.normalize("NFKC", written)
    written = latin(re.sub("ه$", "ة", plain).translate(LONG))
    letters = re.sub("[^a-z]", "", written)
    spoken = SOFT.sub("j", letters.rstrip("h"))
    return Heard(
        letters,
        "" if VOWELS.fullmatch(spoken) else sound(re.sub("[^a-z-]", "", written)).replace("-", ""),
        tuple(VOWELS.findall(spoken)),
        VOWELS.match(spoken) is not None,
        VOWELS.search(spoken[-1:]) is not None,
        _script(plain),
        not plain[:1].islower(),
    )


def _script(word: str) -> str:
    return unicodedata.name(word[:1] or " ", "").partition(" ")[0]


def alike(said: Heard, name: Heard) -> bool:
    """Whether a word that sounds the same is this name, and neither too short to tell nor no name by its letter."""
    if said.sound != name.sound or not said.named:
        return False
    if not {said.script, name.script} & ABJADS:
        return _with_vowels(said, name)
    if (said.leads, said.ends) != (name.leads, name.ends):
        return False
    return len(said.sound) > 2 or (said.script != name.script and _without_vowels(said, name))


def _with_vowels(said: Heard, name: Heard) -> bool:
    """Where it begins with a vowel, that is what languages change first: Olena, Alena, Yelena."""
    if said.leads != name.leads:
        return False
    if len(said.vowels) != len(name.vowels):
        return _with_one_more(*sorted((said, name), key=lambda one: len(one.vowels)))
    if len(said.sound) < 2:
        return _plain(said.letters) == _plain(name.letters)
    glides = all(GLIDE.match(SOFT.sub("j", one.letters)) for one in (said, name))
    return len(said.sound) + glides > 2 or all(map(_spelt_alike, said.vowels[said.leads :], name.vowels[name.leads :]))


def _with_one_more(shorter: Heard, longer: Heard) -> bool:
    """Whether a name of three consonants is spoken with one vowel more between them, and else alike: Fatma, Fatima."""
    if len(shorter.sound) < 3 or len(shorter.vowels) < 2 or len(longer.vowels) - len(shorter.vowels) > 1:
        return False
    pairs = ((one.vowels[0], one.vowels[-1]) for one in (shorter, longer))
    return shorter.ends == longer.ends and all(map(_spelt_alike, *pairs))


def _spelt_alike(one: str, other: str) -> bool:
    """Whether vowels that stand together are as many, and each may be written for the other: Maier, Meyer."""
    mine, theirs = (_simple(DIPHTHONG.sub("e", re.sub("o+u|oo", "u", each))) for each in (one, other))
    return len(mine) == len(theirs) and all(map(_compatible, mine, theirs))


def _without_vowels(said: Heard, name: Heard) -> bool:
    """A vowel that is written must be spoken; in a name of one consonant every vowel is both, and one comes last."""
    letters, voice = sorted((said, name), key=lambda one: one.script not in ABJADS)
    if voice.script in ABJADS:
        return _is_spoken(_long(letters), _long(voice), said)
    as_e = voice._replace(vowels=tuple(DIPHTHONG.sub("e", group) for group in voice.vowels))
    return any(_is_spoken(_long(letters), _long(one), said) for one in (voice, as_e))


def _is_spoken(written: list[str], spoken: list[str], said: Heard) -> bool:
    if len(said.sound) < 2:
        return said.ends and len(written) == len(spoken) and all(map(_compatible, written, spoken))
    rest = iter(spoken)
    return all(any(_compatible(one, other) for other in rest) for one in written)


def _long(one: Heard) -> list[str]:
    """Its vowels one by one, those together that are written for one another once. An alif may only carry the next."""
    first, *others = one.vowels or ("",)
    if one.script in ABJADS and one.leads and len(first) > 1:
        first = first[1:]
    return [
        vowel for group in (first, *others) for before, vowel in pairwise(f" {group}") if not _compatible(before, vowel)
    ]


def _compatible(one: str, other: str) -> bool:
    return any(set(one) & set(some) and set(other) & set(some) for some in CLASSES)


def _plain(letters: str) -> str:
    """A name of one consonant, but for what spellings change: Leila and Layla, Aisha and Aischa, Noah and Noa."""
    return _simple(DIPHTHONG.sub("e", letters.replace("sch", "sh")).rstrip("h"))


def _simple(letters: str) -> str:
    return re.sub(r"(.)\1+", r"\1", letters.translate(SIMPLE))


class Names:
    """Names that are looked for in texts. Those of `own` are not, however they are written.

    `fewest` is how many consonants a name must have to be looked for.
    """

    def __init__(self, names: Iterable[str], own: Iterable[str] = (), *, fewest: int = 0) -> None:
        mine = [hear(word) for word in own]
        self._kept = {one.letters for one in mine} | EVERYDAY
        self._sounds: dict[str, list[Heard]] = defaultdict(list)
        self._known: dict[str, frozenset[str]] = {}
        for name in {hear(each) for one in names for each in _without_article(one)}:
            if name.letters and len(name.sound) >= fewest and not any(same(name, one) for one in mine):
                self._sounds[name.sound].append(name)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where one of them stands, from left to right: a word, or a few in a row that some write as one."""
        words, at = list(WORD.finditer(text)), 0
        while at < len(words):
            most = min(JOINED, len(words) - at)
            length = next((one for one in range(most, 0, -1) if self._stand(words[at : at + one], text)), 0)
            if length:
                yield words[at].start(), words[at + length - 1].end()
            at += max(length, 1)

    def _stand(self, words: list[re.Match[str]], text: str) -> bool:
        """Whether these words are a name, of one script, with no more than a space or a hyphen within, and all of them.

        A name of few consonants is heard in a longer row too: what says it in fewer words is the name.
        """
        said = [one.group() for one in words]
        if len(said) == 1:
            return bool(self._heard(said[0]))
        apart = any(text[one.end() : other.start()] not in APART for one, other in pairwise(words))
        if apart or len({_script(one) for one in said}) > 1:
            return False
        return bool(self._heard_in(said) - self._heard_in(said[1:]) - self._heard_in(said[:-1]))

    def _heard_in(self, said: list[str]) -> frozenset[str]:
        """Those that several words together are; where they only sound so, the last of them is written as a name is."""
        word = "".join(said)
        certain = not said[-1][0].islower() and len(hear(word).sound) > 2
        return frozenset(one for one in self._heard(word) if certain or one == hear(word).letters)

    def _heard(self, word: str) -> frozenset[str]:
        if word not in self._known:
            self._known[word] = frozenset(one for reading in _readings(word) for one in self._as_read(reading))
        return self._known[word]

    def _as_read(self, word: str) -> Iterator[str]:
        said = hear(word)
        if said.letters and {word, said.letters}.isdisjoint(self._kept):
            heard = self._sounds.get(said.sound, ())
            yield from (one.letters for one in heard if one.letters == said.letters or alike(said, one))


def joined(name: str) -> Iterator[str]:
    """A name of one word as it is; of several, as many of them as are written as one by some."""
    words = WORD.findall(name)
    for length in range(min(len(words), 2), min(len(words), JOINED) + 1):
        yield from ("".join(words[at : at + length]) for at in range(len(words) - length + 1))


def same(name: Heard, own: Heard) -> bool:
    """Whether somebody has a name of somebody else's too: by its letters, or in another script."""
    return name.letters == own.letters or (name.script != own.script and alike(name._replace(named=True), own))


def _readings(word: str) -> Iterator[str]:
    """A word of a text as it stands, and without what its language writes as one with it."""
    bare = word[1:] if word.startswith(PREFIXES) and len(word) > SHORTEST else word
    for one in dict.fromkeys((word, bare)):
        yield from _without_article(one)
    if word[-1] in "sS" and word.isascii():
        yield word[:-1]
    stem, inflected = ENDING.subn("", word)
    if inflected and len(stem) > 1:
        yield from (f"{stem}{ending}" for ending in STEMS)


def _without_article(word: str) -> Iterator[str]:
    yield word
    if word.startswith(ARTICLE) and len(word) > SHORTEST:
        yield word.removeprefix(ARTICLE)
