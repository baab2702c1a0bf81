"""From what people type to what is meant: folded words, and an index of words by prefix."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

#: A query longer than this many words is cut: more words never find more.
MOST_WORDS = 8

_WORD = re.compile(r"[^\W_]+")
#: Letters that readers of Arabic take for each other, and the stroke that only stretches a word.
_ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": None})
#: Sorts after every letter, so a prefix and this bound all words that begin with it.
_LAST = "\U0010ffff"


def fold(text: str) -> str:
    """Return `text` without case, accents, Arabic vowel signs and spelling variants.

    "Überraschung" and "UBERRASCHUNG" fold alike, and so do "أحمد" and "احمد".
    """
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.casefold().translate(_ALIKE)


def words(text: str) -> list[str]:
    """Return the folded words of `text`, in its order."""
    return _WORD.findall(fold(text))


def token(text: str) -> str:
    """Return `text` as it stands in an address: folded words joined by hyphens."""
    return "-".join(words(text))


class WordIndex:
    """Which texts contain a word that begins with what was typed."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        """Index `texts`: for each place, all texts in which it can be found."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(texts):
            for word in {word for text in found for word in words(text)}:
                places[word].append(place)
        self._words = sorted(places)
        self._alphabet = sorted({letter for word in self._words for letter in word})
        self._places = array("I")
        self._starts = array("I", [0])
        for word in self._words:
            self._places.extend(places[word])
            self._starts.append(len(self._places))

    def places(self, prefix: str) -> Sequence[int]:
        """Return the places of all words that begin with `prefix`; a place may come twice."""
        first, last = self._range(prefix)
        return self._places[self._starts[first] : self._starts[last]]

    def nearest(self, word: str) -> str:
        """Return the most frequent word that is one slip of the finger from `word`, or "".

        A slip is one letter too many, too few, wrong, or two letters in the wrong order. Of words
        that are as frequent, the first of the alphabet is meant.
        """
        known = (self._known(candidate) for candidate in _slips(word, self._alphabet))
        return min((found for found in known if found[0]), default=(0, ""))[1]

    def _known(self, word: str) -> tuple[int, str]:
        """Return how often a whole word comes, as a negative number, and the word."""
        at = bisect_left(self._words, word)
        found = at < len(self._words) and self._words[at] == word
        return (self._starts[at] - self._starts[at + 1] if found else 0), word

    def _range(self, prefix: str) -> tuple[int, int]:
        return bisect_left(self._words, prefix), bisect_left(self._words, prefix + _LAST)


def _slips(word: str, alphabet: Sequence[str]) -> set[str]:
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    return (
        {head + tail[1:] for head, tail in halves if tail}
        | {head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1}
        | {head + letter + tail[1:] for head, tail in halves if tail for letter in alphabet}
        | {head + letter + tail for head, tail in halves for letter in alphabet}
    )
