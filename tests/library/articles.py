"""Articles made for tests."""

from __future__ import annotations

from pathlib import Path

from rag.library.report import Report
from rag.library.uploads import Upload
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


def write(path: Path, content: str | bytes) -> Path:
    """A file, and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sent(name: str, content: str | bytes) -> Upload:
    data = content.encode() if isinstance(content, str) else content
    return Upload(name, lambda: data)


def tally(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.replaced, report.unchanged, report.removed
