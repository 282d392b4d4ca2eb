"""A question set out of articles: every kind in equal parts, so far as the articles give it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import Random

from eval.making.candidates import Candidate, candidates
from eval.making.filters import Corpus, distinct, is_worth_asking
from eval.reader.trees import parsed
from eval.sets import Question
from rag.types import Article

MOST = 200
SEED = 20260101
_A_SENTENCE = 2  # questions of one kind


def made(articles: Sequence[Article], most: int = MOST, seed: int = SEED) -> list[Question]:
    """At most `most` questions about `articles`, the rarer kinds first; the same for the same seed."""
    given = [{"_id": each.info.id, "title": each.info.title, "text": each.text} for each in articles]
    trees = list(parsed(given, leading=None))
    texts = {each.info.id: each.text for each in articles}
    corpus = Corpus(text for tree in trees for text in tree.texts)
    found = [
        each
        for tree in trees
        for each in candidates(tree, Random(f"{seed}:{tree.article}"))
        if each.quote in texts[each.article] and is_worth_asking(each, corpus)
    ]
    return list(_numbered(chosen(distinct(found), most, Random(seed))))


def chosen(found: Iterable[Candidate], most: int, random: Random) -> list[Candidate]:
    """Every kind in equal parts; of a rare one all, and the others share what it leaves."""
    kinds: dict[str, list[Candidate]] = defaultdict(list)
    for each in found:
        kinds[each.kind].append(each)
    kept: list[Candidate] = []
    for number, (_, several) in enumerate(sorted(kinds.items(), key=lambda item: (len(item[1]), item[0]))):
        part = (most - len(kept)) // (len(kinds) - number)
        random.shuffle(several)
        kept += _spread(several)[:part]
    return kept


def _spread(several: Sequence[Candidate]) -> list[Candidate]:
    """Those that are not the third of their sentence."""
    seen: dict[str, int] = defaultdict(int)
    kept = []
    for each in several:
        seen[each.quote] += 1
        if seen[each.quote] <= _A_SENTENCE:
            kept.append(each)
    return kept


def _numbered(found: Iterable[Candidate]) -> Iterable[Question]:
    counts: dict[str, int] = defaultdict(int)
    for each in found:
        counts[each.kind] += 1
        yield Question(
            id=f"{each.kind}-{counts[each.kind]}",
            question=each.question,
            answers=(each.answer,) if each.answer else (),
            verdict=each.verdict,
            refuse=not each.is_answerable,
            articles=(each.article,) if each.is_answerable else (),
            history=each.history,
            tags=(each.kind,),
            quotes=(each.quote,),
            why=each.why,
        )
