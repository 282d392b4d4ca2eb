"""Agencies repeat each other: a passage that only retells a better ranked one is listed under it.

The better ranked one keeps its place and gets the others as its `reprints`. What makes a reprint is decided
by `rag.matching.likeness`: a passage with a figure, a date or a name of its own stays a hit of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.matching.lexicon import sketch
from rag.matching.likeness import Wording, retells, shared, wording
from rag.retrieval.rerank import Sketches
from rag.types import Hit, Passage, Reprint

# A sketch has a bit for every longer lemma of a passage. Sketches that have less in common are not compared
# further; lemmas repeat, so this is below ENOUGH.
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


def collapsed(hits: Sequence[Hit], sketches: Sequence[int] = ()) -> list[Hit]:
    """`hits` (best first) without reprints, each of which is in the `reprints` of a hit that stays.

    The order is kept, and hits of one article are never taken for reprints of each other. `sketches` are
    those of the hits where they are known, as `number` gives them.
    """
    kept: list[Hit] = []
    published: dict[str, _Published] = {}
    told = sketches or [_sketch(hit.passage) for hit in hits]
    for hit, its in zip(hits, told, strict=True):
        place = _place_of_original(hit, its, kept, published)
        if place is not None:
            reprints = (*kept[place].reprints, reprint(hit), *hit.reprints)
            kept[place] = replace(kept[place], reprints=reprints)
            continue
        article = published.setdefault(hit.article.id, _Published([], 0))
        article.places.append(len(kept))
        article.sketch |= its
        kept.append(hit)
    return kept


def number(sketch: Sketches) -> int:
    """A sketch, shape (16,), as one number: the bits stand in another order than in `lexicon.sketch`."""
    return int.from_bytes(sketch.tobytes())


def needed(sketches: Sketches, articles: Sequence[int], k: int) -> list[int]:
    """Which of some ranked passages `collapsed` has to see for the best `k` hits and their reprints.

    `sketches` (passages, n) and `articles` (passages,) are theirs, best first. What is like nothing ranked
    before it stays a hit of its own for certain: of those the first `k` are enough.
    """
    owners = np.asarray(articles, np.int64)
    originals = _originals(sketches, owners) if len(owners) else {}
    certain = [place for place in range(len(owners)) if place not in originals]
    shown = certain[k - 1] if len(certain) >= k else len(owners)
    wanted = {*certain[:k]}
    for place, alike in originals.items():
        # What could only be listed under a hit that is not shown is of no interest.
        if place <= shown or alike[0] <= shown:
            wanted.update((place, *alike))
    return sorted(wanted)


def _originals(sketches: Sketches, owners: NDArray[np.int64]) -> dict[int, list[int]]:
    """For passages that may be reprints: the passages of better ranked articles which they are like."""
    least = _ALIKE * np.bitwise_count(sketches).sum(axis=1)
    parts = np.ascontiguousarray(sketches.T)  # (n, passages): sums over the first axis are the quick ones
    common = np.bitwise_count(parts[:, :, None] & parts[:, None]).sum(axis=0, dtype=np.float32)
    names, article = np.unique(owners, return_inverse=True)
    of_article = (article[:, None] == np.arange(len(names))).astype(np.float32)
    ranked_before = np.tril(owners[:, None] != owners, -1).astype(np.float32)
    # What a passage shares with all of an article is at most the sum of what it shares with each passage.
    together = (common * ranked_before) @ of_article
    likely = (together >= least[:, None]) & (ranked_before @ of_article > 0)
    numbers = [number(sketch) for sketch in sketches]
    places: list[list[int]] = [[] for _ in names]
    for place, which in enumerate(article.tolist()):
        places[which].append(place)
    found: dict[int, list[int]] = {}
    for place, which in np.argwhere(likely).tolist():
        alike = [each for each in places[which] if each < place]
        union = reduce(or_, map(numbers.__getitem__, alike))
        if (union & numbers[place]).bit_count() >= least[place]:
            found.setdefault(place, []).extend(alike)
    return {place: sorted(alike) for place, alike in found.items()}


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
        found = sketch(lemmas)
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
