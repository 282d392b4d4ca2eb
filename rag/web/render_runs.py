"""Past evaluations as safe HTML: sets side by side, the history of each as a chart, two runs compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from rag.judging.run import Outcome, tally
from rag.judging.run_history import Compared, PastRun
from rag.text.setting import SPACE
from rag.web.render_evaluation import case, shares
from rag.web.templating import rendered
from rag.web.wording import count, russian_date

RUNS_SHOWN = 30  # of one set, the newest
_WIDTH, _HEIGHT, _LEFT, _TOP, _BASE = 640, 170, 40, 10, 140
_CHANCE = 0.05  # a change that chance brings about more seldom is taken for one


def past_html(runs: Sequence[PastRun]) -> Markup:
    """The sets that were run, the one of the latest run first; nothing where none was."""
    by_set: dict[str, list[PastRun]] = {}
    for run in reversed(runs):
        by_set.setdefault(run.title, []).append(run)
    return rendered("past", sets=[_set(title, found) for title, found in by_set.items()])


def _set(title: str, runs: Sequence[PastRun]) -> dict[str, Any]:
    """What is shown of one set; `runs` newest first."""
    last, before = runs[0], runs[1] if len(runs) > 1 else None
    change = (
        (last.right.value > before.right.value) - (last.right.value < before.right.value) if before else 0
    )
    return {
        "title": title,
        "share": _percent(last.right.value),
        "before": _percent(before.right.value) if before else "—",
        "change": {1: "better", -1: "worse", 0: "same"}[change],
        "chart": history_html(list(reversed(runs[:RUNS_SHOWN]))),
        "hidden": max(0, len(runs) - RUNS_SHOWN),
        "runs": [
            {"id": run.id, "when": when(run), "cells": [_of(part, of) for _, part, of in shares(run.tally)]}
            for run in runs[:RUNS_SHOWN]
        ],
    }


def when(run: PastRun) -> str:
    """«23 февраля 2026 г., 14:05 UTC»: when a run ended."""
    return f"{russian_date(run.ended[:10])}, {run.ended[11:16]}{SPACE}UTC"


def _percent(share: float) -> str:
    return f"{round(100 * share)}{SPACE}%"


def _of(part: int, whole: int) -> str:
    return f"{part} из {whole}" if whole else "—"


def history_html(runs: Sequence[PastRun]) -> Markup:
    """The share of right outcomes from run to run with its 95 % interval; nothing for a single run."""
    if len(runs) < 2:
        return Markup("")
    step = (_WIDTH - _LEFT - 20) / (len(runs) - 1)
    return rendered(
        "course",
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        told="; ".join(f"{when(run)} — {_percent(run.right.value)}" for run in runs),
        grid=[(_percent(share), _y(share)) for share in (0.0, 0.5, 1.0)],
        dots=[_dot(run, round(_LEFT + 10 + step * number, 1)) for number, run in enumerate(runs)],
    )


def _y(share: float) -> float:
    return round(_BASE - (_BASE - _TOP) * share, 1)


def _dot(run: PastRun, x: float) -> dict[str, Any]:
    """A run in the chart, `x` from its left."""
    right = run.right
    return {
        "title": f"{when(run)}: {_percent(right.value)} ({_of(run.tally.right, run.tally.asked)})",
        "day": russian_date(run.ended[:10]),
        "x": x,
        "y": _y(right.value),
        "low": _y(right.low),
        "high": _y(right.high),
    }


def compared_html(before: PastRun, after: PastRun, found: Compared) -> Markup:
    """Two runs of one set, question by question."""
    was, now = (tally([pair[place] for pair in found.pairs]) for place in (0, 1))
    return rendered(
        "compared",
        title=after.title,
        span=f"{when(before)} → {when(after)}",
        numbers=[
            (name, _of(part, whole), _of(later, whole))
            for (name, part, whole), (_, later, _) in zip(shares(was), shares(now), strict=True)
            if whole
        ],
        verdict=verdict(found),
        groups=[
            ("Перестало сходиться", "worse", _cases(found.lost)),
            ("Стало сходиться", "better", _cases(found.gained)),
        ],
        others=_others(found),
    )


def _cases(pairs: Iterable[tuple[Outcome, Outcome]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(case(was), case(now)) for was, now in pairs]


def verdict(found: Compared) -> str:
    """Whether the later run is better, in words for who doesn't count chances."""
    lost, gained, total = len(found.lost), len(found.gained), len(found.pairs)
    if not total:
        return "Общих вопросов у этих проверок нет: сравнивать нечего."
    if not lost and not gained:
        return f"Все общие вопросы ({total}) вышли так же, как прежде."
    whole = count(total, "вопроса", "вопросов", "вопросов")
    told = f"Из {whole} перестало сходиться {lost}, стало сходиться {gained}."
    if found.chance > _CHANCE or lost == gained:
        return f"{told} Такая разница бывает и случайно: судить по ней рано."
    return f"{told} {'Стало хуже' if lost > gained else 'Стало лучше'}, и это не случайность."


def _others(found: Compared) -> str:
    """Which questions have no pair."""
    parts = [
        f"{told}: {number}"
        for told, number in (("только в прежней", found.only_before), ("только в новой", found.only_after))
        if number
    ]
    return f"Вопросы без пары — {', '.join(parts)}." if parts else ""
