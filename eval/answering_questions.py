"""The questions that the weights of answering are fitted on, asked of libraries made for them.

Public questions with their gold (`public_groups`), questions about other things asked of the news
(`declined_groups`), and those of our own texts that no network has seen (`own_groups`). Nothing of corpus/ or
eval/questions/ is used.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import beir, jsonl
from eval.fitting import Listing
from eval.libraries import corpus_articles, temporary
from eval.reader import sets
from eval.reader.readers import key
from rag import assemble, config
from rag.answering.evidence import Evidence
from rag.answering.extractive import ExtractiveWriter
from rag.bot import Bot
from rag.drafting import passages_to_read
from rag.matching.matcher import Matcher
from rag.types import Article, ArticleInfo, Hit, Query

_TOGETHER = (1, 4)  # texts of our own in an article: each a library
_TITLE = "Сборник"  # what an article of several is called


@dataclass(slots=True)
class Asked:
    """A question with its hits; `holds` tells the sentences that answer it."""

    query: Query
    hits: list[Hit]
    holds: Callable[[Evidence], bool]
    polar: bool = False
    listing: Listing | None = None
    confidence: tuple[float, ...] = ()
    right: bool = False  # the best sentence holds the answer
    answers: tuple[str, ...] = ()  # gold ones
    span: tuple[float, float] | None = None  # the short answer's log-odds, and its F1


@dataclass(slots=True)
class Group:
    """Questions of one origin, all of them answerable or none; all together count `share` in confidence."""

    name: str
    answerable: bool
    asked: list[Asked]
    share: float = 1.0


def none(_: Evidence) -> bool:
    """No sentence answers."""
    return False


def public_groups(
    folder: Path, distractors: Path | None, bot: Bot, unseen: frozenset[str] | None = None
) -> Iterator[Group]:
    """The questions of a BEIR folder with gold places (of `unseen` alone, where it is given), and the same
    without all passages of their gold articles.
    """
    bot.library.add(corpus_articles([folder], distractors))
    loaded = beir.load(folder)
    known, lacking = [], []
    for query in loaded.queries:
        if not query.starts or (unseen is not None and key(query.text) not in unseen):
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
    """`text` asked as the product does, with `k` hits or as many as are read."""
    query = bot.searcher.query(bot.repaired(text).text)
    hits = bot.searcher.search(query, k or passages_to_read(query))
    return Asked(query, bot.in_place(hits), none)


def declined_groups(queries: Path, distractors: Path, bot: Bot) -> list[Group]:
    """Questions about other things, asked of articles that don't answer them."""
    bot.library.add(list(beir.distractors(distractors)))
    asked = [question(bot, query.text) for query in jsonl.read(queries, beir.BeirQuery)]
    return [Group(queries.parent.name, False, asked)]


def own_groups(
    folder: Path, bot: Bot, together: int, files: Collection[str] = (), every: int = 1
) -> list[Group]:
    """Our own texts that no network has seen (of `files` alone, where some are named), as a library; every
    so many of the questions of each kind are asked.

    So many `together` make an article. Several stand each under its title: with one sentence among dozens
    that answers, and what a question names in a heading, as users have it. Alone, an article has one topic.
    """
    items = [item for item in sets.own_items(folder) if sets.is_kept_item(item)]
    items = [item for item in items if not files or item["id"].rpartition("-")[0] in files]
    articles = [joined(items[start : start + together]) for start in range(0, len(items), together)]
    bot.library.add([article for article, _ in articles])
    places = {name: place for _, found in articles for name, place in found.items()}
    asked = [(item, each) for item in items for each in item["questions"]]
    told = [(item, each) for item in items for each in item["claims"] if each["c"].rstrip().endswith("?")]

    def known(item: dict[str, Any], each: dict[str, Any]) -> Asked:
        found = question(bot, each["q"])
        found.holds, found.answers = places[item["id"]].holder(item, each["s"], each["a"]), (each["a"],)
        return found

    def polar(item: dict[str, Any], each: dict[str, Any]) -> Asked:
        found = question(bot, each["c"])
        found.holds = places[item["id"]].holder(item, each["s"][-1], "")
        return found

    answered = [pair for pair in asked if pair[1]["s"] is not None][::every]
    missing = [each["q"] for _, each in asked if each["s"] is None][::every]
    decided = [pair for pair in told if pair[1]["label"] != "not_stated"][::every]
    silent = [each["c"] for _, each in told if each["label"] == "not_stated"][::every]
    name = f"own, {together} together"
    return [
        Group(name, True, [known(*pair) for pair in answered]),
        Group(f"{name}, missing", False, [question(bot, each) for each in missing]),
        Group(f"{name}, polar", True, [polar(*pair) for pair in decided], 0.5),
        Group(f"{name}, polar missing", False, [question(bot, each) for each in silent], 0.5),
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sentences of a text of our own stand: the article, and the offset of each."""

    article: str
    starts: tuple[int, ...]

    def holder(self, item: dict[str, Any], number: int, answer: str) -> Callable[[Evidence], bool]:
        """Tells whether a sentence holds the `answer` that stands in the sentence of that number."""
        start = self.starts[number] + item["sentences"][number].index(answer)

        def holds(each: Evidence) -> bool:
            inside = each.sentence.start <= start < each.sentence.stop
            return inside and each.hit.article.id == self.article

        return holds


def joined(items: Sequence[dict[str, Any]]) -> tuple[Article, dict[str, Place]]:
    """A text of our own as an article, or several as one without a day, each under its title as a heading."""
    first = items[0]
    article_id, text, starts = f"own-{first['id']}", "", dict[str, list[int]]()
    for item in items:
        text += f"\n\n## {item['title']}\n\n" if len(items) > 1 else ""
        starts[item["id"]] = []
        for sentence in item["sentences"]:
            starts[item["id"]].append(len(text))
            text += sentence + ("\n" if _is_row(sentence) else " ")
    title, day = (first["title"], first["published"] or None) if len(items) == 1 else (_TITLE, None)
    info = ArticleInfo(article_id, title, None, day, None)
    places = {name: Place(article_id, tuple(found)) for name, found in starts.items()}
    return Article(info, text), places


def _is_row(sentence: str) -> bool:
    """True for a row of a table, which ends its line."""
    return sentence.startswith("|") or ("; " in sentence and ": " in sentence)


Make = Callable[[Bot], list[Group]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What every fit of answering is told: where its questions are, and how many of them to ask."""
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public sets")
    parser.add_argument("--own", type=Path, default=sets.OWN_TEXTS)
    parser.add_argument("--files", nargs="*", default=[], help="of our own texts those alone: zq zr")
    parser.add_argument("--every", type=int, default=1, help="ask every so many of our own questions")
    parser.add_argument("--write", action="store_true", help="write weights.json")


def makers(given: argparse.Namespace, public: bool, unseen: frozenset[str] | None = None) -> list[Make]:
    """What makes the groups of a fit, by what its command was told (see `add_arguments`).

    Without `public` those of xquad and tydiqa are left out; see `public_groups` for `unseen`.
    """
    data: Path = given.data
    news = data / "news" / "articles.jsonl"
    made: list[Make] = []
    if public:
        made += [
            lambda bot: list(public_groups(data / "xquad", None, bot, unseen)),
            lambda bot: list(public_groups(data / "tydiqa", news, bot, unseen)),
        ]
    made.append(lambda bot: declined_groups(data / "out-of-corpus" / "questions.jsonl", news, bot))

    def own(together: int) -> Make:
        return lambda bot: own_groups(given.own, bot, together, given.files, given.every)

    return [*made, *map(own, _TOGETHER)]


def asked_in_libraries(stack: ExitStack, makers: Sequence[Make]) -> Iterator[tuple[Matcher, list[Group]]]:
    """The groups of each of `makers`, asked in a library of its own, and the matcher of that library."""
    for make in makers:
        settings = stack.enter_context(temporary(config.load()))
        bot = stack.enter_context(assemble.open_bot(settings, command="eval"))
        groups, writer = [group for group in make(bot) if group.asked], bot.writer
        if not isinstance(writer, ExtractiveWriter):
            raise SystemExit("RAG_WRITER=extractive: другие веса здесь не подбираются.")
        yield writer.matcher, groups
