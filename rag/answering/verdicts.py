"""Yes or no to a question that the network has read beside the sentences that are said.

What the network says is weighed by what `python -m eval.train_verification` fits on yes/no questions about
texts that the network has not seen. A wrong «Да» is worse than none: each verdict needs the chance from which
on seven of eight are right, of questions made to be hard. What words decide (deciding.py) added nothing to
it, and decides alone where there is no network.

The sentence is read alone: what stands above and before it leads the network astray more often than it helps
(areas under the curve 0.773 → 0.786 for yes, 0.744 → 0.749 for no, of our own texts that it has not learnt).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rag.answering.fitted import fitted
from rag.answering.rereading import to_read
from rag.answering.verification import check, log_odds
from rag.types import Follows, Reader, TextToRead, YesNo

if TYPE_CHECKING:
    from rag.answering.evidence import Evidence

FEATURES = ("supported", "contradicted", "not_stated", "share")
VERDICTS: tuple[Literal["yes", "no"], ...] = ("yes", "no")


def features(question: str, text: str, follows: Follows) -> dict[str, float]:
    """FEATURES of a yes/no question and a sentence: log-odds, and the words they share."""
    return {
        "supported": log_odds(follows.supported),
        "contradicted": log_odds(follows.contradicted),
        "not_stated": log_odds(follows.not_stated),
        "share": check(question, [text]).share,
    }


def verdict_of(question: str, said: Sequence[Evidence], reader: Reader) -> YesNo | None:
    """Yes or no where the likeliest of the sentences `said` makes one of them likely enough.

    A number, time or name of the question that neither it nor what stands above and before it has proves
    nothing.
    """
    best = max(said, key=lambda each: each.score)
    if check(question, _in_place(best)).wrong.figures:
        return None
    return _verdict(question, best.text, alone(question, best.text, reader))


def alone(question: str, text: str, reader: Reader) -> Follows:
    """What the network says of a yes/no question and a sentence by itself."""
    (reading,) = reader.read(question, [TextToRead("", text)])
    return reading.follows


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
        if chance >= by["least"]:
            sure.append((chance, verdict))
    return max(sure)[1] if sure else None
