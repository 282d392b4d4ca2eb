"""Question sets: what is asked, and what a right answer holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from eval import beir, jsonl
from eval.errors import EvaluationError
from rag.judging.questions import Located, Question
from rag.judging.questions import located as read_located
from rag.library.decoding import decode

__all__ = ["Located", "Question", "SHIPPED", "load", "located", "shipped"]  # noqa: RUF022  # as Python sorts them

SHIPPED = Path(__file__).parent / "questions"


def load(paths: Sequence[Path]) -> list[Question]:
    """The questions of several sets, in order; the name of a question's set becomes its first tag.

    A set is a file (JSON lines, JSON, CSV, Excel, SQuAD) or a BEIR folder.
    Raises EvaluationError for a broken line, an id used twice, or no question at all.
    """
    return [each.question for each in located(paths)]


def located(paths: Sequence[Path]) -> list[Located]:
    """`load`, with the place of every question for messages: «set.jsonl:12»."""
    found: list[Located] = []
    places: dict[str, str] = {}
    for path in paths:
        for each in _of_folder(path) if path.is_dir() else _of_file(path):
            named = each.question.id
            if named in places:
                raise EvaluationError(f"{each.place}: id «{named}» уже есть в {places[named]}. Дайте другой.")
            places[named] = each.place
            found.append(replace(each, question=_tagged(each.question, path.resolve().stem)))
    if not found:
        raise EvaluationError(f"Нет ни одного вопроса: {', '.join(map(str, paths)) or 'файлы не заданы'}.")
    return found


def _of_file(path: Path) -> Iterator[Located]:
    return read_located(
        jsonl.content(path), str(path), decode, lambda number: f"{path}:{number}", prefix=f"{path.stem}-"
    )


def _of_folder(path: Path) -> Iterator[Located]:
    """The queries of a BEIR folder: a document that is relevant to them has to be cited."""
    if not beir.is_beir(path):
        raise EvaluationError(
            f"{path} — папка, но не BEIR: в ней нет {beir.CORPUS}. Укажите файл с вопросами."
        )
    data = beir.load(path)
    for query in data.queries:
        if query.text.strip():
            answers = tuple(dict.fromkeys(filter(None, map(str.strip, query.answers))))
            articles = tuple(data.grades[query.id])
            question = Question(id=query.id, question=query.text, answers=answers, articles=articles)
            yield Located(question, f"{path}, вопрос «{query.id}»")


def _tagged(question: Question, tag: str) -> Question:
    return question.model_copy(update={"tags": tuple(dict.fromkeys((tag, *question.tags)))})


def shipped() -> list[Path]:
    """The question sets that come with the project."""
    return sorted(SHIPPED.glob("*.jsonl"))
