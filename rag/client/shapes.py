"""What the API answers, as frozen objects. Fields that a newer server adds are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Support = Literal["supported", "partial", "unsupported"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer; dates are inclusive, an empty tuple limits nothing."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """As it stands in a request."""
        days = {"from": self.since, "to": self.until}
        lists = {"sources": self.sources, "articles": self.articles, "tags": self.tags}
        told: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day}
        return told | {name: list(given) for name, given in lists.items() if given}


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: `article.text[start:stop] == quote` in that `version` of the article."""

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
    page: int | None = None
    version: int = 1
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, the numbers of its citations, and how well they support it."""

    text: str
    citations: tuple[int, ...]
    support: Support
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reprint:
    """A passage of another article that says the same."""

    article_id: str
    passage_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: `article.text[start:stop] == text`. `ranks` and `scores` are those of every stage."""

    article_id: str
    passage_id: str
    title: str
    text: str
    start: int
    stop: int
    score: float
    source: str | None = None
    url: str | None = None
    published: str | None = None
    page: int | None = None
    ranks: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    reprints: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """What was typed, and what it was taken for."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Version:
    """What one of several sources says; `citation` is its number in the answer."""

    value: str
    citation: int
    source: str | None
    published: str | None
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that differ, newest first; `develops`: each speaks of a day of its own."""

    matter: str
    versions: tuple[Version, ...]
    develops: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a refusal (`found` is False): then nothing is cited, and `nearest` is what is near."""

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
    verdict: Literal["yes", "no"] | None = None
    kind: Literal["answer", "refusal", "talk", "summary"] = "answer"
    missing: str | None = None

    @property
    def nearest(self) -> tuple[Hit, ...]:
        """The passages that a refusal offers; none with an answer."""
        return () if self.found else self.hits

    def cited(self, sentence: Sentence) -> tuple[Citation, ...]:
        """The footnotes of one of its sentences."""
        return tuple(each for each in self.citations if each.number in sentence.citations)


@dataclass(frozen=True, slots=True)
class Delta:
    """An answer as far as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives, best first; `notes` (Russian) say what was understood."""

    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A figure, date or name of a claim, and what the source has of it."""

    slot: str
    outcome: str
    claim: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a claim follows; `reasons` (Russian) say what is missing or differs."""

    support: Support
    reasons: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """A line of the list of articles."""

    id: str
    title: str
    source: str | None
    published: str | None
    url: str | None
    tags: tuple[str, ...] = ()
    author: str | None = None
    characters: int = 0
    passages: int = 0
    indexed_at: str = ""


@dataclass(frozen=True, slots=True)
class Articles:
    """A page of that list, newest first; `total` is how many there are."""

    total: int
    items: tuple[ArticleInfo, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One article with its text, which offsets point into."""

    id: str
    title: str
    source: str | None
    published: str | None
    url: str | None
    text: str
    tags: tuple[str, ...] = ()
    author: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class File:
    """What became of one file or article: `status` is added, replaced, unchanged or failed."""

    name: str
    status: str
    id: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of what was sent."""

    added: int
    replaced: int
    unchanged: int
    failed: int
    articles: int
    passages: int
    summary: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """The ids that were removed, those that weren't there, and how many articles are left."""

    removed: tuple[str, ...]
    articles: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """Who answers there."""

    status: str
    articles: int
    passages: int
    encoder: str
    writer: str
    version: str
    reading: str = ""
