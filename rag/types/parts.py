"""The protocols of the parts: whatever does this, fits in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from rag.types.answer import Draft
from rag.types.library import ArticleInfo, ArticleSet, Filters, Keys, Passage, Vectors
from rag.types.search import Hit, Query, Scored


class Encoder(Protocol):
    """Text to unit-length vectors of shape (len(texts), dimension), float32; a zero row is "unknown"."""

    name: str
    dimension: int

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...


class Retriever(Protocol):
    """One way of finding passages."""

    name: str

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        """The best `k` passages, best first; `within` limits them to these articles."""

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        """The scores `search` would give these passages; those it would never find are left out."""


class PassageIndex(Retriever, Protocol):
    """A searchable copy of the library's passages that can always be rebuilt from SQLite.

    `settings` is a fingerprint of everything that shapes its content: when it differs from the one
    the copy on disk was built with, a new copy is built.
    """

    settings: str

    def open(self) -> None:
        """Open the copy on disk, or create an empty one. Any exception means it is damaged."""

    def close(self) -> None:
        """Let go of the files; `open` may follow."""

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        """Put `passages` in place of all that is held of `article_ids`, durably and at once.

        `fresh` promises that nothing of these articles is held yet. Safe to repeat.
        """

    def count(self) -> int:
        """Passages held; -1 where parts of it hold different ones: it is damaged, or not caught up yet."""

    def contents(self) -> Mapping[str, Keys]:
        """All that is held, by the name of each part that holds it: passages' and articles' keys, (n, 2)."""


class Resident(PassageIndex, Protocol):
    """An index that lies in the database of the store and is written in its transactions.

    It follows the numbered changes of the store; `seq` is the last one that it holds.
    """

    def prepared(self, passages: Sequence[Passage]) -> object:
        """What `write` has to know of passages; all that takes time, done before the transaction."""

    def write(self, db: Any, article_ids: Sequence[str], prepared: object, before: int, after: int) -> bool:
        """Put what was prepared in place of all that is held of `article_ids`, in the transaction `db`.

        False, and nothing is done, where the index isn't at change `before`: then it has to catch up.
        """

    def seq(self) -> int: ...

    def clear(self) -> None:
        """Hold nothing, as of change 0."""

    def settle(self) -> None:
        """Do what is better done once than with every write."""


class KeywordIndex(Retriever, Protocol):
    """The keyword leg: BM25 over lemmas, as a share of the question's sum of IDFs; knows its words."""

    def count(self) -> int: ...

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Lemmas that start with `prefix` and their frequencies, most frequent first."""

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        """In how many passages each lemma occurs."""

    def together(self, lemma: str, others: Sequence[str]) -> float:
        """The best BM25 share of `others` among the passages that hold `lemma`; 0 where it stands alone."""


class VectorIndex(Retriever, Protocol):
    """The vector leg: scores are cosines of `encoder`'s vectors."""

    encoder: Encoder

    def count(self) -> int: ...


class IndexLeg(Protocol):
    """One way of searching, and which copy of the library it answers from.

    `settings` is what its new copies are built with, `recipe` what it needs to read one of them when
    settings have changed. A leg that `can_wait` may be missing for a while: others answer without it.
    """

    name: str
    settings: str
    recipe: str
    can_wait: bool

    def copy(self, folder: Path) -> PassageIndex:
        """A copy in `folder`, not opened yet."""

    def former(self, recipe: str, folder: Path) -> PassageIndex | None:
        """A copy built by another `recipe`; None where it can't be read any more."""

    def serve(self, copy: PassageIndex | None) -> None:
        """Answer from `copy` from now on; returns when no search uses the one before."""

    def count(self) -> int:
        """Passages held by the copy that answers."""


class PassageSource(Protocol):
    """Where hits get their texts from."""

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """Passages in the order of `ids`; unknown ids are left out."""

    def infos(self, article_ids: Sequence[str]) -> dict[str, ArticleInfo]: ...

    def allowed(self, filters: Filters) -> ArticleSet | None:
        """The articles that `filters` allow; None when they allow all."""

    def latest(self, until: date, filters: Filters | None = None) -> date | None:
        """The newest day of publication up to `until` among the articles that `filters` allow."""


class Reranker(Protocol):
    """Scores candidates anew, in the order given; higher is better. Their earlier scores may be used."""

    name: str

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]: ...


class Writer(Protocol):
    """Writes a growing draft from hits; the last one is whole."""

    name: str

    def write(self, query: Query, hits: Sequence[Hit]) -> Iterator[Draft]: ...


# What the reading network is given and what it says.


@dataclass(frozen=True, slots=True)
class TextToRead:
    """A text, usually one sentence, and what stands above or before it (title, headings, sentence before)."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Follows:
    """Whether a claim follows from a text: three probabilities that sum to 1."""

    supported: float
    contradicted: float
    not_stated: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says to a question or claim.

    `span`: where the likeliest short answer stands, `(start, stop)` in characters of the text; None where no
    part can be one. `span_odds`: its log-odds against "no answer here". `answers`: log-odds that the text
    answers at all. `follows`: the question read as a claim, for claims and yes/no questions.
    """

    span: tuple[int, int] | None
    span_odds: float
    answers: float
    follows: Follows


class Reader(Protocol):
    """Reads short texts for one question or claim."""

    name: str

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        """One reading a text, in order."""
