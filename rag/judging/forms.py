"""Question sets in the forms people have: JSON lines, a JSON array, SQuAD's JSON, a table (CSV or Excel),
and what RAGAS and LlamaIndex save.

Each becomes a line of JSON in the one shape of a question, with the number of the line (or of the table's
row) that it stands in. The form is told by the content, so that a file may be called anything.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from rag.errors import ArticleError, EvaluationError
from rag.judging import sheet_process
from rag.judging.lines import perhaps
from rag.processes import GONE, Helper

Decode: TypeAlias = Callable[[bytes], str]
Place: TypeAlias = Callable[[int], str]


class Row(NamedTuple):
    """A question as JSON, and where it stands: a line of the file and, in a list, which one of it from 1."""

    line: int
    question: str
    element: int = 0

    def place(self, place: Place) -> str:
        """`place` of the line; a list may stand in one line whole, so the number in it is told too."""
        return f"{place(self.line)}, вопрос {self.element}" if self.element else place(self.line)


Rows: TypeAlias = Iterator[Row]

_TITLES = {
    "id": "id|номер|№|n",
    "question": "question|query|user_input|вопрос|текст вопроса",
    "answers": "answers|answer|reference|ground_truth|ответ|ответы|правильный ответ|правильные ответы|эталон",
    "all": "all|все ответы|все части",
    "articles": "articles|article|статья|статьи|id статьи",
    "refuse": "refuse|отказ|без ответа|нет ответа",
    "verdict": "verdict|вердикт|да или нет|да/нет",
    "must": "must",
    "mustnot": "mustnot",
    "short": "short|краткий ответ",
    "history": "history|история",
    "tags": "tags|tag|метки|метка|теги|тег|тема",
}
_COLUMNS = {title: field for field, titles in _TITLES.items() for title in titles.split("|")}
_REMARKS = (
    *("", "комментарий", "комментарии", "примечание", "примечания", "comment", "note", "notes"),
    # of RAGAS: what was found and said, not what is wanted
    *("retrieved_contexts", "reference_contexts", "contexts", "response", "synthesizer_name"),
)
_LISTS = ("answers", "all", "articles", "tags")
_YES = ("1", "да", "true", "истина", "yes", "+", "x", "х")
_NO = ("0", "нет", "false", "ложь", "no", "-")
_SEPARATOR = re.compile(r"[|;\n]")
_PATIENCE = 30.0  # seconds for the cells of an Excel file
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def rows(data: bytes, name: str, decode: Decode, place: Place) -> Rows:
    """Every question of a file; `decode` makes text of its bytes.

    Raises EvaluationError where the file has none of the forms, naming `name` and the line.
    """
    if data.startswith((_ZIP, _OLD_EXCEL)):
        return _table(_sheet(data, name), name, place)
    try:
        text = decode(data).lstrip("\ufeff")
    except ArticleError as error:
        raise EvaluationError(f"{name}: {error}") from None
    begins = text.lstrip()[:1]
    if begins == "[":
        return _array(text, place)
    if begins == "{":
        _refuse_run(text, name)
        return _object(text) or _lines(text)
    table = _delimited(text)
    return _table(table, name, place) if table and "question" in _fields(table[0]) else _lines(text)


def _refuse_run(text: str, name: str) -> None:
    """Raises EvaluationError for what `eval run` has written: its lines hold answers beside the questions."""
    try:
        head = json.loads(text.lstrip().partition("\n")[0])
    except (ValueError, RecursionError):
        return
    if isinstance(head, dict) and head.get("kind") == "run":
        raise EvaluationError(
            f"{name}: это прогон, а не набор вопросов. Числа прогона: python -m eval score {name}. "
            f"Чтобы спросить снова, дайте сам набор{_sets_of(head)}."
        )


def _sets_of(head: Mapping[str, Any]) -> str:
    named = head.get("sets")
    return f" ({', '.join(map(str, named))})" if isinstance(named, list) and named else ""


def _lines(text: str) -> Rows:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield Row(number, _from_dataset(line))


def _array(text: str, place: Place) -> Rows:
    """The objects of `[…, …]`, each with the line it begins in."""
    decoder, position, line, counted = json.JSONDecoder(), text.index("[") + 1, 1, 0
    for element in itertools.count(1):
        position = _skipped(text, position)
        if text[position : position + 1] == "]":
            return
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            broken = Row(line, "", element).place(place)
            raise EvaluationError(f"{broken}: это не JSON. Исправьте это место.") from None
        yield Row(line, _from_dataset(json.dumps(value, ensure_ascii=False)), element)


def _skipped(text: str, position: int) -> int:
    """The next place that is neither blank nor a comma."""
    while text[position : position + 1] in (" ", "\n", "\t", "\r", ","):
        position += 1
    return position


def _from_dataset(line: str) -> str:
    """A line of another tool's data set as a question; any other as it is."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    found = as_question(value) if isinstance(value, dict) else None
    return line if found is None else json.dumps(found, ensure_ascii=False)


def _object(text: str) -> Rows | None:
    """The questions of a file that is one object of SQuAD or LlamaIndex; None for anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value.get("data"), list):
        return _squad(text)
    found = whole(value)
    if found is None:
        return None
    return (Row(1, json.dumps(each, ensure_ascii=False), element) for element, each in enumerate(found, 1))


def _squad(text: str) -> Rows:
    """The questions of SQuAD 1.1 and 2.0: articles, their paragraphs, and those of each."""
    found, numbers = 0, itertools.count(1)
    for article in json.loads(text)["data"]:
        for paragraph in article.get("paragraphs", ()):
            for asked in paragraph.get("qas", ()):
                texts = [answer.get("text", "") for answer in asked.get("answers", ())]
                named = str(asked.get("id") or "")
                found = max(found, text.find(json.dumps(named))) if named else found
                question = {
                    **({"id": named} if named else {}),
                    "question": asked.get("question", ""),
                    "answers": list(dict.fromkeys(filter(None, texts))),
                    "refuse": bool(asked.get("is_impossible")) or not any(texts),
                }
                line = text.count("\n", 0, found) + 1
                yield Row(line, json.dumps(question, ensure_ascii=False), next(numbers))


def _delimited(text: str) -> list[Sequence[str]]:
    """The rows of a CSV whose delimiter gives its first line most columns that are known."""
    first = text.partition("\n")[0]
    try:
        delimiter = max(",;\t", key=lambda sign: len(_fields(next(csv.reader([first], delimiter=sign), []))))
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def _sheet(data: bytes, name: str) -> list[Sequence[str]]:
    """The cells of the first sheet that has any, read in a process of its own."""
    helper = Helper(sheet_process.__name__)
    kind: str
    told: Any
    try:
        helper.send(data)
        kind, told = helper.receive() if helper.has_answered(_PATIENCE) else ("", "это заняло слишком долго")
    except GONE:
        kind, told = "", "не хватило памяти, или он повреждён"
    finally:
        helper.kill()
    if kind == sheet_process.MISSING:
        raise EvaluationError(
            f"{name}: чтобы читать файлы Excel, нужен пакет python-calamine: pip install python-calamine"
        )
    if kind != sheet_process.CELLS:
        raise EvaluationError(f"{name}: файл Excel не читается ({told}). Сохраните его заново.")
    rows: list[Sequence[str]] = told
    return rows


def _fields(header: Sequence[str]) -> list[str]:
    return [_COLUMNS[title] for title in map(_title, header) if title in _COLUMNS]


def _title(cell: str) -> str:
    return " ".join(cell.lower().replace("ё", "е").split())


def _table(table: Sequence[Sequence[str]], name: str, place: Place) -> Rows:
    """A question a row, columns called in Russian or English, several answers parted by «|» or «;»."""
    header = [_title(cell) for cell in table[0]] if table else []
    for title in header:
        if title not in _COLUMNS and title not in _REMARKS:
            known = [*_COLUMNS, *_REMARKS[1:]]
            raise EvaluationError(
                f"{place(1)}: столбца «{title}» не бывает{perhaps(title, known)}. Исправьте или удалите его."
            )
    if "question" not in _fields(header):
        raise EvaluationError(f"{name}: нет столбца «вопрос». Первая строка должна называть столбцы.")
    for number, row in enumerate(table[1:], 2):
        named = {
            _COLUMNS[title]: cell.strip()
            for title, cell in zip(header, row, strict=False)
            if title in _COLUMNS and cell.strip()
        }
        if named:
            yield Row(number, json.dumps(_row(named, place(number)), ensure_ascii=False))


def _row(named: Mapping[str, str], place: str) -> dict[str, Any]:
    question: dict[str, Any] = {}
    for field, cell in named.items():
        if field in _LISTS:
            question[field] = [part.strip() for part in _SEPARATOR.split(cell) if part.strip()]
        elif field in ("must", "mustnot"):
            question[field] = [part.strip() for part in cell.splitlines() if part.strip()]
        elif field == "refuse":
            question[field] = _flag(cell, place)
        elif field == "history":
            question[field] = _json(cell, place)
        else:
            question[field] = cell
    return question


def _flag(cell: str, place: str) -> bool:
    if cell.lower() not in (*_YES, *_NO):
        raise EvaluationError(f"{place}: в столбце отказа «{cell}», а нужно «да» или «нет».")
    return cell.lower() in _YES


def _json(cell: str, place: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        raise EvaluationError(
            f"{place}: история разговора — не JSON. Нужно [{{question, answer}}]."
        ) from None


# Questions as other tools keep them: RAGAS, LlamaIndex, SQuAD's rows, BEIR's queries.

_OF_SQUAD = ("context", "title", "answer_start", "is_impossible", "plausible_answers")
_ASKED = ("user_input", "query", "question")
_REFERENCE = ("reference", "reference_answer", "ground_truth", "ground_truths", "expected_answer")
Json = dict[str, Any]


def as_question(value: Json) -> Json | None:
    """The question that a line of another tool's data set is; None for any other object."""
    if "_id" in value and "text" in value:
        return {"id": value["_id"], "question": value["text"], "answers": value.get("answers", [])}
    if isinstance(value.get("answers"), dict):
        kept = {name: each for name, each in value.items() if name not in _OF_SQUAD}
        texts = [each for each in value["answers"].get("text", []) if isinstance(each, str)]
        return {**kept, "answers": list(dict.fromkeys(texts)), "refuse": not texts}
    return _with_reference(value)


def _with_reference(value: Json) -> Json | None:
    """Of RAGAS and of LlamaIndex' LabelledRagDataset: the reference is the gold, its contexts the quotes."""
    asked = next((value[name] for name in _ASKED if isinstance(value.get(name), str)), None)
    named = [name for name in _REFERENCE if name in value]
    if asked is None or not named:
        return None
    given = value[named[0]]
    texts = [each for each in (given if isinstance(given, list) else [given]) if each]
    quotes = value.get("reference_contexts") or []
    return {"question": asked, "answers": texts, "refuse": not texts, "quotes": quotes}


def whole(value: Json) -> Iterator[Json] | None:
    """The questions of a file that is one object; None where it is of no kind that is known here."""
    if isinstance(value.get("examples"), list):
        return _examples(value["examples"])
    if isinstance(value.get("queries"), dict) and isinstance(value.get("relevant_docs"), dict):
        return _retrieval(value)
    return None


def _examples(examples: list[Json]) -> Iterator[Json]:
    """Of LlamaIndex' LabelledRagDataset."""
    for each in examples:
        yield as_question(each) or each


def _retrieval(value: Json) -> Iterator[Json]:
    """Of LlamaIndex' EmbeddingQAFinetuneDataset: a document of each question has to be cited."""
    for named, asked in value["queries"].items():
        yield {"id": named, "question": asked, "articles": value["relevant_docs"].get(named, [])}
