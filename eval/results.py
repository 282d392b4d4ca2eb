"""Saved measurements in eval/results/, and the tables of README and docs made of them. No texts, no paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import headlines, jsonl, provenance, tables
from eval.errors import EvaluationError
from eval.provenance import ROOT, Provenance
from eval.tables import Language

FOLDER = Path(__file__).parent / "results"
READMES: Mapping[Language, Path] = {"en": ROOT / "README.md", "ru": ROOT / "README.ru.md"}
DOCS = ROOT / "rag" / "docs"
_BLOCK = re.compile(
    r"(?P<open><!-- measured:(?P<command>[\w-]+) -->\n).*?(?P<close><!-- /measured -->)", re.DOTALL
)


class Result(Provenance):
    """One command's numbers on one set, in groups. Shares are from 0 to 1."""

    command: str
    name: str
    numbers: dict[str, dict[str, float]]

    @property
    def file_name(self) -> str:
        name = re.sub(r"[^\w+.-]", "-", self.name)
        return f"{self.command}-{name}.json"

    def get(self, group: str, name: str) -> float | None:
        """One number; None where this result doesn't have it."""
        return self.numbers.get(group, {}).get(name)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: where its number is, its headings, how it is written."""

    group: str
    name: str
    english: str
    russian: str
    write: Callable[[float | None, Language], str] = tables.percent

    def heading(self, language: Language) -> str:
        return self.english if language == "en" else self.russian


def _count(value: float | None, language: Language) -> str:
    return "—" if value is None else f"{value:.0f}"


def _decimal(value: float | None, language: Language) -> str:
    return "—" if value is None else tables.number(value, 1, language)


def _hundredths(value: float | None, language: Language) -> str:
    return "—" if value is None else tables.number(value, 2, language)


_QUESTIONS = Column("size", "questions", "questions", "вопросов", _count)
COLUMNS: Mapping[str, Sequence[Column]] = {
    "retrieval": (
        Column("size", "articles", "articles", "статей", _count),
        _QUESTIONS,
        Column("keyword", "ndcg@10", "keyword nDCG@10", "слова nDCG@10"),
        Column("dense", "ndcg@10", "vectors nDCG@10", "векторы nDCG@10"),
        Column("fused", "ndcg@10", "fused nDCG@10", "вместе nDCG@10"),
        Column("full", "ndcg@10", "full nDCG@10", "полный путь nDCG@10"),
        Column("full", "hit@1", "hit@1", "hit@1"),
        Column("full", "hit@10", "hit@10", "hit@10"),
    ),
    "noisy": (
        _QUESTIONS,
        Column("clean", "repaired", "clean", "чистые"),
        Column("mixed", "repaired", "mixed", "вперемешку"),
        Column("layout", "repaired", "layout", "раскладка"),
        Column("typos", "repaired", "1–2 typos", "1–2 опечатки"),
        Column("marks", "repaired", "no ё, case", "без ё, регистр"),
        Column("glued", "repaired", "lost space", "потерян пробел"),
        Column("split", "repaired", "stray space", "лишний пробел"),
        Column("mixed", "typed", "mixed, not repaired", "вперемешку, без исправления"),
    ),
    "reading": (
        _QUESTIONS,
        Column("reading", "first_citation", "gold in 1st citation", "ответ в первой сноске"),
        Column("reading", "three_citations", "gold in first 3", "в первых трёх"),
        Column("reading", "f1", "short answer F1", "краткий ответ F1"),
        Column("reading", "exact", "exact match", "точное совпадение"),
    ),
    "reading-loss": (
        Column("size", "files", "files", "файлов", _count),
        Column("size", "words", "words", "слов", _count),
        Column("loss", "lost", "lost", "потеряно"),
        Column("loss", "added", "added", "добавлено"),
    ),
    "verification": (
        Column("size", "sentences", "sentences", "предложений", _count),
        Column("flagged", "all", "corrupted ones flagged", "искажённых помечено"),
        *(
            Column("flagged", kind, kind, russian)
            for kind, russian in (
                ("number", "число"),
                ("date", "дата"),
                ("name", "имя"),
                ("negation", "отрицание"),
                ("roles", "роли"),
                ("direction", "направление"),
                ("foreign", "чужое"),
            )
        ),
        Column("falsely", "all", "true ones flagged", "верных помечено"),
        Column("ms", "p50", "ms p50", "мс p50", _decimal),
    ),
    "entailment": (
        Column("size", "pairs", "pairs", "пар", _count),
        Column("accuracy", "majority", "majority", "чаще встречающийся ответ"),
        Column("accuracy", "not_unsupported", "supported at least in part", "подтверждено хотя бы частично"),
        Column("accuracy", "supported", "supported", "подтверждено целиком"),
    ),
    "claims": (
        Column("size", "claims", "claims", "утверждений", _count),
        Column("claims", "balanced", "balanced accuracy", "сбалансированная точность"),
        Column("claims", "false_accepts", "false ones accepted", "неверных принято"),
        Column("claims", "false_alarms", "true ones not accepted", "верных не принято"),
    ),
    "pieces": (
        Column("borders", "f1", "borders, F1", "границы, F1"),
        Column("borders", "f1_signed", "after an ending sign, F1", "после знака конца, F1"),
        Column("lemmas", "right", "right lemmas", "верных лемм"),
        Column("speed", "words_per_second", "words a second", "слов в секунду", _count),
    ),
    "run": (
        _QUESTIONS,
        Column("score", "answered_right", "answered right", "верных ответов"),
        Column("score", "cited", "right article cited", "нужная статья в сносках"),
        Column("score", "refusal_recall", "rightly declined", "верных отказов"),
        Column("score", "false_refusals", "wrongly declined", "ложных отказов"),
        Column("ms", "p50", "ms p50", "мс p50", _decimal),
    ),
    "speed": (
        Column("indexing", "passages", "passages", "отрывков", _count),
        Column("indexing", "seconds", "indexing, s", "индексация, с", _decimal),
        Column("search", "p50", "search ms p50", "поиск, мс p50", _decimal),
        Column("search", "p95", "search ms p95", "поиск, мс p95", _decimal),
        Column("filter_20", "p50", "20 % of articles, ms p50", "в 20 % статей, мс p50", _decimal),
        Column("ask", "p50", "answer ms p50", "ответ, мс p50", _decimal),
        Column("startup", "seconds", "fresh `ask`, s", "новый `ask`, с", _decimal),
        Column("memory", "serve_mb", "server, MB", "сервер, МБ", _count),
        Column("disk", "data_mb", "disk, MB", "диск, МБ", _count),
        Column("baseline_index", "seconds", "LlamaIndex indexing, s", "LlamaIndex: индексация, с", _decimal),
        Column("baseline", "p50", "LlamaIndex ms p50", "LlamaIndex: мс p50", _decimal),
        Column(
            "ratio", "indexing", "LlamaIndex / ours, indexing", "LlamaIndex / «Сноска», индексация", _decimal
        ),
        Column("ratio", "search", "LlamaIndex / ours, search", "LlamaIndex / «Сноска», поиск", _decimal),
    ),
    "load": (
        Column("size", "clients", "clients", "клиентов", _count),
        Column("workers_1", "answers_per_second", "1 process, answers/s", "1 процесс, ответов/с", _decimal),
        Column(
            "workers_2", "answers_per_second", "2 processes, answers/s", "2 процесса, ответов/с", _decimal
        ),
        Column("ratio", "workers_2", "times as many", "во сколько раз больше", _hundredths),
        Column("workers_1", "p99", "1 process, ms p99", "1 процесс, мс p99", _count),
        Column("workers_2", "p99", "2 processes, ms p99", "2 процесса, мс p99", _count),
        Column("workers_1", "memory_last", "1 process, MB", "1 процесс, МБ", _count),
        Column("workers_2", "memory_last", "2 processes, MB", "2 процесса, МБ", _count),
    ),
    "homes": (
        Column("size", "passages", "passages", "отрывков", _count),
        Column("home", "ndcg@10", "nDCG@10", "nDCG@10"),
        Column("home", "same", "the same 10 articles", "те же 10 статей"),
        Column("home", "search_p50", "search ms p50", "поиск, мс p50", _decimal),
        Column("home", "search_p95", "search ms p95", "поиск, мс p95", _decimal),
        Column("ratio", "search_p50", "/ in a folder", "/ в папке", _hundredths),
        Column("home", "filter_20_p50", "in 20 % of articles, ms p50", "в 20 % статей, мс p50", _decimal),
        Column("ratio", "filter_20_p50", "/ in a folder", "/ в папке", _hundredths),
        Column("home", "indexing", "indexing, s", "индексация, с", _decimal),
    ),
    "servers": (
        Column("rounds", "kills", "servers killed", "прервано серверов", _count),
        Column("rounds", "restarts", "database restarts", "перезапусков базы", _count),
        Column("rounds", "added", "articles added", "добавлено статей", _count),
        Column("rounds", "replaced", "replaced", "заменено", _count),
        Column("rounds", "answers", "answers", "ответов", _count),
        Column("rounds", "refusals", "refused while it was away", "отказов, пока базы нет", _count),
        Column("rounds", "wrong", "promises broken", "нарушений", _count),
        Column("rounds", "looked", "looks for what was taken", "поисков принятого", _count),
        Column("rounds", "late", "not found after a second", "не нашлось через секунду", _count),
    ),
    "refusal": (
        Column("size", "answerable", "answerable", "с ответом", _count),
        Column("size", "unanswerable", "unanswerable", "без ответа", _count),
        Column("shipped", "answered", "answered", "ответов"),
        Column("shipped", "declined", "declined", "отказов"),
        Column("shipped", "separation", "ROC AUC", "ROC AUC"),
        Column("reliability", "error", "calibration error", "ошибка калибровки"),
        Column("reliability", "error_by_chance", "by chance", "случайная"),
    ),
}


def save(result: Result, folder: Path = FOLDER) -> Path:
    """Write a result in place of the last one of its command and name."""
    path = folder / result.file_name
    jsonl.write_text(path, result.model_dump_json(indent=1) + "\n")
    return path


def load(folder: Path = FOLDER) -> list[Result]:
    """Every saved result, in the order of file names.

    Raises EvaluationError for a file that isn't one.
    """
    paths = sorted(folder.glob("*.json"))
    return [jsonl.parse(jsonl.text(path), Result, str(path)) for path in paths]


def fill(text: str, results: Sequence[Result], language: Language) -> str:
    """`text` with every block `<!-- measured:COMMAND -->…<!-- /measured -->` made anew from `results`.

    Raises EvaluationError for a block of a command that has no table or no saved result.
    """

    def block(match: re.Match[str]) -> str:
        body = table(match["command"], results, language)
        return f"{match['open']}{body}\n{match['close']}"

    return _BLOCK.sub(block, text)


def documents() -> list[tuple[Language, Path]]:
    """The READMEs, and of the docs those that have a measured block."""
    found = [(language, path) for language in READMES for path in sorted((DOCS / language).glob("*.md"))]
    return [*READMES.items(), *((language, path) for language, path in found if blocks(jsonl.text(path)))]


def table(command: str, results: Sequence[Result], language: Language) -> str:
    """One command's table: a row a set; or the README's own."""
    if command == headlines.COMMAND:
        return headlines.table(results, language)
    rows = [result for result in results if result.command == command]
    if command not in COLUMNS or not rows:
        raise EvaluationError(
            f"Для таблицы «{command}» нет сохранённых измерений. "
            f"Сделайте их: python -m eval {command} … --save"
        )
    columns = COLUMNS[command]
    first, last = {"en": ("set", "commit"), "ru": ("набор", "коммит")}[language]
    headings = [first, *(column.heading(language) for column in columns), last]
    cells = [[row.name, *(c.write(row.get(c.group, c.name), language) for c in columns)] for row in rows]
    return tables.markdown(*tables.with_column(headings, cells, provenance.marks(rows)))


def blocks(text: str) -> list[str]:
    """The measured blocks of a document, markers and all."""
    return [match.group() for match in _BLOCK.finditer(text)]
