"""Claims with quotes and labels: is what the check calls supported what people call supported, and by kind?

A line of the file: `{"id", "claim", "quotes": […], "label": "supported|contradicted|not_stated", "kind"}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from eval import jsonl, metrics, tables
from eval.errors import EvaluationError
from rag.types import Verdict

Numbers = dict[str, dict[str, float]]
Check = Callable[[str, Sequence[str]], Verdict]


class Claim(BaseModel):
    """A claim, the quotes it is held against, and what a person says of it."""

    model_config = ConfigDict(frozen=True)

    id: str
    claim: str = Field(min_length=1)
    quotes: tuple[str, ...] = Field(min_length=1)
    label: Literal["supported", "contradicted", "not_stated"]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim and whether the check calls it supported."""

    claim: Claim
    accepted: bool

    @property
    def is_true(self) -> bool:
        return self.claim.label == "supported"


def load(path: Path) -> list[Claim]:
    """The claims of a file. Raises EvaluationError: broken, or without any of one sort."""
    claims = list(jsonl.read(path, Claim))
    if len({claim.label == "supported" for claim in claims}) < 2:
        raise EvaluationError(f"{path}: нужны и верные утверждения, и неверные. Проверьте поле label.")
    return claims


def judge(claims: Iterable[Claim], check: Check) -> list[Judged]:
    """What `check` says of each."""
    return [Judged(each, check(each.claim, each.quotes).support == "supported") for each in claims]


def numbers(judged: Sequence[Judged]) -> Numbers:
    """Of all, and the balanced accuracy of each kind that has both sorts."""
    kinds = sorted({each.claim.kind for each in judged} - {""})
    by_kind = {kind: [each for each in judged if each.claim.kind == kind] for kind in kinds}
    return {
        "size": {"claims": float(len(judged))},
        "claims": {name: round(value, 4) for name, value in _measures(judged).items()},
        "kinds": {
            kind: round(_measures(group)["balanced"], 4)
            for kind, group in by_kind.items()
            if len({each.is_true for each in group}) == 2
        },
    }


def _measures(judged: Sequence[Judged]) -> dict[str, float]:
    """Balanced accuracy, the share of false claims accepted, and of true ones not accepted."""
    accepts = metrics.mean([float(each.accepted) for each in judged if not each.is_true])
    alarms = metrics.mean([float(not each.accepted) for each in judged if each.is_true])
    return {"balanced": 1 - (accepts + alarms) / 2, "false_accepts": accepts, "false_alarms": alarms}


def table(counted: Numbers) -> str:
    """All measures, then the kinds, the worst first."""
    of_all = counted["claims"]
    rows = [
        ["сбалансированная точность", tables.percent(of_all["balanced"])],
        ["неверных принято", tables.percent(of_all["false_accepts"])],
        ["верных не принято", tables.percent(of_all["false_alarms"])],
    ]
    kinds = sorted(counted["kinds"].items(), key=lambda each: each[1])
    rows += [[f"— {kind}", tables.percent(share)] for kind, share in kinds]
    return tables.markdown(["Показатель", "%"], rows)
