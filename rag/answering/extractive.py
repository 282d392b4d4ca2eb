"""The default writer: the sentences of the corpus that answer, word for word, each with its footnotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rag.answering import overview
from rag.answering.checking import lacking
from rag.answering.composing import composed, growing, says_the_same
from rag.answering.evidence import Evidence, read
from rag.matching.matcher import Matcher
from rag.text.words import is_function_word
from rag.types import Draft, Hit, Query, Reader

Least = Callable[[Reader | None], float | None]
MOST_SENTENCES = 3
# A further sentence is given when its odds against the best one are at least this.
_WORTH_SAYING = 0.05
# … and this when it stands before the best one in the same article: in reading order it would come first.
_WORTH_SAYING_FIRST = 0.4
# Where all that is chosen are items of one list, the list answers; of up to so many items it is given whole.
_WHOLE_LIST = 10


class ExtractiveWriter:
    """Reads the hits and quotes one to three sentences, or declines."""

    name = "extractive"

    def __init__(
        self,
        matcher: Matcher,
        reader: Callable[[], Reader | None] = lambda: None,
        least: Least = lambda reader: None,
    ) -> None:
        """`reader()` is the reading network, None as long as there is none: words decide alone then.

        `least(reader)` is the confidence that an answer needs, None for the one that ships.
        """
        self.matcher = matcher
        self.reader = reader
        self.least = least

    def write(self, query: Query, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Drafts that grow by a sentence; a single one with `found` False when the evidence is not there."""
        if wanted := overview.asked_for(query.text):
            yield from growing(overview.write(wanted, hits, self.matcher))
            return
        if not hits or not _has_topic(query):
            yield Draft()
            return
        reader = self.reader()
        found = read(query, hits, self.matcher, reader, self.least(reader))
        if not found.answers:
            yield Draft(confidence=found.confidence, lacking=lacking(query.text, found.evidence))
            return
        yield from growing(composed(query.text, found, choose(found.evidence, query.lemmas), reader))


def _has_topic(query: Query) -> bool:
    """False for «что это такое?» and «1»: no word or number says what is asked about."""
    return any(not each[0].isdigit() and not is_function_word(each) for each in query.lemmas)


def choose(evidence: Sequence[Evidence], asked: Sequence[str] = ()) -> list[Evidence]:
    """The best sentence and those nearly as good, without repeats, in reading order.

    `asked` are the lemmas of the question. Articles come in the order of their best sentence, sentences in
    the order of their article.
    """
    chosen: list[Evidence] = []
    for each in evidence:
        if len(chosen) == MOST_SENTENCES:
            break
        if not _is_worth_saying(each, evidence[0]) or _is_lesser_row(each, evidence[0], asked):
            continue
        if not any(says_the_same(each, other) for other in chosen):
            chosen.append(each)
    chosen = _whole_list(chosen, evidence)
    articles = list(dict.fromkeys(each.hit.article.id for each in chosen))
    return sorted(chosen, key=lambda each: (articles.index(each.hit.article.id), each.sentence.start))


def _whole_list(chosen: list[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """All items of the list that all of `chosen` are items of, where there was room for no more of them."""
    name = chosen[0].list_name
    if name is None or len(chosen) < MOST_SENTENCES or any(each.list_name != name for each in chosen):
        return chosen
    items = {each.place: each for each in evidence if each.list_name == name}
    return list(items.values()) if len(items) <= _WHOLE_LIST else chosen


def _is_lesser_row(each: Evidence, best: Evidence, asked: Sequence[str]) -> bool:
    """«Санки» beside «Сноуборд», which was asked about: a row of the same table with fewer of the words."""
    heads = best.sentence.above.heads
    if heads is None or each.hit.article.id != best.hit.article.id or each.sentence.above.heads != heads:
        return False
    return len({*asked} & {*each.sentence.lemmas}) < len({*asked} & {*best.sentence.lemmas})


def _is_worth_saying(each: Evidence, best: Evidence) -> bool:
    comes_first = each.hit.article.id == best.hit.article.id and each.sentence.start < best.sentence.start
    if comes_first and each.explains < best.explains:
        return False  # what it is comes before all else
    return bool(np.exp(each.score - best.score) >= (_WORTH_SAYING_FIRST if comes_first else _WORTH_SAYING))
