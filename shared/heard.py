"""Whether a word of a text is somebody's name: as it is written, in another spelling, or in another script.

For texts that are read word by word, where whatever is wrongly taken for a name is missing to their reader.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from shared.alike import Heard, alike, hear, same, script_of
from shared.name_forms import forms

WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670])*")
"""Letters, with the marks that stand at them."""
JOINED = 3
"""As many words are written as one by some, such as `Abd al-Rahman`."""
APART = frozenset(" -\u2010\u2011\u200c\u00a0'’")
"""What may stand within a name."""

ARTICLE, PREFIXES, SHORTEST = "ال", ("و", "ف", "ب", "ل", "ك"), 3
"""What Arabic writes as one with the next word: the article, and before it and, so, by, for, like."""

EVERYDAY = frozenset({"أنا", "انا", "إلينا", "الينا", "علينا"})
"""I, to us, on us: words that are in every text, and written as a transliterated name would be."""

ENDING = re.compile("(?:[оеєиіы]м|[оеє][йю]|[еоє]ві|[аяоеєёиіїуюыйь])$")
STEMS = ("", "а", "я", "о", "й")
"""With what a Cyrillic name ends in a sentence, and with what it may have begun."""


class Names:
    """Names that are looked for in texts. Those of `own` are not, however they are written.

    `fewest` is how many consonants a name must have to be looked for.
    """

    def __init__(self, names: Iterable[str], own: Iterable[str] = (), *, fewest: int = 0) -> None:
        mine = [hear(word) for word in own]
        self._kept = {one.letters for one in mine} | EVERYDAY
        self._sounds: dict[str, list[Heard]] = defaultdict(list)
        self._known: dict[str, frozenset[str]] = {}
        said = {one for one in names if not any(same(hear(one), each) for each in mine)}
        for name in {hear(each) for one in said for each in _without_article(one)}:
            if name.letters and len(name.sound) >= fewest and not any(same(name, one) for one in mine):
                self._sounds[name.sound].append(name)
        self._forms = _forms(said) - _forms(own)

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
        if apart or len({script_of(one) for one in said}) > 1:
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
            if said.named and said.letters in self._forms:
                yield said.letters
            heard = self._sounds.get(said.sound, ())
            yield from (one.letters for one in heard if one.letters == said.letters or alike(said, one))


def _forms(names: Iterable[str]) -> set[str]:
    """How others write these names, by letters: what only sounds like such a form is another name."""
    return {hear(form).letters for name in names for form in forms(name)}


def joined(name: str) -> Iterator[str]:
    """A name of one word as it is; of several, as many of them as are written as one by some."""
    words = WORD.findall(name)
    for length in range(min(len(words), 2), min(len(words), JOINED) + 1):
        yield from ("".join(words[at : at + length]) for at in range(len(words) - length + 1))


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
