"""Keyword search: BM25 (k1 1.2, b 0.75) over lemmas, in tantivy. The only file that imports it.

Scores are BM25 divided by the question's sum of IDFs: 1 means that every lemma of the question stands once
in a passage of average length, in a library of any size. A question's ranking is not changed by that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tantivy

from rag.text.keys import ids_of, passage_keys
from rag.text.question_words import salience
from rag.types import ArticleSet, Keys, Passage, Query, Scored, article_key

_WRITER_BYTES = 64_000_000
# How many times more passages than wanted are looked through for those of allowed articles.
_SIFTED = 16

_FREQUENCIES_KEPT = 100_000

Found = tuple[float, tantivy.DocAddress]


class KeywordIndex:
    """A tantivy index with one document a passage: its title's and its own lemmas as one field."""

    name = "keyword"
    settings = "tantivy-2 title+text lemmas-2"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._index: tantivy.Index
        self._writer: tantivy.IndexWriter
        # Asked of the whole of every candidate's title. A new one with every change: a search that goes on
        # meanwhile keeps its own.
        self._frequencies: dict[str, int] = {}

    def open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._schema, path=str(self._folder), reuse=True)
        # One thread: its order is deterministic, and 12,000 passages a second are enough.
        self._writer = self._index.writer(_WRITER_BYTES, 1)
        self._frequencies = {}

    def close(self) -> None:
        """Let go of the files; `open` may follow."""
        self.__dict__.pop("_writer", None)
        self.__dict__.pop("_index", None)

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        for article_id in [] if fresh else article_ids:
            self._writer.delete_documents_by_term("article", article_key(article_id))
        keys = passage_keys(passage.id for passage in passages)
        for key, passage in zip(keys.tolist(), passages, strict=True):
            self._writer.add_document(_document(key, passage))
        self._writer.commit()
        self._index.reload()
        self._frequencies = {}

    def count(self) -> int:
        return int(self._index.searcher().num_docs)

    def contents(self) -> dict[str, Keys]:
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.all_query(), limit=max(self.count(), 1), count=False).hits
        addresses = [address for _, address in hits]
        columns = (searcher.fast_field_values(name, addresses) for name in ("id", "article"))
        return {"tantivy": np.array(list(columns), np.int64).reshape(2, -1).T}

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Lemmas of the library that start with `prefix` and their frequencies, most frequent first."""
        found = self._index.searcher().terms_with_prefix("lemmas", prefix)
        return sorted(found, key=lambda term: (-term[1], term[0]))[:limit]

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        """In how many passages each lemma occurs."""
        known, searcher = self._frequencies, self._index.searcher()
        if len(known) > _FREQUENCIES_KEPT:
            known = self._frequencies = {}
        for lemma in lemmas:
            if lemma not in known:
                known[lemma] = int(searcher.doc_freq("lemmas", lemma))
        return [known[lemma] for lemma in lemmas]

    def together(self, lemma: str, others: Sequence[str]) -> float:
        """The best BM25 share of `others` among the passages that hold `lemma`; 0 where it stands alone."""
        if not others:
            return 0.0
        wanted = _limited(self._any_of(others), self._among("lemmas", [lemma]))
        found = self._index.searcher().search(wanted, limit=1, count=False).hits
        return float(found[0][0]) / self._idf_sum(list(dict.fromkeys(others))) if found else 0.0

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        if not query.lemmas or k < 1 or (within is not None and len(within) == 0):
            return []
        searcher, wanted = self._index.searcher(), self._any_of(query.lemmas)
        hits = _sifted(searcher, wanted, k, within) if within else None
        if hits is None:
            hits = _found(searcher, self._limited_to(within, wanted) if within else wanted, k)
        return self._scored(searcher, query, hits)

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        keys = passage_keys(passage_ids)
        if not query.lemmas or not len(keys):
            return {}
        searcher = self._index.searcher()
        # A few ids as terms of their own are found in a third of the time of a set of them.
        any_id = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "id", key))
                for key in keys.tolist()
            ]
        )
        hits = _found(searcher, _limited(self._any_of(query.lemmas), any_id), len(keys))
        return {scored.passage_id: scored.score for scored in self._scored(searcher, query, hits)}

    def _scored(self, searcher: tantivy.Searcher, query: Query, hits: list[Found]) -> list[Scored]:
        total = self._idf_sum(list(dict.fromkeys(query.lemmas)))
        keys = searcher.fast_field_values("id", [address for _, address in hits])
        ids = ids_of(np.array(keys, np.int64))
        return [Scored(id_, score / total) for id_, (score, _) in zip(ids, hits, strict=True)]

    def _idf_sum(self, lemmas: Sequence[str]) -> float:
        frequencies = self.frequencies(lemmas)
        # Frequencies count removed passages until tantivy merges their segment, the number of passages
        # doesn't: an IDF below zero would turn the ranking around.
        held = max(self.count(), *frequencies)
        return sum(
            salience(lemma) * math.log(1 + (held - df + 0.5) / (df + 0.5))
            for lemma, df in zip(lemmas, frequencies, strict=True)
        )

    def _any_of(self, lemmas: Sequence[str]) -> tantivy.Query:
        terms = (
            (tantivy.Query.term_query(self._schema, "lemmas", lemma, "freq"), salience(lemma))
            for lemma in dict.fromkeys(lemmas)
        )
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, term if weight == 1 else tantivy.Query.boost_query(term, weight))
                for term, weight in terms
            ]
        )

    def _limited_to(self, articles: ArticleSet, wanted: tantivy.Query) -> tantivy.Query:
        return _limited(wanted, self._among("article", articles.keys.tolist()))

    def _among(self, field: str, allowed: Sequence[object]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, field, list(allowed))


def _limited(wanted: tantivy.Query, allowed: tantivy.Query) -> tantivy.Query:
    unscored = tantivy.Query.const_score_query(allowed, 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, unscored)])


def _found(searcher: tantivy.Searcher, wanted: tantivy.Query, k: int) -> list[Found]:
    return list(searcher.search(wanted, limit=k, count=False).hits)


def _sifted(
    searcher: tantivy.Searcher, wanted: tantivy.Query, k: int, allowed: ArticleSet
) -> list[Found] | None:
    """The best `k` of the allowed articles, found among the best of all; None where these are too few.

    Naming each of many articles in the query costs more than looking further down the ranking.
    """
    limit = _SIFTED * k
    if len(allowed) < limit:
        return None
    hits = _found(searcher, wanted, limit)
    keys = searcher.fast_field_values("article", [address for _, address in hits])
    kept = [hits[place] for place in np.flatnonzero(allowed.holds(np.array(keys, np.int64)))]
    return kept[:k] if len(kept) >= k or len(hits) < limit else None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Columns: reading them of 150 hits takes a hundredth of the time of 150 stored documents.
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("article", indexed=True, fast=True)
    builder.add_text_field("lemmas", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(key: int, passage: Passage) -> tantivy.Document:
    lemmas = [*passage.title_lemmas, *(lemma for sentence in passage.sentences for lemma in sentence.lemmas)]
    document = tantivy.Document()
    document.add_integer("id", key)
    document.add_integer("article", article_key(passage.article_id))
    document.add_text("lemmas", " ".join(lemmas))
    return document
