"""A question ready for search, and what is found for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from rag.types.library import ArticleInfo, Passage, SourceSentence

MatchKind = Literal["same", "spelling", "kin", "synonym", "meaning", "none"]
MatchField = Literal["title", "sentence", "text"]


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


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready for retrieval: as text, and as the lemmas of its content words."""

    text: str
    lemmas: tuple[str, ...]
    times: Times = Times()


class Scored(NamedTuple):
    """A passage id with the score one retriever gave it; higher is better. A search makes hundreds."""

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
    the same and were found too. `lead`: so many sentences at the front of the passage stand before it in the
    article and are there to be understood with, not found. `page` is the number of the page on which the
    passage begins, None where there are none.
    """

    passage: Passage
    article: ArticleInfo
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    explanation: Explanation | None = None
    reprints: tuple[Reprint, ...] = ()
    lead: int = 0
    page: int | None = None

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
            "page": self.page,
            "score": round(self.score, 4),
            "ranks": dict(self.ranks),
            "scores": {stage: round(score, 4) for stage, score in self.scores.items()},
            "reprints": [reprint.as_dict() for reprint in self.reprints],
            **({"explanation": self.explanation.as_dict()} if self.explanation else {}),
        }


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}
