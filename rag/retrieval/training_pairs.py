"""What a library teaches an encoder: texts that belong together, and titles kept back to measure with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.types import Encoder, Passage

HELD_OUT = 10  # every tenth article, by its id
MOST_HELD_OUT = 1_000
_LEAD_SENTENCES = 2
_CUT = 10  # nDCG@10


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it is trained on: its title where it has one of its own, and its passages."""

    id: str
    title: str
    passages: tuple[Passage, ...]

    @property
    def texts(self) -> list[str]:
        return [passage.text for passage in self.passages]

    @property
    def is_held_out(self) -> bool:
        digest = hashlib.blake2b(self.id.encode(), digest_size=4).digest()
        return int.from_bytes(digest, "little") % HELD_OUT == 0


def documents(passages: Sequence[Passage]) -> list[Document]:
    """Articles from their passages, which stand in reading order.

    A title that the text begins with was taken from there: it teaches nothing and would measure nothing.
    """
    by_article: dict[str, list[Passage]] = {}
    for passage in passages:
        by_article.setdefault(passage.article_id, []).append(passage)
    found = []
    for id_, own in by_article.items():
        title = own[0].title.rstrip("…. ")
        found.append(Document(id_, "" if own[0].text.startswith(title) else own[0].title, tuple(own)))
    return found


def pairs(document: Document) -> Iterator[tuple[str, str]]:
    """Texts of one article that belong together: title → text, lead → the rest, neighbouring passages."""
    texts = document.texts
    if document.title:
        yield from ((document.title, text) for text in texts[:2])
    first = document.passages[0]
    lead = " ".join(first.quote(sentence) for sentence in first.sentences[:_LEAD_SENTENCES])
    rest = " ".join(first.quote(sentence) for sentence in first.sentences[_LEAD_SENTENCES:])
    if rest:
        yield lead, rest
    yield from ((lead, text) for text in texts[1:2])
    yield from pairwise(texts[1:])


class Exam:
    """Titles kept back, and all texts they are looked for in; titles are no part of those."""

    def __init__(self, documents: Sequence[Document]) -> None:
        asked = [document for document in documents if document.title and document.is_held_out]
        self._asked = asked[:MOST_HELD_OUT]
        self._texts = [text for document in documents for text in document.texts]
        self._first = np.cumsum([0, *(len(document.passages) for document in documents)])[:-1]
        self._place = {document.id: place for place, document in enumerate(documents)}

    @property
    def questions(self) -> int:
        return len(self._asked)

    def ndcg(self, encoder: Encoder) -> float:
        """nDCG@10 of title → article, by the best passage of each article."""
        texts = encoder.encode_passages(self._texts)
        gains = []
        for document in self._asked:
            scores = texts @ encoder.encode_queries([document.title])[0]
            best = np.maximum.reduceat(scores, self._first)
            place = self._place[document.id]
            rank = int((best > best[place]).sum())
            gains.append(1 / np.log2(rank + 2) if rank < _CUT else 0.0)
        return float(np.mean(gains))
