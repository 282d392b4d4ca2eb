"""Articles and answers for tests of kept conversations, small enough to work out by hand."""

from __future__ import annotations

from rag.errors import NotFoundError
from rag.types import Answer, Article, ArticleInfo, Citation, Disagreement, Hit, Passage, Sentence, Version

BRIDGE = Article(
    ArticleInfo(
        "most", "Мост через Ишим", "Степной вестник", "2026-02-23", "https://example.org/most", ("мост",)
    ),
    "Длина моста через Ишим — 312 метров. Открыли его в июле.",
)
RIVAL = Article(
    ArticleInfo("spor", "Спор <b>о мосте</b>", "Отметка", None, "javascript:alert(1)"),
    "Подрядчик уверяет: длина моста — 308 метров.",
)


class Shelf:
    """A library of a few articles that can change."""

    def __init__(self, *articles: Article) -> None:
        self.articles = {article.id: article for article in articles}

    def read(self, article_id: str) -> Article:
        if article_id not in self.articles:
            raise NotFoundError("нет")
        return self.articles[article_id]


def citation(number: int, article: Article, stop: int) -> Citation:
    info = article.info
    quote = article.text[:stop]
    return Citation(number, info.id, info.title, info.source, info.url, info.published, quote, 0, stop, "p")


def answer(question: str = "Какова длина моста?", answer_id: str = "") -> Answer:
    """An answer from two sources that differ."""
    first, second = citation(1, BRIDGE, 36), citation(2, RIVAL, len(RIVAL.text))
    passage = Passage("p", BRIDGE.id, 0, len(BRIDGE.text), BRIDGE.text, ())
    versions = (
        Version("312 метров", 1, "Степной вестник", "2026-02-23"),
        Version("308 метров", 2, "Отметка", None, "2026-01-01"),
    )
    return Answer(
        question=question,
        standalone_question=question,
        found=True,
        text="Длина моста через Ишим — 312 метров [1]. Подрядчик уверяет иначе [2].",
        short_answer="312 метров",
        sentences=(
            Sentence("Длина моста через Ишим — 312 метров [1].", (1,), "supported"),
            Sentence("Подрядчик уверяет иначе [2].", (2,), "partial", ("в источнике 308 метров",)),
        ),
        citations=(first, second),
        hits=(Hit(passage, BRIDGE.info, 0.5, {"keyword": 1}, {"keyword": 0.5}),),
        confidence=0.9,
        notes=("исправлена опечатка",),
        writer="extractive",
        elapsed_ms=3.0,
        disagreements=(Disagreement("figure", versions),),
        answer_id=answer_id,
    )


def refusal(question: str = "Кто выиграл матч?") -> Answer:
    passage = Passage("p", RIVAL.id, 0, len(RIVAL.text), RIVAL.text, ())
    hits = (Hit(passage, RIVAL.info, 0.1),)
    return Answer(question, question, False, "Ответа нет.", None, (), (), hits, 0.1, (), "extractive", 1.0)
