"""What can be typed: every command with its arguments and their help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rag
from rag.commands import articles, asking, running
from rag.usage import RussianParser, iso_date, number, share

DESCRIPTION = "Сноска отвечает на вопросы по статьям на русском языке и ставит сноску у каждого предложения."
EPILOG = """примеры:
  snoska example                           записать статьи для пробы в папку corpus/
  snoska index corpus                      прочитать статьи из папки
  snoska ask "Какова протяжённость TRIPP?"  ответ со сносками
  snoska serve                             страница с чатом на http://127.0.0.1:7860
  snoska help                              справка по темам: настройки, форматы, API…
"""


def parser() -> RussianParser:
    """The parser of the whole command line; `run` of what it gives is the command."""
    whole = RussianParser(prog="snoska", description=DESCRIPTION, epilog=EPILOG)
    whole.add_argument(
        "--version", action="version", version=f"Сноска {rag.__version__}", help="показать версию"
    )
    commands = whole.add_subparsers(title="команды", metavar="КОМАНДА", required=True, dest="КОМАНДА")
    for add in (_reading, _questions, _serving, _keeping, _training, _looking):
        add(commands)
    return whole


def _reading(commands: Any) -> None:
    _index_arguments(_command(commands, "index", articles.index, "прочитать файлы и папки в библиотеку"))
    trying = _command(commands, "example", articles.example, "записать в папку статьи для пробы")
    trying.add_argument(
        "folder", nargs="?", type=Path, metavar="ПАПКА", help="новая папка; без неё — RAG_CORPUS (corpus)"
    )


def _questions(commands: Any) -> None:
    asked = _command(commands, "ask", asking.ask, "задать вопрос и получить ответ со сносками")
    asked.add_argument("question", nargs="+", metavar="ВОПРОС", help="вопрос на русском языке")
    searching = _command(commands, "search", asking.search, "найти отрывки статей")
    searching.add_argument("query", nargs="+", metavar="ЗАПРОС", help="что искать")
    searching.add_argument(
        "-k", type=number(1, 100), default=10, metavar="ЧИСЛО", help="сколько отрывков (10)"
    )
    for command in (asked, searching):
        command.add_argument("--explain", action="store_true", help="показать, почему найдены эти отрывки")
        _filter_arguments(command)
    _articles_arguments(_command(commands, "articles", None, "статьи библиотеки: список, текст, удаление"))


def _serving(commands: Any) -> None:
    serving = _command(commands, "serve", running.serve, "запустить страницу с чатом и API")
    serving.add_argument("--host", metavar="АДРЕС", help="на каком адресе слушать (127.0.0.1)")
    serving.add_argument("--port", type=number(0, 65535), metavar="ПОРТ", help="на каком порту (7860)")
    _command(commands, "mcp", running.mcp, "отвечать агентам по MCP через стандартный ввод и вывод")


def _keeping(commands: Any) -> None:
    saving = _command(commands, "backup", articles.backup, "сохранить библиотеку и разговоры в один файл")
    saving.add_argument("file", type=Path, metavar="ФАЙЛ", help="куда; сервер может работать")
    returning = _command(
        commands, "restore", articles.restore, "вернуть библиотеку и разговоры из такого файла"
    )
    returning.add_argument("file", type=Path, metavar="ФАЙЛ", help="откуда; прежнее останется рядом")
    deploying = _command(commands, "deploy", running.deploy, "показать файлы для запуска на сервере")
    deploying.add_argument("kind", choices=("container", "compose", "systemd"), help="что показать")
    bundling = _command(commands, "bundle", running.bundle, "собрать всё нужное для машины без сети")
    bundling.add_argument("folder", type=Path, metavar="ПАПКА", help="куда собрать")
    bundling.add_argument("--wheels", type=Path, metavar="ПАПКА", help="взять пакеты отсюда, а не из сети")
    bundling.add_argument("--lock", type=Path, metavar="ФАЙЛ", help="список пакетов (requirements.lock)")
    _keys_arguments(_command(commands, "keys", None, "ключи сервера: сделать, показать, отозвать"))
    moving = _command(
        commands, "move", articles.move, "перенести библиотеку в PostgreSQL или обратно в папку"
    )
    moving.add_argument("--to", required=True, metavar="КУДА", help="postgresql://имя@сервер/база или папка")


def _training(commands: Any) -> None:
    training = _command(commands, "train", running.train, "обучить встроенный кодировщик на своей библиотеке")
    training.add_argument("--epochs", type=number(1, 100), metavar="ЧИСЛО", help="сколько раз пройти тексты")
    training.add_argument(
        "--out", type=Path, metavar="ПАПКА", help="куда записать кодировщик; без неё — RAG_DATA/trained"
    )
    _tune_arguments(
        _command(commands, "tune", running.tune, "обещать, что неверных ответов не больше, чем разрешено")
    )


def _looking(commands: Any) -> None:
    checking = _command(commands, "doctor", running.doctor, "проверить установку, библиотеку и настройки")
    checking.add_argument(
        "--deep", action="store_true", help="сверить базу и индексы, фрагмент за фрагментом"
    )
    helping = _command(commands, "help", running.help_, "справка по темам: настройки, форматы, API и другие")
    helping.add_argument(
        "topic", nargs="*", metavar="ТЕМА", help="имя или название темы; без него — все темы"
    )


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
    listing = _command(actions, "list", articles.articles_list, "список статей, новые первыми")
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
    showing = _command(actions, "show", articles.articles_show, "текст одной статьи")
    showing.add_argument("id", metavar="ID", help="идентификатор статьи, как в списке")
    which = showing.add_mutually_exclusive_group()
    which.add_argument("--versions", action="store_true", help="её версии и что в них изменилось")
    which.add_argument("--version", type=number(1, 10_000_000), metavar="ЧИСЛО", help="прежний текст")
    setting = _command(actions, "set", articles.articles_set, "исправить заголовок, источник, дату, метки")
    setting.set_defaults(wrong=setting.error)
    setting.add_argument("id", metavar="ID", help="идентификатор статьи, как в списке")
    setting.add_argument("--title", metavar="ЗАГОЛОВОК", help="новый заголовок")
    setting.add_argument("--source", metavar="ИСТОЧНИК", help='источник; "" убирает его')
    setting.add_argument("--date", type=_date_or_none, metavar="ДАТА", help='дата публикации; "" убирает её')
    setting.add_argument("--tags", nargs="*", metavar="МЕТКА", help="метки, все сразу; без слов — никаких")
    removing = _command(actions, "remove", articles.articles_remove, "убрать статьи из библиотеки")
    removing.add_argument("ids", nargs="+", metavar="ID", help="идентификаторы статей, как в списке")
    restoring = _command(actions, "restore", articles.articles_restore, "вернуть убранные статьи")
    restoring.add_argument("ids", nargs="+", metavar="ID", help="идентификаторы убранных статей")


def _keys_arguments(parser: RussianParser) -> None:
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True, dest="ДЕЙСТВИЕ")
    adding = _command(actions, "add", running.keys_add, "сделать ключ и показать его один раз")
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
    _command(actions, "list", running.keys_list, "все ключи: права, статьи, срок")
    revoking = _command(actions, "revoke", running.keys_revoke, "отозвать ключи; действует сразу")
    revoking.add_argument("names", nargs="+", metavar="ИМЯ", help="имена ключей, как в списке")
    revoking.add_argument(
        "--forget",
        action="store_true",
        help="и убрать их из списка; без единого ключа сервер на этой машине снова открыт всем на ней",
    )


def _date_or_none(typed: str) -> str:
    return iso_date(typed).isoformat() if typed.strip() else ""
