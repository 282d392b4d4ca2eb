"""`python -m eval.reader.measure`: public questions, each read by a network that has not seen its article.

Gives «reading-…-unseen» (first citation, first three, short answers) for xquad and tydiqa with the news as
distractors and how
many questions that the news don't answer are declined there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from eval import beir, jsonl, reading, telling
from eval.libraries import corpus_articles, temporary
from eval.reader.readers import Remembering, key, opened, unseen_questions
from rag import assemble, config
from rag.bot import Bot
from rag.types import Reader


def main() -> int:
    given = _parser().parse_args()
    news = given.data / "news" / "articles.jsonl"
    reader = None if given.without else Remembering(opened(given.reader, given.base))
    unseen = unseen_questions(given.data, given.fold)
    for name, distractors in (("xquad", None), ("tydiqa", news)):
        if name not in given.sets:
            continue
        with library(given.data / name, distractors, reader) as bot:
            loaded = beir.load(given.data / name)
            asked = [each for each in reading.readable(loaded) if key(each.text) in unseen]
            numbers = reading.measure(bot, loaded, tqdm(asked))
            numbers["size"] = {"questions": float(len(asked))}
            if distractors:
                numbers["reading"]["declined_others"] = _declined(bot, given.data, given.every)
            print(name, numbers, flush=True)
            if given.save:
                whole = f"{name}+news" if distractors else name
                telling.save("reading", f"{whole}-unseen", config.load(), numbers)
    return 0


@contextmanager
def library(folder: Path, distractors: Path | None, reader: Reader | None) -> Iterator[Bot]:
    settings = config.load(**({"reader": "off"}))
    with temporary(settings) as own, assemble.open_bot(own, command="eval", reader=reader) as bot:
        bot.library.add(corpus_articles([folder], distractors))
        yield bot


def _declined(bot: Bot, data: Path, every: int) -> float:
    """Share of the questions about other things that are declined."""
    others = list(jsonl.read(data / "out-of-corpus" / "questions.jsonl", beir.BeirQuery))[::every]
    return sum(not bot.ask(each.text).found for each in tqdm(others)) / len(others)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", type=Path, help="of `eval.reader.train fold`, as it is or packed")
    parser.add_argument("--fold", type=int, default=0, help="the fold that it has not seen")
    parser.add_argument("--without", action="store_true", help="words alone, no network")
    parser.add_argument("--sets", nargs="+", default=["xquad", "tydiqa"])
    parser.add_argument("--every", type=int, default=1, help="of the other questions, ask every so many")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--save", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
