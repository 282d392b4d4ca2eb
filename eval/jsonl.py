"""JSON lines in and out, checked against a pydantic model; errors name file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TextIO

from pydantic import BaseModel

from eval.errors import EvaluationError
from rag.judging.lines import Model, parse

__all__ = [
    "append",
    "content",
    "lines",
    "parse",
    "read",
    "refuse_to_overwrite",
    "text",
    "write",
    "write_bytes",
    "write_text",
    "write_whole",
]


def read(path: Path, model: type[Model]) -> Iterator[Model]:
    """Every line of `path` as a `model`; blank lines are passed over.

    Raises EvaluationError with «file:line: field: reason» for a line that isn't one.
    """
    for number, line in lines(path):
        yield parse(line, model, f"{path}:{number}")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a UTF-8 file that aren't blank, with their numbers from 1."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None


def content(path: Path) -> bytes:
    """A whole file as it is."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def text(path: Path) -> str:
    """A whole UTF-8 file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None


def refuse_to_overwrite(path: Path, force: bool = False, kept: Iterable[Path] = ()) -> None:
    """Raises EvaluationError where something is at `path`, unless forced; `kept` are never written to."""
    if any(path.resolve() == each.resolve() for each in kept):
        raise EvaluationError(f"{path} — это то, что вы читаете: запись стёрла бы его. Укажите другой файл.")
    if path.exists() and not force:
        raise EvaluationError(
            f"{path} уже есть, и запись стёрла бы его. Укажите другой файл, а если он не нужен, "
            "добавьте --force."
        )


def write(path: Path, rows: Iterable[BaseModel]) -> None:
    """Write `rows` as they come, a line each, so that an interrupted run keeps what it has."""
    with _opened(path, "w") as file:
        for row in rows:
            file.write(row.model_dump_json() + "\n")
            file.flush()


def write_whole(path: Path, rows: Iterable[BaseModel]) -> None:
    """Write `rows` in place of what was there, all of them or none."""
    aside = path.with_name(f"{path.name}.new")
    write(aside, rows)
    aside.replace(path)


def append(path: Path, rows: Iterable[BaseModel]) -> None:
    """Write `rows` as they come behind those that are there."""
    with _opened(path, "a") as file:
        for row in rows:
            file.write(row.model_dump_json() + "\n")
            file.flush()


def write_text(path: Path, content: str) -> None:
    """Write a whole file, making its folder where there is none."""
    with _opened(path, "w") as file:
        file.write(content)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file as it is, making its folder where there is none."""
    write_text(path, "")
    path.write_bytes(content)


def _opened(path: Path, mode: Literal["w", "a"]) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open(mode, encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"Не удаётся записать {path}: {_reason(error)}. Проверьте путь.") from None


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> EvaluationError:
    if isinstance(error, UnicodeDecodeError):
        return EvaluationError(f"{path}: это не текст в UTF-8. Перекодируйте файл.")
    return EvaluationError(f"Не удаётся прочитать {path}: {_reason(error)}. Проверьте путь.")


def _reason(error: OSError) -> str:
    reasons: dict[type[OSError], str] = {
        FileExistsError: "на месте папки — файл",
        FileNotFoundError: "такого файла нет",
        IsADirectoryError: "это папка, а нужен файл",
        NotADirectoryError: "часть пути — не папка",
        PermissionError: "нет прав",
    }
    return reasons.get(type(error), "ошибка ввода-вывода")
