"""Hits with what governs their sentences: headings, heads of tables, what announces a list.

A passage is cut by length, so what governs it may stand far above. It is read off the article when a question
is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.text.borders import has_verb
from rag.text.structure import Structure
from rag.text.words import lemmas
from rag.types import Above, Hit, Passage, SourceSentence

_REACH = 50_000  # characters above a passage that are looked at

structure = lru_cache(maxsize=256)(Structure)


def surrounded(hits: Sequence[Hit], text_of: Callable[[str], str | None]) -> list[Hit]:
    """`hits` with the `above` of every sentence, and its words among the sentence's lemmas.

    `text_of(article_id)` is the text of an article, None where it is gone.
    """
    return [_surrounded(hit, text_of(hit.article.id)) for hit in hits]


def _surrounded(hit: Hit, text: str | None) -> Hit:
    passage = hit.passage
    if text is None or text[passage.start : passage.stop] != passage.text:
        return hit
    begin = max(0, passage.start - _REACH)
    found = structure(text[begin : passage.stop])
    if not found.governs:
        return hit
    sentences = tuple(_placed(passage, each, found, begin) for each in passage.sentences)
    return replace(hit, passage=replace(passage, sentences=sentences))


def _placed(passage: Passage, sentence: SourceSentence, found: Structure, begin: int) -> SourceSentence:
    place = sentence.start - begin
    if found.is_heading(place):
        return replace(sentence, above=Above(names=not has_verb(passage.quote(sentence))))
    headings = tuple(each for each in found.path(place) if each != passage.title)
    row = found.row(place)
    told, heads = "", None
    if row and row.heads:
        first, last = row.heads
        told, heads = row.told, (first + begin, found.text[first:last])
    names = row is not None and row.is_head
    above = Above(headings, found.lead(place), told, heads, names)
    if above == Above():
        return sentence
    said = lemmas(told) if told else list(sentence.lemmas)
    return replace(sentence, lemmas=(*said, *lemmas(". ".join(headings))), above=above)
