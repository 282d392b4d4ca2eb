"""What one run of indexing did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rag.library.reading.pieces import suffix_of

Status = Literal["added", "replaced", "unchanged", "failed"]


class Failure(NamedTuple):
    """A file or article that was not taken, and why (Russian)."""

    name: str
    reason: str


class Outcome(NamedTuple):
    """What became of one article of a file or upload called `name`; told once it is sure.

    `article_id` is that of the article which holds it now, None where it failed for the `reason` (Russian).
    Of an article that was taken, `reason` is what its reader had to leave out.
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

    `unknown` files are of kinds that aren't read; `remarks` tell what readers had to leave out of articles
    that were taken. `articles` and `passages` are the size of the library afterwards. A `stopped` run has
    left out files.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Failure, ...] = ()
    unknown: tuple[Failure, ...] = ()
    remarks: tuple[Failure, ...] = ()
    articles: int = 0
    passages: int = 0
    seconds: float = 0.0
    stopped: bool = False

    def summary(self) -> str:
        """One line in Russian."""
        numbers = {
            "добавлено": self.added,
            "изменено": self.replaced,
            "без изменений": self.unchanged,
            "удалено": self.removed,
        }
        done = ", ".join(f"{word} {grouped(number)}" for word, number in numbers.items() if number)
        parts = [f"Статьи: {done}." if done else "Новых статей нет."]
        left = {"пропущено": len(self.unknown), "не прочитано": len(self.failed)}
        if any(left.values()):
            said = ", ".join(f"{word} {grouped(number)}" for word, number in left.items() if number)
            parts.append(f"Файлы: {said}.")
        size = f"{counted(self.articles, *_ARTICLES)}, {counted(self.passages, *PASSAGES)}"
        parts.append(f"Всего в библиотеке {size}; {self.seconds:.1f}".replace(".", ",") + " с.")
        return " ".join(parts)

    def passed_over(self) -> list[str]:
        """A line (Russian) for each kind of `unknown` files: how many, and their names."""
        kinds: dict[str, list[str]] = {}
        for failure in self.unknown:
            kinds.setdefault(suffix_of(failure.name), []).append(failure.name)
        return [_kind_line(kind, names) for kind, names in sorted(kinds.items())]


def _kind_line(kind: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES]) + (
        f" и ещё {grouped(len(names) - MOST_NAMES)}" if len(names) > MOST_NAMES else ""
    )
    files, reason = counted(len(names), *_FILES), "такие файлы не читаются"
    if kind:
        return f"Пропущено: {files} {kind} ({reason}): {shown}"
    return f"Пропущено: {files} без расширения (не текст и не документ): {shown}"


MOST_NAMES = 10  # of a kind that are told
_FILES = ("файл", "файла", "файлов")
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
