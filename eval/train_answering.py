"""Fit the weights of answering: which sentence answers, and how sure that is.

`python -m eval.train_answering --reading BEIR_DIR… --declined QUERIES --distractors FILE [--write]`

Sentences: listwise softmax regression; each set counts the same, the shipped questions half.
Confidence: logistic regression of "this question has an answer here" on questions with their gold
article at hand, and the shipped ones, against shipped questions of the right topic whose fact is missing,
questions about other things asked of the distractors alone, and the first questions with every passage of
their gold article taken away. It is read off the sentences that the weights in weights.json put first, so
after new features of sentences the command is run twice.
Figures printed are cross-validated over five folds of questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from eval import beir, jsonl, sets
from eval.fitting import FOLDS, Floats, Listing, listwise, without_fold
from eval.libraries import corpus_articles, temporary
from eval.sets import Question
from rag import assemble, config
from rag.answering import evidence
from rag.answering.evidence import Evidence
from rag.answering.extractive import ExtractiveWriter
from rag.answering.sentence_features import SENTENCE_FEATURES
from rag.bot import Bot
from rag.drafting import PASSAGES_TO_READ
from rag.judging import judge
from rag.matching.matcher import Matcher
from rag.types import Hit

# The writer declines below the confidence that so much of the last set reaches (cross-validated).
ANSWERED = 0.92
_PENALTY = 1e-5
# More of these never makes an answer less sure, whatever else says the same in the sets at hand.
EVIDENCE = frozenset({"passage", "names", "mass", "typed", "topic", "names_told"})
# … and more of these never makes it surer.
DOUBTS = frozenset({"missing", "unexplained", "no_cause"})
# The rerank score says what the other features say and is fitted to 0 beside them: sets of near passages
# alone can't show that a far one answers nothing. 3 costs nothing on any set.
LEAST_SCORE = 3.0
# Of two groups of paragraphs with an answer and one of a real library the latter counts as much as both: with
# 1, two of a hundred shipped questions more were declined, for as many more of those without an answer.
_SHIPPED = 2.0
# They alone show lists, places in rankings and answers whose words stand sentences before; counted in full,
# they cost xquad 1 point of 82 % first sentences.
_SHIPPED_SENTENCES = 0.5
MISSING = "missing-fact"  # the tag of questions of the right topic that the shipped articles don't answer
WEIGHTS = Path(evidence.__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the writer saw it: its sentences, right where they hold gold, and its confidence."""

    listing: Listing
    confidence: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one origin: with their gold at hand, or without it.

    `share` is what all of them together count in confidence: sets of unrelated paragraphs less than what a
    library is really asked. `sentence_share` is what they count in the choice of sentences.
    """

    name: str
    answerable: bool
    asked: tuple[Asked, ...]
    share: float = 1.0
    sentence_share: float = 1.0

    @property
    def listings(self) -> list[Listing]:
        return [each.listing for each in self.asked]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reading", nargs="+", type=Path, required=True, metavar="BEIR_DIR")
    parser.add_argument(
        "--declined",
        type=Path,
        required=True,
        metavar="QUERIES.jsonl",
        help="what the distractors don't answer",
    )
    parser.add_argument(
        "--distractors", type=Path, required=True, metavar="FILE.jsonl", help="joined to the last BEIR_DIR"
    )
    parser.add_argument(
        "--corpus", type=Path, default=Path("corpus"), help="articles of the shipped questions"
    )
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    given = parser.parse_args()
    last = given.reading[-1]
    groups = [
        group
        for folder in given.reading
        for group in _collect(folder, given.distractors if folder == last else None)
    ]
    groups.append(_collect_declined(given.declined, given.distractors))
    groups += _collect_shipped(given.corpus)
    weights = {"sentence": fit_sentences(groups), "confidence": fit_confidence(groups, last.name)}
    print(json.dumps(weights, indent=1))
    if given.write:
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    return 0


def _collect(folder: Path, distractors: Path | None) -> list[Group]:
    with temporary(config.load()) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.library.add(corpus_articles([folder], distractors))
        questions = beir.load(folder)
        known, lacking = [], []
        for query in questions.queries:
            if not query.starts or not (hits := _hits(bot, query.text)):
                continue
            relevant = questions.grades[query.id]
            known.append(_asked(bot, query.text, hits, partial(_holds_start, query.starts, relevant)))
            if rest := [hit for hit in hits if hit.article.id not in relevant]:
                lacking.append(_asked(bot, query.text, rest, _holds_none))
    return [
        Group(folder.name, True, tuple(known)),
        Group(folder.name + " without gold", False, tuple(lacking), 0.4),
    ]


def _collect_declined(declined: Path, distractors: Path) -> Group:
    """Questions about other things, asked of articles that don't answer them."""
    with temporary(config.load()) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.library.add(list(beir.distractors(distractors)))
        asked = [
            _asked(bot, query.text, hits, _holds_none)
            for query in jsonl.read(declined, beir.BeirQuery)
            if (hits := _hits(bot, query.text))
        ]
    return Group(declined.parent.name, False, tuple(asked))


def _collect_shipped(corpus: Path) -> list[Group]:
    """The shipped question sets, follow-ups left out: how questions look to a library of a few articles.

    A false premise is declined for what it says, however sure an answer to it is.
    """
    asked: dict[str, list[Asked]] = {"shipped": [], "shipped refusals": [], MISSING: []}
    with temporary(config.load()) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.library.index([corpus])
        for question in sets.load(sets.shipped()):
            if question.history or "false-premise" in question.tags:
                continue
            if hits := _hits(bot, question.question):
                of_refused = MISSING if MISSING in question.tags else "shipped refusals"
                seen = _asked(bot, question.question, hits, partial(_holds_gold, question))
                asked[of_refused if question.refuse else "shipped"].append(seen)
    refused = [Group(name, False, tuple(each)) for name, each in asked.items() if each and name != "shipped"]
    return [Group("shipped", True, tuple(asked["shipped"]), _SHIPPED, _SHIPPED_SENTENCES), *refused]


def _hits(bot: Bot, text: str) -> list[Hit]:
    return bot.searcher.search(bot.searcher.query(text), 2 * PASSAGES_TO_READ)


def _matcher(bot: Bot) -> Matcher:
    if not isinstance(bot.writer, ExtractiveWriter):
        raise SystemExit("RAG_WRITER=extractive: другие веса здесь не подбираются.")
    return bot.writer.matcher


def _asked(bot: Bot, text: str, hits: Sequence[Hit], holds: Callable[[Evidence], bool]) -> Asked:
    reading = evidence.read(bot.searcher.query(text), hits[:PASSAGES_TO_READ], _matcher(bot))
    rows = np.array([each.features for each in reading.evidence])
    return Asked(
        Listing(rows, np.array([holds(each) for each in reading.evidence])), reading.confidence_features
    )


def _holds_start(starts: Sequence[int], relevant: Container[str], each: Evidence) -> bool:
    inside = any(each.sentence.start <= start < each.sentence.stop for start in starts)
    return inside and each.hit.article.id in relevant


def _holds_gold(question: Question, each: Evidence) -> bool:
    """A sentence with the whole answer in an article that is known to have it."""
    return each.hit.article.id in question.articles and judge.holds_gold(question, [each.text])


def _holds_none(_: Evidence) -> bool:
    return False


def fit_sentences(groups: Sequence[Group]) -> dict[str, float]:
    """Weights of the sentence features; prints first-citation and first-three rates a set."""
    usable = [group for group in groups if any(each.right.any() for each in group.listings)]
    for group in usable:
        print(
            f"{group.name}: gold sentence first %.1f %%, among three %.1f %%" % _rates(usable, group),
            file=sys.stderr,
        )
    found = listwise([group.listings for group in usable], [group.sentence_share for group in usable])
    return {name: round(float(weight), 2) for name, weight in zip(SENTENCE_FEATURES, found, strict=True)}


def _rates(groups: Sequence[Group], judged: Group) -> tuple[float, float]:
    """Per cent of questions whose gold is in the first sentence, and in the first three; cross-validated."""
    first, three = [], []
    for fold in range(FOLDS):
        others = without_fold([group.listings for group in groups], fold)
        weights = listwise(others, [group.sentence_share for group in groups])
        for each in judged.listings[fold::FOLDS]:
            order = np.argsort(-(each.rows @ weights), kind="stable")
            first.append(each.right[order[0]])
            three.append(each.right[order[:3]].any())
    return 100 * float(np.mean(first)), 100 * float(np.mean(three))


def fit_confidence(groups: Sequence[Group], judged: str) -> dict[str, float]:
    """Weights of the confidence features, and the threshold for the group `judged`; prints how all fare."""
    held_out = [np.zeros(len(group.asked)) for group in groups]
    for fold in range(FOLDS):
        weights = _logistic(groups, fold)
        for scores, group in zip(held_out, groups, strict=True):
            scores[fold::FOLDS] = _probabilities(weights, _rows(group)[fold::FOLDS])
    answerable = [scores for scores, group in zip(held_out, groups, strict=True) if group.answerable]
    known = next(scores for scores, group in zip(held_out, groups, strict=True) if group.name == judged)
    threshold = float(np.quantile(known, 1 - ANSWERED))
    for scores, group in zip(held_out, groups, strict=True):
        area = roc_auc_score(
            [1] * len(np.concatenate(answerable)) + [0] * len(scores), np.concatenate([*answerable, scores])
        )
        print(
            f"{group.name}: answered {100 * np.mean(scores >= threshold):.1f} %, AUC {area:.3f}",
            file=sys.stderr,
        )
    names = (*evidence.CONFIDENCE_FEATURES, "intercept")
    fitted = dict(zip(names, _logistic(groups, None), strict=True)) | {"threshold": threshold}
    return {name: round(float(value), 3) for name, value in fitted.items()}


def _logistic(groups: Sequence[Group], left_out: int | None) -> Floats:
    """Weights of the confidence features and, last, the intercept."""
    rows, labels, shares = [], [], []
    for group in groups:
        chosen = [i for i in range(len(group.asked)) if i % FOLDS != left_out]
        rows.append(_rows(group)[chosen])
        labels += [group.answerable] * len(chosen)
        shares += [group.share / len(chosen)] * len(chosen)
    given = np.column_stack([np.vstack(rows), np.ones(len(labels))])
    signs, share = np.where(labels, 1.0, -1.0), np.array(shares)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (given @ weights)
        slope = -(share * signs / (1 + np.exp(margins))) @ given
        penalty = _PENALTY * float(weights @ weights)
        return float(share @ np.logaddexp(0, -margins)) + penalty, slope + 2 * _PENALTY * weights

    bounds = [*map(_bounds, evidence.CONFIDENCE_FEATURES), (None, None)]
    start = np.array([low or 0.0 for low, _ in bounds])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _bounds(feature: str) -> tuple[float | None, float | None]:
    if feature == "passage_score":
        return LEAST_SCORE, None
    if feature in DOUBTS:
        return None, 0.0
    return (0.0 if feature in EVIDENCE else None), None


def _probabilities(weights: Floats, rows: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))))


def _rows(group: Group) -> Floats:
    return np.array([asked.confidence for asked in group.asked])


if __name__ == "__main__":
    sys.exit(main())
