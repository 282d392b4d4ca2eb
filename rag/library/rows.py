"""Between the nouns and the rows of the database."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any

from rag.text.words import fold
from rag.types import Article, ArticleInfo, Passage, SourceSentence

Row = Sequence[Any]
DESCRIBED = (
    "id", "title", "source", "source_key", "published", "url", "tags", "title_lemmas", "text",
    "author", "published_raw",
)  # fmt: skip
PASSAGE = "p.id, p.article_id, p.start, p.stop, p.text, p.spans, p.lemmas, a.title, a.title_lemmas"
INFO = "id, title, source, published, url, tags, author, published_raw"


def article_row(article: Article, passages: Sequence[Passage]) -> Row:
    """What stands in DESCRIBED of an article."""
    info = article.info
    title_lemmas = " ".join(passages[0].title_lemmas) if passages else ""
    source_key = key(info.source) if info.source else None
    tags = json.dumps(info.tags, ensure_ascii=False)
    described = (info.id, info.title, info.source, source_key, info.published, info.url, tags)
    return (*described, title_lemmas, article.text, info.author, info.published_raw)


def tag_rows(article_id: str, tags: Iterable[str]) -> list[tuple[str, str]]:
    """Rows of `article_tags`."""
    return [(name, article_id) for name in dict.fromkeys(key(tag) for tag in tags)]


def key(name: str) -> str:
    """A source or a tag as filters compare it."""
    return fold(name).strip()


def info_of(row: Row) -> ArticleInfo:
    """From the columns of INFO."""
    return ArticleInfo(row[0], row[1], row[2], row[3], row[4], tuple(json.loads(row[5])), row[6], row[7])


def pack(passages: Sequence[Passage]) -> Iterator[Row]:
    """Rows of `passages`: sentence borders as little-endian int32 pairs, lemmas as lines of words."""
    for ordinal, passage in enumerate(passages):
        borders = [offset for each in passage.sentences for offset in (each.start, each.stop)]
        lemmas = "\n".join(" ".join(each.lemmas) for each in passage.sentences)
        spans = struct.pack(f"<{len(borders)}i", *borders)
        yield (
            passage.id, passage.article_id, ordinal, passage.start, passage.stop, passage.text, spans, lemmas,
        )  # fmt: skip


def passage_of(row: Row) -> Passage:
    """From id, article_id, start, stop, text, spans, lemmas, title, title_lemmas."""
    borders = struct.unpack(f"<{len(row[5]) // 4}i", row[5])
    lemmas = map(tuple, map(str.split, row[6].split("\n")))
    parts = zip(borders[::2], borders[1::2], lemmas, strict=True)
    sentences = tuple(starmap(SourceSentence, parts))
    return Passage(row[0], row[1], row[2], row[3], row[4], sentences, row[7], tuple(row[8].split()))
