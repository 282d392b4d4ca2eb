"""What the commands take that strain the product: speed, load, damaged files, crashes, several servers."""

from __future__ import annotations

from pathlib import Path

from eval import straining
from eval.arguments import Adding, add_distractors, add_save
from rag.usage import number


def add_speed(adding: Adding) -> None:
    """`python -m eval speed`."""
    parser = adding.add_parser("speed", help="скорость, память и место на диске")
    parser.set_defaults(command=straining.measure_speed)
    parser.add_argument(
        "--articles",
        type=Path,
        metavar="FILE.jsonl",
        help="статьи вместо папки RAG_CORPUS; спрашивать их заголовки",
    )
    parser.add_argument(
        "--passages",
        type=number(1, 10_000_000),
        default=0,
        metavar="N",
        help="дополнить корпус до N отрывков новыми статьями из его предложений",
    )
    parser.add_argument(
        "--baseline", action="store_true", help="измерить на тех же статьях и обычный набор LlamaIndex"
    )
    parser.add_argument(
        "--quality", type=Path, metavar="BEIR_DIR", help="nDCG@10 набора LlamaIndex на этой папке"
    )
    parser.add_argument(
        "--save",
        nargs="?",
        const="",
        metavar="NAME",
        help="записать числа в eval/results; имя — число отрывков",
    )


def add_load(adding: Adding) -> None:
    """`python -m eval load`."""
    parser = adding.add_parser("load", help="сервер под нагрузкой: ответы в секунду, задержки, память")
    parser.set_defaults(command=straining.measure_load)
    for name, most, default, told in (
        ("--clients", 500, 8, "сколько спрашивают одновременно"),
        ("--seconds", 3600, 20, "сколько секунд"),
    ):
        parser.add_argument(
            name, type=number(1, most), default=default, metavar="N", help=f"{told} ({default})"
        )
    parser.add_argument(
        "--workers",
        nargs="+",
        type=number(1, 64),
        default=[1],
        metavar="N",
        help="серверы с этими RAG_WORKERS один за другим (1)",
    )
    parser.add_argument("--uploads", action="store_true", help="измерить и то же, пока добавляют статьи")
    parser.add_argument(
        "--baseline", action="store_true", help="и наш поиск рядом с обычным набором LlamaIndex за FastAPI"
    )
    parser.add_argument(
        "--own", action="store_true", help="по библиотеке настроек и её заголовкам, а не по временной"
    )
    parser.add_argument(
        "--save",
        nargs="?",
        const="",
        metavar="NAME",
        help="записать числа в eval/results; имя — число фрагментов",
    )


def add_hostile(adding: Adding) -> None:
    """`python -m eval hostile`."""
    parser = adding.add_parser("hostile", help="испорченные файлы и бессмысленные вопросы: нет ли сбоев")
    parser.set_defaults(command=straining.measure_hostile)
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="файлы и папки, которые портить; по умолчанию RAG_CORPUS",
    )
    parser.add_argument(
        "--cases", type=number(1, 10**8), default=2_000, metavar="N", help="сколько случаев (2000)"
    )
    parser.add_argument("--seed", type=number(0, 10**9), default=1, metavar="N", help="случай (1)")
    add_save(parser)


def add_crash(adding: Adding) -> None:
    """`python -m eval crash`."""
    parser = adding.add_parser("crash", help="kill -9 во время записи: цело ли подтверждённое")
    parser.set_defaults(command=straining.measure_crashes)
    parser.add_argument(
        "--rounds", type=number(1, 100_000), default=20, metavar="N", help="сколько процессов прервать (20)"
    )
    parser.add_argument("--seed", type=number(0, 10**9), default=1, metavar="N", help="случай (1)")
    parser.add_argument(
        "--store", choices=("embedded", "postgresql"), default="embedded", help="где библиотека (embedded)"
    )
    add_save(parser)


def add_servers(adding: Adding) -> None:
    """`python -m eval servers`."""
    parser = adding.add_parser("servers", help="два сервера на одной PostgreSQL: kill -9 и перезапуск базы")
    parser.set_defaults(command=straining.measure_servers)
    for name, most, default, told in (
        ("--rounds", 100_000, 20, "сколько раз прервать сервер"),
        ("--clients", 200, 16, "сколько спрашивают каждый из серверов"),
        ("--articles", 100_000, 2_000, "сколько статей добавить"),
        ("--seed", 10**9, 1, "случай"),
    ):
        parser.add_argument(
            name, type=number(1, most), default=default, metavar="N", help=f"{told} ({default})"
        )
    add_save(parser)


def add_homes(adding: Adding) -> None:
    """`python -m eval homes`."""
    parser = adding.add_parser("homes", help="одна библиотека в папке, на сервере Chroma и в PostgreSQL")
    parser.set_defaults(command=straining.measure_homes)
    parser.add_argument("folder", type=Path, metavar="BEIR_DIR", help="папка BEIR")
    add_distractors(parser)
    parser.add_argument(
        "--passages",
        type=number(0, 10**7),
        default=0,
        metavar="N",
        help="до скольких отрывков дорастить библиотеки, прежде чем мерить время",
    )
    parser.add_argument(
        "--sample", type=number(1, 10**6), metavar="N", help="сколько вопросов взять; без него — все"
    )
    add_save(parser)
