"""«Сколько статей о пожарах?», «В скольких статьях упоминается Омск?»: counted exactly, by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.composing import quoted
from rag.answering.overview import told_of
from rag.text.matching import Matcher
from rag.types import Draft, Hit

SHOWN = 5  # articles that are quoted
_TEXTS = (
    r"(?:стат(?:ей|ьях|ьи)|(?:материал|текст|документ)(?:ов|ах)|публикаци(?:й|ях)|новост(?:ей|ях)"
    r"|замет(?:ок|ках))"
)
_TELL = r"(?:есть|пишут|(?:написан|сказан|посвящен)\w*|(?:говор|рассказыва|упомина)\w+)"
_ABOUT = r"(?:о|об|обо|про|с|со|слов\w+|тем\w+)"
_ASKS = re.compile(
    rf"^\W*(?:в скольких {_TEXTS}(?: {_TELL})*(?: {_ABOUT})*"
    rf"|сколько(?: всего)?(?: есть)?(?: у (?:вас|тебя))? {_TEXTS}(?: {_TELL})*(?: {_ABOUT}| {_TELL})+)"
    r" (?P<topic>.+?)\W*$",
    re.IGNORECASE,
)
_HERE = re.compile(r"^(?:в|у|есть|здесь|тут|всего|сейчас)\b", re.IGNORECASE)  # «Сколько статей в базе?»


def asked_for(question: str) -> str | None:
    """What the articles to be counted tell of; None for other questions."""
    found = _ASKS.match(question)
    topic = found["topic"].strip(' «»"') if found else ""
    return topic if topic and not _HERE.match(topic) else None


def draft(topic: str, total: int, hits: Sequence[Hit], matcher: Matcher) -> Draft:
    """The number of articles, and a sentence with a footnote from each of `hits`, one for an article."""
    if not total:
        return Draft()
    shown = told_of(topic, hits, matcher)[:SHOWN]
    opening = f"Статей, где есть «{topic}»: {total}."
    return replace(quoted(shown, "answer", listed=True), short_answer=str(total), opening=opening)
