"""Sentence borders: razdel, line by line, with our own rules in front of its own.

A rule looks at one possible border and says JOIN, SPLIT or nothing (None): the first to speak
decides. Every rule is named after its reason and has its line in tests/text/test_sentences.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from razdel.rule import JOIN, SPLIT
from razdel.segmenters.sentenize import DELIMITER, RULES, SentSplit
from razdel.segmenters.sokr import HEAD_SOKRS, INITIALS, SOKRS

from rag.text.words import analyzer, fold

Span = tuple[int, int]
Border = SentSplit
Rule = Callable[[Border], str | None]

LONGEST = 3_000  # characters; a longer "sentence" is a table or a dump and is cut at a clause or a space
_WINDOW = 40  # characters that a rule sees on each side of a border
_ENDINGS = ".!?…"
_DELIMITER = re.compile(rf"{DELIMITER}|(?<=\s)(?=[•▪●]\s)")
_WRAPPED = re.compile(r"(?<=[^\s.!?…:;|»\"])[ \t]*\n[ \t]*(?=[a-zа-яё])")
_CLAUSE_END = re.compile(r".*[;,.!?…:]\s", re.DOTALL)
_LAST_SPACE = re.compile(r".*\s", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_DATED = re.compile(r"(?:\d|\b[IVXLC]+|-[ехмй]{1,2})\s*(?:гг?|вв?)\s*$")
_MEASURED = re.compile(r"\d\s*(?:г|с|стр|ч|т|д|кв|эт|корп|оф|ком|р)\s*$|\bобл\s*$")
_CITED = re.compile(rf"[{_ENDINGS}](?:\[\d{{1,3}}\])*\[\d{{1,3}}$")
_GLUED_RIGHT = re.compile(r"[А-ЯЁ][а-яё]*")
_RANKS = frozenset("ген полк подполк лейт адм деп губ мин гр-н г-н".split())
# Parts of speech that are never capitalised inside a sentence.
_STARTERS = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "ADVB", "VERB", "INFN", "GRND", "PRED"})
_VERBS = frozenset({"VERB", "PRTS", "PRED"})
_NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr", "UNKN"})


def sentences(text: str) -> list[Span]:
    """Offsets of the sentences of `text`, in order, without the spaces around them."""
    rules = _rules_for(text)
    return [
        part
        for start, stop in _paragraphs(text)
        for sentence in _split(text, start, stop, rules)
        for part in _cut_overlong(text, *sentence)
    ]


def why(left: str, delimiter: str, right: str) -> str | None:
    """Name of the rule that decides the border between `left + delimiter` and `right`; for debugging."""
    border = _border(left + delimiter + right, 0, len(left), len(left) + len(delimiter), delimiter)
    return next((rule.__name__ for rule in _rules_for(left + right) if rule(border)), None)


# Rules that join


def lower_case_letter_right(border: Border) -> str | None:
    """«5 млн. кВт»: razdel looks at whole words and takes «кВт» for a capitalised one."""
    right = border.right_token
    return JOIN if right and right[0].islower() else None


def dollars_of_country(border: Border) -> str | None:
    """«2 млрд долл. США выделены»"""
    return JOIN if _left_word(border) in {"дол", "долл"} and border.right_token == "США" else None


def rank_before_name(border: Border) -> str | None:
    """«ген. Петров»"""
    return JOIN if border.delimiter == "." and _left_word(border) in _RANKS else None


def semicolon(border: Border) -> str | None:
    """A semicolon parts clauses, also before a capital."""
    return JOIN if border.delimiter == ";" else None


# Rules that split


def bullet_right(border: Border) -> str | None:
    """«• Астана • Алматы • Шымкент»: a list that lost its line breaks."""
    return None if border.delimiter else SPLIT


def year_before_sentence(border: Border) -> str | None:
    """«в 1837 г. Его друг…» is a border, «В 1837 г. Пушкин…» and «В XX в. Россия…» are not."""
    if border.delimiter != "." or not _DATED.search(border.left) or not _capital_right(border):
        return None
    if _starts_sentence(border):
        return SPLIT
    clause = re.split(r"[,;:(—–]", border.buffer)[-1]
    return SPLIT if _has_verb(clause) and _is_common_noun(border.right_word) else JOIN


def measure_before_sentence(border: Border) -> str | None:
    """«весит 50 г. Это…», «в Карагандинской обл. Он…»"""
    if border.delimiter == "." and _MEASURED.search(border.left) and _starts_sentence(border):
        return SPLIT
    return None


def letter_before_sentence(border: Border) -> str | None:
    """«витамин С. Он…» ends with a letter that is no initial."""
    left = border.left_token
    if border.delimiter != "." or not left or len(left) > 1 or not left.isupper():
        return None
    return SPLIT if _pos(border.right_word) == "NPRO" and _starts_sentence(border) else None


def footnote_mark(border: Border) -> str | None:
    """«…в 2025 году.[3] Казахстан…»"""
    if border.delimiter == "]" and border.right_space_prefix and _CITED.search(border.left):
        return SPLIT
    return None


def glued(border: Border) -> str | None:
    """«…снова в Европы.Безрезультатно завершилась…»: the space after the full stop was lost."""
    if border.delimiter not in _ENDINGS or border.right_space_prefix:
        return None
    match = _GLUED_RIGHT.match(border.right)
    left = border.left_token
    if not match or not left or border.right[match.end() : match.end() + 1] in {".", "-"}:
        return None
    if left in "»)":
        return SPLIT
    return SPLIT if _ends_sentence(left, border.delimiter) and not _is_brand(left, match.group()) else None


_OWN_RULES: tuple[Rule, ...] = (
    bullet_right,
    footnote_mark,
    glued,
    dollars_of_country,
    rank_before_name,
    semicolon,
    year_before_sentence,
    measure_before_sentence,
    letter_before_sentence,
)
_RAZDEL_RULES: tuple[Rule, ...] = tuple(rule.function for rule in RULES)


def _rules_for(text: str) -> tuple[Rule, ...]:
    """All rules; in a text without a single capital a small letter may start a sentence."""
    if text.islower():
        return _OWN_RULES + tuple(rule for rule in _RAZDEL_RULES if rule.__name__ != "lower_right")
    return (*_OWN_RULES, lower_case_letter_right, *_RAZDEL_RULES)


# What rules ask


def _left_word(border: Border) -> str:
    return str(border.left_token or "").lower()


def _capital_right(border: Border) -> bool:
    return bool(border.right_token) and str(border.right_token)[0].isupper()


def _starts_sentence(border: Border) -> bool:
    """True when the capitalised word on the right can't stand inside a sentence."""
    if not _capital_right(border) or re.match(r"\s*\w\.", border.right):
        return False
    parse = analyzer().parse(fold(border.right_word))[0]
    return parse.tag.POS in _STARTERS or "Apro" in parse.tag


def _pos(word: str) -> str | None:
    part: str | None = analyzer().parse(fold(word))[0].tag.POS
    return part


def _has_verb(clause: str) -> bool:
    return any(_pos(word) in _VERBS for word in _WORD.findall(clause))


def _is_common_noun(word: str) -> bool:
    tag = analyzer().parse(fold(word))[0].tag
    return tag.POS == "NOUN" and word[1:].islower() and not any(mark in tag for mark in _NAMES)


def _ends_sentence(word: str, delimiter: str) -> bool:
    """True for a whole Cyrillic word that is no abbreviation («ул.Абая», «А.Пушкин» are)."""
    if not re.fullmatch(r"[А-Яа-яЁё]{2,}", word) or (len(word) < 3 and delimiter == "."):
        return False
    return word.lower() not in HEAD_SOKRS | SOKRS | INITIALS | _RANKS


def _is_brand(left: str, right: str) -> bool:
    """«Лента.Ру», «Яндекс.Деньги»: a name before the full stop, a short word or a noun after it."""
    if not left[0].isupper():
        return False
    if len(right) <= 3 and _pos(right) not in _STARTERS:
        return True
    is_base_form = (
        "nomn" in analyzer().parse(fold(left))[0].tag or "UNKN" in analyzer().parse(fold(left))[0].tag
    )
    return is_base_form and _pos(right) == "NOUN"


# The straight line


def _paragraphs(text: str) -> Iterator[Span]:
    """Lines of `text`; lines that were wrapped inside a sentence stay together."""
    wrapped = {match.start() + match.group().index("\n") for match in _WRAPPED.finditer(text)}
    start = 0
    for match in re.finditer(r"\n", text):
        if match.start() not in wrapped:
            yield start, match.start()
            start = match.end()
    yield start, len(text)


def _split(text: str, start: int, stop: int, rules: tuple[Rule, ...]) -> Iterator[Span]:
    begin = start
    for match in _DELIMITER.finditer(text, start, stop):
        border = _border(text, begin, match.start(), match.end(), match.group(), stop)
        if not _joins(border, rules):
            yield from _strip(text, begin, match.end())
            begin = match.end()
    yield from _strip(text, begin, stop)


def _border(text: str, begin: int, start: int, stop: int, delimiter: str, end: int | None = None) -> Border:
    left = text[max(begin, start - _WINDOW) : start]
    right = text[stop : min(stop + _WINDOW, len(text) if end is None else end)]
    return Border(left, delimiter, right, text[max(begin, start - 400) : start])


def _joins(border: Border, rules: tuple[Rule, ...]) -> bool:
    return next((action for rule in rules if (action := rule(border))), SPLIT) == JOIN


def _strip(text: str, start: int, stop: int) -> Iterator[Span]:
    part = text[start:stop]
    left = start + len(part) - len(part.lstrip())
    right = start + len(part.rstrip())
    if left < right:
        yield left, right


def _cut_overlong(text: str, start: int, stop: int) -> Iterator[Span]:
    while stop - start > LONGEST:
        part = text[start : start + LONGEST]
        match = _CLAUSE_END.match(part, 0) or _LAST_SPACE.match(part)
        middle = start + (match.end() if match else LONGEST)
        yield from _strip(text, start, middle)
        start = middle
    yield from _strip(text, start, stop)
