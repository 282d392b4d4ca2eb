"""Commands that read articles and look after them: index, example, articles, backup, restore, move."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag.commands.shared import BUILDING, console, fail, filters_of, in_folder, opened, server_of, warn_empty
from rag.config import Config, load
from rag.console import Console, forgotten_line, removed_line, restored_line
from rag.errors import NotFoundError
from rag.progress import ignore, progress_bar, until_interrupted
from rag.web.wording import count

if TYPE_CHECKING:
    from rag.library.records import Edition

_PAGE = 200  # articles asked for at a time


def index(arguments: argparse.Namespace) -> int:
    config = load()
    from rag.library.files import READ
    from rag.library.reading.places import places

    typed = arguments.paths or _folder(config)
    paths = places(typed, config.fetch_private, arguments.name, sys.stdin.buffer if sys.stdin else None)
    with (
        progress_bar(BUILDING) as building,
        opened(config, "snoska index", arguments.rebuild, progress=building) as library,
        progress_bar("Чтение статей") as bar,
        until_interrupted() as goes_on,
    ):
        if not typed and not library.counts().articles:
            raise _nothing_to_read(config)
        report = library.index(
            paths, arguments.rebuild, arguments.prune, bar, goes_on, bar.doing if bar else ignore
        )
        forgotten = library.forget_versions() if arguments.prune_versions and not report.stopped else None
    for note in library.notes:
        print(note)
    for failure in (*report.remarks, *report.failed):
        print(f"{failure.name}: {failure.reason}", file=sys.stderr)
    unknown = [] if arguments.skip_unknown else report.passed_over()
    for line in unknown:
        print(line, file=sys.stderr)
    if unknown:
        print(f"{READ} Все расширения: snoska help formats", file=sys.stderr)
        print("Чтобы не считать прочее ошибкой: snoska index --skip-unknown", file=sys.stderr)
    print(report.summary())
    if forgotten is not None:
        print(forgotten_line(forgotten))
    if report.stopped:
        return fail("Прервано. Прочитанное сохранено; чтобы продолжить, повторите команду.")
    return 1 if report.failed or unknown else 0


def _folder(config: Config) -> list[str]:
    """The folder to read where none was typed; none where there is just a library to bring up to date.

    Raises NotFoundError where there is neither.
    """
    from rag.library.store import FILE

    if config.corpus.exists() or "corpus" in config.model_fields_set:
        return [str(config.corpus)]
    if not (config.data / FILE).exists():
        raise _nothing_to_read(config)
    return []


def _nothing_to_read(config: Config) -> NotFoundError:
    return NotFoundError(
        f"Папки {config.corpus} здесь нет. Назовите свою: snoska index ПАПКА — "
        "или возьмите готовые статьи для пробы: snoska example"
    )


def example(arguments: argparse.Namespace) -> int:
    from rag import example as shipped

    folder = arguments.folder or load().corpus
    written = count(shipped.write(folder), "статья", "статьи", "статей")
    print(
        f"В папке {folder} теперь {written} для пробы. Прочитайте их: snoska index {shlex.quote(str(folder))}"
    )
    return 0


def articles_list(arguments: argparse.Namespace) -> int:
    filters = filters_of(arguments)
    words, text = (" ".join(given or ()) for given in (arguments.find, arguments.text))
    with opened(load(), "snoska articles", building="later") as library:
        total = library.counts().articles
        first, left = arguments.offset, arguments.limit or total
        offset = first
        while left > 0 and (page := library.articles(offset, min(left, _PAGE), filters, words, text)):
            for listed in page:
                print(console().article_line(listed.info))
            offset, left = offset + len(page), left - len(page)
    if not total:
        return warn_empty()
    if offset == first:
        print("Таких статей нет. Все статьи: snoska articles list", file=sys.stderr)
    return 0


def articles_show(arguments: argparse.Namespace) -> int:
    with opened(load(), "snoska articles", building="later") as library:
        if arguments.versions:
            print("\n".join(_versions(console(), library.versions(arguments.id))))
        elif arguments.version:
            print(console().article(library.version(arguments.id, arguments.version).article))
        else:
            print(console().article(library.article(arguments.id)))
    return 0


def _versions(speaker: Console, found: Sequence[Edition]) -> Iterator[str]:
    """Each version, newest first, with what it has changed of the one before."""
    from rag.library.versions import compared

    for edition, former in zip(found, [*found[1:], None], strict=True):
        yield speaker.version(edition.version, edition.since, edition.until, len(edition.article.text))
        if former:
            yield speaker.changes(compared(former, edition))


def articles_set(arguments: argparse.Namespace) -> int:
    named = {"title": arguments.title, "source": arguments.source, "published": arguments.date}
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if arguments.tags is not None:
        given["tags"] = [tag for each in arguments.tags for tag in each.split(",")]
    if not given:
        arguments.wrong("укажите, что изменить: --title, --source, --date или --tags")  # ends the command
    with opened(load(), "snoska articles", building="later") as library:
        print(console().article_line(library.edit(arguments.id, given).info))
    return 0


def articles_restore(arguments: argparse.Namespace) -> int:
    with opened(load(), "snoska articles", building="later") as library:
        restored = library.restore(arguments.ids)
    return _told(
        arguments.ids,
        restored,
        restored_line,
        "Вернуть нельзя: {}. Убранное хранится 30 дней, и то, что уже в библиотеке, возвращать не нужно: "
        "snoska articles list",
    )


def articles_remove(arguments: argparse.Namespace) -> int:
    with opened(load(), "snoska articles", building="later") as library:
        removed = library.remove(arguments.ids)
    return _told(
        arguments.ids, removed, removed_line, "Таких статей нет: {}. Список статей: snoska articles list"
    )


def _told(
    asked: Sequence[str], done: Sequence[str], said: Callable[[Sequence[str]], str], missing: str
) -> int:
    """What became of the articles that were named. Raises NotFoundError, with `missing`, for the others."""
    if done:
        print(said(done))
    if left := [each for each in dict.fromkeys(asked) if each not in done]:
        raise NotFoundError(missing.format(", ".join(left)))
    return 0


def backup(arguments: argparse.Namespace) -> int:
    from rag.library.backup import backup as run

    made = run(in_folder(load()).data, arguments.file)
    size = f"{made.size / 1_000_000:.1f}".replace(".", ",")
    print(f"Сохранено в {arguments.file}: статей {made.articles}, {size} МБ.")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    from rag import assemble
    from rag.library.backup import restore as run

    config = in_folder(load())
    if server := server_of(config):
        with progress_bar("Восстановление") as bar:
            counts = server.restore_backup(arguments.file, bar)
    else:
        run(config.data, arguments.file)
        with (
            progress_bar(BUILDING) as building,
            assemble.open_library(config, "snoska restore", progress=building) as library,
        ):
            counts = library.counts()
    print(f"Восстановлено из {arguments.file}: статей {counts.articles}, фрагментов {counts.passages}.")
    print("Проверить: snoska doctor --deep")
    return 0


def move(arguments: argparse.Namespace) -> int:
    from rag import assemble

    with progress_bar("Перенос") as bar, until_interrupted() as goes_on:

        def tell(done: int, total: int) -> bool:
            if bar:
                bar(done, total)
            return goes_on()

        came = assemble.move(load(), arguments.to, tell)
    print(
        f"Перенесено статей: {came.moved}, уже были там: {came.there}; каждая сверена. Ключей: {came.keys}."
    )
    if came.wrong:
        return fail(f"Не сошлись с прежними: {', '.join(came.wrong[:5])}. Повторите команду.")
    if came.stopped:
        return fail("Прервано. Перенесённое сохранено; чтобы продолжить, повторите команду.")
    return 0
