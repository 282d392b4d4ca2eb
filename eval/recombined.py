"""A corpus of any size out of a small one: new articles from the sentences of others, with natural words.

Copies would be found together and compress well; these differ from each other and from their sources,
and words are as frequent among them as in the original. The same seed gives the same articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from rag.errors import RagError
from rag.text.sentences import sentences
from rag.types import Article, ArticleInfo

_SHORTEST = 20  # characters: what is shorter is no sentence of its own
_RUN = 2  # neighbouring sentences taken together at most
_PARAGRAPH = 4  # sentences
_FIRST_DAY, _DAYS = date(2015, 1, 1), 4_000


@dataclass(frozen=True, slots=True)
class _Source:
    """What is taken of one article."""

    info: ArticleInfo
    sentences: tuple[str, ...]


def recombined(articles: Sequence[Article], seed: int = 1) -> Iterator[Article]:
    """New articles without end, about as long as the given ones. Raises RagError where there are none."""
    sources = [source for article in articles if (source := _source(article)).sentences]
    if not sources:
        raise RagError("Не из чего составить статьи: в них нет ни одного предложения.")
    random = Random(seed)
    number = 0
    while True:
        number += 1
        yield Article(_info(random, sources, number), _text(random, sources))


def _source(article: Article) -> _Source:
    texts = (article.text[start:stop] for start, stop in sentences(article.text))
    return _Source(article.info, tuple(text for text in texts if len(text) >= _SHORTEST))


def _info(random: Random, sources: Sequence[_Source], number: int) -> ArticleInfo:
    """The beginning of one title and the end of another, a source of the corpus, any day of eleven years."""
    first, second = (random.choice(sources).info.title.split() for _ in range(2))
    title = " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])
    published = (_FIRST_DAY + timedelta(days=random.randrange(_DAYS))).isoformat()
    return ArticleInfo(f"recombined/{number:07d}", title, random.choice(sources).info.source, published)


def _text(random: Random, sources: Sequence[_Source]) -> str:
    length = len(random.choice(sources).sentences)
    chosen: list[str] = []
    while len(chosen) < length:
        one = random.choice(sources).sentences
        start = random.randrange(len(one))
        chosen += one[start : start + random.randint(1, _RUN)]
    paragraphs = (chosen[start : start + _PARAGRAPH] for start in range(0, len(chosen), _PARAGRAPH))
    return "\n\n".join(map(" ".join, paragraphs))
