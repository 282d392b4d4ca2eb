"""Fits the weights of the short answer: `python -m eval.train_spans BEIR_DIR… [--out FILE]`.

An example is a question with the sentence that holds its gold span. Scores of the candidates become
probabilities (softmax); first they are fitted to shares that follow the candidates' token F1, then the
expected F1 itself is raised. Cross-validation comes first: a fold is a set of whole documents, so no
text is both in training and in test. `--out` writes weights fitted to everything.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from eval import metrics, tables
from eval.beir import BeirQuery, BeirSet, load
from eval.reading import gold_spans, normalised, readable
from rag.answering.span_view import Seen
from rag.answering.spans import Candidates, Weights, candidates
from rag.library.decoding import normal
from rag.text.question_words import Kind
from rag.text.sentences import sentences

Floats = NDArray[np.float32]
Goal = Literal["shares", "f1"]

FOLDS = 5
SHARE_POWER = 3  # a candidate of half the F1 gets an eighth of the share
KEPT = 60  # candidates of a sentence that training sees: the best eight by F1 and a sample of the rest
BEST = 8
SMALLEST = 0.005  # weights below it are left out of the file
SEED = 20260101


@dataclass(frozen=True)
class Example:
    """A question with its sentence's candidates: features (candidates, columns) and F1 of each."""

    document: str
    set_name: str
    kind: Kind
    features: Floats
    gains: Floats


@dataclass(frozen=True)
class Outcome:
    """F1 and exact match of the chosen candidate of one example."""

    example: Example
    f1: float
    exact: float


@dataclass(frozen=True)
class _Question:
    document: str
    set_name: str
    seen: Seen
    found: Candidates
    golds: Sequence[Sequence[str]]

    def gains(self) -> Floats:
        return np.array(
            [self._gain(*span) for span in zip(self.found.first, self.found.last, strict=True)], "f4"
        )

    def _gain(self, first: int, last: int) -> float:
        tokens = self.seen.tokens
        words = normalised(self.seen.text[tokens[first].start : tokens[last].stop])
        return max(metrics.token_f1(words, gold) for gold in self.golds)


def examples(sets: Sequence[BeirSet]) -> tuple[list[Example], list[str]]:
    """The examples of all sets, and the names of their columns."""
    questions = [question for beir in sets for question in _questions(beir)]
    names = sorted({name for question in questions for name in question.found.columns})
    return [_example(question, names) for question in questions], names


def _questions(beir: BeirSet) -> list[_Question]:
    texts = {document.id: normal(document.text) for document in beir.documents}
    return [_question(beir, query, texts) for query in readable(beir)]


def _question(beir: BeirSet, query: BeirQuery, texts: dict[str, str]) -> _Question:
    span = gold_spans(beir, query)[0]
    text = texts[span.document]
    holding = next((text[start:stop] for start, stop in sentences(text) if start <= span.start < stop), "")
    seen = Seen.of(query.text, holding)
    if seen.asked.question.polar:
        seen = Seen.of(query.text, "")  # a yes/no question gets no short answer
    golds = [normalised(answer) for answer in query.answers]
    return _Question(span.document, beir.name, seen, candidates(seen), golds)


def _example(question: _Question, names: Sequence[str]) -> Example:
    nothing = np.zeros(len(question.found.first))
    columns = [question.found.columns.get(name, nothing) for name in names]
    features = np.stack(columns, axis=1).astype(np.float32)
    kind = question.seen.asked.question.kind
    return Example(question.document, question.set_name, kind, features, question.gains())


# Fitting


def fit(data: Sequence[Example]) -> Floats:
    """Weights of the columns."""
    sample = np.random.default_rng(SEED)
    thin = [_thinned(example, sample) for example in data if len(example.gains)]
    started = _descend(thin, np.zeros(thin[0].features.shape[1], np.float32), "shares", 150, 0.08, 1.0)
    return _descend(thin, started, "f1", 100, 0.02, 0.5)


def _thinned(example: Example, sample: np.random.Generator) -> Example:
    if len(example.gains) <= KEPT:
        return example
    order = np.argsort(-example.gains, kind="stable")
    kept = np.concatenate([order[:BEST], sample.choice(order[BEST:], KEPT - BEST, replace=False)])
    return Example(
        example.document, example.set_name, example.kind, example.features[kept], example.gains[kept]
    )


def _descend(
    data: Sequence[Example], weights: Floats, goal: Goal, steps: int, rate: float, penalty: float
) -> Floats:
    """Adam (Kingma & Ba 2015) with an L2 penalty."""
    features = np.concatenate([example.features for example in data])
    gains = np.concatenate([example.gains for example in data])
    sizes = [len(example.gains) for example in data]
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        pull = _pull(features @ weights, gains, sizes, goal)
        gradient = features.T @ pull + penalty * weights
        mean = np.asarray(0.9 * mean + 0.1 * gradient, dtype=np.float32)
        square = np.asarray(0.999 * square + 0.001 * gradient**2, dtype=np.float32)
        weights = weights - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def _pull(scores: Floats, gains: Floats, sizes: Sequence[int], goal: Goal) -> Floats:
    """The gradient of the loss by the scores: every sentence's candidates are one softmax."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
    chances = powers / np.add.reduceat(powers, starts)[owner]
    if goal == "f1":
        expected = np.add.reduceat(chances * gains, starts)
        return np.asarray(-chances * (gains - expected[owner]))
    wanted = chances * gains**SHARE_POWER
    total = np.add.reduceat(wanted, starts)[owner]
    return np.asarray(chances - np.where(total > 1e-12, wanted / np.maximum(total, 1e-12), chances))


# Figures


def cross_validated(data: Sequence[Example]) -> list[Outcome]:
    """What weights fitted to the other documents choose."""
    documents = sorted({(example.set_name, example.document) for example in data})
    np.random.default_rng(SEED).shuffle(documents)
    folds = {tuple(document): place % FOLDS for place, document in enumerate(documents)}
    outcomes = []
    for fold in range(FOLDS):
        held = [example for example in data if folds[example.set_name, example.document] == fold]
        weights = fit([example for example in data if folds[example.set_name, example.document] != fold])
        outcomes += [_outcome(example, weights) for example in held]
    return outcomes


def _outcome(example: Example, weights: Floats) -> Outcome:
    if not len(example.gains):
        return Outcome(example, 0.0, 0.0)
    gain = float(example.gains[int(np.argmax(example.features @ weights))])
    return Outcome(example, gain, float(gain == 1.0))


def table(outcomes: Sequence[Outcome]) -> str:
    """F1 and exact match by set, and by kind of question."""
    names = sorted({outcome.example.set_name for outcome in outcomes})
    kinds = sorted({outcome.example.kind for outcome in outcomes})
    rows = [_row(name, [o for o in outcomes if o.example.set_name == name]) for name in names]
    rows += [_row(kind, [o for o in outcomes if o.example.kind == kind]) for kind in kinds]
    return tables.markdown(["", "questions", "F1", "EM"], rows)


def _row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    f1, exact = (metrics.mean([getattr(o, field) for o in outcomes]) for field in ("f1", "exact"))
    return [name, str(len(outcomes)), tables.percent(f1), tables.percent(exact)]


def save(path: Path, names: Sequence[str], weights: Floats) -> None:
    found: Weights = {
        name: round(float(weight), 3)
        for name, weight in zip(names, weights, strict=True)
        if abs(weight) >= SMALLEST
    }
    path.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    data, names = examples([load(folder) for folder in options.folders])
    print(table(cross_validated(data)))
    if options.out:
        save(options.out, names, fit(data))


def _options(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m eval.train_spans", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="BEIR_DIR")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="rag/answering/span_weights.json to ship them"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
