"""Agencies repeat each other: a passage that only retells a better ranked one is listed under it.

The better ranked one keeps its place and gets the others as its `reprints`. What makes a reprint is decided
by `rag.text.likeness`: a passage with a figure, a date or a name of its own stays a hit of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import or_
from typing import TypeVar
from zlib import crc32

from rag.text.likeness import Wording, retells, shared, wording
from rag.types import Hit, Passage, Reprint

# A sketch has a bit for every lemma: 2,000 pairs of them are compared in a third of a millisecond.
_BITS = 1024
# Sketches that have less in common are not compared further; lemmas repeat, so this is below ENOUGH.
_ALIKE = 0.65
# How many of each are remembered: about 10 MB both. A passage's id is made of its text.
_SKETCHES = 50_000
_WORDINGS = 500

Key = TypeVar("Key")
Value = TypeVar("Value")
_sketches: dict[str, int] = {}
_wordings: dict[tuple[str, str, str | None], Wording] = {}


@dataclass(slots=True)
class _Published:
    """The hits of one article so far: their places among the kept ones, and all their lemmas."""

    places: list[int]
    sketch: int


def collapsed(hits: Sequence[Hit]) -> list[Hit]:
    """`hits` (best first) without reprints, each of which is in the `reprints` of a hit that stays.

    The order is kept, and hits of one article are never taken for reprints of each other.
    """
    kept: list[Hit] = []
    published: dict[str, _Published] = {}
    for hit in hits:
        sketch = _sketch(hit.passage)
        place = _place_of_original(hit, sketch, kept, published)
        if place is not None:
            reprints = (*kept[place].reprints, reprint(hit), *hit.reprints)
            kept[place] = replace(kept[place], reprints=reprints)
            continue
        article = published.setdefault(hit.article.id, _Published([], 0))
        article.places.append(len(kept))
        article.sketch |= sketch
        kept.append(hit)
    return kept


def reprint(hit: Hit) -> Reprint:
    """`hit` as it is listed under another one."""
    article, passage = hit.article, hit.passage
    return Reprint(
        article_id=article.id,
        passage_id=passage.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        start=passage.start,
        stop=passage.stop,
        sentences=passage.sentences,
        text=passage.text,
    )


def _place_of_original(
    hit: Hit, sketch: int, kept: Sequence[Hit], published: dict[str, _Published]
) -> int | None:
    """Where among `kept` stands what `hit` retells: in the best ranked such article, the most alike hit."""
    least = _ALIKE * sketch.bit_count()
    for article_id, article in published.items():
        if (sketch & article.sketch).bit_count() < least or article_id == hit.article.id:
            continue
        text = _wording(hit)
        known = [_wording(kept[place]) for place in article.places]
        if retells(text, [each for each in known if shared(text, [each])] or known):
            return max(zip(known, article.places, strict=True), key=lambda one: shared(text, [one[0]]))[1]
    return None


def _sketch(passage: Passage) -> int:
    found = _sketches.get(passage.id)
    if found is None:
        lemmas: set[str] = set().union(*(sentence.lemmas for sentence in passage.sentences))
        found = reduce(or_, map(_bit, lemmas), 0)
        _remember(_sketches, passage.id, found, _SKETCHES)
    return found


def _wording(hit: Hit) -> Wording:
    key = (hit.passage.id, hit.article.title, hit.article.source)
    found = _wordings.get(key)
    if found is None:
        found = wording(hit.passage, hit.article.source)
        _remember(_wordings, key, found, _WORDINGS)
    return found


def _remember(table: dict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Put it into a table that many threads use; a full one is emptied, as what is hot soon comes back."""
    if len(table) >= most:
        table.clear()
    table[key] = value


@lru_cache(maxsize=50_000)
def _bit(lemma: str) -> int:
    """One of _BITS bits, the same in every process; none for the shortest words, which most texts share."""
    return 1 << crc32(lemma.encode(errors="surrogatepass")) % _BITS if len(lemma) > 3 else 0
