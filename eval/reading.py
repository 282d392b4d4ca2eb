"""Reading: does a citation hold the gold span, and is the short answer the gold answer?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval import metrics, tables
from eval.beir import BeirQuery, BeirSet
from eval.errors import EvaluationError
from rag.errors import QuestionError
from rag.judging.judge import Quote, Reply
from rag.library.decoding import normal
from rag.text.words import words

if TYPE_CHECKING:
    from rag.bot import Bot

TITLES = {
    "answered": "ответил",
    "first_citation": "ответ в первой сноске",
    "three_citations": "ответ в первых трёх",
    "f1": "F1 краткого ответа",
    "exact": "точное совпадение",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A gold answer in a document: `[start, stop)` of its stored text."""

    document: str
    start: int
    stop: int

    def inside(self, quote: Quote) -> bool:
        return quote.article_id == self.document and quote.start <= self.start and self.stop <= quote.stop


def gold_spans(beir: BeirSet, query: BeirQuery) -> list[Span]:
    """Where the query's answers stand in the stored articles.

    `answers` may be shorter than `starts`: equal texts are given once.

    Raises EvaluationError where no answer stands at any start.
    """
    texts = {
        document.id: document.text for document in beir.documents if document.id in beir.grades[query.id]
    }
    spans = [
        _stored(document, text, start, start + len(answer))
        for document, text in texts.items()
        for start in query.starts
        for answer in query.answers
        if text.startswith(answer, start)
    ]
    if not spans:
        raise EvaluationError(f"{beir.name}, вопрос «{query.id}»: ни одного ответа нет на месте из starts.")
    return spans


def _stored(document: str, text: str, start: int, stop: int) -> Span:
    """A span of the document's text in the text as the library stores it (without BOM, "\\r\\n" as "\\n")."""
    return Span(document, len(normal(text[:start])), len(normal(text[:stop])))


def readable(beir: BeirSet) -> list[BeirQuery]:
    """The queries that come with a gold span."""
    return [query for query in beir.queries if query.answers and query.starts]


def measure(bot: Bot, beir: BeirSet, queries: Iterable[BeirQuery]) -> dict[str, dict[str, float]]:
    """Means over `queries` (the readable ones of `beir`, perhaps wrapped in a progress bar)."""
    each = [of_one(query, gold_spans(beir, query), _reply(bot, query.text)) for query in queries]
    return {"reading": {name: round(metrics.mean([one[name] for one in each]), 4) for name in TITLES}}


def _reply(bot: Bot, text: str) -> Reply:
    try:
        return Reply.model_validate(bot.ask(text).as_dict())
    except QuestionError as error:
        return Reply(found=False, text=str(error), short_answer=None, citations=(), confidence=0.0)


def of_one(query: BeirQuery, spans: Sequence[Span], reply: Reply) -> dict[str, float]:
    """Every measure of one reply; the best gold answer counts."""
    short = normalised(reply.short_answer or "")
    golds = [normalised(answer) for answer in query.answers]
    return {
        "answered": float(reply.found),
        "first_citation": _holds(spans, reply.citations[:1]),
        "three_citations": _holds(spans, reply.citations[:3]),
        "f1": max(metrics.token_f1(short, gold) for gold in golds),
        "exact": float(short in golds),
    }


def _holds(spans: Sequence[Span], quotes: Sequence[Quote]) -> float:
    return float(any(span.inside(quote) for span in spans for quote in quotes))


def normalised(text: str) -> list[str]:
    """SQuAD's normalisation for Russian: folded words and numbers, no punctuation. Word forms stay."""
    return [word.text for word in words(text)]


def table(numbers: dict[str, dict[str, float]]) -> str:
    """One set's reading measures."""
    rows = [[title, tables.percent(numbers["reading"][name])] for name, title in TITLES.items()]
    return tables.markdown(["Показатель", "%"], rows)
