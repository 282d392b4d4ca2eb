"""Parsed sentences of news articles: natasha's morphology, syntax and names over our own sentence borders.

slovnet decides each word's head by itself, so its trees may hold cycles; `Sentence` cuts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from rag.text.sentences import sentences

LEADING = 12  # sentences of an article that are read: what stands below is reactions and background
_WORDS = (5, 42)
_BATCH = 40  # articles
_SPEECH = re.compile(r"[,!?…][»\"”]?\s*[-–—]\s|\.{3}|…|https?:|[:;]\s*$|^\W*[-–—*•]")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_WORD = re.compile(r"\d+(?:[ \u00a0]\d{3})+(?![\d\w])")


@dataclass(frozen=True, slots=True)
class Node:
    """A word or a sign of a sentence, `[start, stop)` in the sentence's text."""

    text: str
    start: int
    stop: int
    pos: str
    feats: Mapping[str, str]
    head: int  # place of the head in the sentence, -1 for none
    rel: str
    name: str = ""  # PER, LOC or ORG

    def feature(self, name: str) -> str:
        return self.feats.get(name, "")

    @property
    def lower(self) -> str:
        return self.text.lower().replace("ё", "е")


@dataclass(slots=True)
class Sentence:
    """Nodes with the children of each; `names` are the spans `(first, stop, kind)` of nodes."""

    text: str
    nodes: tuple[Node, ...]
    names: tuple[tuple[int, int, str], ...]
    children: tuple[tuple[int, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        found: list[list[int]] = [[] for _ in self.nodes]
        for place, node in enumerate(self.nodes):
            if node.head >= 0 and not self._in_cycle(place):
                found[node.head].append(place)
        self.children = tuple(map(tuple, found))

    def _in_cycle(self, place: int) -> bool:
        seen, here = {place}, self.nodes[place].head
        while here >= 0 and here not in seen:
            seen.add(here)
            here = self.nodes[here].head
        return here >= 0

    def subtree(self, place: int, without: frozenset[int] = frozenset()) -> list[int]:
        """`place` and all below it, in order, without the subtrees of `without`."""
        found, todo = set(), [place]
        while todo:
            here = todo.pop()
            if here not in found:
                found.add(here)
                todo.extend(each for each in self.children[here] if each not in without)
        return sorted(found)

    def child(self, place: int, *relations: str) -> int | None:
        return next((each for each in self.children[place] if self.nodes[each].rel in relations), None)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article's first sentences. `sentences[i]` is None where the sentence wasn't worth parsing."""

    article: str
    title: str
    texts: tuple[str, ...]
    sentences: tuple[Sentence | None, ...]


def parsed(articles: Iterable[Mapping[str, Any]], leading: int | None = LEADING) -> Iterator[Parsed]:
    """The articles, parsed some dozens at a time; `leading` sentences of each, or all of them."""
    source = iter(articles)
    while batch := list(islice(source, _BATCH)):
        texts = [_texts(str(each["text"]), leading) for each in batch]
        trees = _trees([text for several in texts for text in several if _is_worth_parsing(text)])
        for article, several in zip(batch, texts, strict=True):
            found = tuple(next(trees) if _is_worth_parsing(text) else None for text in several)
            yield Parsed(str(article["_id"]), str(article.get("title") or ""), several, found)


def _texts(text: str, leading: int | None) -> tuple[str, ...]:
    return tuple(" ".join(text[start:stop].split()) for start, stop in sentences(text)[:leading])


def _is_worth_parsing(text: str) -> bool:
    letters = len(_CYRILLIC.findall(text))
    return (
        40 <= len(text) <= 330
        and text.endswith((".", ".»", '."'))
        and (text[0].isupper() or text[0] in '«"')
        and letters > 0.6 * len(text)
        and text.count('"') % 2 == 0
        and text.count("«") == text.count("»")
        and not _SPEECH.search(text)
        and _WORDS[0] <= len(text.split()) <= _WORDS[1]
    )


def _trees(texts: Sequence[str]) -> Iterator[Sentence]:
    if not texts:
        return
    morph, syntax, names = _models()
    spans = [_tokens(text) for text in texts]
    words = [[text[start:stop] for start, stop in some] for text, some in zip(texts, spans, strict=True)]
    tagged, linked, named = morph.map(words), syntax.map(words), names.map(texts)
    for text, some, tags, links, ner in zip(texts, spans, tagged, linked, named, strict=True):
        yield _sentence(text, some, tags.tokens, links.tokens, ner.spans)


def _sentence(
    text: str, spans: Sequence[tuple[int, int]], tags: Any, links: Any, ner: Sequence[Any]
) -> Sentence:
    kinds = [_kind(ner, start, stop) for start, stop in spans]
    nodes = tuple(
        Node(text[start:stop], start, stop, tag.pos, tag.feats or {}, int(link.head_id) - 1, link.rel, kind)
        for (start, stop), tag, link, kind in zip(spans, tags, links, kinds, strict=True)
    )
    return Sentence(text, nodes, tuple(_names(spans, ner)))


def _kind(ner: Sequence[Any], start: int, stop: int) -> str:
    return next((str(each.type) for each in ner if each.start <= start and stop <= each.stop), "")


def _names(spans: Sequence[tuple[int, int]], ner: Sequence[Any]) -> Iterator[tuple[int, int, str]]:
    for each in ner:
        inside = [
            place for place, (start, stop) in enumerate(spans) if each.start <= start < stop <= each.stop
        ]
        if inside:
            yield inside[0], inside[-1] + 1, str(each.type)


def _tokens(text: str) -> list[tuple[int, int]]:
    """razdel's tokens, with digit groups («1 250 000») as one."""
    from razdel import tokenize

    spans = [(each.start, each.stop) for each in tokenize(text)]
    for match in _WORD.finditer(text):
        inside = [span for span in spans if match.start() <= span[0] < match.end()]
        spans = [span for span in spans if span not in inside[1:]]
        spans[spans.index(inside[0])] = match.span()
    return spans


@cache
def _models() -> tuple[Any, Any, Any]:
    from natasha import NewsEmbedding, NewsMorphTagger, NewsNERTagger, NewsSyntaxParser

    embedding = NewsEmbedding()
    return NewsMorphTagger(embedding), NewsSyntaxParser(embedding), NewsNERTagger(embedding)
