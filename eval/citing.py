"""How well sentences are cited: precision and recall of ALCE.

Gao, Yen, Yu and Chen, "Enabling large language models to generate text with citations", 2023. A sentence's
recall is 1 where its citations together bear it out; a citation is precise where its sentence is borne out
and it alone does so, or the others don't without it. The judge there is an entailment model (TRUE), here the
bot's own check of a claim against quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from eval import metrics, tables
from eval.runs import Record

Supports = Callable[[str, Sequence[str]], bool]
Pair = tuple[float, float]


def of_answer(answer: dict[str, Any], supports: Supports) -> tuple[Pair, Pair]:
    """Recalled sentences of all, precise citations of all; `supports(claim, quotes)` is the judge."""
    quotes = {each.get("number"): each["quote"] for each in answer.get("citations", ())}
    recalled = precise = cited = 0
    sentences = answer.get("sentences") or ()
    for sentence in sentences:
        own = [quotes[number] for number in sentence["citations"] if number in quotes]
        is_recalled = bool(own) and supports(sentence["text"], own)
        recalled += is_recalled
        cited += len(own)
        if is_recalled:
            precise += sum(_is_precise(sentence["text"], own, place, supports) for place in range(len(own)))
    return (float(recalled), float(len(sentences))), (float(precise), float(cited))


def _is_precise(claim: str, quotes: Sequence[str], place: int, supports: Supports) -> bool:
    others = [*quotes[:place], *quotes[place + 1 :]]
    return not others or supports(claim, [quotes[place]]) or not supports(claim, others)


def table(records: Iterable[Record], supports: Supports) -> str:
    """Both over the sentences of all answers of a run, and what the bot itself says of them."""
    answers = [each.answer for each in records if each.answer and each.answer.get("found")]
    pairs = [of_answer(each, supports) for each in answers]
    own = [_supported(each) for each in answers]
    rows = [
        ("сноски: полнота (ALCE)", "предложений", [recall for recall, _ in pairs]),
        ("сноски: точность (ALCE)", "сносок", [precision for _, precision in pairs]),
        ("подтверждено по словам бота", "предложений", own),
    ]
    return tables.markdown(
        ["Показатель", "Чего", "Сколько", "% [интервал 95 %]"],
        [
            [title, of, f"{_count(each):.0f}", tables.interval(metrics.share(each))]
            for title, of, each in rows
        ],
    )


def _supported(answer: dict[str, Any]) -> Pair:
    told = [each.get("support") for each in answer.get("sentences") or ()]
    return float(told.count("supported")), float(len(told))


def _count(pairs: Sequence[Pair]) -> float:
    return sum(of for _, of in pairs)
