"""Fits the weights of the short answer: `python -m eval.train_spans BEIR_DIR… [--out FILE]`.

A question's training example is the sentence that holds its gold span. The candidates' scores become
probabilities; the target shares are the candidates' token F1, cubed. Without `--out` only the
cross-validated figures are shown: folds are of whole documents, so no text is in training and test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval import metrics
from eval.beir import BeirQuery, BeirSet
from eval.reading import gold_spans, normalised, readable
from rag.answering.span_features import candidates
from rag.answering.span_view import Seen
from rag.library.decoding import normal
from rag.text.sentences import sentences

Floats = NDArray[np.float32]
FOLDS = 5
STEPS, RATE, PENALTY = 250, 0.08, 1.0
LOW_GAIN = 3  # power of F1: a candidate of half the F1 gets an eighth of the share
KEPT = 60  # candidates of a sentence that training sees: the best by F1 and a sample of the others
SEED = 20260101


@dataclass(frozen=True)
class Example:
    """One question with its sentence's candidates: features (candidates, columns) and F1 of each."""

    document: str
    set_name: str
    features: Floats
    gains: Floats


def examples(beir: BeirSet, names: list[str]) -> list[Example]:
    """The examples of a set; the names of the columns are appended to an empty `names`."""
    texts = {document.id: normal(document.text) for document in beir.documents}
    return [_example(beir, query, texts, names) for query in readable(beir)]


def _example(beir: BeirSet, query: BeirQuery, texts: dict[str, str], names: list[str]) -> Example:
    span = gold_spans(beir, query)[0]
    text = texts[span.document]
    inside = [text[start:stop] for start, stop in sentences(text) if start <= span.start < stop]
    seen = Seen.of(query.text, inside[0] if inside else "")
    found = candidates(seen)
    names.extend(name for name in found.features if not names or len(names) < len(found.features))
    table = (
        np.stack([found.features[name] for name in names], axis=1)
        if len(found.first)
        else np.zeros((0, len(names)))
    )
    golds = [normalised(answer) for answer in query.answers]
    gains = [
        max(
            metrics.token_f1(normalised(seen.text[seen.tokens[first].start : seen.tokens[last].stop]), gold)
            for gold in golds
        )
        for first, last in zip(found.first, found.last, strict=True)
    ]
    return Example(span.document, beir.name, table.astype(np.float32), np.array(gains, dtype=np.float32))
