"""Spaces that are lost («северныйполюс») or stray («се верный»)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.text.known_words import KnownWords, in_dictionary, is_russian
from rag.text.words import Word, analyzer, lemma

_SHORT_WORDS = frozenset("в во к ко с со о об у и а я на по за из от до не ни но же ли бы то их ее".split())
_PREFIXES = frozenset("в во с со о об у на по за из от до не".split())
_VERBAL = frozenset("VERB INFN PRTF PRTS GRND ADJS ADVB".split())
_SHORTEST = 3  # letters of a word that is not one of the short ones
_SHORTEST_WHOLE = 5  # letters of a word that fell in two
_COMMON = 0.1  # passages that a part of two glued words is to be expected in


def fallen_apart(text: str, found: Sequence[Word], known: KnownWords) -> Iterator[tuple[Word, Word]]:
    """Neighbours among the words `found` in `text` that are one word together, and one of them none alone."""
    done = -1
    for left, right in pairwise(found):
        between = text[left.stop : right.start]
        if left.start > done and between == " " and _is_one(left.text, right.text, known):
            done = right.start
            yield left, right


def _is_one(left: str, right: str, known: KnownWords) -> bool:
    whole = left + right
    if len(whole) < _SHORTEST_WHOLE or min(len(left), len(right)) < 2:
        return False
    if not (is_russian(left) and is_russian(right)) or (_stands(left, known) and _stands(right, known)):
        return False
    return known.is_right(whole) and (in_dictionary(whole) or known.holds(lemma(whole)))


def _stands(word: str, known: KnownWords) -> bool:
    """True for a word of its own: not for «се» or «верный» where no text has them."""
    if len(word) < _SHORTEST:
        return word in _SHORT_WORDS
    return known.is_right(word) or in_dictionary(word)


def parted(word: str, known: KnownWords, is_name: bool) -> str | None:
    """Two words that were typed as one, the most common ones; None where there are none.

    A name is parted only into words of the library.
    """
    best: tuple[float, str] | None = None
    for place in range(1, len(word) - 1):
        left, right = word[:place], word[place:]
        if all(_is_part(part, known, is_name) for part in (left, right)) and not _is_prefixed(left, right):
            likely = known.passages(lemma(left)) * known.passages(lemma(right))
            if best is None or likely > best[0]:
                best = likely, f"{left} {right}"
    return best[1] if best else None


def _is_part(word: str, known: KnownWords, is_name: bool) -> bool:
    if len(word) < _SHORTEST:
        return word in _SHORT_WORDS
    if known.holds(lemma(word)):
        return True
    return not is_name and in_dictionary(word) and known.passages(lemma(word)) > _COMMON


def _is_prefixed(left: str, right: str) -> bool:
    """True for a verb, a participle and the like behind a preposition: one word («задокументировано»)."""
    return left in _PREFIXES and analyzer().parse(right)[0].tag.POS in _VERBAL
