"""Questions that plain sentences answer: when something was done, and how many of what.

Only sentences of a simple shape, so that the question is made of their own words in their own forms:
«31 июля 2025 года банк одобрил кредит» gives «Когда банк одобрил кредит?», «Завод выпускает 450 тысяч тонн
стали» gives «Сколько тонн стали завод выпускает?».
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.sentences import sentences
from rag.text.setting import MONTHS
from rag.text.words import analyzer

_LONGEST = 90  # characters of a question
_WORDS = 9  # of what is asked about
_DATED = re.compile(
    rf"(?:(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)})|[Вв] (?:январе|феврале|марте|апреле|мае|июне|июле|августе"
    rf"|сентябре|октябре|ноябре|декабре)|[Вв])(?: \d{{4}})(?: года| г\.| году)?,? (.+)"
)
_COUNTED = re.compile(
    r"\A([^\d]+?) (?:(?:около|более|свыше|примерно|почти|порядка|до) )?\d[\d \u00a0.,]{0,20}"
    r"(?:(?:тысяч|миллион|миллиард|триллион)\w*|тыс\.|млн|млрд|трлн)?[ \u00a0]?"
    r"([а-яё][а-яё -]{1,80})(?=[.,;:(—])"
)
_UNPLAIN = re.compile(r"[,;:()«»—–\"\[\]*|]")
_BORDER = re.compile(r",? [—–(]|[,;:.](?: |$)")
_TOLD = re.compile(r":|, (?:что|чтобы|будто|как|ли)\b|,? [—–] [«\"]")
_BACK = frozenset("он она оно они это этот эта эти его её их там тогда здесь тот та те такой себя".split())


def further_questions(text: str) -> Iterator[str]:
    """Questions in the order of their sentences; none of a sentence that leans on others."""
    for start, stop in sentences(text):
        said = " ".join(text[start:stop].split())
        for question in (_when(said), _how_many(said)):
            if question and len(question) <= _LONGEST:
                yield question


def _when(sentence: str) -> str | None:
    found = _DATED.match(sentence)
    clause = _head(found[1]) if found else ""
    if not clause or not _is_plain(clause) or not _begins_with_subject(clause) or not _verb(clause):
        return None
    return f"Когда {clause}?"


def _how_many(sentence: str) -> str | None:
    found = _COUNTED.match(sentence)
    if not found or not _is_plain(f"{found[1]} {found[2]}"):
        return None
    clause, counted = found[1], found[2].strip()
    *_, last = clause.split()
    if not _begins_with_subject(clause) or not _is_verb(last) or not _is_many(counted.split()[0]):
        return None
    return f"Сколько {counted} {_as_inside(clause)}?"


def _head(sentence: str) -> str:
    """What stands before the first comma, dash or bracket: a clause by itself where it has a verb.

    Nothing where what was said or thought comes next: without it the clause is not whole.
    """
    border = _BORDER.search(sentence)
    if border and _TOLD.match(sentence, border.start()):
        return ""
    return sentence[: border.start() if border else None].strip()


def _is_plain(clause: str) -> bool:
    words = clause.split()
    leans = any(word.lower().strip(".") in _BACK for word in words)
    return 2 < len(words) <= _WORDS + 4 and not leans and not _UNPLAIN.search(clause)


def _begins_with_subject(clause: str) -> bool:
    """A noun, a name or an adjective in the nominative, before any verb."""
    first = clause.split()[0]
    if re.match(r"[A-Z]", first):
        return True
    parse = analyzer().parse(first.lower())[0]
    return parse.tag.POS in ("NOUN", "ADJF") and "nomn" in parse.tag and "Apro" not in parse.tag


def _verb(clause: str) -> bool:
    return any(_is_verb(word) for word in clause.split())


def _is_verb(word: str) -> bool:
    tag = analyzer().parse(word.lower())[0].tag
    return tag.POS == "VERB" and "impr" not in tag


def _is_many(word: str) -> bool:
    """A noun as it stands behind «пять»."""
    return any({"NOUN", "gent", "plur"} <= parse.tag.grammemes for parse in analyzer().parse(word.lower()))


def _as_inside(clause: str) -> str:
    """A clause that stands no longer at the beginning; names keep their capital."""
    first = clause.split()[0]
    tag = analyzer().parse(first.lower())[0].tag
    is_common = first[1:].islower() and not {"Geox", "Orgn", "Name", "Surn"} & set(tag.grammemes)
    return clause[0].lower() + clause[1:] if is_common else clause
