"""Articles made for tests."""

from __future__ import annotations

from rag.types import Article, ArticleInfo

TEXT = (
    "Рудник «Северный» открыли в 2019 году. Он даёт 12 тыс. тонн руды в год. "
    "Компания вложила в него 40 млн долларов.\n\n"
    "Второй рудник строят рядом. Его запустят через три года."
)


def article(
    article_id: str = "mine", text: str = TEXT, title: str = "Два рудника", **info: object
) -> Article:
    return Article(ArticleInfo(article_id, title, **info), text)  # type: ignore[arg-type]


def long_text(number: int, sentences: int = 40) -> str:
    """A text of its own for every number, several passages long."""
    return " ".join(
        f"Рудник номер {number} за {year} год дал {year * 7 + number} тонн руды и {year % 9} тонн меди."
        for year in range(1980, 1980 + sentences)
    )
