"""Sentences of several sources that say the same: given once, with a footnote for each source.

Another source stands under a line only when it supports the whole line: by the check that every answer goes
through (numbers, names, denials), and when it has every telling word: itself, in kin or in synonym.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.evidence import Evidence
from rag.answering.verification import verify
from rag.text.lexicon import BEGINNING
from rag.text.likeness import is_untelling
from rag.text.synonyms import equals
from rag.types import ArticleInfo, Hit, Passage

MOST_SOURCES = 4  # footnotes under one line
_KNOWN = 0.7  # of a sentence's telling words; one that has more of its own is said as well
_SHORTEST = 3  # telling words; of fewer nobody can tell whether they are about the same


def says_all_of(other: Evidence, sentence: Evidence) -> bool:
    """True when `other` supports every word of `sentence`."""
    if other.place == sentence.place:
        return True
    return _covers(frozenset(other.sentence.lemmas), sentence.sentence.lemmas) and (
        verify(sentence.text, [other.text]).support == "supported"
    )


def says_the_same(each: Evidence, before: Evidence) -> bool:
    """True when `each` supports all of `before` and adds hardly anything to it."""
    if set(each.sentence.lemmas) == set(before.sentence.lemmas):
        return True
    told = {lemma for lemma in each.sentence.lemmas if not is_untelling(lemma)}
    held = frozenset(before.sentence.lemmas)
    known = sum(1 for lemma in told if _stands(lemma, held))
    return known >= _KNOWN * len(told) and says_all_of(each, before)


def _covers(held: frozenset[str], said: Sequence[str]) -> bool:
    telling = {each for each in said if not is_untelling(each)}
    if len(telling) < _SHORTEST:
        return telling == {each for each in held if not is_untelling(each)}
    return all(_stands(each, held) for each in telling)


def _stands(lemma: str, held: frozenset[str]) -> bool:
    if lemma in held or equals(lemma) & held:
        return True
    kin = len(lemma) > BEGINNING and not lemma[0].isdigit()
    return kin and any(each[:BEGINNING] == lemma[:BEGINNING] for each in held)


def other_sources(sentence: Evidence, found: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence of each other article that supports all of `sentence`, best first."""
    chosen: dict[str, Evidence] = {}
    for other in (*found, *_reprinted(sentence)):
        article = other.hit.article.id
        if len(chosen) == MOST_SOURCES - 1:
            break
        if article != sentence.hit.article.id and article not in chosen and says_all_of(other, sentence):
            chosen[article] = other
    return list(chosen.values())


def _reprinted(sentence: Evidence) -> Iterator[Evidence]:
    """Sentences of the passages that were found to retell the one `sentence` is from."""
    for hit in _reprint_hits(sentence.hit):
        for each in hit.passage.sentences:
            yield Evidence(hit, each, hit.passage.quote(each), (), sentence.score)


def _reprint_hits(hit: Hit) -> Iterator[Hit]:
    for each in hit.reprints:
        passage = Passage(
            each.passage_id, each.article_id, each.start, each.stop, each.text, each.sentences, each.title
        )
        info = ArticleInfo(each.article_id, each.title, each.source, each.published, each.url)
        if each.text:
            yield Hit(passage, info, hit.score)
