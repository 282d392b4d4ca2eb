"""Yes or no: by the question as a claim, checked against what is quoted, or by the network that has read it.

«Открыт ли мост?» is «Мост открыт»: where a quote supports it the answer is yes, where it supports «Мост не
открыт», no. A quote that only wishes, promises or doubts decides nothing, nor do quotes that disagree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rag.answering.fitted import fitted
from rag.answering.rereading import to_read
from rag.answering.verification import check, log_odds
from rag.text.claims import NEGATION
from rag.text.questions import analyse
from rag.text.synonyms import equals
from rag.text.tokens import Token, tokens
from rag.types import Follows, Reader, TextToRead, YesNo

if TYPE_CHECKING:
    from rag.answering.evidence import Evidence


_WHETHER = re.compile(r"\s+ли(?!\w)")
_IS_IT_TRUE = re.compile(r"^\W*(?:правда|верно)(?:\s+ли)?,?\s+что\s+", re.IGNORECASE)
_PREDICATES = frozenset({"VERB", "PRTS", "ADJS"})
# A claim with one of these is more than its verb: «все ли», «только ли».
_LIMITING = frozenset("весь все только лишь всегда единственный полностью сразу больше меньше давно".split())
# What is told with one of these is no fact yet.
_UNREAL = frozenset(
    """чтобы бы если пока либо возможно вероятно якобы вряд едва будто мочь хотеть просить обещать предлагать
    требовать надеяться рассчитывать готовый намеренный планировать собираться должный ожидаться""".split()
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A yes/no question as a statement; `start` is where its predicate stands."""

    text: str
    start: int
    predicate: str

    @property
    def denied(self) -> str:
        return f"{self.text[: self.start]}не {self.text[self.start :]}"


def decision(question: str, quotes: Sequence[str], published: Sequence[str | None] = ()) -> YesNo | None:
    """Yes or no where `quotes` plainly decide what `question` asks, else None."""
    claim = _claim(question)
    if claim is None:
        return None
    days = (*published, *[None] * len(quotes))
    told = {
        verdict
        for quote, day in zip(quotes, days, strict=False)
        if not _is_unreal(claim, quote) and (verdict := _verdict(claim, quote, day)) is not None
    }
    return told.pop() if len(told) == 1 else None


def _claim(question: str) -> _Claim | None:
    if analyse(question).kind != "yesno":
        return None
    text = _IS_IT_TRUE.sub("", question).rstrip(" ?!.")
    whether = _WHETHER.search(text)
    text = _WHETHER.sub("", text, count=1) + "."
    found = tokens(text)
    if any(token.folded in NEGATION or token.grammar.lemma in _LIMITING for token in found):
        return None
    predicates = (token for token in found if token.grammar.part in _PREDICATES)
    predicate = next(predicates, None)
    if predicate is None or (whether and predicate.stop != whether.start()):
        return None
    return _Claim(text, predicate.start, predicate.grammar.lemma)


def _verdict(claim: _Claim, quote: str, day: str | None) -> YesNo | None:
    supports = [check(text, [quote], [day]).verdict.support for text in (claim.text, claim.denied)]
    if supports[0] == "supported" and supports[1] != "supported":
        return "yes"
    return "no" if supports[1] == "supported" and supports[0] != "supported" else None


def _is_unreal(claim: _Claim, quote: str) -> bool:
    """True where the verb, or one that says the same, stands in a clause that tells no fact."""
    same = equals(claim.predicate) | {claim.predicate}
    return any(
        token.grammar.lemma in same
        and (any(map(_makes_unreal, sentence[: place + 1])) or _is_conditional(sentence))
        for sentence in _sentences(quote)
        for place, token in enumerate(sentence)
    )


def _sentences(quote: str) -> Iterator[list[Token]]:
    sentence: list[Token] = []
    for token in tokens(quote):
        sentence.append(token)
        if token.text in ".!?;":
            yield sentence
            sentence = []
    yield sentence


def _is_conditional(sentence: Sequence[Token]) -> bool:
    """«Трест построит завод, если найдёт деньги»."""
    return any(token.folded == "если" for token in sentence)


def _makes_unreal(token: Token) -> bool:
    return token.folded in _UNREAL or token.grammar.lemma in _UNREAL


# Yes or no to a question that the network has read beside the sentences that are said.
#
# What the network says is weighed by what `python -m eval.train_verification` fits on yes/no questions
# about texts that the network has not seen. A wrong «Да» is worse than none: each verdict needs the chance
# from which on seven of eight are right, of questions made to be hard. What words decide (above)
# added nothing to it, and decides alone where there is no network.
#
# The sentence is read alone: what stands above and before it leads the network astray more often than it
# helps (areas under the curve 0.773 → 0.786 for yes, 0.744 → 0.749 for no, of our own texts that it has
# not learnt).

FEATURES = ("supported", "contradicted", "share")
VERDICTS: tuple[Literal["yes", "no"], ...] = ("yes", "no")


def features(question: str, text: str, follows: Follows) -> dict[str, float]:
    """FEATURES of a yes/no question and a sentence: log-odds, and the words they share."""
    return {
        "supported": log_odds(follows.supported),
        "contradicted": log_odds(follows.contradicted),
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
    return _read_verdict(question, best.text, alone(question, best.text, reader))


def alone(question: str, text: str, reader: Reader) -> Follows:
    """What the network says of a yes/no question and a sentence by itself."""
    (reading,) = reader.read(question, [TextToRead("", text)])
    return reading.follows


def _in_place(each: Evidence) -> list[str]:
    """The sentence, and what stands above and before it."""
    read = to_read(each.hit, each.sentence)
    return [read.text, read.context]


def _read_verdict(question: str, text: str, follows: Follows) -> YesNo | None:
    named = features(question, text, follows)
    sure: list[tuple[float, YesNo]] = []
    for verdict in VERDICTS:
        by = fitted()[f"verdict_{verdict}"]
        total = by["intercept"] + sum(by[name] * value for name, value in named.items())
        chance = 1 / (1 + math.exp(-total))
        if chance >= by["least"]:
            sure.append((chance, verdict))
    return max(sure)[1] if sure else None
