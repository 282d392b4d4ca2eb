"""Hits with what governs their sentences: headings, heads of tables, what announces a list, and the sentences
that «он» and «там» at their beginning point back at.

A passage is cut by length, so all this may stand before it. It is read off the article when a question is
answered; offsets stay those of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.answering.referents import leans
from rag.text.borders import has_verb
from rag.text.sentences import sentences
from rag.text.structure import Structure
from rag.text.words import lemmas
from rag.types import Above, Article, Citation, Hit, Passage, SourceSentence, page_at

_GOVERNS = 50_000  # characters above a passage that are looked at

structure = lru_cache(maxsize=256)(Structure)
_SENTENCES = 2  # of the passage before: a sentence is read with as many
_REACH = 1_200  # characters of the article that are looked at


def surrounded(hits: Sequence[Hit], text_of: Callable[[str], str | None]) -> list[Hit]:
    """`hits` with the `above` of every sentence, and its words among the sentence's lemmas.

    `text_of(article_id)` is the text of an article, None where it is gone.
    """
    return [_surrounded(hit, text_of(hit.article.id)) for hit in hits]


def headings_above(text: str, place: int, title: str) -> tuple[str, ...]:
    """The headings above `place` in `text`, the widest first, without the article's title."""
    begin = max(0, place - _REACH)
    found = structure(text[begin : place + _REACH])
    return tuple(each for each in found.path(place - begin) if each != title)


def _surrounded(hit: Hit, text: str | None) -> Hit:
    passage = hit.passage
    if text is None or text[passage.start : passage.stop] != passage.text:
        return hit
    begin = max(0, passage.start - _GOVERNS)
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
    nearest = found.nearest(place) if headings else None
    stands = (begin + found.text.index(nearest.text, nearest.start), nearest.text) if nearest else None
    above = Above(headings, found.lead(place), told, heads, names, stands)
    if above == Above():
        return sentence
    said = lemmas(told) if told else list(sentence.lemmas)
    return replace(sentence, lemmas=(*said, *lemmas(". ".join(headings))), above=above)


def led(hits: Sequence[Hit], text_of: Callable[[str], str | None]) -> list[Hit]:
    """`hits`, those that open with a word that points back with their `lead` in front.

    `text_of(article_id)` is the text of an article, None where it is gone.
    """
    return [_led(hit, text_of) if _leans(hit.passage) else hit for hit in hits]


def _leans(passage: Passage) -> bool:
    if not passage.start or not passage.sentences:
        return False
    opening = passage.quote(passage.sentences[0])
    return not opening.endswith("?") and leans(opening)


def _led(hit: Hit, text_of: Callable[[str], str | None]) -> Hit:
    passage, text = hit.passage, text_of(hit.article.id)
    if text is None or text[passage.start : passage.stop] != passage.text:
        return hit
    before = _before(text, passage.start)
    if not before:
        return hit
    wider = replace(
        passage,
        start=before[0].start,
        text=text[before[0].start : passage.stop],
        sentences=(*before, *passage.sentences),
    )
    return replace(hit, passage=wider, lead=len(before))


def _before(text: str, stop: int) -> list[SourceSentence]:
    """The last whole sentences of `text` before `stop`."""
    begin = max(0, stop - _REACH)
    spans = [(begin + first, begin + last) for first, last in sentences(text[begin:stop])]
    whole = spans[1:] if begin else spans
    return [SourceSentence(*span, tuple(lemmas(text[slice(*span)]))) for span in whole[-_SENTENCES:]]


def standing(
    citations: Iterable[Citation], article_of: Callable[[str], Article | None]
) -> tuple[Citation, ...]:
    """`citations` with their context and page; those of articles that are gone stay as they are."""
    return tuple(_standing(each, article_of(each.article_id)) for each in citations)


def _standing(citation: Citation, article: Article | None) -> Citation:
    if article is None or article.text[citation.start : citation.stop] != citation.quote:
        return citation
    page = page_at(article.pages, citation.start)
    headings = headings_above(article.text, citation.start, citation.title)
    return replace(citation, page=page, context=(*headings, *([f"с. {page}"] if page else [])))
