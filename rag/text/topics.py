"""What a passage is about, as far as it says so itself: its title, or the word that it opens by defining.

«Никотин — алкалоид…», «НАТО, Организация … — военный блок…» are about никотин and НАТО. A passage that is
about just what is asked answers better than one that mentions it: «Московский метрополитен» before «Букву
«М» сломали у вестибюля станции московского метро».
"""

from __future__ import annotations

import re

from rag.text.words import analyzer, is_function_word, words
from rag.types import Passage

_DASH = re.compile(r"\s[—–-]\s")
_END = re.compile(r"\s[—–-]\s|[(\[,;:/]|\.\s|\s\s")
_SENTENCE = re.compile(r"[.!?…]\s+[А-ЯЁA-Z«]")
_REACH = 160  # characters within which the dash of a definition stands
_MOST_WORDS = 7


def topic(passage: Passage) -> tuple[str, ...]:
    """Content lemmas of the title, or of the headword of an opening definition; empty where neither is."""
    return tuple(lemma for lemma in passage.title_lemmas or _headword(passage) if not is_function_word(lemma))


def _headword(passage: Passage) -> tuple[str, ...]:
    """The lemmas before the dash of «X — это…», less what stands in brackets or after a comma."""
    opening = passage.text[: _REACH + 60].lstrip('«"„ ')
    dash = _DASH.search(opening)
    if not dash or dash.start() > _REACH or _SENTENCE.search(opening[: dash.start()]):
        return ()
    end = _END.search(opening)
    count = sum(1 for _ in words(opening[: min(dash.start(), end.start() if end else _REACH)]))
    if not 0 < count <= _MOST_WORDS or not passage.sentences:
        return ()
    lemmas = passage.sentences[0].lemmas[:count]
    return () if any(_is_verb(lemma) for lemma in lemmas) else lemmas


def _is_verb(lemma: str) -> bool:
    return "а" <= lemma[0] <= "я" and analyzer().parse(lemma)[0].tag.POS in {"INFN", "VERB", "GRND"}
