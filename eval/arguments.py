"""Arguments that several commands of the evaluation take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from rag.usage import RussianParser

Adding: TypeAlias = "argparse._SubParsersAction[RussianParser]"


def add_folders(parser: RussianParser) -> None:
    """Folders with questions and what answers them, or other questions for them."""
    parser.add_argument(
        "folders", nargs="+", type=Path, metavar="BEIR_DIR", help="corpus.jsonl, queries.jsonl, qrels.tsv"
    )
    parser.add_argument("--queries", type=Path, metavar="FILE", help="вопросы вместо queries.jsonl")
    parser.add_argument("--qrels", type=Path, metavar="FILE", help="оценки вместо qrels.tsv")
    add_distractors(parser)


def add_asked(parser: RussianParser) -> None:
    """Who answers: a throw-away library, or a server."""
    add_corpus(parser)
    parser.add_argument(
        "--url",
        default="",
        metavar="URL",
        help="спрашивать сервер по этому адресу; ключ «Сноски» — в RAG_API_KEYS, модели — в RAG_LLM_KEY",
    )


def add_corpus(parser: RussianParser) -> None:
    """What a throw-away library is made of."""
    parser.add_argument(
        "--corpus",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help="спрашивать по временной библиотеке из этих файлов и папок (можно BEIR), а не по своей",
    )


def add_distractors(parser: RussianParser) -> None:
    """Articles that make the search harder."""
    parser.add_argument(
        "--distractors", type=Path, metavar="FILE.jsonl", help="статьи, которые ничего не отвечают"
    )


def add_save(parser: RussianParser) -> None:
    """Whether the figures are written into eval/results."""
    parser.add_argument("--save", action="store_true", help="записать числа в eval/results")
