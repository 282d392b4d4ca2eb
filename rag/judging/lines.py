"""One line of JSON checked against a pydantic model; errors say in Russian what is wrong with it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from rag.errors import EvaluationError

Model = TypeVar("Model", bound=BaseModel)

_REASONS = {
    "bool_type": "нужно true или false",
    "extra_forbidden": "такого поля нет",
    "float_type": "нужно число",
    "int_type": "нужно целое число",
    "json_invalid": "это не JSON",
    "literal_error": "нужно «да» или «нет»",
    "missing": "поле не задано",
    "model_type": "нужен объект {…}",
    "string_too_short": "пустая строка",
    "string_type": "нужна строка",
    "tuple_type": "нужен список",
}


def parse(line: str, model: type[Model], place: str) -> Model:
    """One line as a `model`; `place` opens the message of the EvaluationError."""
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        names = [field.alias or name for name, field in model.model_fields.items()]
        raise EvaluationError(f"{place}: {_explain(error, names)}. Исправьте это место.") from None


def perhaps(typed: str, known: list[str]) -> str:
    """« (может быть, answers?)» where one of `known` is nearly what was typed; empty for none."""
    near = get_close_matches(typed.lower(), known, n=1, cutoff=0.7)
    return f" (может быть, {near[0]}?)" if near else ""


def _explain(error: ValidationError, names: list[str]) -> str:
    # A field that doesn't exist explains why another one is missing.
    found = error.errors()
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "value_error":
        reason = str(first["ctx"]["error"])
    else:
        reason = _REASONS.get(first["type"], "неверное значение")
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        reason += perhaps(field, names)
    return f"«{field}»: {reason}" if field else reason
