"""A program that hands over a wrong type is told which, by an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

import rag
from rag import asking
from rag.errors import RagError, WrongTypeError
from rag.types import Filters, Turn

DAY: Any = "2026-01-01"
DICT: Any = {"tags": ["а"]}
MOMENT = datetime(2026, 1, 1, 12)
WRONG: list[tuple[Any, Any, Any, str]] = [
    (None, (), None, r"question: нужно строка, а передано NoneType"),
    (b"?", (), None, r"question: .* bytes"),
    ("?", None, None, r"history: нужно список из rag\.types\.Turn"),
    ("?", "прежнее", None, r"history: .* str"),
    ("?", [{"question": "?", "answer": "!"}], None, r"history\[0\]: нужно rag\.types\.Turn.* dict"),
    ("?", [Turn("?", "!"), ("?", "!")], None, r"history\[1\]: .* tuple"),
    ("?", [Turn("?", None)], None, r"history\[0\]\.answer: .* NoneType"),  # type: ignore[arg-type]
    ("?", (), {"since": DAY}, r"filters: нужно rag\.Filters.* dict"),
    ("?", (), Filters(since=DAY), r"filters\.since: нужно datetime\.date.*: '2026-01-01'\."),
    ("?", (), Filters(until=MOMENT), r"filters\.until: .* datetime"),
    ("?", (), Filters(sources="Вестник"), r"filters\.sources: нужно кортеж"),  # type: ignore[arg-type]
    ("?", (), Filters(tags=(1,)), r"filters\.tags: "),  # type: ignore[arg-type]
    ("?", (), Filters(articles=("а" * 500, None)), r"filters\.articles: .{0,140}…\."),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("question", "history", "filters", "told"), WRONG)
def test_a_wrong_type_is_named(question: Any, history: Any, filters: Any, told: str) -> None:
    with pytest.raises(WrongTypeError, match=told) as refused:
        asking.check(question, history, filters)
    assert isinstance(refused.value, RagError) and isinstance(refused.value, TypeError)


@pytest.mark.parametrize(
    ("history", "filters"),
    [
        ((), None),
        ([Turn("?", "!")], Filters()),
        ((Turn("?", ""),), Filters(date(2026, 1, 1), date(2026, 1, 2), ("а",), ("б",), ("в",))),
    ],
)
def test_right_types_are_taken(history: Any, filters: Any) -> None:
    asking.check("?", history, filters)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: rag.open_bot("папка"), r"config: нужно rag\.Config\(data=…\), а передано str"),  # type: ignore[arg-type]
        (lambda: rag.verify("Права на 49 лет.", "Права на 49 лет."), r"sources: нужно список строк"),
        (lambda: rag.verify("Права на 49 лет.", [None]), r"sources\[0\]: нужно строка"),  # type: ignore[list-item]
        (lambda: rag.as_llama_retriever(k="10"), r"k: нужно целое число"),  # type: ignore[arg-type]
        (lambda: asking.check_count("k", True), r"k: нужно целое число, а передано bool"),
        (lambda: asking.check("?", (), Filters(within={})), r"filters: нужно rag\.Filters"),  # type: ignore[arg-type]
    ],
)
def test_other_doors_name_it_too(call: Callable[[], object], told: str) -> None:
    with pytest.raises(WrongTypeError, match=told):
        call()
