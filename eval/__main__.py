"""The evaluation's command line: `python -m eval …`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from eval import commands, making, measuring
from eval.arguments import Adding, add_asked, add_corpus, add_distractors, add_folders, add_save
from eval.making.making import MOST
from eval.making.making import SEED as MADE_SEED
from eval.noisy import SEED
from eval.straining_arguments import add_crash, add_homes, add_hostile, add_load, add_servers, add_speed
from rag.errors import RagError
from rag.usage import RussianParser, number


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 a reported error or a regression, 2 wrong usage."""
    arguments = _parser().parse_args(words)
    try:
        code = int(arguments.command(arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `python -m eval … | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
        add_speed,
        add_load,
        add_hostile,
        add_crash,
        add_servers,
        add_homes,
        _add_fit,
        _add_record,
        _add_table,
    ):
        add(adding)
    return parser


_FORMS = "вопросы: JSONL, JSON, CSV, Excel, SQuAD или папка BEIR"


def _add_run(adding: Adding) -> None:
    parser = adding.add_parser("run", help="задать все вопросы набора и записать прогон")
    parser.set_defaults(command=commands.run)
    parser.add_argument(
        "sets", nargs="*", type=Path, metavar="SET", help=f"{_FORMS}; по умолчанию eval/questions/*.jsonl"
    )
    add_asked(parser)
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
    add_save(parser)


def _add_check(adding: Adding) -> None:
    parser = adding.add_parser("check", help="есть ли в статьях то, чего ждёт набор; код 1, если нет")
    parser.set_defaults(command=commands.check_set)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET", help=_FORMS)
    add_asked(parser)


def _add_make(adding: Adding) -> None:
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


def _add_score(adding: Adding) -> None:
    parser = adding.add_parser("score", help="числа прогона с доверительными интервалами")
    parser.set_defaults(command=commands.score_run)
    parser.add_argument("run", type=Path, metavar="RUN.jsonl")
    parser.add_argument("--tags", action="store_true", help="и по меткам")
    parser.add_argument("--citations", action="store_true", help="и точность и полнота сносок (ALCE)")
    parser.add_argument(
        "--llm", action="store_true", help="и мнение модели из RAG_LLM_*: верно ли, следует ли из цитат"
    )


def _add_report(adding: Adding) -> None:
    parser = adding.add_parser("report", help="страница с графиками и всеми ошибками прогона")
    parser.set_defaults(command=commands.report_run)
    parser.add_argument("run", type=Path, metavar="RUN.jsonl")
    parser.add_argument("--html", type=Path, required=True, metavar="FILE", help="куда записать страницу")
    parser.add_argument("--force", action="store_true", help="стереть файл, который там уже лежит")


def _add_compare(adding: Adding) -> None:
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


def _add_retrieval(adding: Adding) -> None:
    parser = adding.add_parser("retrieval", help="качество поиска на папках BEIR")
    parser.set_defaults(command=measuring.measure_retrieval)
    add_folders(parser)
    parser.add_argument("--json", action="store_true", help="числа в JSON вместо таблиц")
    add_save(parser)


def _add_noisy(adding: Adding) -> None:
    parser = adding.add_parser("noisy", help="чего стоят опечатки и раскладка, с исправлением и без")
    parser.set_defaults(command=measuring.measure_noisy)
    add_folders(parser)
    parser.add_argument("--json", action="store_true", help="числа в JSON вместо таблиц")
    parser.add_argument(
        "--seed", type=number(0, 10**9), default=SEED, metavar="N", help=f"какие опечатки ({SEED})"
    )
    parser.add_argument(
        "--sample", type=number(1, 10**6), metavar="N", help="сколько вопросов взять; без него — все"
    )
    add_save(parser)


def _add_reading(adding: Adding) -> None:
    parser = adding.add_parser("reading", help="попадает ли ответ в сноски и в краткий ответ")
    parser.set_defaults(command=measuring.measure_reading)
    add_folders(parser)
    add_save(parser)


def _add_loss(adding: Adding) -> None:
    parser = adding.add_parser("reading-loss", help="какая доля слов файлов не дошла до статей")
    parser.set_defaults(command=measuring.measure_loss)
    parser.add_argument("folder", type=Path, metavar="DIR", help="папка с файлами любых форматов")
    parser.add_argument("--words", action="store_true", help="показать потерянные и добавленные слова")
    add_save(parser)


def _add_refusal(adding: Adding) -> None:
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
    add_corpus(parser)
    add_distractors(parser)
    add_save(parser)


def _add_claims(adding: Adding) -> None:
    parser = adding.add_parser("claims", help="верно ли проверка судит об утверждениях с цитатами")
    parser.set_defaults(command=measuring.measure_claims)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE.jsonl", help="claim, quotes, label, kind"
    )
    add_save(parser)


def _add_verification(adding: Adding) -> None:
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
    add_save(parser)


def _add_pieces(adding: Adding) -> None:
    parser = adding.add_parser("pieces", help="границы предложений и леммы в сравнении с образцами")
    parser.set_defaults(command=measuring.measure_pieces)
    parser.add_argument(
        "--sentences", type=Path, metavar="FILE.jsonl", help="тексты с границами: {text, sentences}"
    )
    parser.add_argument("--lemmas", type=Path, metavar="FOLDER", help="папка с файлами CoNLL-U (.conllu)")
    add_save(parser)


def _add_several(adding: Adding) -> None:
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
    add_corpus(parser)
    add_distractors(parser)
    add_save(parser)


def _add_fit(adding: Adding) -> None:
    parser = adding.add_parser("fit", help="подобрать веса для кодировщика из RAG_ENCODER")
    parser.set_defaults(command=measuring.fit_weights)
    parser.add_argument(
        "sets",
        nargs="+",
        type=Path,
        metavar="BEIR_DIR|SET.jsonl",
        help="папки BEIR или наборы вопросов с articles к своей библиотеке",
    )
    add_corpus(parser)
    add_distractors(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="куда писать; по умолчанию туда, где веса ищет бот"
    )


def _add_record(adding: Adding) -> None:
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


def _add_table(adding: Adding) -> None:
    parser = adding.add_parser("table", help="таблицы README и rag/docs из сохранённых измерений")
    parser.set_defaults(command=commands.tabulate)
    parser.add_argument("--write", action="store_true", help="вписать их в README и rag/docs")


if __name__ == "__main__":
    sys.exit(main())
