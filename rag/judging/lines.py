"""One line of JSON checked against a pydantic model; errors say in Russian what is wrong with it."""

from __future__ import annotations

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
        raise EvaluationError(f"{place}: {_explain(error)}. Исправьте это место.") from None


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "value_error":
        reason = str(first["ctx"]["error"])
    else:
        reason = _REASONS.get(first["type"], "неверное значение")
    return f"«{field}»: {reason}" if field else reason
