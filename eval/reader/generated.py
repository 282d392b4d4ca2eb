"""Questions and claims made by rule from news articles: the largest part of what the reading network learns.

`python -m eval.reader.generated ARTICLES.jsonl --seed 1 --most 20000 --out FILE.jsonl`
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from eval.reader.claims import (
    Claimed,
    added_detail,
    as_question,
    details,
    invented_cause,
    of_neighbour,
    true_and_false,
    two_facts,
)
from eval.reader.clauses import Clause, clauses
from eval.reader.examples import Example, Label
from eval.reader.fillers import Mention, mentions, pool
from eval.reader.people import who_is
from eval.reader.questions import Asked, questions
from eval.reader.reasons import why_clause
from eval.reader.reports import said
from eval.reader.trees import Parsed, Sentence, parsed
from eval.reader.unanswerable import other_restrictor, other_sentence

SPAN, CLAIM = "news-span", "news-claim"
_SHARES: dict[str, float] = {"answered": 0.325, "unanswered": 0.175, "supported": 0.225, "contradicted": 0.2,
                             "not_stated": 0.075}  # fmt: skip
_MOST_OF_RULE = 0.3  # of a kind's examples
# A conjunction that stood in claims of one kind alone would give their label away.
_MOST_OF = {"invented cause": 0.03}


@dataclass(frozen=True, slots=True)
class Made:
    """An example, the rule behind it and which of `_SHARES` it counts to."""

    example: Example
    rule: str
    kind: str


def generated(articles: Iterable[Mapping[str, Any]], seed: int, most: int) -> Iterator[Example]:
    """At most `most` examples of `articles`, half questions and half claims, the rarer rules first."""
    for made in chosen(made_of(parsed(articles), seed), seed, most):
        yield made.example


def made_of(articles: Iterable[Parsed], seed: int) -> Iterator[Made]:
    for article in articles:
        random = Random(f"{seed}:{article.article}")
        yield from _of_article(article, random)


def chosen(candidates: Iterable[Made], seed: int, most: int) -> list[Made]:
    """Each kind in its share; within a kind every rule gets its turn, so that no rule crowds out the rest."""
    random = Random(seed)
    kinds: dict[str, dict[str, list[Made]]] = defaultdict(lambda: defaultdict(list))
    for made in candidates:
        kinds[made.kind][made.rule].append(made)
    found: list[Made] = []
    for kind, share in _SHARES.items():
        found.extend(_drawn(kinds[kind], int(most * share), random))
    random.shuffle(found)
    return found


def _drawn(rules: Mapping[str, list[Made]], most: int, random: Random) -> list[Made]:
    """`most` of what the rules made: all of the rare rules, an equal part of the common ones."""
    drawn: list[Made] = []
    left = most
    for number, (rule, several) in enumerate(sorted(rules.items(), key=lambda item: (len(item[1]), item[0]))):
        part = min(
            len(several), max(1, left // (len(rules) - number)), int(most * _MOST_OF.get(rule, _MOST_OF_RULE))
        )
        drawn.extend(random.sample(several, part))
        left -= part
    return drawn


def _of_article(article: Parsed, random: Random) -> Iterator[Made]:
    others = pool(article.sentences)
    told = {id(each): list(clauses(each)) for each in article.sentences if each is not None}
    every = [clause for several in told.values() for clause in several]
    for number, sentence in enumerate(article.sentences):
        if sentence is None or not told[id(sentence)]:
            continue
        page = _Page(article, number, sentence, told[id(sentence)], list(mentions(sentence)), others, random)
        yield from _spans(page)
        yield from _claims(page, every)


@dataclass(frozen=True, slots=True)
class _Page:
    """A sentence with all that rules look at."""

    article: Parsed
    number: int
    sentence: Sentence
    clauses: Sequence[Clause]
    own: Sequence[Mention]
    others: Sequence[Mention]
    random: Random

    def text(self, may_widen: bool = True) -> tuple[str, int]:
        """The sentence, now and then with a neighbour; and where it begins."""
        texts, chance = self.article.texts, self.random.random()
        after = texts[self.number + 1] if self.number + 1 < len(texts) else ""
        before = texts[self.number - 1] if self.number else ""
        if may_widen and chance < 0.12 and 20 < len(after) < 300:
            return f"{self.sentence.text} {after}", 0
        if may_widen and chance < 0.22 and 20 < len(before) < 300:
            return f"{before} {self.sentence.text}", len(before) + 1
        return self.sentence.text, 0

    def context(self, text: str, with_before: bool = True) -> str:
        """The title, the sentence before, both or nothing."""
        title, chance = self.article.title.strip(), self.random.random()
        before = self.article.texts[self.number - 1] if self.number and with_before else ""
        shown = [title] if chance < 0.7 else []
        if (chance < 0.25 or 0.7 <= chance < 0.8) and before and before not in text:
            shown.append(before)
        return "\n".join(each for each in shown if each and each not in text)


def _spans(page: _Page) -> Iterator[Made]:
    random = page.random
    for clause in page.clauses:
        found = [
            *questions(clause, random),
            *said(clause, random),
            *why_clause(clause, random),
            *who_is(clause, random),
        ]
        for asked in found:
            text, start = page.text()
            span = (asked.answer[0] + start, asked.answer[1] + start)
            yield _span(page, asked.question, text, span, asked.rule, "answered")
            yield from _unanswered(page, asked)


def _unanswered(page: _Page, asked: Asked) -> Iterator[Made]:
    random = page.random
    may_move = not asked.rule.startswith("role")
    if may_move and random.random() < 0.4 and (text := other_sentence(asked, page.article.texts, random)):
        yield _span(page, asked.question, text, None, "other sentence", "unanswered")
    if changed := other_restrictor(asked, page.own, page.others, random):
        yield _span(page, changed[0], page.sentence.text, None, f"other {changed[1]}", "unanswered")


def _span(page: _Page, question: str, text: str, span: tuple[int, int] | None, rule: str, kind: str) -> Made:
    context = page.context(text, span is not None)
    typed = _as_typed(question, page.random)
    return Made(Example(typed, text, page.article.article, SPAN, context, span), rule, kind)


def _as_typed(question: str, random: Random) -> str:
    """Some people type without capitals and question marks, and few type «ё»."""
    question = question.replace("ё", "е") if random.random() < 0.6 else question
    chance = random.random()
    if chance < 0.06:
        return question.rstrip("?")
    return question.rstrip("?").lower() if chance < 0.1 else question


def _claims(page: _Page, every: Sequence[Clause]) -> Iterator[Made]:
    random = page.random
    for clause in page.clauses:
        for claimed in true_and_false(clause, page.own, page.others, random):
            yield _claim(page, claimed, clause)
        foreign = [each for each in every if each.sentence is not clause.sentence]
        if random.random() < 0.5 and (
            claimed_ := added_detail(clause, details(foreign), page.article.title, random)
        ):
            yield _claim(page, claimed_, clause)
        if random.random() < 0.3 and (other := of_neighbour(clause, page.article.texts, random)):
            yield _claim(page, other[1], clause, other[0])
    for first, second in zip(page.clauses, page.clauses[1:], strict=False):
        for claimed in two_facts(first, second, page.own, page.others, random):
            yield _claim(page, claimed, None)
        if cause := invented_cause(first, second, random):
            yield _claim(page, cause, None)


def _claim(page: _Page, claimed: Claimed, clause: Clause | None, text: str | None = None) -> Made:
    text = text or page.text(claimed.may_widen and claimed.label != "not_stated")[0]
    told = claimed.text
    if clause is not None and page.random.random() < 0.14:
        told = as_question(told, clause, page.random)
    elif page.random.random() < 0.25:
        told = told.removesuffix(".")
    context = page.context(text, claimed.label != "not_stated" and claimed.may_widen)
    label: Label = claimed.label
    kind = "contradicted" if label == "not_supported" else label
    return Made(Example(told, text, page.article.article, CLAIM, context, None, label), claimed.rule, kind)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("articles", type=Path)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--most", type=int, default=20_000)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--cache", type=Path, help="where the parses are kept between runs")
    given = options.parse_args()
    made = chosen(made_of(_parses(given.articles, given.cache), given.seed), given.seed, given.most)
    with given.out.open("w", encoding="utf-8") as file:
        for each in made:
            file.write(json.dumps(asdict(each.example), ensure_ascii=False) + "\n")
    for (kind, rule), count in sorted(Counter((each.kind, each.rule) for each in made).items()):
        print(f"{kind:14}{rule:30}{count:6}")


def _parses(path: Path, cache: Path | None) -> Iterable[Parsed]:
    if cache is not None and cache.exists():
        found: list[Parsed] = pickle.loads(cache.read_bytes())
        return found
    with path.open(encoding="utf-8") as file:
        trees = list(parsed(map(json.loads, file)))
    if cache is not None:
        cache.write_bytes(pickle.dumps(trees))
    return trees


if __name__ == "__main__":
    main()
