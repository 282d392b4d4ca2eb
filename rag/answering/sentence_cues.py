"""What in a sentence promises an answer of the kind asked for, besides the question's own words.

«Концентрат — …» answers «Что такое концентрат?» better than a sentence that only has the word; «потому что»
answers «почему», «второе место» answers «на каком месте», a row of commas answers «какие».
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.text.questions import Question
from rag.text.words import analyzer, fold, is_function_word, lemmas

CUES = ("defines", "defines_term", "gives_cause", "lists", "ranks")

_DEFINING = (" — ", " – ", " - ", "(", "явля", "называ", "означа")
_HEAD = re.compile(r"\s[—–-]\s|\(|,| это | называ| явля| означа")
_LINK = re.compile(r"\s*(\([^)]*\)|,[^—–]{0,80})?\s*([—–-]|это|называ|явля|означа)")
_ASKS_MEANING = frozenset(
    "такой означать являться называться значить термин слово понимать представлять".split()
)
_CAUSE = re.compile(
    r"потому|поскольку|так как|из-за|благодаря|причин|поэтому|чтобы|ради|вследствие|в связи с|иначе|позволя|"
    r"помога|нужен|нужн|необходим|служит|использ|примен",
    re.IGNORECASE,
)
_RANK = re.compile(
    r"(?<!\w)(?:перв|втор|трет|четв[её]рт|пят|шест|седьм|восьм|девят|десят|"
    r"(?:одиннадцат|двенадцат|тринадцат|четырнадцат|пятнадцат|двадцат|тридцат)(?:ый|ое|ая|ом|ой|ую))\w*|"
    r"\d+-(?:е|м|й|я|ое|ом)\b|\d+ место",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:^|\n)\s*(?:[-•*–—]|\d+[.)])\s*$")
_PARTS = 4  # as many commas and «и» as make a list for sure
_AUXILIARY = frozenset({"быть", "являться", "стать", "мочь"})


def cues(question: Question, term: Sequence[str], text: str) -> tuple[float, ...]:
    """One value from 0 to 1 for each of CUES; `term` is what a definition is asked of."""
    defining = question.kind == "definition"
    return (
        float(defining and any(mark in text for mark in _DEFINING)),
        float(defining and opens_with(term, text)),
        float(question.kind == "reason" and bool(_CAUSE.search(text))),
        min(text.count(",") + text.count(" и "), _PARTS) / _PARTS if question.kind == "list" else 0.0,
        float(question.head == "место" and bool(_RANK.search(text))),
    )


def term_of(asked: Sequence[str]) -> tuple[str, ...]:
    """The lemmas of a question («что такое X») that name what is to be defined."""
    return tuple(each for each in asked if not is_function_word(each) and each not in _ASKS_MEANING)


def opens_with(term: Sequence[str], text: str) -> bool:
    """True for «X — …», «X (ещё Y) — …», «X называют …» where X is `term`, or all of it but one word."""
    opening = fold(text).lstrip('«"„* ')
    head, *rest = _HEAD.split(opening, maxsplit=1)
    if not rest or not _LINK.match(opening[len(head) :]):
        return False
    named, wanted = {each for each in lemmas(head) if not is_function_word(each)}, set(term)
    return bool(named) and named <= wanted and len(named) >= len(wanted) - 1


def is_item(before: str) -> bool:
    """True for a line of a list: `before` is the text up to it."""
    return bool(_ITEM.search(before))


@lru_cache(maxsize=20_000)
def is_verb(lemma: str) -> bool:
    """True for a verb that says something: «подписать», not «быть»."""
    return lemma not in _AUXILIARY and analyzer().parse(lemma)[0].tag.POS in ("INFN", "VERB")
