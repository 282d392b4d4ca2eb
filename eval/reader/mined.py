"""`python -m eval.reader.mined OUT`: what the product gives the network to read, of which nothing answers.

Our own texts that networks learn from make one library. Each of their questions is searched for in it, and of
the sentences that would be read some which don't answer are kept as examples: the network learns to tell the
answer from what it will stand beside. A sentence of another text counts only where the question names
something that neither it nor what stands above it has; else it might answer as well.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from eval.answering_questions import joined, question
from eval.libraries import temporary
from eval.reader import sets
from eval.reader.examples import Example
from rag import assemble, config
from rag.answering import evidence, rereading
from rag.answering.extractive import ExtractiveWriter
from rag.bot import Bot
from rag.text.words import lemmas
from rag.types import TextToRead

_MOST = 2  # sentences a question
SOURCE = "own-mined"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="JSON lines, for `eval.reader.train more --made`")
    parser.add_argument("--own", type=Path, default=sets.OWN_TEXTS)
    parser.add_argument("--ask", nargs="*", default=[], help="files of texts whose questions to ask: zi zj")
    parser.add_argument("--every", type=int, default=1, help="ask every so many of the texts")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    items = [each for each in sets.own_items(given.own) if not sets.is_kept_item(each)]
    asked = [each for each in items if not given.ask or each["id"].rpartition("-")[0] in given.ask]
    asked = asked[:: given.every]
    count = 0
    with ExitStack() as stack, given.out.open("w", encoding="utf-8") as out:
        settings = stack.enter_context(temporary(config.load().model_copy(update={"reader": "off"})))
        bot = stack.enter_context(assemble.open_bot(settings, command="eval"))
        bot.library.add([joined([each])[0] for each in items])
        for example in mined(bot, asked, given.seed):
            out.write(json.dumps(_line(example), ensure_ascii=False) + "\n")
            count += 1
    print(f"{len(asked)} texts, {count} examples", file=sys.stderr)
    return 0


def mined(bot: Bot, items: Sequence[dict[str, Any]], seed: int) -> Iterator[Example]:
    """Up to _MOST examples without an answer for each question of `items`, whose texts `bot` has."""
    random_ = random.Random(seed)
    for item in items:
        for each in item["questions"]:
            wrong = list(dict.fromkeys(_wrong(bot, item, each)))
            for text in random_.sample(wrong, min(_MOST, len(wrong))):
                yield Example(each["q"], text.text, f"own/{item['id']}", SOURCE, text.context)


def _wrong(bot: Bot, item: dict[str, Any], asked: dict[str, Any]) -> Iterator[TextToRead]:
    """Of what would be read of a question what doesn't answer it."""
    writer = bot.writer
    assert isinstance(writer, ExtractiveWriter)
    brought = question(bot, asked["q"])
    found = evidence.read(brought.query, brought.hits, writer.matcher).evidence if brought.hits else ()
    names, own = evidence.names_of(asked["q"]), joined([item])[0].info.id
    for each in found[: rereading.MOST_READ]:
        text = rereading.to_read(each.hit, each.sentence, each.heading)
        if not _may_answer(text, asked, names, is_own=each.hit.article.id == own):
            yield text


def _may_answer(text: TextToRead, asked: dict[str, Any], names: frozenset[str], is_own: bool) -> bool:
    if asked["a"] is not None and asked["a"].lower() in text.text.lower():
        return True
    return not is_own and names <= frozenset(lemmas(f"{text.context} {text.text}"))


def _line(example: Example) -> dict[str, Any]:
    return {
        "question": example.question,
        "text": example.text,
        "article": example.article,
        "source": example.source,
        "context": example.context,
        "span": None,
    }


if __name__ == "__main__":
    sys.exit(main())
