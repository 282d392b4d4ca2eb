"""Question sets in the forms people have: each gives the same questions, and says where it is broken."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from rag.errors import EvaluationError
from rag.judging.questions import Question
from rag.judging.questions import read as read_set
from rag.library.decoding import decode


def read(content: str | bytes) -> list[Question]:
    return read_set(content if isinstance(content, bytes) else content.encode(), "набор", decode)


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


FIRST = {"id": "1", "question": "Где стоит завод?", "answers": ["в Орске", "Орск"]}
SECOND = {"id": "2", "question": "Кто его основал?", "answers": [], "refuse": True}
LINES = "\n".join(json.dumps(each, ensure_ascii=False) for each in (FIRST, SECOND))
TABLE = "id;Вопрос;Ответ;Отказ\n1;Где стоит завод?;в Орске|Орск;\n2;Кто его основал?;;да\n"
SQUAD_QUESTIONS = [
    {"id": "1", "question": "Где стоит завод?",
     "answers": [{"text": "в Орске", "answer_start": 12}, {"text": "Орск"}]},
    {"id": "2", "question": "Кто его основал?", "answers": [], "is_impossible": True},
]  # fmt: skip
SQUAD = {
    "version": "2.0",
    "data": [{"title": "Завод", "paragraphs": [{"context": "Завод стоит в Орске.", "qas": SQUAD_QUESTIONS}]}],
}
RAGAS = [
    {"user_input": "Где стоит завод?", "reference": "в Орске", "reference_contexts": ["Завод стоит в Орске."],
     "retrieved_contexts": [], "response": "Не знаю."},
    {"user_input": "Кто его основал?", "reference": ""},
]  # fmt: skip
LLAMA = {
    "examples": [
        {"query": "Где стоит завод?", "reference_answer": "в Орске", "query_by": {"type": "ai"},
         "reference_contexts": ["Завод стоит в Орске."]},
        {"query": "Кто его основал?", "reference_answer": ""},
    ]
}  # fmt: skip
PAIRS = {
    "queries": {"q": "Где стоит завод?"},
    "corpus": {"d": "Завод стоит в Орске."},
    "relevant_docs": {"q": ["d"]},
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RAGAS, ensure_ascii=False),
        "\n".join(json.dumps(each, ensure_ascii=False) for each in RAGAS),
        json.dumps(LLAMA, ensure_ascii=False, indent=1),
    ],
    ids=["RAGAS array", "RAGAS lines", "LlamaIndex"],
)
def test_sets_of_other_tools(content: str) -> None:
    first, second = read(content)
    assert (first.question, first.answers, first.quotes) == (
        "Где стоит завод?", ("в Орске",), ("Завод стоит в Орске.",),
    )  # fmt: skip
    assert second.refuse and not second.answers


def test_smaller_sets_of_other_tools() -> None:
    (found,) = read("user_input,reference,retrieved_contexts\nГде стоит завод?,в Орске,[]\n")
    assert (found.question, found.answers) == ("Где стоит завод?", ("в Орске",))
    (found,) = read(json.dumps(PAIRS, ensure_ascii=False))
    assert (found.id, found.question, found.articles) == ("q", "Где стоит завод?", ("d",))


ROW_OF_SQUAD = {"id": "1", "title": "Завод", "context": "…", "question": "Где стоит завод?"}


@pytest.mark.parametrize(
    "content",
    [
        LINES,
        "\ufeff" + LINES,
        LINES.replace("\n", "\r\n\r\n"),
        LINES.encode("cp1251"),
        LINES.encode("utf-16"),
        json.dumps([FIRST, SECOND]),
        json.dumps([FIRST, SECOND], ensure_ascii=False, indent=2),
        TABLE,
        TABLE.replace(";", ","),
        TABLE.replace(";", "\t"),
        TABLE.encode("cp1251"),
        'id,question,answers,refuse\n1,Где стоит завод?,"в Орске\nОрск",нет\n2,Кто его основал?,,TRUE\n',
        sheet(
            ("id", "Вопрос", "Правильный ответ", "Отказ", "Комментарий"),
            (1, "Где стоит завод?", "в Орске; Орск", None, "проверить"),
            (None, None, None, None, None),
            (2, "Кто его основал?", None, True, None),
        ),
        json.dumps(SQUAD, ensure_ascii=False, indent=1),
        json.dumps(
            ROW_OF_SQUAD | {"answers": {"text": ["в Орске", "Орск", "Орск"], "answer_start": [1, 2, 3]}}
        )
        + "\n"
        + json.dumps(ROW_OF_SQUAD | {"id": "2", "question": "Кто его основал?", "answers": {"text": []}}),
    ],
)
def test_every_form_gives_the_same_questions(content: str | bytes) -> None:
    assert read(content) == [
        Question(id="1", question="Где стоит завод?", answers=("в Орске", "Орск")),
        Question(id="2", question="Кто его основал?", refuse=True),
    ]


def test_an_id_is_the_line_or_the_number_in_a_list_where_none_is_given() -> None:
    first, second = '{"question": "Где?", "refuse": true}', '{"question": "Кто?", "refuse": true}'
    for content, expected in (
        (f"\n{first}\n{second}", ["2", "3"]),
        ("вопрос,ответ\nГде?,там", ["2"]),
        (f"[{first}, {second}]", ["1", "2"]),
    ):
        assert [each.id for each in read(content)] == expected


def test_columns_and_fields_of_all_kinds() -> None:
    header = "вопрос;вердикт;must;short;теги;статьи;история"
    history = '"[{""question"": ""Где?"", ""answer"": ""Там.""}]"'
    (found,) = read(f"{header}\nА давно?;Да;19|20;^19;даты|полюс;plant;{history}")
    assert (found.verdict, found.must, found.short) == ("yes", ("19|20",), "^19")
    assert (found.tags, found.articles, found.history[0].answer) == (("даты", "полюс"), ("plant",), "Там.")


def test_dates_and_numbers_of_a_sheet_are_written_as_people_do() -> None:
    dates = [("Когда?", datetime(2024, 4, 9)), ("Во сколько?", datetime(2024, 4, 9, 21, 30))]
    found = read(sheet(("вопрос", "ответ"), *dates, ("Сколько?", 2.5)))
    assert [each.answers for each in found] == [("09.04.2024",), ("09.04.2024 21:30",), ("2,5",)]


def far_cell() -> bytes:
    """Two cells that lie as far from each other as a sheet is large: 400 GB of nothing between them."""
    book, out = Workbook(), io.BytesIO()
    book.active["A1"], book.active["XFD1048576"] = "вопрос", "ответ"
    book.save(out)
    return out.getvalue()


def circle_of_sectors() -> bytes:
    """An .xls whose table of sectors is its own next one."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(10)
    head += (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little")
    head += b"\xfe\xff\xff\xff" + bytes(4) + b"\xfe\xff\xff\xff" + bytes(4) + bytes(4)
    head = head.ljust(512, b"\xff")
    table = b"\xfd\xff\xff\xff" + (1).to_bytes(4, "little")  # the directory goes on in itself
    return head + table.ljust(512, b"\xff") + bytes(512)


@pytest.mark.parametrize("data", [far_cell(), circle_of_sectors()], ids=["a far cell", "a circle of sectors"])
def test_a_file_that_wants_all_memory_harms_nobody(data: bytes) -> None:
    with pytest.raises(EvaluationError, match=r"файл Excel не читается \(.*Сохраните его заново"):
        read(data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("вопрос;ответт\nГде?;там", "набор, строка 1: столбца «ответт» не бывает (может быть, ответ?)"),
        ("вопрос;ответ;цвет\nГде?;там;", "набор, строка 1: столбца «цвет» не бывает. "),
        ("вопрос;ответ\nГде?;там\nКто?;", "набор, строка 3: нужен answers"),
        ("вопрос;ответ;отказ\nГде?;;может", "набор, строка 2: в столбце отказа «может»"),
        ("вопрос;ответ;история\nГде?;там;было", "набор, строка 2: история разговора — не JSON"),
        ('[\n{"question": "Где?", "refuse": true},\n{"question": "Кто?", "refuze": true}]',
         "набор, строка 3, вопрос 2: «refuze»: такого поля нет (может быть, refuse?)"),
        ('[\n{"question": "Где?", "refuse": true},\n{"question" "Кто?"}]',
         "набор, строка 3, вопрос 2: это не JSON"),
        ('[{"question": "Где?", "refuse": true}, {"question": "Кто?"}]',
         "набор, строка 1, вопрос 2: нужен answers"),
        ('{"examples": [{"query": "Где?", "reference_answer": "там"}, {"query": ""}]}',
         "набор, строка 1, вопрос 2: «"),
        ("[1]", "набор, строка 1, вопрос 1: нужен объект"),
        ('{"kind": "run", "sets": ["facts"], "commit": "x"}\n{"id": "1", "question": "Где?"}',
         "набор: это прогон, а не набор вопросов. Числа прогона: python -m eval score набор. "
         "Чтобы спросить снова, дайте сам набор (facts)."),
        (b"PK\x03\x04 nothing", "набор: файл Excel не читается"),
        (sheet(("имя", "ответ"), ("а", "б")), "набор, строка 1: столбца «имя» не бывает"),
        (sheet(("id", "ответ"), ("а", "б")), "набор: нет столбца «вопрос»"),
        ("вопрос;ответ\n", "набор: нет ни одного вопроса"),
        ("", "набор: нет ни одного вопроса"),
        ("не json", "набор, строка 1: это не JSON"),
        ('\n{"id": "a"}', "набор, строка 2: «question»: поле не задано"),
        ('{"id": "a", "question": "б", "refuse": true}\n' * 2, "набор, строка 2: id «a» уже есть"),
        ('{"id": "a", "question": "б"}', "нужен answers, all, must, verdict, articles или refuse"),
    ],
)  # fmt: skip
def test_what_is_broken_is_named(content: str | bytes, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        read(content)
    assert message in str(caught.value)
