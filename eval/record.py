"""What every set comes to at one commit: a file for each, a table of them all, and whether the last is worse.

Of the shipped sets it is kept which questions came out right, by id, so that commits can be compared question
by question; of sets from elsewhere numbers alone. No texts, no paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval import beir, checking, jsonl, metrics, reading, retrieval, runs, sets, summary, tables
from eval.errors import EvaluationError
from eval.provenance import Provenance
from eval.results import FOLDER as RESULTS
from rag.judging.questions import Question

if TYPE_CHECKING:
    from rag.bot import Bot

FOLDER = RESULTS / "record"
TABLE = "README.md"
SHIPPED = "shipped"
NETWORK = "auto"  # RAG_READER as it ships
LEVEL = 0.05  # a loss that chance explains less often than this is a regression
ARTICLES = ("articles", "corpus")  # where the articles of a folder's question sets may lie
_FORMS = (".jsonl", ".json", ".csv", ".xlsx")
_TABLE_TOP = """# The record

`make eval` asks every shipped set, and those of the folders in `SETS`, and writes a file for the commit here.
Right outcomes in per cent of the questions. The shipped sets were in view as the code was written: they tell
what has changed, not how good it is. Every row is another commit; `*`: the checkout had changes of its own.
`off`: with `RAG_READER=off`, by rules alone. `make test` asks like that and fails where it loses
significantly against the newest such row; `make eval` is held against the newest row of its own reader.

"""
Numbers = dict[str, dict[str, float]]
Progress = Callable[[Sequence[Question]], Iterable[Question]]


class Measured(Provenance):
    """The numbers of every set by its name, and whether each shipped question came out right, by its id."""

    sets: dict[str, Numbers]
    right: dict[str, bool]

    @property
    def reader(self) -> str:
        """What has read: RAG_READER; records that are older than this name have the network."""
        return self.settings.get("reader", NETWORK)

    @property
    def file_name(self) -> str:
        read = "" if self.reader == NETWORK else f"-reader-{self.reader}"
        return f"{(self.commit or 'no-git')[:12]}{'-dirty' if self.dirty else ''}{read}.json"


@dataclass(frozen=True, slots=True)
class Found:
    """A set outside of the project: a BEIR folder, or a file of questions with the `corpus` they are of."""

    name: str
    path: Path
    corpus: Path

    @property
    def is_beir(self) -> bool:
        return self.path.is_dir()


def found_in(folders: Sequence[Path]) -> list[Found]:
    """The sets in `folders` and in those in them: BEIR folders, and question files beside `articles`.

    Raises EvaluationError for what is no folder.
    """
    for folder in folders:
        if not folder.is_dir():
            raise EvaluationError(f"Нет такой папки: {folder}. Проверьте путь к наборам.")
    around = [each for folder in folders for each in (folder, *sorted(filter(Path.is_dir, folder.iterdir())))]
    return [found for folder in around for found in _sets_of(folder)]


def _sets_of(folder: Path) -> Iterator[Found]:
    if beir.is_beir(folder):
        yield Found(folder.resolve().name, folder, folder)
        return
    corpus = next((folder / name for name in ARTICLES if (folder / name).is_dir()), None)
    if corpus:
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _FORMS and path.stem.startswith(("questions", "set")):
                yield Found(f"{folder.resolve().name}-{path.stem}", path, corpus)


def shipped(answer: runs.Ask, articles: Mapping[str, str], progress: Progress) -> Measured:
    """The shipped sets asked with `answer`; `progress` goes around the questions. Its origin is left open."""
    texts = checking.Texts(articles)
    questions = [checking.known(each, texts) for each in sets.located(sets.shipped())]
    records = list(runs.ask_all(answer, progress(questions)))
    numbers = {SHIPPED: summary.numbers(records)}
    for path in sets.shipped():
        part = [each for each in records if path.stem in each.gold.tags]
        numbers[f"{SHIPPED}/{path.stem}"] = summary.numbers(part)
    right = {each.id: each.judged().right for each in records}
    return Measured(commit=None, dirty=False, date="", settings={}, versions={}, sets=numbers, right=right)


def asked(answer: runs.Ask, questions: Sequence[Question]) -> Numbers:
    """The numbers of a set from elsewhere, without its tags: those may tell what it is about."""
    found = summary.numbers(list(runs.ask_all(answer, questions)))
    return {group: values for group, values in found.items() if group != "tags"}


def of_beir(bot: Bot, data: beir.BeirSet, limit: int | None) -> Numbers:
    """Search, and reading where the folder has gold spans, on at most `limit` queries."""
    numbers: Numbers = {"size": {"questions": float(len(data.queries[:limit]))}}
    numbers |= retrieval.measure(bot, data, data.queries[:limit])
    if readable := reading.readable(data):
        numbers |= reading.measure(bot, data, readable[:limit])
    return numbers


def load(folder: Path = FOLDER) -> list[Measured]:
    """Every record, oldest first."""
    found = [jsonl.parse(jsonl.text(path), Measured, str(path)) for path in folder.glob("*.json")]
    return sorted(found, key=lambda each: each.date)


def newest(reader: str, folder: Path = FOLDER, but: str = "") -> Measured | None:
    """The last record with this RAG_READER, other than the file called `but`; None for none."""
    found = [each for each in load(folder) if each.reader == reader and each.file_name != but]
    return found[-1] if found else None


def save(measured: Measured, folder: Path = FOLDER) -> Path:
    """Write a record and the table of all."""
    path = folder / measured.file_name
    jsonl.write_text(path, measured.model_dump_json(indent=1) + "\n")
    jsonl.write_text(folder / TABLE, _TABLE_TOP + table(load(folder)) + "\n")
    return path


def table(records: Sequence[Measured]) -> str:
    """A row a commit, newest first; a column a shipped set."""
    names = sorted({name for each in records for name in each.sets if name.startswith(SHIPPED)})
    rows = [
        [
            each.date[:10],
            f"{(each.commit or '—')[:12]}{'*' if each.dirty else ''}",
            each.reader,
            *(tables.percent(_right(each, name), "en") for name in names),
        ]
        for each in reversed(records)
    ]
    heads = [name.removeprefix(f"{SHIPPED}/") if "/" in name else "all shipped" for name in names]
    return tables.markdown(["date", "commit", "reader", *heads], rows)


def _right(measured: Measured, name: str) -> float | None:
    return measured.sets.get(name, {}).get("score", {}).get("right")


def told(measured: Measured, before: Measured | None) -> str:
    """A row a set: how many questions, the main number now and in the record before."""
    rows = []
    for name, numbers in measured.sets.items():
        group, key = next(
            (group, key) for group, key in (("score", "right"), ("full", "ndcg@10")) if group in numbers
        )
        earlier = before.sets.get(name, {}).get(group, {}).get(key) if before else None
        count = f"{numbers['size']['questions']:.0f}"
        what = {"right": "верно, %", "ndcg@10": "nDCG@10, %"}[key]
        rows.append([name, count, what, tables.percent(numbers[group][key]), tables.percent(earlier)])
    return tables.markdown(["Набор", "Вопросов", "", "Теперь", "Было"], rows)


@dataclass(frozen=True, slots=True)
class Lost:
    """Which shipped questions stopped coming out right, and which began to."""

    lost: tuple[str, ...]
    gained: tuple[str, ...]

    @property
    def is_regression(self) -> bool:
        more = len(self.lost) > len(self.gained)
        return more and metrics.sign_test(len(self.gained), len(self.lost)) <= LEVEL

    @property
    def verdict(self) -> str:
        """What became of the shipped sets, in Russian."""
        if not self.lost and not self.gained:
            return "Наборы проекта: вышло то же, что и в прежней записи."
        told = f"Наборы проекта: потеряно {len(self.lost)}, приобретено {len(self.gained)}."
        if not self.is_regression:
            return f"{told} Это может быть и случайно."
        return f"{told} Это регрессия. Потеряны: {', '.join(self.lost)}."


def lost(before: Measured, after: Measured) -> Lost:
    """The questions whose outcome differs, of those that both records have."""
    both = [name for name in after.right if name in before.right]
    return Lost(
        tuple(name for name in both if before.right[name] and not after.right[name]),
        tuple(name for name in both if after.right[name] and not before.right[name]),
    )
