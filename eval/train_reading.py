"""Fit how the network's readings are used: the order of sentences, confidence, when to say yes or no.

`python -m eval.train_reading --data FOLDER --reader F0 --fold 0 [--write]`, or, with the network that ships,
`python -m eval.train_reading --data FOLDER --reader rag/reading/delta.safetensors --own-texts [--write]`

Sentences: listwise softmax regression over the best sentences by words, as `eval.train_answering`.
Confidence: logistic regression. The public questions are those of one fold, read by the network that has
not seen their articles; the others are those of our own texts that no network has seen. The network that
ships has learnt from all public questions, so with it those have to be left out (`--own-texts`); questions
about other things, asked of the news, stay in. Nothing of corpus/ or eval/questions/ is used. Figures
printed are cross-validated over five folds of questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from eval import beir, jsonl
from eval.fitting import Listing
from eval.libraries import corpus_articles, temporary
from eval.metrics import token_f1
from eval.reader import sets
from eval.reader.readers import Remembering, key, opened, unseen_questions
from eval.reading import normalised
from eval.reading_fits import Asked, Group, fit_confidence, fit_order, fit_span
from eval.train_answering import WEIGHTS
from rag import assemble, config
from rag.answering import evidence, rereading
from rag.answering.evidence import Evidence
from rag.answering.extractive import ExtractiveWriter
from rag.answering.fitted import fitted
from rag.bot import Bot
from rag.drafting import passages_to_read
from rag.matching.matcher import Matcher
from rag.types import Article, ArticleInfo, Reader


def none(_: Evidence) -> bool:
    return False


def public_groups(
    folder: Path, distractors: Path | None, bot: Bot, unseen: frozenset[str]
) -> Iterator[Group]:
    bot.library.add(corpus_articles([folder], distractors))
    loaded = beir.load(folder)
    known, lacking = [], []
    for query in loaded.queries:
        if not query.starts or key(query.text) not in unseen:
            continue
        relevant = loaded.grades[query.id]

        def holds(each: Evidence, query: beir.BeirQuery = query, relevant: Any = relevant) -> bool:
            inside = any(each.sentence.start <= start < each.sentence.stop for start in query.starts)
            return inside and each.hit.article.id in relevant

        asked = question(bot, query.text, 20)
        known.append(
            Asked(asked.query, asked.hits[: passages_to_read(asked.query)], holds, answers=query.answers)
        )
        rest = [hit for hit in asked.hits if hit.article.id not in relevant]
        lacking.append(Asked(asked.query, rest[: passages_to_read(asked.query)], none))
    yield Group(loaded.name, True, known)
    yield Group(loaded.name + " without gold", False, lacking, 0.4)


def question(bot: Bot, text: str, k: int | None = None) -> Asked:
    query = bot.searcher.query(bot.repaired(text).text)
    hits = bot.searcher.search(query, k or passages_to_read(query))
    return Asked(query, bot.in_place(hits), none)


def declined_groups(queries: Path, distractors: Path, bot: Bot) -> list[Group]:
    """Questions about other things, asked of articles that don't answer them."""
    bot.library.add(list(beir.distractors(distractors)))
    asked = [question(bot, query.text) for query in jsonl.read(queries, beir.BeirQuery)]
    return [Group(queries.parent.name, False, asked)]


def own_groups(folder: Path, bot: Bot) -> list[Group]:
    """Our own texts that no network has seen, as a library of their own."""
    items = [item for item in sets.own_items(folder) if sets.is_kept_item(item)]
    bot.library.add([_article(item) for item in items])
    known, missing, polar, silent = [], [], [], []
    for item in items:
        for each in item["questions"]:
            asked = question(bot, each["q"])
            if each["s"] is None:
                missing.append(asked)
            else:
                asked.holds = _holder(item, each["s"], each["a"])
                asked.answers = (each["a"],)
                known.append(asked)
        for each in item["claims"]:
            if each["c"].rstrip().endswith("?"):
                asked = question(bot, each["c"])
                asked.polar = True
                if each["label"] == "not_stated":
                    silent.append(asked)
                else:
                    asked.holds = _holder(item, each["s"][-1], "")
                    polar.append(asked)
    return [
        Group("own", True, known),
        Group("own missing", False, missing),
        Group("own polar", True, polar, 0.5),
        Group("own polar missing", False, silent, 0.5),
    ]


def _article(item: dict[str, Any]) -> Article:
    info = ArticleInfo(f"own-{item['id']}", item["title"], None, item["published"] or None, None)
    return Article(info, "\n".join(item["sentences"]))


def _holder(item: dict[str, Any], number: int, answer: str) -> Callable[[Evidence], bool]:
    start = sum(len(each) + 1 for each in item["sentences"][:number])
    start += item["sentences"][number].index(answer)

    def holds(each: Evidence) -> bool:
        inside = each.sentence.start <= start < each.sentence.stop
        return inside and each.hit.article.id == f"own-{item['id']}"

    return holds


def read_all(group: Group, matcher: Matcher, reader: Reader) -> None:
    """Listings of the sentences read, by the features of their order."""
    for asked in group.asked:
        if not asked.hits:
            continue
        found = evidence.read(asked.query, asked.hits, matcher)
        asked.polar = found.question.polar
        likely = found.evidence[: rereading.MOST_READ]
        readings = reader.read(
            asked.query.text, [rereading.to_read(each.hit, each.sentence) for each in likely]
        )
        rows = [
            list(rereading.features(each.score, reading, asked.polar).values())
            for each, reading in zip(likely, readings, strict=True)
        ]
        if rows:
            asked.listing = Listing(np.array(rows), np.array([asked.holds(each) for each in likely]))


def confide(group: Group, matcher: Matcher, reader: Reader) -> None:
    for asked in group.asked:
        if asked.hits:
            found = evidence.read(asked.query, asked.hits, matcher, reader)
            asked.confidence = found.confidence_features
            best = found.evidence[0]
            asked.right = asked.holds(best)
            if asked.answers and best.reading and best.reading.span:
                short = normalised(best.text[slice(*best.reading.span)])
                f1 = max(token_f1(short, normalised(each)) for each in asked.answers)
                asked.span = best.reading.span_odds, f1


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--own", type=Path, default=sets.OWN_TEXTS)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--reader", type=Path, required=True, help="of `eval.reader.train fold`")
    parser.add_argument("--fold", type=int, default=0, help="the fold that it has not seen")
    parser.add_argument("--own-texts", action="store_true", help="without the public questions")
    parser.add_argument("--every", type=int, default=1, help="ask every so many of each group's questions")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    data: Path = given.data
    reader = Remembering(opened(given.reader, given.base))
    news = data / "news" / "articles.jsonl"
    makers: list[Callable[[Bot], list[Group]]] = [
        lambda bot: declined_groups(data / "out-of-corpus" / "questions.jsonl", news, bot),
        lambda bot: own_groups(given.own, bot),
    ]
    if not given.own_texts:
        unseen = unseen_questions(data, given.fold)
        makers += [
            lambda bot: list(public_groups(data / "xquad", None, bot, unseen)),
            lambda bot: list(public_groups(data / "tydiqa", news, bot, unseen)),
        ]
    with ExitStack() as stack:
        libraries = [_library(stack, make, reader, given.every) for make in makers]
        groups = [group for _, found in libraries for group in found]
        fitted = _fitted(libraries, groups, reader)
    print(json.dumps(fitted, indent=1))
    if given.write:
        kept = json.loads(WEIGHTS.read_text(encoding="utf-8")) | fitted
        WEIGHTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def _library(
    stack: ExitStack, make: Callable[[Bot], list[Group]], reader: Reader, every: int
) -> tuple[Matcher, list[Group]]:
    settings = stack.enter_context(temporary(config.load()))
    bot = stack.enter_context(assemble.open_bot(settings, command="eval"))
    groups, writer = make(bot), bot.writer
    assert isinstance(writer, ExtractiveWriter)
    for group in groups:
        group.asked = group.asked[::every]
        read_all(group, writer.matcher, reader)
        print(f"read {group.name}: {len(group.asked)}", file=sys.stderr, flush=True)
    return writer.matcher, groups


def _fitted(
    libraries: Sequence[tuple[Matcher, list[Group]]], groups: Sequence[Group], reader: Reader
) -> dict[str, dict[str, float]]:
    order = {"reread": fit_order(groups, False), "reread_polar": fit_order(groups, True)}
    fitted().update(order)
    for matcher, found in libraries:
        for group in found:
            confide(group, matcher, reader)
    fits = order | {"confidence_read": fit_confidence(groups)}
    return fits | {"span": {"least_odds": fit_span(groups)}}


if __name__ == "__main__":
    sys.exit(main())
