"""Hostile input: broken files for the readers, nonsense for whatever takes a question apart.

Cases are drawn by hypothesis (`eval.broken`), in rounds with a seed each, so that any can be drawn again.
What the product refuses in words (RagError) is as it should be. Any other exception is a crash, and so are
more than MEMORY bytes; more than LIMIT seconds of processor time are too slow. Nothing stops at the first:
the smallest case of each place is kept.
"""

from __future__ import annotations

import json
import resource
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rag
from eval import jsonl, tables
from eval.errors import EvaluationError
from rag.bot import Bot
from rag.errors import ArticleError, RagError
from rag.judging import questions
from rag.library import readers
from rag.library.decoding import decode
from rag.library.files import SUFFIXES
from rag.library.isolated_reading import Apart
from rag.library.reading.pieces import Piece, source_of, suffix_of
from rag.library.split import split

LIMIT = 2.0  # seconds of processor time for one case
ENDLESS = 20.0  # … after which it is broken off
ROUND = 500  # cases with one seed
MEMORY = 3 * 1024**3  # bytes that a case may take; more is a crash (MemoryError)
_LARGEST = 300_000  # bytes of a sample: a larger one makes every case of it slow
_SHEETS = (".xls", ".xlsx", ".xlsm", ".ods")
_MOST_PIECES = 40  # articles that are made of one file
_SHARES = {"файлы": 4, "наборы вопросов": 1, "вопросы": 13, "утверждения": 1, "ответы": 1}  # of 20 rounds
_SET = '{"id": "1", "question": "Где?", "answers": ["Там"], "tags": []}'
_SETS = {
    "set.jsonl": f"{_SET}\n{_SET}\n",
    "set.json": f"[{_SET}, {_SET}]",
    "squad.json": '{"data": [{"paragraphs": [{"qas": [{"id": "1", "question": "a", "answers": []}]}]}]}',
    "llama.json": '{"examples": [{"query": "a", "reference_answer": "b", "reference_contexts": ["c"]}]}',
    "pairs.json": '{"queries": {"q": "a"}, "corpus": {"d": "b"}, "relevant_docs": {"q": ["d"]}}',
    "ragas.jsonl": '{"user_input": "a", "reference": "b", "reference_contexts": ["c"]}\n' * 2,
    "rows.jsonl": '{"id": "1", "question": "a", "answers": {"text": ["b"], "answer_start": [1]}}\n',
    "set.csv": "вопрос;ответ;отказ;история\nГде?;там|тут;нет;\nКто?;;да;[]\n",
}


class EndlessError(BaseException):
    """A case was broken off; no reader catches this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one case did: `what` happened, `where` in our code; the case by its `name` and bytes."""

    what: str
    where: str
    name: str
    case: bytes
    seconds: float


@dataclass
class Tally:
    """How many cases there were of each kind, how many were refused, the slowest; one finding a place.

    `seen` is told of each case.
    """

    seen: Callable[[], object] = lambda: None
    cases: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    found: dict[tuple[str, str], Finding] = field(default_factory=dict)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count it; of those of one place the smallest is kept."""
        key = finding.what.partition(":")[0], finding.where
        self.times[key] += 1
        if key not in self.found or len(finding.case) < len(self.found[key].case):
            self.found[key] = finding

    def numbers(self) -> dict[str, dict[str, float]]:
        by_kind = {
            kind: {"cases": self.cases[kind], "refused": self.refused[kind], "slowest": round(slowest, 3)}
            for kind, slowest in self.slowest.items()
        }
        slow = sum(times for (what, _), times in self.times.items() if what == SLOW)
        crashes = self.times.total() - slow
        return {"all": {"cases": self.cases.total(), "crashes": crashes, "slow": slow}, **by_kind}


SLOW = f"дольше {LIMIT:.0f} с"
Action = Callable[[Any], object]


def samples(paths: Sequence[Path]) -> list[Any]:
    """The files that can be read among `paths`, and sets of ours; raises EvaluationError for none."""
    from eval.broken import File

    found = sorted(
        file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()
    )
    known = [file for file in found if suffix_of(file.name) in SUFFIXES and file.stat().st_size <= _LARGEST]
    if not known:
        raise EvaluationError(
            f"Нет файлов до {_LARGEST // 1000} КБ, которые можно испортить: {', '.join(map(str, paths))}."
        )
    return [File(file.name, file.read_bytes()) for file in known]


def run(bot: Bot, files: Sequence[Any], words: Sequence[str], cases: int, seed: int, tally: Tally) -> None:
    """Draw so many cases; `tally` knows at every moment what has come of them."""
    from eval.broken import File, texts
    from eval.broken import files as broken

    sets = [File(name, text.encode()) for name, text in _SETS.items()]
    ways: Mapping[str, tuple[Any, Action]] = {
        "файлы": (broken(files), _read),
        "наборы вопросов": (broken(sets), lambda file: questions.read(file.data, file.name, decode)),
        "вопросы": (texts(words), lambda text: _taken_apart(bot, text)),
        "утверждения": (texts(words), lambda text: bot.verify(text[: len(text) // 2] or "?", [text])),
        "ответы": (texts(words), lambda text: _answered(bot, text)),
    }
    kinds = [kind for kind, share in _SHARES.items() for _ in range(share)]
    for number, start in enumerate(range(0, cases, ROUND)):
        kind = kinds[(number * 7) % len(kinds)]  # 7 and 20 have no common part: every kind comes soon
        strategy, action = ways[kind]
        _round(strategy, kind, action, min(ROUND, cases - start), seed + number, tally)


def _round(strategy: Any, kind: str, action: Action, cases: int, seed: int, tally: Tally) -> None:
    """Cases of one seed, in a search of their own: hypothesis keeps in mind all that it has drawn."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, Verbosity

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def every(case: Any) -> None:
        _tried(case, kind, action, tally)

    with warnings.catch_warnings(), _bounded():
        warnings.simplefilter("ignore")  # what parsers say of broken files
        every()


@contextmanager
def _bounded() -> Iterator[None]:
    """No more than MEMORY beside what this process has: there is other work on the machine."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _tried(case: Any, kind: str, action: Action, tally: Tally) -> None:
    tally.cases[kind] += 1
    tally.seen()
    began, what, where = time.process_time(), "", ""
    try:
        with _broken_off():
            action(case)
    except RagError:
        tally.refused[kind] += 1
    except (Exception, EndlessError) as error:
        what, where = f"{type(error).__name__}: {error}", _place(error)
    seconds = time.process_time() - began
    tally.slowest[kind] = max(tally.slowest.get(kind, 0.0), seconds)
    if seconds > LIMIT:
        what, where = SLOW, where or kind
    if what:
        name, data = (
            ("question.txt", case.encode("utf-8", "surrogatepass"))
            if isinstance(case, str)
            else (case.name, case.data)
        )
        tally.add(Finding(what, where, name, data, seconds))


@contextmanager
def _broken_off() -> Iterator[None]:
    """Raises EndlessError inside after ENDLESS seconds of processor time."""

    def end(*_: object) -> None:
        raise EndlessError(f"не кончилось за {ENDLESS:.0f} с")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, ENDLESS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _place(error: BaseException) -> str:
    """The innermost line of ours that it went through: «rag/library/reading/word.py:41»."""
    root = Path(rag.__file__).parents[1]
    ours = [
        f"{Path(each.filename).relative_to(root)}:{each.lineno}"
        for each in traceback.extract_tb(error.__traceback__)
        if Path(each.filename).is_relative_to(root / "rag")
    ]
    return ours[-1] if ours else "?"


def _read(file: Any) -> None:
    """As indexing does it: every article of the file, but for the end of a long one, and its passages.

    What the reader of spreadsheets makes of a broken one can end a process, so they are read in another.
    """
    source = source_of(file.data, file.name, "hostile")
    is_sheet = source.suffix in _SHEETS
    found = Apart(limit=ENDLESS).pieces(source) if is_sheet else readers.pieces(source)
    for number, piece in enumerate(_watched(found)):
        if number == _MOST_PIECES:
            return
        with suppress(ArticleError):  # one article of several may be refused
            article = readers.checked(piece.article())
            for passage in split(article):
                assert passage.text == article.text[passage.start : passage.stop]


def _watched(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Raises RuntimeError where the other process tells of a defect of ours."""
    try:
        yield from pieces
    except ArticleError as error:
        if "внутренняя ошибка" in str(error):
            raise RuntimeError(str(error)) from error
        raise


def _taken_apart(bot: Bot, text: str) -> None:
    """All that is read out of a question before anything is looked for."""
    bot.remarks(bot.repaired(text).text)


def _answered(bot: Bot, text: str) -> None:
    json.dumps(bot.ask(text).as_dict())


def table(tally: Tally) -> str:
    """A row a kind of case."""
    rows = [
        [kind, f"{tally.cases[kind]}", f"{tally.refused[kind]}", tables.number(slowest, 2)]
        for kind, slowest in tally.slowest.items()
    ]
    return tables.markdown(["Что", "случаев", "отклонено словами", "дольше всего, с"], rows)


def kept(tally: Tally, folder: Path) -> Iterator[str]:
    """A line for each finding, its case written to `folder`."""
    for number, (key, finding) in enumerate(sorted(tally.found.items()), 1):
        path = folder / f"{number}-{finding.name}"
        jsonl.write_bytes(path, finding.case)
        yield f"{tally.times[key]} × {finding.what[:200]} — {finding.where}; наименьший случай: {path}"
