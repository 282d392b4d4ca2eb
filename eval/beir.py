"""BEIR folders: `corpus.jsonl`, `queries.jsonl`, `qrels.tsv`. Texts go into the library verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from eval import jsonl
from eval.errors import EvaluationError
from rag.types import Article, ArticleInfo

Grades = Mapping[str, float]
CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"


class Document(BaseModel):
    """One document of a corpus. An empty title, source, date or url means it isn't known."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(alias="_id", min_length=1)
    text: str
    title: str = ""
    source: str | None = None
    date: str | None = None
    published: str | None = None
    url: str | None = None

    def article(self, prefix: str = "") -> Article:
        """The document as an article whose text is the document's, character for character."""
        published = _iso_date(self.published or self.date or "")
        source, url = self.source or None, self.url or None
        return Article(ArticleInfo(prefix + self.id, self.title, source, published, url), self.text)


class BeirQuery(BaseModel):
    """One query; `answers` and `starts` (offsets into the relevant text) are there for reading."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(alias="_id", min_length=1)
    text: str  # may be empty: real sets hold such lines; nothing is found for them
    answers: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A corpus with its queries; `grades[query][document]` is above 0 for every relevant document."""

    name: str
    documents: tuple[Document, ...]
    queries: tuple[BeirQuery, ...]
    grades: Mapping[str, Grades]

    def articles(self) -> Iterator[Article]:
        return (document.article() for document in self.documents)


def load(folder: Path, queries: Path | None = None, qrels: Path | None = None) -> BeirSet:
    """A BEIR folder; `queries` and `qrels` take the place of the folder's own files.

    Queries that no document is relevant to are left out.
    Raises EvaluationError for a broken line or a judgement on a document that isn't in the corpus.
    """
    documents = tuple(jsonl.read(folder / CORPUS, Document))
    known = frozenset(document.id for document in documents)
    grades = read_qrels(qrels or _qrels(folder), known)
    asked = tuple(query for query in jsonl.read(queries or folder / QUERIES, BeirQuery) if query.id in grades)
    if not asked:
        raise EvaluationError(f"{folder}: ни у одного вопроса нет оценок. Проверьте {QUERIES} и {QRELS}.")
    return BeirSet(folder.resolve().name, documents, asked, grades)


def _qrels(folder: Path) -> Path:
    """The folder's judgements; data sets as they are published keep them apart for testing and training."""
    splits = (folder / "qrels" / f"{split}.tsv" for split in ("test", "dev", "train"))
    return next((path for path in splits if path.is_file()), folder / QRELS)


def read_qrels(path: Path, known: frozenset[str]) -> dict[str, dict[str, float]]:
    """Grades above 0, by query and document; a heading line is passed over."""
    grades: dict[str, dict[str, float]] = {}
    for number, line in jsonl.lines(path):
        query, document, grade = _judgement(line, f"{path}:{number}", heading=number == 1)
        if grade <= 0:
            continue
        if document not in known:
            raise EvaluationError(f"{path}:{number}: документа «{document}» нет в {CORPUS}. Исправьте id.")
        grades.setdefault(query, {})[document] = grade
    return grades


def _judgement(line: str, place: str, heading: bool) -> tuple[str, str, float]:
    parts = line.split("\t")
    if len(parts) != 3:
        raise EvaluationError(f"{place}: нужны три столбца через табуляцию: query-id, corpus-id, score.")
    try:
        return parts[0], parts[1], float(parts[2])
    except ValueError:
        if heading:
            return "", "", 0.0
        raise EvaluationError(f"{place}: оценка «{parts[2]}» — не число. Исправьте эту строку.") from None


def corpus(folder: Path) -> Iterator[Article]:
    """The articles of a BEIR folder alone."""
    return (document.article() for document in jsonl.read(folder / CORPUS, Document))


def distractors(path: Path) -> Iterator[Article]:
    """Articles that answer nothing; their ids get a prefix, so they can't be taken for the corpus's own."""
    return (document.article("distractor/") for document in jsonl.read(path, Document))


def distractors_name(path: Path) -> str:
    """The name results carry: of the file, or of its folder for a file called `articles` or `corpus`."""
    path = path.resolve()
    return path.parent.name if path.stem in ("articles", "corpus") else path.stem


def is_beir(path: Path) -> bool:
    return (path / CORPUS).is_file()


def _iso_date(text: str) -> str | None:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None
