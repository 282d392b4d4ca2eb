"""Verification: are corrupted sentences flagged, and true ones not?

The sentences of extractive answers are corrupted (eval/corruptions.py) and reworded (eval/rewordings.py) by
seeded rules and checked against what they cite. Flagged is whatever is not `supported`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from eval import beir, corruptions, jsonl, metrics, rewordings, sets, tables
from eval.corruptions import Material
from eval.errors import EvaluationError
from rag.answering.verification import verify
from rag.errors import QuestionError
from rag.types import Verdict

if TYPE_CHECKING:
    from rag.bot import Bot

Numbers = dict[str, dict[str, float]]
SEED = 20260101
TITLES = {
    "number": "число",
    "date": "дата",
    "name": "имя",
    "negation": "отрицание",
    "roles": "роли",
    "direction": "направление",
    "foreign": "чужое предложение",
    "verbatim": "дословно",
    "order": "порядок слов",
    "shorter": "короче",
    "spelling": "знаки и «ё»",
    "all": "все",
}


class Pair(BaseModel):
    """A text and a claim that it entails or not."""

    model_config = ConfigDict(frozen=True)

    premise: str
    hypothesis: str
    label: Literal["entailment", "not_entailment"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence of an answer with the quotes under it and their dates."""

    text: str
    quotes: tuple[str, ...]
    published: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence as it was changed by the rule `kind`, and what the check says of it; `ms` it took."""

    kind: str
    text: str
    cited: Cited
    verdict: Verdict
    ms: float

    @property
    def flagged(self) -> bool:
        return self.verdict.support != "supported"


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases of one set."""

    corrupted: tuple[Case, ...]
    true: tuple[Case, ...]


def questions(path: Path | None) -> list[str]:
    """What is asked of a set: BEIR queries, titles of an articles file, or the shipped questions."""
    if path is None:
        return [each.question for each in sets.load(sets.shipped()) if not each.history]
    if beir.is_beir(path):
        return [query.text for query in beir.load(path).queries]
    if path.is_dir():
        raise EvaluationError(f"{path}: нужна папка BEIR или файл статей .jsonl.")
    return [document.title for document in jsonl.read(path, beir.Document) if document.title]


def cited_sentences(bot: Bot, asked: Iterable[str]) -> list[Cited]:
    """The sentences of the answers, each once."""
    found = [each for question in asked for each in _of_answer(bot, question)]
    return list({each.text: each for each in found}.values())


def _of_answer(bot: Bot, question: str) -> Iterator[Cited]:
    try:
        answer = bot.ask(question)
    except QuestionError:
        return
    citations = {citation.number: citation for citation in answer.citations}
    for sentence in answer.sentences:
        cited = [citations[number] for number in sentence.citations]
        yield Cited(sentence.text, tuple(c.quote for c in cited), tuple(c.published for c in cited))


def cases(cited: Sequence[Cited], seed: int = SEED) -> Cases:
    """Every sentence changed by every rule that finds something to change."""
    random = Random(seed)
    material = Material(corruptions.names(each.text for each in cited), tuple(each.text for each in cited))
    wrong = [
        _case(kind, text, each)
        for each in cited
        for kind, rule in corruptions.KINDS.items()
        if (text := rule(each.text, material, random)) and text != each.text
    ]
    right = [
        _case(kind, text, each)
        for each in cited
        for kind, reword in rewordings.KINDS.items()
        if (text := reword(each.text, random)) and (text != each.text or kind == "verbatim")
    ]
    return Cases(tuple(wrong), tuple(right))


def _case(kind: str, text: str, cited: Cited) -> Case:
    started = time.perf_counter()
    verdict = verify(text, cited.quotes, cited.published)
    return Case(kind, text, cited, verdict, (time.perf_counter() - started) * 1000)


def numbers(found: Cases, sentences: int) -> Numbers:
    """Shares flagged by kind, and how many cases there are of each."""
    times = [case.ms for case in (*found.corrupted, *found.true) if case.kind != "verbatim"]
    return {
        "size": {"sentences": sentences, "corrupted": len(found.corrupted), "true": len(found.true)},
        "flagged": _shares(found.corrupted),
        "falsely": _shares(found.true),
        "corrupted": _counts(found.corrupted),
        "true": _counts(found.true),
        "ms": {
            "p50": round(metrics.percentile(times, 50), 2),
            "p95": round(metrics.percentile(times, 95), 2),
        },
    }


def _shares(found: Sequence[Case]) -> dict[str, float]:
    kinds = dict.fromkeys(case.kind for case in found)
    shares = {kind: [float(case.flagged) for case in found if case.kind == kind] for kind in sorted(kinds)}
    shares["all"] = [float(case.flagged) for case in found]
    return {kind: round(metrics.mean(flags), 4) for kind, flags in shares.items()}


def _counts(found: Sequence[Case]) -> dict[str, float]:
    kinds = sorted({case.kind for case in found})
    return {kind: sum(case.kind == kind for case in found) for kind in kinds}


def table(counted: Numbers) -> str:
    """Both groups, a row a kind."""
    rows = [
        [
            title,
            TITLES[kind],
            f"{counted[group].get(kind, counted['size'][group]):.0f}",
            tables.percent(share),
        ]
        for title, group, shares in (("искажённые", "corrupted", "flagged"), ("верные", "true", "falsely"))
        for kind, share in counted[shares].items()
    ]
    return tables.markdown(["Предложения", "Правило", "Сколько", "Помечено, %"], rows)


def mistakes(found: Cases, count: int) -> str:
    """The first cases of every kind that are judged wrongly."""
    lines: list[str] = []
    for group, is_right in ((found.corrupted, False), (found.true, True)):
        for kind in sorted({case.kind for case in group}):
            wrong = [case for case in group if case.kind == kind and case.flagged is is_right]
            lines += [_line(case) for case in wrong[:count]]
    return "\n\n".join(lines)


def _line(case: Case) -> str:
    said = "; ".join(case.verdict.reasons) or case.verdict.support
    return f"{TITLES[case.kind]}: {case.text}\n  цитата: {' | '.join(case.cited.quotes)}\n  {said}"


def entailment(path: Path) -> Numbers:
    """Accuracy on pairs of texts: `supported` taken for entailment, and whatever isn't unsupported."""
    pairs = list(jsonl.read(path, Pair))
    if not pairs:
        raise EvaluationError(f"{path}: нет ни одной пары.")
    supports = [verify(pair.hypothesis, [pair.premise]).support for pair in pairs]
    entailed = [pair.label == "entailment" for pair in pairs]
    share = metrics.mean([float(each) for each in entailed])
    strict = [
        float((support == "supported") is is_so) for support, is_so in zip(supports, entailed, strict=True)
    ]
    wide = [
        float((support != "unsupported") is is_so) for support, is_so in zip(supports, entailed, strict=True)
    ]
    return {
        "size": {"pairs": len(pairs)},
        "accuracy": {
            "majority": round(max(share, 1 - share), 4),
            "supported": round(metrics.mean(strict), 4),
            "not_unsupported": round(metrics.mean(wide), 4),
        },
    }


def entailment_line(counted: Numbers) -> str:
    """The accuracies in words."""
    accuracy = counted["accuracy"]
    return (
        f"Следует ли утверждение из текста, пар {counted['size']['pairs']:.0f}: "
        f"верно {tables.percent(accuracy['not_unsupported'])} % (подтверждено хотя бы частично), "
        f"{tables.percent(accuracy['supported'])} % (подтверждено целиком), "
        f"чаще встречающийся ответ {tables.percent(accuracy['majority'])} %."
    )
