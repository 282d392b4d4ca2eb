"""The command line: `snoska …` or `python -m rag …`. A command imports what it needs, when it runs."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.config import Config, load
from rag.console import Console, forgotten_line, removed_line, restored_line
from rag.errors import KeyringError, NotFoundError, RagError, SettingsError
from rag.progress import ignore, progress_bar, tell_what_takes_long, until_interrupted
from rag.types import Filters
from rag.usage import RussianParser, iso_date, number, share
from rag.web.wording import count

if TYPE_CHECKING:
    from rag.library.keyring import Keyring
    from rag.library.library import Building, Library, Progress
    from rag.library.records import Edition
    from rag.web.key_making import RemoteKeyring
    from rag.web.remote import Remote

BUILDING = "Построение индекса"
PAGE = 200  # articles asked for at a time
READER_SECONDS = 10.0  # a question on the command line waits so long for the reading network
DESCRIPTION = "Сноска отвечает на вопросы по статьям на русском языке и ставит сноску у каждого предложения."
EPILOG = """примеры:
  snoska example                           записать статьи для пробы в папку corpus/
  snoska index corpus                      прочитать статьи из папки
  snoska ask "Какова протяжённость TRIPP?"  ответ со сносками
  snoska serve                             страница с чатом на http://127.0.0.1:7860
  snoska help                              справка по темам: настройки, форматы, API…
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 a reported error, 2 wrong usage."""
    _speak_utf8()
    tell_what_takes_long()
    os.umask(os.umask(0o077) | 0o077)  # what this process and its helpers write is for its user alone
    try:
        arguments = _parser().parse_args(_given() if argv is None else argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse has said what is wrong
        return int(stop.code or 0)
    except BrokenPipeError:  # `snoska … | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _fail("Прервано.")
    except RagError as error:
        return _fail(str(error))
    except Exception:
        return _fail(_logged(traceback.format_exc()))


def index(arguments: argparse.Namespace) -> int:
    config = load()
    from rag.library.files import SUFFIXES
    from rag.library.reading.places import places

    typed = arguments.paths or _folder(config)
    paths = places(typed, config.fetch_private, arguments.name, sys.stdin.buffer if sys.stdin else None)
    with (
        progress_bar(BUILDING) as building,
        _library(config, "snoska index", arguments.rebuild, progress=building) as library,
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
        read = ", ".join(SUFFIXES)
        print(
            f"Читаются {read}. Чтобы не считать прочее ошибкой: snoska index --skip-unknown", file=sys.stderr
        )
    print(report.summary())
    if forgotten is not None:
        print(forgotten_line(forgotten))
    if report.stopped:
        return _fail("Прервано. Прочитанное сохранено; чтобы продолжить, повторите команду.")
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


def ask(arguments: argparse.Namespace) -> int:
    from rag import assemble

    filters, config, question = _filters(arguments), load(), " ".join(arguments.question)
    if server := _server(config):
        answer = server.ask(question, filters, arguments.as_typed, arguments.explain)
        empty = not server.counts().articles
    else:
        with (
            progress_bar(BUILDING) as building,
            assemble.open_bot(config, "snoska ask", progress=building) as bot,
        ):
            bot.reading.wait(READER_SECONDS)
            answer = bot.ask(question, filters=filters, as_typed=arguments.as_typed)
            answer = bot.explained(answer) if arguments.explain else answer
            empty = not bot.library.counts().articles
    if arguments.json:
        _print_json(answer.as_dict())
    else:
        print(_console().answer(answer, arguments.explain))
    return _warn_empty() if empty else 0


def search(arguments: argparse.Namespace) -> int:
    from rag import assemble

    filters, config, query = _filters(arguments), load(), " ".join(arguments.query)
    if server := _server(config):
        found = server.search(query, arguments.k, filters, arguments.as_typed, arguments.explain)
        hits, notes, body, empty = found.hits, found.notes, found.body, not server.counts().articles
    else:
        with (
            progress_bar(BUILDING) as building,
            assemble.open_bot(config, "snoska search", progress=building) as bot,
        ):
            as_typed = arguments.as_typed
            hits, repaired = bot.search(query, arguments.k, filters, as_typed), bot.repaired(query, as_typed)
            hits = bot.explain(repaired.text, hits) if arguments.explain else hits
            notes = [*repaired.notes, *bot.remarks(repaired.text, filters)]
            body = {"hits": [hit.as_dict() for hit in hits], **repaired.as_dict(), "notes": notes}
            empty = not bot.library.counts().articles
    if arguments.json:
        _print_json(body)
    else:
        print(_console().hits(hits, notes, bool(body["repairs"])))
    return _warn_empty() if empty else 0


def articles_list(arguments: argparse.Namespace) -> int:
    console, filters = _console(), _filters(arguments)
    words, text = (" ".join(given or ()) for given in (arguments.find, arguments.text))
    with _library(load(), "snoska articles", building="later") as library:
        total = library.counts().articles
        offset, left = arguments.offset, arguments.limit or total
        while left > 0 and (page := library.articles(offset, min(left, PAGE), filters, words, text)):
            for listed in page:
                print(console.article_line(listed.info))
            offset, left = offset + len(page), left - len(page)
    return 0 if total else _warn_empty()


def articles_show(arguments: argparse.Namespace) -> int:
    console = _console()
    with _library(load(), "snoska articles", building="later") as library:
        if arguments.versions:
            print("\n".join(_versions(console, library.versions(arguments.id))))
        elif arguments.version:
            print(console.article(library.version(arguments.id, arguments.version).article))
        else:
            print(console.article(library.article(arguments.id)))
    return 0


def _versions(console: Console, found: Sequence[Edition]) -> Iterator[str]:
    """Each version, newest first, with what it has changed of the one before."""
    from rag.library.versions import compared

    for edition, former in zip(found, [*found[1:], None], strict=True):
        yield console.version(edition.version, edition.since, edition.until, len(edition.article.text))
        if former:
            yield console.changes(compared(former, edition))


def articles_set(arguments: argparse.Namespace) -> int:
    named = {"title": arguments.title, "source": arguments.source, "published": arguments.date}
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if arguments.tags is not None:
        given["tags"] = [tag for each in arguments.tags for tag in each.split(",")]
    if not given:
        arguments.wrong("укажите, что изменить: --title, --source, --date или --tags")  # ends the command
    with _library(load(), "snoska articles", building="later") as library:
        print(_console().article_line(library.edit(arguments.id, given).info))
    return 0


def articles_restore(arguments: argparse.Namespace) -> int:
    with _library(load(), "snoska articles", building="later") as library:
        restored = library.restore(arguments.ids)
    if restored:
        print(restored_line(restored))
    if missing := [given for given in dict.fromkeys(arguments.ids) if given not in restored]:
        raise NotFoundError(
            f"Вернуть нельзя: {', '.join(missing)}. Убранное хранится 30 дней, и то, что уже в библиотеке, "
            "возвращать не нужно: snoska articles list"
        )
    return 0


def articles_remove(arguments: argparse.Namespace) -> int:
    with _library(load(), "snoska articles", building="later") as library:
        removed = library.remove(arguments.ids)
    if removed:
        print(removed_line(removed))
    if missing := [given for given in dict.fromkeys(arguments.ids) if given not in removed]:
        raise NotFoundError(f"Таких статей нет: {', '.join(missing)}. Список статей: snoska articles list")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    from rag.web.server import serve as run

    given = {"host": arguments.host, "port": arguments.port}
    return run(load(**{name: value for name, value in given.items() if value is not None}))


def mcp(arguments: argparse.Namespace) -> int:
    from rag.web.mcp.stdio import serve as run

    return run(load())


def backup(arguments: argparse.Namespace) -> int:
    from rag.library.backup import backup as run

    made = run(_in_folder(load()).data, arguments.file)
    size = f"{made.size / 1_000_000:.1f}".replace(".", ",")
    print(f"Сохранено в {arguments.file}: статей {made.articles}, {size} МБ.")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    from rag import assemble
    from rag.library.backup import restore as run

    config = _in_folder(load())
    run(config.data, arguments.file)
    with (
        progress_bar(BUILDING) as building,
        assemble.open_library(config, "snoska restore", progress=building) as library,
    ):
        counts = library.counts()
    print(f"Восстановлено из {arguments.file}: статей {counts.articles}, фрагментов {counts.passages}.")
    print("Проверить: snoska doctor --deep")
    return 0


def deploy(arguments: argparse.Namespace) -> int:
    from rag.deploy.printed import printed

    print(printed(arguments.kind, load().data), end="")
    return 0


def bundle(arguments: argparse.Namespace) -> int:
    from rag.deploy.bundle import bundle as run

    print(run(load().models_folder, arguments.folder, arguments.wheels, arguments.lock))
    return 0


def keys_add(arguments: argparse.Namespace) -> int:
    sees = Filters(sources=tuple(_parted(arguments.sources)), tags=tuple(_parted(arguments.tags)))
    with _keys(load()) as keys:
        print(keys.add(arguments.name, arguments.scope, sees, arguments.expires))
    print(
        "Сохраните ключ: больше его не покажут. Программы шлют его заголовком «Authorization: Bearer …», "
        "на странице его вводят при входе.",
        file=sys.stderr,
    )
    return 0


def keys_list(arguments: argparse.Namespace) -> int:
    with _keys(load()) as keys:
        found = keys.keys()
    for key in found:
        print(_console().key_line(key, date.today()))
    if not found:
        print("Ключей нет. Сделайте первый: snoska keys add ИМЯ --scope read", file=sys.stderr)
    return 0


def keys_revoke(arguments: argparse.Namespace) -> int:
    with _keys(load()) as keys:
        revoked = keys.revoke(arguments.names, arguments.forget)
    if revoked:
        print(f"Отозвано: {', '.join(revoked)}.")
    if missing := [name for name in dict.fromkeys(arguments.names) if name not in revoked]:
        raise KeyringError(f"Таких ключей нет: {', '.join(missing)}. Список ключей: snoska keys list")
    return 0


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
        return _fail(told.verdict)
    print(told.verdict)
    return 0


def move(arguments: argparse.Namespace) -> int:
    from rag import assemble

    with progress_bar("Перенос") as bar, until_interrupted() as goes_on:

        def tell(done: int, total: int) -> bool:
            if bar:
                bar(done, total)
            return goes_on()

        came = assemble.move(load(), arguments.to, tell)
    print(f"Перенесено статей: {came.moved}, уже были там: {came.there}; каждая сверена.")
    if came.wrong:
        return _fail(f"Не сошлись с прежними: {', '.join(came.wrong[:5])}. Повторите команду.")
    if came.stopped:
        return _fail("Прервано. Перенесённое сохранено; чтобы продолжить, повторите команду.")
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    from rag import assemble

    config = load()
    checks = assemble.diagnose(config, arguments.deep)
    if arguments.deep and (server := _server(config)):
        checks.append(assemble.compared(server.differences()))
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


def _parser() -> RussianParser:
    parser = RussianParser(prog="snoska", description=DESCRIPTION, epilog=EPILOG)
    commands = parser.add_subparsers(title="команды", metavar="КОМАНДА", required=True, dest="КОМАНДА")
    _index_arguments(_command(commands, "index", index, "прочитать файлы и папки в библиотеку"))
    trying = _command(commands, "example", example, "записать в папку статьи для пробы")
    trying.add_argument(
        "folder", nargs="?", type=Path, metavar="ПАПКА", help="новая папка; без неё — RAG_CORPUS (corpus)"
    )
    asking = _command(commands, "ask", ask, "задать вопрос и получить ответ со сносками")
    asking.add_argument("question", nargs="+", metavar="ВОПРОС", help="вопрос на русском языке")
    searching = _command(commands, "search", search, "найти отрывки статей")
    searching.add_argument("query", nargs="+", metavar="ЗАПРОС", help="что искать")
    searching.add_argument(
        "-k", type=number(1, 100), default=10, metavar="ЧИСЛО", help="сколько отрывков (10)"
    )
    for command in (asking, searching):
        command.add_argument("--explain", action="store_true", help="показать, почему найдены эти отрывки")
        _filter_arguments(command)
    _articles_arguments(_command(commands, "articles", None, "статьи библиотеки: список, текст, удаление"))
    serving = _command(commands, "serve", serve, "запустить страницу с чатом и API")
    serving.add_argument("--host", metavar="АДРЕС", help="на каком адресе слушать (127.0.0.1)")
    serving.add_argument("--port", type=number(0, 65535), metavar="ПОРТ", help="на каком порту (7860)")
    _command(commands, "mcp", mcp, "отвечать агентам по MCP через стандартный ввод и вывод")
    saving = _command(commands, "backup", backup, "сохранить библиотеку и разговоры в один файл")
    saving.add_argument("file", type=Path, metavar="ФАЙЛ", help="куда; сервер может работать")
    returning = _command(commands, "restore", restore, "вернуть библиотеку и разговоры из такого файла")
    returning.add_argument("file", type=Path, metavar="ФАЙЛ", help="откуда; прежнее останется рядом")
    deploying = _command(commands, "deploy", deploy, "показать файлы для запуска на сервере")
    deploying.add_argument("kind", choices=("container", "compose", "systemd"), help="что показать")
    bundling = _command(commands, "bundle", bundle, "собрать всё нужное для машины без сети")
    bundling.add_argument("folder", type=Path, metavar="ПАПКА", help="куда собрать")
    bundling.add_argument("--wheels", type=Path, metavar="ПАПКА", help="взять пакеты отсюда, а не из сети")
    bundling.add_argument("--lock", type=Path, metavar="ФАЙЛ", help="список пакетов (requirements.lock)")
    _keys_arguments(_command(commands, "keys", None, "ключи сервера: сделать, показать, отозвать"))
    training = _command(commands, "train", train, "обучить встроенный кодировщик на своей библиотеке")
    training.add_argument("--epochs", type=number(1, 100), metavar="ЧИСЛО", help="сколько раз пройти тексты")
    training.add_argument(
        "--out", type=Path, metavar="ПАПКА", help="куда записать кодировщик; без неё — RAG_DATA/trained"
    )
    _tune_arguments(
        _command(commands, "tune", tune, "обещать, что неверных ответов не больше, чем разрешено")
    )
    moving = _command(commands, "move", move, "перенести библиотеку в PostgreSQL или обратно в папку")
    moving.add_argument("--to", required=True, metavar="КУДА", help="postgresql://имя@сервер/база или папка")
    checking = _command(commands, "doctor", doctor, "проверить установку, библиотеку и настройки")
    checking.add_argument(
        "--deep", action="store_true", help="сверить базу и индексы, фрагмент за фрагментом"
    )
    helping = _command(commands, "help", help_, "справка по темам: настройки, форматы, API и другие")
    helping.add_argument(
        "topic", nargs="*", metavar="ТЕМА", help="имя или название темы; без него — все темы"
    )
    return parser


def _tune_arguments(parser: RussianParser) -> None:
    parser.set_defaults(wrong=parser.error)
    parser.add_argument(
        "--set", action="append", type=Path, metavar="ФАЙЛ", help="вопросы с ответами; можно повторить"
    )
    parser.add_argument(
        "--at-most-wrong",
        type=share,
        default=0.05,
        metavar="ДОЛЯ",
        help="сколько ответов может быть неверно (5%%)",
    )
    parser.add_argument("--reset", action="store_true", help="вернуть обычный порог отказа")


def _command(commands: Any, name: str, run: Callable[..., int] | None, text: str) -> RussianParser:
    parser: RussianParser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    if run:
        parser.set_defaults(run=run)
    return parser


def _index_arguments(parser: RussianParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="ПУТЬ",
        help="файлы, папки, адреса https://…, «-» — стандартный ввод; без них — RAG_CORPUS",
    )
    parser.add_argument(
        "--name", default="", metavar="ИМЯ", help="имя того, что на стандартном вводе, например заметка.md"
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="прочитать всё заново и построить индексы с нуля"
    )
    parser.add_argument("--prune", action="store_true", help="убрать статьи, файлов которых больше нет")
    parser.add_argument(
        "--skip-unknown", action="store_true", help="не считать ошибкой файлы, форматы которых не читаются"
    )
    parser.add_argument(
        "--prune-versions", action="store_true", help="забыть прежние тексты статей и убранные статьи"
    )


def _filter_arguments(parser: RussianParser) -> None:
    parser.add_argument("--json", action="store_true", help="вывести JSON")
    parser.add_argument("--as-typed", action="store_true", help="не исправлять раскладку и опечатки")
    _limits(parser)
    parser.add_argument("--article", action="append", metavar="ID", help="только эта статья; можно повторить")


def _limits(parser: RussianParser) -> None:
    parser.set_defaults(wrong=parser.error, article=[])
    parser.add_argument(
        "--from", dest="since", type=iso_date, metavar="ДАТА", help="статьи не раньше этой даты"
    )
    parser.add_argument("--to", dest="until", type=iso_date, metavar="ДАТА", help="не позже этой даты")
    for option, metavar, text in (
        ("--source", "ИСТОЧНИК", "только этот источник; можно повторить"),
        ("--tag", "МЕТКА", "только статьи с этой меткой; можно повторить"),
    ):
        parser.add_argument(option, action="append", default=[], metavar=metavar, help=text)


def _articles_arguments(parser: RussianParser) -> None:
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True, dest="ДЕЙСТВИЕ")
    listing = _command(actions, "list", articles_list, "список статей, новые первыми")
    _limits(listing)
    listing.add_argument(
        "--find", nargs="+", metavar="СЛОВО", help="слова заголовка в любой форме, или их начала"
    )
    listing.add_argument("--text", nargs="+", metavar="СЛОВО", help="слова текста, все, в любой форме")
    listing.add_argument(
        "--limit", type=number(1, 10_000_000), metavar="ЧИСЛО", help="сколько статей показать (все)"
    )
    listing.add_argument(
        "--offset", type=number(0, 10_000_000), default=0, metavar="ЧИСЛО", help="сколько пропустить (0)"
    )
    showing = _command(actions, "show", articles_show, "текст одной статьи")
    showing.add_argument("id", metavar="ID", help="идентификатор статьи, как в списке")
    which = showing.add_mutually_exclusive_group()
    which.add_argument("--versions", action="store_true", help="её версии и что в них изменилось")
    which.add_argument("--version", type=number(1, 10_000_000), metavar="ЧИСЛО", help="прежний текст")
    setting = _command(actions, "set", articles_set, "исправить заголовок, источник, дату, метки")
    setting.set_defaults(wrong=setting.error)
    setting.add_argument("id", metavar="ID", help="идентификатор статьи, как в списке")
    setting.add_argument("--title", metavar="ЗАГОЛОВОК", help="новый заголовок")
    setting.add_argument("--source", metavar="ИСТОЧНИК", help='источник; "" убирает его')
    setting.add_argument("--date", type=_date_or_none, metavar="ДАТА", help='дата публикации; "" убирает её')
    setting.add_argument("--tags", nargs="*", metavar="МЕТКА", help="метки, все сразу; без слов — никаких")
    removing = _command(actions, "remove", articles_remove, "убрать статьи из библиотеки")
    removing.add_argument("ids", nargs="+", metavar="ID", help="идентификаторы статей, как в списке")
    restoring = _command(actions, "restore", articles_restore, "вернуть убранные статьи")
    restoring.add_argument("ids", nargs="+", metavar="ID", help="идентификаторы убранных статей")


def _keys_arguments(parser: RussianParser) -> None:
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True, dest="ДЕЙСТВИЕ")
    adding = _command(actions, "add", keys_add, "сделать ключ и показать его один раз")
    adding.add_argument("name", metavar="ИМЯ", help="для кого или для чего он")
    adding.add_argument(
        "--scope",
        choices=("read", "write", "admin"),
        required=True,
        metavar="ПРАВО",
        help="read — спрашивать и читать, write — ещё и менять статьи, admin — всё",
    )
    adding.add_argument("--tags", nargs="+", metavar="МЕТКА", help="только статьи с одной из этих меток")
    adding.add_argument("--sources", nargs="+", metavar="ИСТОЧНИК", help="только статьи этих источников")
    adding.add_argument("--expires", type=iso_date, metavar="ДАТА", help="последний день, когда он действует")
    _command(actions, "list", keys_list, "все ключи: права, статьи, срок")
    revoking = _command(actions, "revoke", keys_revoke, "отозвать ключи; действует сразу")
    revoking.add_argument("names", nargs="+", metavar="ИМЯ", help="имена ключей, как в списке")
    revoking.add_argument(
        "--forget",
        action="store_true",
        help="и убрать их из списка; без единого ключа сервер на этой машине снова открыт всем на ней",
    )


def _date_or_none(typed: str) -> str:
    return iso_date(typed).isoformat() if typed.strip() else ""


def _filters(arguments: argparse.Namespace) -> Filters | None:
    since, until = arguments.since, arguments.until
    if since and until and since > until:
        arguments.wrong(f"дата --from ({since}) позже даты --to ({until})")  # ends the command
    named = (tuple(arguments.source), tuple(arguments.article or ()), tuple(arguments.tag))
    return Filters(since, until, *named) or None


def _server(config: Config) -> Remote | None:
    """The server that has the library; commands go through it then."""
    from rag.library.lock import server_of

    if config.store or server_of(config.data) is None:
        return None
    from rag.web import remote

    return remote.connect(config.data, config.read_limit)


def _library(
    config: Config,
    command: str,
    repair: bool = False,
    building: Building = "now",
    progress: Progress | None = None,
) -> Library | Remote:
    if server := _server(config):
        return server
    from rag import assemble

    return assemble.open_library(config, command, repair, building, progress)


def _in_folder(config: Config) -> Config:
    """The settings of a library in a folder. Raises SettingsError for one in a shared database."""
    if config.store:
        raise SettingsError(
            "Библиотека в PostgreSQL: её копию делает и возвращает сама база, pg_dump и pg_restore. "
            "Чтобы получить её в папке: snoska move --to ПАПКА"
        )
    return config


@contextmanager
def _keys(config: Config) -> Iterator[Keyring | RemoteKeyring]:
    """The keys of the library, through the server that has it where one runs."""
    if server := _server(config):
        from rag.web.key_making import RemoteKeyring

        yield RemoteKeyring(server)
        return
    from rag import assemble

    with assemble.opened_keys(config) as keys:
        yield keys


def _parted(given: Sequence[str] | None) -> list[str]:
    """What was given one by one or between commas."""
    return [name for each in given or () for part in each.split(",") if (name := part.strip())]


def _console() -> Console:
    return Console(sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _warn_empty() -> int:
    from rag.example import NO_ARTICLES

    print(NO_ARTICLES, file=sys.stderr)
    return 0


def _fail(message: str) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return 1


def _logged(trace: str) -> str:
    """Keep the traceback of a defect where a developer finds it; one line for the user."""
    data = Path(os.environ.get("RAG_DATA") or ".snoska")
    try:
        data.mkdir(parents=True, exist_ok=True)
        with (data / "error.log").open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{datetime.now().isoformat(timespec='seconds')} {sys.argv}\n{trace}\n")
    except OSError as error:
        return f"Внутренняя ошибка, а папка {data} не пишется ({error.strerror}). Проверьте: snoska doctor"
    return (
        f"Внутренняя ошибка; подробности записаны в {data / 'error.log'}. Проверьте установку: snoska doctor"
    )


def _given() -> list[str]:
    """The words typed; in a locale without UTF-8 Python hands them over as bytes in disguise."""
    return [os.fsencode(word).decode("utf-8", "replace") for word in sys.argv[1:]]


def _speak_utf8() -> None:
    """Russian in any locale, whatever the terminal says of itself."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
