"""How well a network reads examples it has not seen: a row a set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.metrics import token_f1
from eval.reader.batches import Prepared
from eval.reader.fit import Said
from eval.reading import normalised

Pairs = Sequence[tuple[Prepared, Said]]
Row = dict[str, float]


def report(group: Sequence[Prepared], said: Sequence[Said]) -> dict[str, Row]:
    """Measures by source, 0 to 1: of questions F1 and exact match of the span (gold sentence given), answered
    and declined; of claims balanced accuracy of «supported», its recall, and false accepts.
    """
    by_source: dict[str, list[tuple[Prepared, Said]]] = {}
    for each, read in zip(group, said, strict=True):
        by_source.setdefault(each.example.source, []).append((each, read))
    return {source: {**_of_questions(pairs), **_of_claims(pairs)} for source, pairs in by_source.items()}


def _of_questions(pairs: Pairs) -> Row:
    gold = [(each, said) for each, said in pairs if each.example.span]
    none = [said for each, said in pairs if not each.example.span and each.example.label is None]
    if not gold:
        return {}
    f1 = [_f1(each, said) for each, said in gold]
    return {
        "questions": len(gold),
        "f1": float(np.mean(f1)),
        "exact": float(np.mean([each == 1 for each in f1])),
        "answered": float(np.mean([said.odds > 0 for _, said in gold])),
        **({"declined": float(np.mean([said.odds <= 0 for said in none]))} if none else {}),
    }


def _f1(each: Prepared, said: Said) -> float:
    text, gold = each.example.text, each.example.span or (0, 0)
    given = text[slice(*said.span)] if said.span else ""
    return token_f1(normalised(given), normalised(text[slice(*gold)]))


def _of_claims(pairs: Pairs) -> Row:
    claims = [(each, said) for each, said in pairs if each.example.label]
    if not claims:
        return {}
    recall = _accepted([said for each, said in claims if each.example.label == "supported"])
    false = _accepted([said for each, said in claims if each.example.label != "supported"])
    return {
        "claims": len(claims),
        "balanced": (recall + 1 - false) / 2,
        "recall": recall,
        "false_accepts": false,
    }


def _accepted(said: Sequence[Said]) -> float:
    return float(np.mean([each.follows[0] > 0.5 for each in said])) if said else 0.0


def table(rows: dict[str, Row]) -> str:
    """One line a set."""
    return "\n".join(
        f"{source}: " + ", ".join(f"{name} {_shown(name, value)}" for name, value in row.items())
        for source, row in sorted(rows.items())
    )


def _shown(name: str, value: float) -> str:
    return str(int(value)) if name in ("questions", "claims") else f"{100 * value:.1f}"
