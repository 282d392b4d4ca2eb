"""Places in a ranking: «На каком месте край по запасам меди?» — «двенадцатое», «по меди край девятый»."""

from __future__ import annotations

import re

from rag.answering.span_candidates import pairs
from rag.answering.span_view import Seen
from rag.text.ordinals import ordinal
from rag.text.words import lemmas

RANK = "место"
# What countries are ranked by: a place by reserves says nothing of one by output.
_BASES = frozenset(
    """запас добыча производство выпуск экспорт импорт потребление население площадь протяженность доход
    поставка продажа""".split()
)
_DIGITS = re.compile(r"(\d+)(?:-[а-яё]+)?")


def rank(question: str, sentence: str) -> tuple[int, tuple[int, int]] | None:
    """The one place that `sentence` gives to what `question` asks of, and its offsets."""
    seen = Seen.of(question, sentence)
    if seen.asked.question.head != RANK or set(lemmas(sentence)) & _BASES - set(lemmas(question)):
        return None
    firsts = {first for first, _ in pairs(seen)}
    ranks = {place: number for place in firsts if (number := _number(seen.tokens[place].folded))}
    if len(ranks) != 1:
        return None
    ((place, number),) = ranks.items()
    following = seen.tokens[place + 1 : place + 2]
    last = place + 1 if following and following[0].grammar.lemma == RANK else place
    return number, (seen.tokens[place].start, seen.tokens[last].stop)


def _number(word: str) -> int:
    digits = _DIGITS.fullmatch(word)
    return int(digits[1]) if digits else ordinal(word)
