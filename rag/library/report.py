"""What one run of indexing did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Failure(NamedTuple):
    """A file or article that was not taken, and why (Russian)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """How many articles were added, replaced, left as they were and removed, and which ones failed.

    `articles` and `passages` are the size of the library afterwards.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Failure, ...] = ()
    articles: int = 0
    passages: int = 0
    seconds: float = 0.0

    def summary(self) -> str:
        """One line in Russian."""
        done = [
            f"{word} {counted(number, *_ARTICLES)}"
            for word, number in (
                ("добавлено", self.added),
                ("заменено", self.replaced),
                ("без изменений", self.unchanged),
                ("удалено", self.removed),
            )
            if number
        ]
        if self.failed:
            done.append(f"не удалось прочитать {counted(len(self.failed), *_FILES)}")
        what = ", ".join(done) or "статей не найдено"
        size = f"{counted(self.articles, *_ARTICLES)}, {counted(self.passages, *_PASSAGES)}"
        seconds = f"{self.seconds:.1f}".replace(".", ",")
        return f"{what[0].upper()}{what[1:]}. В библиотеке {size}; {seconds} с."


_ARTICLES = ("статья", "статьи", "статей")
_PASSAGES = ("фрагмент", "фрагмента", "фрагментов")
_FILES = ("файл", "файла", "файлов")


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 статья», «3 статьи», «11 статей»; groups of digits are parted by a no-break space."""
    tail, tens = number % 10, number % 100
    form = many
    if tail == 1 and tens != 11:
        form = one
    elif tail in (2, 3, 4) and tens not in (12, 13, 14):
        form = few
    return f"{number:,}".replace(",", "\u00a0") + f" {form}"
