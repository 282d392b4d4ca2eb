"""Yes or no to a question that the network has read beside the sentences that are said.

What the network says and what words decide (deciding.py) are weighed together, by weights that
`python -m eval.train_verification` fits on yes/no questions about texts that the network has not seen. A
wrong «Да» is worse than none: each verdict needs the chance from which on nine of ten are right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rag.answering.deciding import decision
from rag.answering.fitted import fitted
from rag.answering.rereading import to_read
from rag.answering.verification import check, log_odds
from rag.types import Follows, YesNo

if TYPE_CHECKING:
    from rag.answering.evidence import Evidence

FEATURES = ("supported", "contradicted", "not_stated", "says_yes", "says_no", "share")
_OTHER = {"yes": "no", "no": "yes"}
VERDICTS: tuple[Literal["yes", "no"], ...] = ("yes", "no")


def features(question: str, text: str, follows: Follows) -> dict[str, float]:
    """FEATURES of a yes/no question and a sentence: log-odds, what words decide, and the words they share."""
    decided = decision(question, [text])
    return {
        "supported": log_odds(follows.supported),
        "contradicted": log_odds(follows.contradicted),
        "not_stated": log_odds(follows.not_stated),
        "says_yes": float(decided == "yes"),
        "says_no": float(decided == "no"),
        "share": check(question, [text]).share,
    }


def verdict_of(question: str, said: Sequence[Evidence]) -> YesNo | None:
    """Yes or no where one of the sentences `said` makes one of them likely enough, and none the other.

    A number, time or name of the question that no sentence has, nor what stands above and before it, proves
    nothing, and where words decide the other way nobody knows.
    """
    found = (_verdict(question, each.text, each.reading.follows) for each in said if each.reading)
    told = {each for each in found if each}
    proves = any(not check(question, _in_place(each)).wrong.figures for each in said)
    return told.pop() if len(told) == 1 and proves else None


def _in_place(each: Evidence) -> list[str]:
    """The sentence, and what stands above and before it."""
    read = to_read(each.hit, each.sentence)
    return [read.text, read.context]


def _verdict(question: str, text: str, follows: Follows) -> YesNo | None:
    named = features(question, text, follows)
    sure: list[tuple[float, YesNo]] = []
    for verdict in VERDICTS:
        by = fitted()[f"verdict_{verdict}"]
        total = by["intercept"] + sum(by[name] * value for name, value in named.items())
        chance = 1 / (1 + math.exp(-total))
        if chance >= by["least"] and not named[f"says_{_OTHER[verdict]}"]:
            sure.append((chance, verdict))
    return max(sure)[1] if sure else None
