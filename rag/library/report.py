"""What one run of indexing did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Status = Literal["added", "replaced", "unchanged", "failed"]


class Failure(NamedTuple):
    """A file or article that was not taken, and why (Russian)."""

    name: str
    reason: str


class Outcome(NamedTuple):
    """What became of one article of a file or upload called `name`; told once it is sure.

    `article_id` is that of the article which holds it now, None where it failed for the `reason` (Russian).
    """

    name: str
    status: Status
    article_id: str | None = None
    reason: str | None = None


Step = Literal["reading", "splitting", "indexing"]
_STEPS: dict[Step, str] = {
    "reading": "читаю",
    "splitting": "делю на фрагменты",
    "indexing": "записываю в индексы",
}


class Doing(NamedTuple):
    """What is being done to what is called `name`; `share` of it, 0 to 1, None where nobody knows."""

    step: Step
    name: str
    share: float | None = None

    @property
    def told(self) -> str:
        """«книга.pdf: читаю, 35 %»."""
        share = "" if self.share is None else f", {self.share:.0%}".replace("%", "\u00a0%")
        return f"{self.name}: {_STEPS[self.step]}{share}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many articles were added, replaced, left as they were and removed, and which ones failed.

    `articles` and `passages` are the size of the library afterwards. A `stopped` run has left out files.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Failure, ...] = ()
    articles: int = 0
    passages: int = 0
    seconds: float = 0.0
    stopped: bool = False

    def summary(self) -> str:
        """One line in Russian."""
        numbers = {
            "добавлено": self.added,
            "заменено": self.replaced,
            "без изменений": self.unchanged,
            "удалено": self.removed,
        }
        done = ", ".join(f"{word} {grouped(number)}" for word, number in numbers.items() if number)
        parts = [f"Статьи: {done}." if done else "Новых статей нет."]
        if self.failed:
            parts.append(f"Не прочитано файлов: {grouped(len(self.failed))}.")
        size = f"{counted(self.articles, *_ARTICLES)}, {counted(self.passages, *PASSAGES)}"
        parts.append(f"Всего в библиотеке {size}; {self.seconds:.1f}".replace(".", ",") + " с.")
        return " ".join(parts)


_ARTICLES = ("статья", "статьи", "статей")
PASSAGES = ("фрагмент", "фрагмента", "фрагментов")


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 статья», «3 статьи», «11 статей»."""
    tail, tens = number % 10, number % 100
    form = many
    if tail == 1 and tens != 11:
        form = one
    elif tail in (2, 3, 4) and tens not in (12, 13, 14):
        form = few
    return f"{grouped(number)} {form}"


def grouped(number: int) -> str:
    """«1 021» with a no-break space."""
    return f"{number:,}".replace(",", "\u00a0")
