"""What in a sentence promises an answer of the kind asked for, besides the question's own words.

A sentence that explains what a thing is answers «Что такое концентрат?» better than one that only has the
word (`rag.answering.definitions`); «потому что» answers «почему», «второе место» answers «на каком месте», a
row of commas answers «какие».
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text.questions import Question
from rag.text.words import analyzer

CUES = ("defines", "gives_cause", "lists")

_CAUSE = re.compile(
    r"потому|поскольку|так как|из-за|благодаря|причин|поэтому|чтобы|ради|вследствие|в связи с|иначе|позволя|"
    r"помога|нужен|нужн|необходим|служит|использ|примен|добавля(?:ю|е)т|изготавлива|делают|"
    r"ид[её]т на |идут на |это способ|возможность|стремясь|стремл|опаса|в целях|ввиду|привел",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:^|\n)\s*(?:[-•*–—]|\d+[.)])\s*$")
_PARTS = 4  # as many commas and «и» as make a list for sure
_AUXILIARY = frozenset({"быть", "являться", "стать", "мочь"})


def cues(question: Question, text: str, explained: float = 0.0) -> tuple[float, ...]:
    """One value from 0 to 1 for each of CUES.

    `explained` is how much `text` says of what a thing is.
    """
    return (
        explained if question.kind == "definition" else 0.0,
        float(question.kind == "reason" and bool(_CAUSE.search(text))),
        min(text.count(",") + text.count(" и "), _PARTS) / _PARTS if question.kind == "list" else 0.0,
    )


def is_item(before: str) -> bool:
    """True for a line of a list: `before` is the text up to it."""
    return bool(_ITEM.search(before))


@lru_cache(maxsize=20_000)
def is_verb(lemma: str) -> bool:
    """True for a verb that says something: «подписать», not «быть»."""
    return lemma not in _AUXILIARY and analyzer().parse(lemma)[0].tag.POS in ("INFN", "VERB")
