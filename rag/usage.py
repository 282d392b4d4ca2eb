"""argparse in Russian: its messages, the layout of its help, and dates as arguments."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Any, NoReturn

MESSAGES = {
    "usage: ": "использование: ",
    "positional arguments": "аргументы",
    "options": "параметры",
    "subcommands": "команды",
    "show this help message and exit": "показать эту справку и выйти",
    "argument %(argument_name)s: %(message)s": "аргумент %(argument_name)s: %(message)s",
    "the following arguments are required: %s": "не хватает аргументов: %s",
    "unrecognized arguments: %s": "неизвестные аргументы: %s",
    "expected one argument": "нужно одно значение",
    "expected at least one argument": "нужно хотя бы одно значение",
    "expected at most one argument": "можно не больше одного значения",
    "not allowed with argument %s": "нельзя вместе с %s",
    "ignored explicit argument %r": "лишнее значение «%s»",
    "ambiguous option: %(option)s could match %(matches)s": "неясно, что такое %(option)s: %(matches)s",
    "invalid %(type)s value: %(value)r": "не подходит значение «%(value)s»",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
}

WANTED = {"КОМАНДА": "команды", "ДЕЙСТВИЕ": "действия", "ПРАВО": "права"}


class RussianParser(argparse.ArgumentParser):
    """An ArgumentParser whose help and errors are Russian; a wrong command line exits with 2."""

    def __init__(self, **settings: Any) -> None:
        # argparse passes every text of its own through this one function.
        setattr(argparse, "_", _translated)  # noqa: B010
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        settings.setdefault("allow_abbrev", False)
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message}. Справка: {self.prog} --help\n")
        sys.exit(2)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse would quote the words as Python does.
        if action.choices is not None and value not in action.choices:
            wanted = WANTED.get(str(action.metavar), "значения")
            known = ", ".join(map(str, action.choices))
            raise argparse.ArgumentError(None, f"нет {wanted} «{value}»; есть {known}")


def iso_date(text: str) -> date:
    """A date argument such as 2026-02-23."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» — не дата; нужна дата вида 2026-02-23") from None


def number(low: int, high: int) -> Any:
    """A whole number argument from `low` to `high`."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
            raise argparse.ArgumentTypeError(f"«{text}» не подходит; нужно целое число от {low} до {high}")
        return int(text)

    return parse


def share(text: str) -> float:
    """A share argument, «5%» or «0,05», above 0 and below 1."""
    is_per_cent, figures = text.endswith("%"), text.removesuffix("%").strip().replace(",", ".")
    try:
        value = float(figures) / (100 if is_per_cent else 1)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"«{text}» не подходит; нужна доля вида 5% или 0,05")
    return value


def _translated(message: str) -> str:
    return MESSAGES.get(message, message)
