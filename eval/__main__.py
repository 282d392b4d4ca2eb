"""The evaluation's command line: `python -m eval …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from eval import commands, making, measuring, straining
from eval.making.making import MOST
from eval.making.making import SEED as MADE_SEED
from eval.noisy import SEED
from rag.errors import RagError
from rag.usage import RussianParser, number


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 a reported error or a regression, 2 wrong usage."""
    arguments = _parser().parse_args(words)
    try:
        return int(arguments.command(arguments))
    except RagError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupted:
        print(str(interrupted) or "Прервано: ничего не записано.", file=sys.stderr)
        return 130


def _parser() -> RussianParser:
    parser = RussianParser(
        prog="python -m eval", description="Измерения «Сноски»: ответы, поиск, сноски, отказы."
    )
    adding = parser.add_subparsers(required=True, metavar="КОМАНДА", title="команды")
    for add in (
        _add_run,
        _add_check,
        _add_make,
        _add_score,
        _add_report,
        _add_compare,
        _add_retrieval,
        _add_noisy,
        _add_reading,
        _add_loss,
        _add_refusal,
        _add_verification,
        _add_claims,
        _add_pieces,
        _add_several,
        _add_speed,
        _add_load,
        _add_hostile,
        _add_crash,
        _add_servers,
        _add_homes,
        _add_fit,
        _add_record,
        _add_table,
    ):
        add(adding)
    return parser


_FORMS = "вопросы: JSONL, JSON, CSV, Excel, SQuAD или папка BEIR"
_Adding: TypeAlias = "argparse._SubParsersAction[RussianParser]"


def _add_run(adding: _Adding) -> None:
    parser = adding.add_parser("run", help="задать все вопросы набора и записать прогон")
    parser.set_defaults(command=commands.run)
    parser.add_argument(
        "sets", nargs="*", type=Path, metavar="SET", help=f"{_FORMS}; по умолчанию eval/questions/*.jsonl"
    )
    _add_asked(parser)
    parser.add_argument(
        "--out", type=Path, metavar="RUN.jsonl", help="куда писать; по умолчанию RAG_DATA/runs"
    )
    parser.add_argument("--force", action="store_true", help="стереть прежний прогон, который лежит в --out")
    parser.add_argument(
        "--resume", action="store_true", help="продолжить прогон в --out: что отвечено, не спрашивать"
    )
    parser.add_argument(
        "--kind",
        choices=("snoska", "chat", "mcp"),
        help="что за сервер в --url; без этого — по адресу: …/v1 — чат OpenAI, …/mcp — поиск по MCP",
    )
    parser.add_argument(
        "--jobs", type=number(1, 64), default=1, metavar="N", help="сколько вопросов задавать сразу (1)"
    )
    parser.add_argument("--limit", type=number(1, 10**6), metavar="N", help="взять N вопросов наугад")
    parser.add_argument("--seed", type=number(0, 10**9), default=SEED, metavar="N", help=f"каких ({SEED})")
    _add_save(parser)


def _add_check(adding: _Adding) -> None:
    parser = adding.add_parser("check", help="есть ли в статьях то, чего ждёт набор; код 1, если нет")
    parser.set_defaults(command=commands.check_set)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET", help=_FORMS)
    _add_asked(parser)


def _add_make(adding: _Adding) -> None:
    parser = adding.add_parser("make", help="набор вопросов из своих статей, без языковой модели")
    parser.set_defaults(command=making.make)
    parser.add_argument(
        "--from",
        dest="corpus",
        nargs="+",
        type=Path,
        required=True,
        metavar="PATH",
        help="файлы и папки статей (можно BEIR)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="SET.jsonl", help="куда писать набор")
    parser.add_argument(
        "--most", type=number(1, 100_000), default=MOST, metavar="N", help=f"не больше вопросов ({MOST})"
    )
    parser.add_argument("--seed", type=number(0, 10**9), default=MADE_SEED, metavar="N", help="случай")
    parser.add_argument(
        "--llm", action="store_true", help="и переписать вопросы моделью из RAG_LLM_*, не меняя смысла"
    )
    parser.add_argument("--force", action="store_true", help="стереть файл, который там уже лежит")


def _add_score(adding: _Adding) -> None:
    parser = adding.add_parser("score", help="числа прогона с доверительными интервалами")
    parser.set_defaults(command=commands.score_run)
    parser.add_argument("run", type=Path, metavar="RUN.jsonl")
    parser.add_argument("--tags", action="store_true", help="и по меткам")
    parser.add_argument("--citations", action="store_true", help="и точность и полнота сносок (ALCE)")
    parser.add_argument(
        "--llm", action="store_true", help="и мнение модели из RAG_LLM_*: верно ли, следует ли из цитат"
    )


def _add_report(adding: _Adding) -> None:
    parser = adding.add_parser("report", help="страница с графиками и всеми ошибками прогона")
    parser.set_defaults(command=commands.report_run)
    parser.add_argument("run", type=Path, metavar="RUN.jsonl")
    parser.add_argument("--html", type=Path, required=True, metavar="FILE", help="куда записать страницу")
    parser.add_argument("--force", action="store_true", help="стереть файл, который там уже лежит")


def _add_compare(adding: _Adding) -> None:
    parser = adding.add_parser("compare", help="сравнить два прогона; код 1, если второй хуже")
    parser.set_defaults(command=commands.compare_runs)
    parser.add_argument("before", type=Path, metavar="RUN_A.jsonl")
    parser.add_argument("after", type=Path, metavar="RUN_B.jsonl")
    parser.add_argument(
        "--level",
        type=float,
        default=0.05,
        metavar="P",
        help="уровень значимости потерь; 1 — считать регрессией любую потерю (по умолчанию 0.05)",
    )


def _add_retrieval(adding: _Adding) -> None:
    parser = adding.add_parser("retrieval", help="качество поиска на папках BEIR")
    parser.set_defaults(command=measuring.measure_retrieval)
    _add_folders(parser)
    parser.add_argument("--json", action="store_true", help="числа в JSON вместо таблиц")
    _add_save(parser)


def _add_noisy(adding: _Adding) -> None:
    parser = adding.add_parser("noisy", help="чего стоят опечатки и раскладка, с исправлением и без")
    parser.set_defaults(command=measuring.measure_noisy)
    _add_folders(parser)
    parser.add_argument("--json", action="store_true", help="числа в JSON вместо таблиц")
    parser.add_argument(
        "--seed", type=number(0, 10**9), default=SEED, metavar="N", help=f"какие опечатки ({SEED})"
    )
    parser.add_argument(
        "--sample", type=number(1, 10**6), metavar="N", help="сколько вопросов взять; без него — все"
    )
    _add_save(parser)


def _add_reading(adding: _Adding) -> None:
    parser = adding.add_parser("reading", help="попадает ли ответ в сноски и в краткий ответ")
    parser.set_defaults(command=measuring.measure_reading)
    _add_folders(parser)
    _add_save(parser)


def _add_loss(adding: _Adding) -> None:
    parser = adding.add_parser("reading-loss", help="какая доля слов файлов не дошла до статей")
    parser.set_defaults(command=measuring.measure_loss)
    parser.add_argument("folder", type=Path, metavar="DIR", help="папка с файлами любых форматов")
    parser.add_argument("--words", action="store_true", help="показать потерянные и добавленные слова")
    _add_save(parser)


def _add_refusal(adding: _Adding) -> None:
    parser = adding.add_parser("refusal", help="кривая отказов по уверенности")
    parser.set_defaults(command=measuring.measure_refusal)
    for name, told in (("answerable", "ответ есть"), ("unanswerable", "его нет")):
        parser.add_argument(
            f"--{name}",
            nargs="+",
            type=Path,
            required=True,
            metavar="SET",
            help=f"вопросы, на которые {told}",
        )
    parser.add_argument(
        "--apart", action="store_true", help="вопросы без ответа задать одним статьям --distractors"
    )
    _add_corpus(parser)
    _add_distractors(parser)
    _add_save(parser)


def _add_claims(adding: _Adding) -> None:
    parser = adding.add_parser("claims", help="верно ли проверка судит об утверждениях с цитатами")
    parser.set_defaults(command=measuring.measure_claims)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE.jsonl", help="claim, quotes, label, kind"
    )
    _add_save(parser)


def _add_verification(adding: _Adding) -> None:
    parser = adding.add_parser("verification", help="замечает ли проверка искажённые предложения")
    parser.set_defaults(command=measuring.measure_verification)
    parser.add_argument(
        "sets",
        nargs="*",
        type=Path,
        metavar="BEIR_DIR|FILE.jsonl",
        help="папки BEIR и файлы статей (спрашивать их заголовки); без них — RAG_CORPUS и вопросы проекта",
    )
    parser.add_argument(
        "--entailment", type=Path, metavar="FILE.jsonl", help="пары premise, hypothesis, label"
    )
    parser.add_argument(
        "--sample", type=number(1, 10**6), metavar="N", help="сколько вопросов взять; без него — все"
    )
    parser.add_argument("--seed", type=number(0, 10**9), default=SEED, metavar="N", help=f"случай ({SEED})")
    parser.add_argument(
        "--mistakes", type=number(1, 100), metavar="N", help="показать по N ошибок на каждое правило"
    )
    _add_save(parser)


def _add_pieces(adding: _Adding) -> None:
    parser = adding.add_parser("pieces", help="границы предложений и леммы в сравнении с образцами")
    parser.set_defaults(command=measuring.measure_pieces)
    parser.add_argument(
        "--sentences", type=Path, metavar="FILE.jsonl", help="тексты с границами: {text, sentences}"
    )
    parser.add_argument("--lemmas", type=Path, metavar="FOLDER", help="папка с файлами CoNLL-U (.conllu)")
    _add_save(parser)


def _add_several(adding: _Adding) -> None:
    parser = adding.add_parser("several", help="где ответы сводят источники и где говорят о расхождениях")
    parser.set_defaults(command=measuring.measure_several)
    parser.add_argument(
        "questions",
        nargs="+",
        type=Path,
        metavar="FILE.jsonl",
        help="вопросы, или статьи: тогда спрашивать их заголовки",
    )
    parser.add_argument("--source", metavar="NAME", help="заголовки только этого источника")
    parser.add_argument("--sample", type=number(1, 10**6), metavar="N", help="каждый N-й вопрос")
    _add_corpus(parser)
    _add_distractors(parser)
    _add_save(parser)


def _add_speed(adding: _Adding) -> None:
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


def _add_load(adding: _Adding) -> None:
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


def _add_hostile(adding: _Adding) -> None:
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
    _add_save(parser)


def _add_crash(adding: _Adding) -> None:
    parser = adding.add_parser("crash", help="kill -9 во время записи: цело ли подтверждённое")
    parser.set_defaults(command=straining.measure_crashes)
    parser.add_argument(
        "--rounds", type=number(1, 100_000), default=20, metavar="N", help="сколько процессов прервать (20)"
    )
    parser.add_argument("--seed", type=number(0, 10**9), default=1, metavar="N", help="случай (1)")
    parser.add_argument(
        "--store", choices=("embedded", "postgresql"), default="embedded", help="где библиотека (embedded)"
    )
    _add_save(parser)


def _add_servers(adding: _Adding) -> None:
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
    _add_save(parser)


def _add_homes(adding: _Adding) -> None:
    parser = adding.add_parser("homes", help="одна библиотека в папке, на сервере Chroma и в PostgreSQL")
    parser.set_defaults(command=straining.measure_homes)
    parser.add_argument("folder", type=Path, metavar="BEIR_DIR", help="папка BEIR")
    _add_distractors(parser)
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
    _add_save(parser)


def _add_fit(adding: _Adding) -> None:
    parser = adding.add_parser("fit", help="подобрать веса для кодировщика из RAG_ENCODER")
    parser.set_defaults(command=measuring.fit_weights)
    parser.add_argument(
        "sets",
        nargs="+",
        type=Path,
        metavar="BEIR_DIR|SET.jsonl",
        help="папки BEIR или наборы вопросов с articles к своей библиотеке",
    )
    _add_corpus(parser)
    _add_distractors(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="куда писать; по умолчанию туда, где веса ищет бот"
    )


def _add_record(adding: _Adding) -> None:
    parser = adding.add_parser("record", help="все наборы, какие есть; файл на коммит в eval/results/record")
    parser.set_defaults(command=commands.keep_record)
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="DIR",
        help="и наборы оттуда: папки BEIR, файлы questions*.* рядом с папкой articles",
    )
    parser.add_argument("--limit", type=number(1, 10**6), metavar="N", help="из них не больше N вопросов")


def _add_table(adding: _Adding) -> None:
    parser = adding.add_parser("table", help="таблицы README и rag/docs из сохранённых измерений")
    parser.set_defaults(command=commands.tabulate)
    parser.add_argument("--write", action="store_true", help="вписать их в README и rag/docs")


def _add_folders(parser: RussianParser) -> None:
    parser.add_argument(
        "folders", nargs="+", type=Path, metavar="BEIR_DIR", help="corpus.jsonl, queries.jsonl, qrels.tsv"
    )
    parser.add_argument("--queries", type=Path, metavar="FILE", help="вопросы вместо queries.jsonl")
    parser.add_argument("--qrels", type=Path, metavar="FILE", help="оценки вместо qrels.tsv")
    _add_distractors(parser)


def _add_asked(parser: RussianParser) -> None:
    """Who answers: a throw-away library, or a server."""
    _add_corpus(parser)
    parser.add_argument(
        "--url",
        default="",
        metavar="URL",
        help="спрашивать сервер по этому адресу; ключ «Сноски» — в RAG_API_KEYS, модели — в RAG_LLM_KEY",
    )


def _add_corpus(parser: RussianParser) -> None:
    parser.add_argument(
        "--corpus",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help="спрашивать по временной библиотеке из этих файлов и папок (можно BEIR), а не по своей",
    )


def _add_distractors(parser: RussianParser) -> None:
    parser.add_argument(
        "--distractors", type=Path, metavar="FILE.jsonl", help="статьи, которые ничего не отвечают"
    )


def _add_save(parser: RussianParser) -> None:
    parser.add_argument("--save", action="store_true", help="записать числа в eval/results")


if __name__ == "__main__":
    sys.exit(main())
