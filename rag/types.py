"""The nouns of the product and the protocols of its parts. Everything here is frozen.

Offsets are character offsets into `Article.text`. For every article, passage and citation:
`article.text[passage.start:passage.stop] == passage.text` and
`article.text[citation.start:citation.stop] == citation.quote`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Support = Literal["supported", "partial", "unsupported"]
MatchKind = Literal["same", "spelling", "kin", "synonym", "meaning", "none"]
MatchField = Literal["title", "sentence", "text"]
Matter = Literal["figure", "date", "status"]
Vectors = NDArray[np.float32]
Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What is known of an article besides its text. `published` is an ISO date."""

    id: str
    title: str
    source: str | None = None
    published: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read; `text` is what every offset points into."""

    info: ArticleInfo
    text: str

    @property
    def id(self) -> str:
        return self.info.id


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """One sentence of a passage: its offsets in the article and the lemmas of its words, in order."""

    start: int
    stop: int
    lemmas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, the unit of retrieval.

    `id` is derived from article id, position and text, so it is the same on every machine.
    `title` and its lemmas are the article's.
    """

    id: str
    article_id: str
    start: int
    stop: int
    text: str
    sentences: tuple[SourceSentence, ...]
    title: str = ""
    title_lemmas: tuple[str, ...] = ()

    def quote(self, sentence: SourceSentence) -> str:
        """Text of one of this passage's sentences."""
        return self.text[sentence.start - self.start : sentence.stop - self.start]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Dates are inclusive; an empty tuple means no restriction."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # an article with at least one of them

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.sources or self.articles or self.tags)


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names, `typed` as it stands there. Both days are inclusive; None is open.

    `relative`: counted from today («на прошлой неделе»). `guessed`: no year was typed («в марте»), so it
    is the last such time.
    """

    since: date | None
    until: date | None
    typed: str
    relative: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """What a question says of time; `newest`: it asks for news.

    `topic` is the question without the words that only say when to look («последние новости о», «вчера»);
    None where there are none.
    """

    periods: tuple[Period, ...] = ()
    newest: bool = False
    topic: str | None = None

    def __bool__(self) -> bool:
        return bool(self.periods or self.newest)


def article_key(article_id: str) -> int:
    """A number that stands for an article where millions are compared: 64 bits of its id's hash."""
    digest = blake2b(article_id.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True, slots=True, eq=False)
class ArticleSet:
    """The articles that may answer, by their `article_key`: sorted, each once."""

    keys: Keys

    @classmethod
    def of(cls, article_ids: Iterable[str]) -> Self:
        return cls(np.unique(np.array([article_key(each) for each in article_ids], np.int64)))

    def __len__(self) -> int:
        return len(self.keys)

    def holds(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of `keys` are in the set, in their order."""
        if not len(self.keys):
            return np.zeros(len(keys), bool)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.asarray(self.keys[places] == keys)


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready for retrieval: as text, and as the lemmas of its content words."""

    text: str
    lemmas: tuple[str, ...]
    times: Times = Times()


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage id with the score one retriever gave it; higher is better."""

    passage_id: str
    score: float


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of a hit, `text` as it stands there.

    `text == article.text[start:stop]`, or of the article's title for the field "title". The field "sentence"
    is the sentence of the passage that matches the question best, "text" is the rest of the passage.
    """

    text: str
    field: MatchField
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class WordMatch:
    """How one content word of a question, `asked` as it was typed, is matched in a hit.

    `weight` is its share of the question's weight: those of all words sum to 1. `similarity` (0 to 1) is
    what the match counts, `cosine` is that of the two words' vectors. Nothing is `found` for "none".
    """

    lemma: str
    asked: str
    weight: float
    kind: MatchKind
    similarity: float
    cosine: float
    found: FoundWord | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a feature of the reranker adds to a hit's "rerank" score: `score == value * weight`.

    `weight` is a share: those of all features sum to 1, their scores to the hit's.
    """

    feature: str
    value: float
    weight: float
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit stands where it does, beside its ranks and scores. No reranker, no contributions."""

    words: tuple[WordMatch, ...]
    contributions: tuple[Contribution, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of an explanation."""
        return {
            "words": [_rounded(asdict(word)) for word in self.words],
            "contributions": [_rounded(asdict(each)) for each in self.contributions],
        }


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another article's passage that says the same: `article.text[start:stop]` is what it says.

    `sentences` and `text` are those of the passage, for whoever looks for one of them.
    """

    article_id: str
    passage_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    start: int
    stop: int
    sentences: tuple[SourceSentence, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of a reprint."""
        inner = ("sentences", "text")
        return {name: getattr(self, name) for name in Reprint.__slots__ if name not in inner}


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage. `ranks` and `scores` hold its place at every stage (rank 1 is best).

    An `explanation` is there for whoever asked for one; `reprints` are passages of other articles that say
    the same and were found too.
    """

    passage: Passage
    article: ArticleInfo
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    explanation: Explanation | None = None
    reprints: tuple[Reprint, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of a hit."""
        passage, article = self.passage, self.article
        return {
            "article_id": article.id,
            "passage_id": passage.id,
            "title": article.title,
            "source": article.source,
            "url": article.url,
            "published": article.published,
            "text": passage.text,
            "start": passage.start,
            "stop": passage.stop,
            "score": round(self.score, 4),
            "ranks": dict(self.ranks),
            "scores": {stage: round(score, 4) for stage, score in self.scores.items()},
            "reprints": [reprint.as_dict() for reprint in self.reprints],
            **({"explanation": self.explanation.as_dict()} if self.explanation else {}),
        }


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: a verbatim quote with its place in the stored article."""

    number: int
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    quote: str
    start: int
    stop: int
    passage_id: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the numbers of its footnotes and how well they support it.

    `reasons` (Russian) say what is missing there or differs; none for a supported sentence.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What one source says of a thing: `value` as it stands in the quote of footnote `citation`.

    `source` and `published` are that footnote's; `stated` is the ISO day for which the quote says it
    («на 5 мая»), None without one.
    """

    value: str
    citation: int
    source: str | None
    published: str | None
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that say different things of the same, newest first; at least two `versions`.

    `develops`: each states a day of its own, so they tell how the thing changed and contradict nothing.
    """

    matter: Matter
    versions: tuple[Version, ...]
    develops: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of a disagreement."""
        return {
            "matter": self.matter,
            "develops": self.develops,
            "versions": [asdict(version) for version in self.versions],
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A stretch of a question as it was typed, and what it was taken for."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product says to one question, with everything needed to check it.

    `found` is False for a refusal: then `sentences` and `citations` are empty and `hits` are the
    nearest passages. `confidence` is the probability (0 to 1) that the cited sentences hold the answer.
    `repairs` is what was mended in the question; ask again `as_typed` to have it searched as it was.
    `listed`: the sentences are facts of one kind, for a list rather than a paragraph. `disagreements` are
    what sources say differently; `text` tells them too, behind the sentences. `answer_id`
    comes from a face that keeps answers.
    """

    question: str
    standalone_question: str
    found: bool
    text: str
    short_answer: str | None
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    notes: tuple[str, ...]
    writer: str
    elapsed_ms: float
    repairs: tuple[Repair, ...] = ()
    listed: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    answer_id: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of an answer."""
        return {
            **({"answer_id": self.answer_id} if self.answer_id else {}),
            "question": self.question,
            "standalone_question": self.standalone_question,
            "found": self.found,
            "text": self.text,
            "short_answer": self.short_answer,
            "sentences": [
                {
                    "text": s.text,
                    "citations": list(s.citations),
                    "support": s.support,
                    "reasons": list(s.reasons),
                }
                for s in self.sentences
            ],
            "citations": [
                {name: getattr(citation, name) for name in Citation.__slots__} for citation in self.citations
            ],
            "hits": [hit.as_dict() for hit in self.hits],
            "confidence": round(self.confidence, 4),
            "notes": list(self.notes),
            "repairs": [{"typed": repair.typed, "meant": repair.meant} for repair in self.repairs],
            "listed": self.listed,
            "disagreements": [each.as_dict() for each in self.disagreements],
            "writer": self.writer,
            "elapsed_ms": round(self.elapsed_ms, 2),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer has so far: sentences with the quotes that support them, before verification.

    `writer` is who wrote it, if not the writer that was asked; `notes` (Russian) say why.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    short_answer: str | None = None
    confidence: float = 0.0
    found: bool = False
    notes: tuple[str, ...] = ()
    writer: str = ""
    listed: bool = False
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well sources support a sentence; `reasons` (Russian) say what is missing or differs."""

    support: Support
    reasons: tuple[str, ...] = ()


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
