"""Does a source support a sentence? Checked claim by claim, by Russian grammar; no language model.

A sentence is laid on the texts it cites piece by piece (alignment.py). It is unsupported when a claim differs
(a number, a time, a name, a denial, an opposite, swapped parts: claim_checks.py), or when most of its words
stand in no source. It is supported in part when some word does not, and supported otherwise. Claims are
compared, not meanings, so this errs towards "not supported".

Where the reading network is there, it decides together with these outcomes, by weights that
`python -m eval.train_verification` fits; but a number, time or name that no source has is never supported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rag.answering.alignment import Alignment
from rag.answering.claim_checks import CLOSE, NO_CONTRADICTION, Contradictions, contradictions, doubts
from rag.answering.fitted import fitted
from rag.text.claims import claims
from rag.text.setting import NO, YES
from rag.text.structure import row_told
from rag.text.words import fold, words
from rag.types import Citation, Draft, Follows, Reader, Sentence, TextToRead, Verdict

# Below this share of the sentence's pieces in the sources it speaks of something else: the share that agrees
# best with the labels of TERRa (eval/results/README.md).
RELATED = 0.55
# … and below this one there is no use in saying what differs.
_COMPARABLE = 0.3
_MOST_REASONS = 5
_SAYS_OTHERWISE = "из источника это не следует"
_IS_UNSURE = "из источника это следует не вполне"
_FOOTNOTE = re.compile(r"\s*\[\d+\]")
FEATURES = ("follows", "contradicted", "parts", "turned", "denied")
_LEAST = 1e-4  # a chance below it says no more


def verified(draft: Draft, strict: bool = False, reader: Reader | None = None) -> Draft:
    """`draft` with every sentence's support and its reasons decided anew against the quotes it cites.

    `reader` reads them, too, where there is one. `strict` cuts unsupported sentences with the footnotes that
    only they had; a draft that has none left is a refusal.
    """
    quotes = {citation.number: citation for citation in draft.citations}
    checked = replace(
        draft, sentences=tuple(_checked(sentence, quotes, reader) for sentence in draft.sentences)
    )
    return _cut(checked) if strict else checked


def verify(
    sentence: str,
    sources: Sequence[str],
    published: Sequence[str | None] = (),
    reader: Reader | None = None,
) -> Verdict:
    """How well the source texts support `sentence`; reasons are Russian and name what differs.

    `published` holds the sources' ISO dates of publication, if they are known: «в прошлом году» of a source
    is counted from its own.
    """
    found = check(sentence, sources, published)
    if reader is None or found.is_plain:
        return found.verdict
    (reading,) = reader.read(sentence, [TextToRead("", " ".join(sources))])
    return weighed(found, reading.follows)


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict by words, and what it rests on.

    `share` (0 to 1) of the sentence's pieces stand in the sources; `wrong` is what differs. `is_plain`: the
    sentence stands there word for word, or has no words.
    """

    verdict: Verdict
    share: float
    wrong: Contradictions = NO_CONTRADICTION
    is_plain: bool = False


def check(sentence: str, sources: Sequence[str], published: Sequence[str | None] = ()) -> Check:
    """`verify` with the share of the sentence that the sources hold."""
    texts = tuple(_FOOTNOTE.sub("", source) for source in sources)
    days = (*map(_day, published), *[None] * len(texts))[: len(texts)]
    return _check(_FOOTNOTE.sub("", sentence), texts, days)


@lru_cache(maxsize=2_000)  # a growing answer is checked again and again
def _check(claim: str, texts: tuple[str, ...], days: tuple[date | None, ...]) -> Check:
    if next(words(claim), None) is None:
        return Check(Verdict("unsupported", ("в предложении нет слов",)), 0.0, is_plain=True)
    if claim in texts:
        return Check(Verdict("supported"), 1.0, is_plain=True)
    held = [claims(text, day) for text, day in zip(texts, days, strict=True)]
    found = Alignment(claims(claim, next((day for day in days if day), None)), held)
    share = found.share if found.pieces else float(_stands_in(claim, texts))
    wrong = contradictions(found)
    return Check(_by_words(found, share, wrong.all, tuple(dict.fromkeys(doubts(found)))), share, wrong)


def _by_words(found: Alignment, share: float, wrong: Sequence[str], doubtful: tuple[str, ...]) -> Verdict:
    if wrong and share >= _COMPARABLE:
        return Verdict("unsupported", tuple(wrong[:_MOST_REASONS]))
    if share < RELATED:
        return Verdict("unsupported", ("в источнике говорится о другом",))
    missing = found.missing
    instead = {each.claimed for each in found.replaced}
    if len(missing) > 1 or share < CLOSE or instead & set(missing):
        unknown = ", ".join(found.claim.shown(found.pieces[number]) for number in missing[:_MOST_REASONS])
        doubtful += (f"в источнике нет слов: {unknown}",) if unknown else ()
    return Verdict("partial", doubtful) if doubtful else Verdict("supported")


def features(found: Check, follows: Follows) -> dict[str, float]:
    """FEATURES of a claim: what the network says, in log-odds, and what words do."""
    wrong = found.wrong
    return {
        "follows": log_odds(follows.supported),
        "contradicted": log_odds(follows.contradicted),
        "parts": float(bool(wrong.parts)),
        "turned": float(bool(wrong.turned)),
        "denied": float(bool(wrong.denied)),
    }


def weighed(found: Check, follows: Follows) -> Verdict:
    """The verdict by words and network together."""
    by = fitted()["verification"]
    total = by["intercept"] + sum(by[name] * value for name, value in features(found, follows).items())
    if total >= by["supported"] and not found.wrong.figures:
        return Verdict("supported")
    reasons = found.verdict.reasons or (_SAYS_OTHERWISE if total < by["partial"] else _IS_UNSURE,)
    is_figure = bool(found.wrong.figures) and found.share >= _COMPARABLE
    return Verdict("unsupported" if is_figure or total < by["partial"] else "partial", reasons)


def log_odds(chance: float) -> float:
    """The log-odds of a chance (0 to 1), bounded."""
    bounded = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def _stands_in(claim: str, texts: Sequence[str]) -> bool:
    """True when the words of `claim` are a run of the words of a text."""
    asked = f" {' '.join(word.text for word in words(claim))} "
    return any(asked in f" {' '.join(word.text for word in words(text))} " for text in texts)


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def _checked(sentence: Sentence, quotes: dict[int, Citation], reader: Reader | None) -> Sentence:
    cited = [quotes[number] for number in sentence.citations if number in quotes]
    if not cited:
        return replace(sentence, support="unsupported", reasons=("нет сноски",))
    if any(each.quote == sentence.text for each in cited) or row_told(
        sentence.text, [each.quote for each in cited]
    ):
        return replace(sentence, support="supported", reasons=())
    days = [each.published for each in cited]
    verdict = verify(sentence.text, [each.quote for each in cited], days, reader)
    return replace(sentence, support=verdict.support, reasons=verdict.reasons)


def _cut(draft: Draft) -> Draft:
    """`draft` without its unsupported sentences; citations keep their numbers."""
    kept = tuple(sentence for sentence in draft.sentences if sentence.support != "unsupported")
    if len(kept) == len(draft.sentences):
        return draft
    if not kept:
        return Draft(confidence=draft.confidence)
    used = {number for sentence in kept for number in sentence.citations}
    return replace(
        draft,
        sentences=kept,
        citations=tuple(citation for citation in draft.citations if citation.number in used),
        short_answer=draft.short_answer if _is_said(draft.short_answer, kept) else None,
    )


def _is_said(short: str | None, kept: Sequence[Sentence]) -> bool:
    """True where the short answer stands in what is kept, or is «Да»."""
    return short in (YES, NO) or any(fold(short or "") in fold(each.text) for each in kept)
