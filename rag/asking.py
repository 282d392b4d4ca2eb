"""What a program hands over with a question, looked at before anything is done with it.

A wrong type would be found somewhere inside, by an AttributeError that says nothing to who made the mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from rag.errors import WrongTypeError
from rag.types import Filters, Turn

_SHOWN = 60  # characters of a wrong value


def check(question: Any, history: Any = (), filters: Any = None) -> None:
    """Raises WrongTypeError, which names what is wrong and says what is wanted."""
    if not isinstance(question, str):
        raise _wrong("question", question, "строка")
    if isinstance(history, str) or not isinstance(history, Sequence):
        raise _wrong("history", history, "список из rag.types.Turn")
    for place, turn in enumerate(history):
        _check_turn(f"history[{place}]", turn)
    if filters is not None:
        _check_filters(filters)


def check_texts(name: str, given: Any) -> None:
    """Raises WrongTypeError for what is no list of strings; a string would pass as a list of its letters."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise _wrong(name, given, "список строк")
    for place, each in enumerate(given):
        if not isinstance(each, str):
            raise _wrong(f"{name}[{place}]", each, "строка")


def check_config(given: Any) -> None:
    """Raises WrongTypeError for settings that are none, such as the path of a folder."""
    if given is not None and not hasattr(type(given), "models_folder"):
        raise _wrong("config", given, "rag.Config(data=…)")


def check_count(name: str, given: Any) -> None:
    """Raises WrongTypeError for what is no whole number."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise _wrong(name, given, "целое число")


def _check_turn(name: str, turn: Any) -> None:
    if not isinstance(turn, Turn):
        raise _wrong(name, turn, "rag.types.Turn(вопрос, ответ)")
    for field in fields(Turn):
        if not isinstance(getattr(turn, field.name), str):
            raise _wrong(f"{name}.{field.name}", getattr(turn, field.name), "строка")


def _check_filters(filters: Any) -> None:
    if not isinstance(filters, Filters):
        raise _wrong("filters", filters, "rag.Filters(…)")
    for name in ("since", "until"):
        given = getattr(filters, name)
        # A moment is a date too, by its class, but doesn't compare with one.
        if given is not None and (not isinstance(given, date) or isinstance(given, datetime)):
            raise _wrong(f"filters.{name}", given, "datetime.date, например date(2026, 1, 31)")
    for name in ("sources", "articles", "tags"):
        given = getattr(filters, name)
        if not isinstance(given, tuple | list) or not all(isinstance(each, str) for each in given):
            raise _wrong(f"filters.{name}", given, 'кортеж строк, например ("Имя",)')
    if filters.within is not None:
        _check_filters(filters.within)


def _wrong(name: str, given: Any, wanted: str) -> WrongTypeError:
    shown = repr(given)
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return WrongTypeError(f"{name}: нужно {wanted}, а передано {type(given).__name__}: {shown}.")
