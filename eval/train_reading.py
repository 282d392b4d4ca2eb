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
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from eval.answering_questions import Group, add_arguments, asked_in_libraries, makers
from eval.fitting import Listing
from eval.metrics import token_f1
from eval.reader.readers import Remembering, opened, unseen_questions
from eval.reading import normalised
from eval.reading_fits import fit_confidence, fit_order, fit_span
from eval.train_answering import write
from rag.answering import evidence, rereading
from rag.answering.fitted import fitted
from rag.matching.matcher import Matcher
from rag.types import Reader


def read_all(group: Group, matcher: Matcher, reader: Reader) -> None:
    """Listings of the sentences read, by the features of their order."""
    for asked in group.asked:
        if not asked.hits:
            continue
        found = evidence.read(asked.query, asked.hits, matcher)
        asked.polar = found.question.polar
        likely = found.evidence[: rereading.MOST_READ]
        texts = [rereading.to_read(each.hit, each.sentence, each.heading) for each in likely]
        readings = reader.read(asked.query.text, texts)
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
    parser.add_argument("--base", type=Path)
    parser.add_argument("--reader", type=Path, required=True, help="of `eval.reader.train fold`")
    parser.add_argument("--fold", type=int, default=0, help="the fold that it has not seen")
    parser.add_argument("--own-texts", action="store_true", help="without the public questions")
    add_arguments(parser)
    given = parser.parse_args()
    reader = Remembering(opened(given.reader, given.base))
    unseen = None if given.own_texts else unseen_questions(given.data, given.fold)
    with ExitStack() as stack:
        libraries = []
        for matcher, groups in asked_in_libraries(
            stack, makers(given, public=not given.own_texts, unseen=unseen)
        ):
            for group in groups:
                read_all(group, matcher, reader)
                print(f"read {group.name}: {len(group.asked)}", file=sys.stderr, flush=True)
            libraries.append((matcher, groups))
        fitted = _fitted(libraries, reader)
    print(json.dumps(fitted, indent=1))
    if given.write:
        write(fitted)
    return 0


def _fitted(libraries: Sequence[tuple[Matcher, list[Group]]], reader: Reader) -> dict[str, dict[str, float]]:
    groups = [group for _, found in libraries for group in found]
    order = {"reread": fit_order(groups, False), "reread_polar": fit_order(groups, True)}
    fitted().update(order)
    for matcher, found in libraries:
        for group in found:
            confide(group, matcher, reader)
    fits = order | {"confidence_read": fit_confidence(groups)}
    return fits | {"span": {"least_odds": fit_span(groups)}}


if __name__ == "__main__":
    sys.exit(main())
