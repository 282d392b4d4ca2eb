"""Commands around the library: serving it, keys, what a machine needs, training, help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from rag.commands.shared import console, fail, opened_keys, server_of
from rag.config import load
from rag.errors import KeyringError, NotFoundError
from rag.progress import progress_bar
from rag.types import Filters


def serve(arguments: argparse.Namespace) -> int:
    from rag.web.server import serve as run

    given = {"host": arguments.host, "port": arguments.port}
    return run(load(**{name: value for name, value in given.items() if value is not None}))


def mcp(arguments: argparse.Namespace) -> int:
    from rag.web.mcp.stdio import serve as run

    return run(load())


def deploy(arguments: argparse.Namespace) -> int:
    from rag.deploy import printed

    print(printed(arguments.kind, load().data), end="")
    return 0


def bundle(arguments: argparse.Namespace) -> int:
    from rag.deploy import bundle as run

    print(run(load().models_folder, arguments.folder, arguments.wheels, arguments.lock))
    return 0


def keys_add(arguments: argparse.Namespace) -> int:
    sees = Filters(sources=tuple(_parted(arguments.sources)), tags=tuple(_parted(arguments.tags)))
    with opened_keys(load()) as keys:
        print(keys.add(arguments.name, arguments.scope, sees, arguments.expires))
    print(
        "Сохраните ключ: больше его не покажут. Программы шлют его заголовком «Authorization: Bearer …», "
        "на странице его вводят при входе.",
        file=sys.stderr,
    )
    return 0


def keys_list(arguments: argparse.Namespace) -> int:
    with opened_keys(load()) as keys:
        found = keys.keys()
    for key in found:
        print(console().key_line(key, date.today()))
    if not found:
        print("Ключей нет. Сделайте первый: snoska keys add ИМЯ --scope read", file=sys.stderr)
    return 0


def keys_revoke(arguments: argparse.Namespace) -> int:
    with opened_keys(load()) as keys:
        revoked = keys.revoke(arguments.names, arguments.forget)
    if revoked:
        print(f"Отозвано: {', '.join(revoked)}.")
    if missing := [name for name in dict.fromkeys(arguments.names) if name not in revoked]:
        raise KeyringError(f"Таких ключей нет: {', '.join(missing)}. Список ключей: snoska keys list")
    return 0


def _parted(given: Sequence[str] | None) -> list[str]:
    """What was given one by one or between commas."""
    return [name for each in given or () for part in each.split(",") if (name := part.strip())]


def train(arguments: argparse.Namespace) -> int:
    from rag import assemble

    with progress_bar("Обучение", " шаг") as progress:
        said = assemble.train(load(), arguments.out, arguments.epochs, progress)
    print(said)
    return 0


def tune(arguments: argparse.Namespace) -> int:
    from rag import tune as tuning

    if arguments.reset:
        print(tuning.reset(load()))
        return 0
    if not arguments.set:
        arguments.wrong("укажите набор вопросов: --set ФАЙЛ")  # ends the command
    with progress_bar("Вопросы", " вопр.") as progress:
        told = tuning.tune(load(), arguments.set, arguments.at_most_wrong, progress)
    print(f"{told.curve}\n")
    if not told.written:
        return fail(told.verdict)
    print(told.verdict)
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    from rag import doctor as checking

    config = load()
    checks = checking.diagnose(config, arguments.deep)
    if arguments.deep and (server := server_of(config)):
        checks.append(checking.compared(server.differences()))
    for check in checks:
        print(f"{'✓' if check.ok else '✗'} {check.name}: {check.detail}")
    return 0 if all(check.ok for check in checks) else 1


def help_(arguments: argparse.Namespace) -> int:
    from rag import docs

    if not arguments.topic:
        for each in docs.topics():
            print(f"{each.name:<11} {each.title}. {each.about}")
        print("\nОдна тема: snoska help ТЕМА. У запущенного сервера они же — по адресу /docs/ТЕМА.")
        return 0
    wanted = " ".join(arguments.topic)
    found = docs.find(wanted)
    if not found:
        near = docs.nearest(wanted)
        meant = f" Похоже на «{near.title}»: snoska help {near.name}." if near else ""
        raise NotFoundError(f"Темы «{wanted}» в справке нет.{meant} Все темы: snoska help")
    print(found.text, end="")
    return 0
