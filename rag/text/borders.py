"""Rules that say whether a possible border parts two sentences: ours, then razdel's own.

A rule looks at one border and says JOIN, SPLIT or nothing (None): the first to speak decides.
Every rule is named after its reason and has its line in tests/text/test_sentences.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from razdel.record import cached_property
from razdel.segmenters.sentenize import DELIMITERS, FIRST_TOKEN, SentSplit
from razdel.segmenters.sentenize import RULES as RAZDEL_RULES
from razdel.segmenters.sokr import HEAD_SOKRS, INITIALS, SOKRS

from rag.text.words import analyzer, fold

Action = Literal["join", "split"]  # razdel's own two words
JOIN: Action = "join"
SPLIT: Action = "split"

# Where a border may be: razdel's places, the end of bold text, before a bullet and before an item's number.
# It starts with one class of signs, so that the other nine tenths of a text are skipped quickly.
DELIMITER = re.compile(
    rf"""[=:;{re.escape(DELIMITERS)}*_\s]
    (?:(?<=[=:;])-?[)(]{{1,3}} | (?<=[{re.escape(DELIMITERS)}])
    | (?<=[.?!…]\*)\*(?=\s) | (?<=[.?!…]_)_(?=\s)
    | (?<=\s)(?=[•▪●]\s|[1-9]\d?\.\s+[A-ZА-ЯЁ]))""",
    re.VERBOSE,
)
_DATED = re.compile(r"(?:\d|\b[IVXLC]+|-[ехмй]{1,2})\s*(?:гг?|вв?)\s*$")
_MEASURED = re.compile(r"\d\s*(?:г|с|стр|ч|т|д|кв|эт|корп|оф|ком|р|[A-Z])\s*$|\bобл\s*$")
_CITED = re.compile(r"[.?!…](?:\[\d{1,3}\])*\[\d{1,3}$")
_NUMBER_RIGHT = re.compile(r"(\d{1,2})\.")
_DOMAIN_RIGHT = re.compile(r"[A-ZА-ЯЁ]{2,}(?!\w)")
_OPENING_QUOTE = re.compile(r"\s*[«“„\"](?!Об? )")  # «Об охране недр» is the title of a law
_INITIAL_RIGHT = re.compile(r"\s*\w\.")
_CAPITALISED_RIGHT = re.compile(r"[А-ЯЁ][а-яё]*")
_CLAUSE = re.compile(r"[,;:(—–]")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]{2,}")
_RANKS = frozenset({"ген", "полк", "подполк", "лейт", "адм", "деп", "губ"})
_ABBREVIATIONS = HEAD_SOKRS | SOKRS | INITIALS | _RANKS
# Parts of speech that are never capitalised inside a sentence.
_STARTERS = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "ADVB", "VERB", "INFN", "GRND", "PRED"})
_VERBS = frozenset({"VERB", "PRTS", "PRED"})
_NAMES = ("Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr", "UNKN")


class Border(SentSplit):  # type: ignore[misc]  # razdel has no types
    """A possible border: what stands left and right of `delimiter`, and the sentence so far.

    Tokens are None at the end of the text; a token is a word, a number or one sign.
    """

    left: str
    delimiter: str
    right: str
    buffer: str
    right_token: str | None
    right_word: str | None
    right_space_prefix: bool

    @property
    def stands_between_words(self) -> bool:
        """True where there is no sign that could end a sentence."""
        return not self.delimiter.strip()

    @cached_property  # type: ignore[untyped-decorator]
    def left_token(self) -> str | None:
        """Razdel looks for the last token at every place of the left side; this reads it backwards."""
        found = FIRST_TOKEN.match(self.left[::-1])
        return found[1][::-1] if found else None


Rule = Callable[[Border], Action | None]


# Rules that join


def lower_case_letter_right(border: Border) -> Action | None:
    """«5 млн. кВт»: razdel looks at whole words and takes «кВт» for a capitalised one."""
    right = border.right_token
    return JOIN if right and right[0].islower() else None


def dollars_of_country(border: Border) -> Action | None:
    """«2 млрд долл. США выделены»"""
    return JOIN if _left(border).lower() in {"дол", "долл"} and border.right_token == "США" else None


def rank_before_name(border: Border) -> Action | None:
    """«ген. Петров»"""
    return JOIN if border.delimiter == "." and _left(border).lower() in _RANKS else None


def semicolon(border: Border) -> Action | None:
    """A semicolon parts clauses, also before a capital."""
    return JOIN if border.delimiter == ";" else None


def domain_right(border: Border) -> Action | None:
    """«в зоне .РФ»: the full stop is the name's own."""
    if border.delimiter != "." or not border.left[-1:].isspace():
        return None
    return JOIN if _DOMAIN_RIGHT.match(border.right) else None


# Rules that split


def item_number_right(border: Border) -> Action | None:
    """«Открыли: 1. Завод 2. Рудник»: a number goes on from the one that the sentence starts with."""
    number = _NUMBER_RIGHT.match(border.right) if border.stands_between_words else None
    if not number:
        return None
    is_next = border.buffer.lstrip().startswith(f"{int(number[1]) - 1}.")
    is_first = number[1] == "1" and border.buffer.rstrip().endswith(":")
    return SPLIT if is_next or is_first else JOIN


def bullet_right(border: Border) -> Action | None:
    """«• Астана • Алматы • Шымкент»: a list that lost its line breaks."""
    return SPLIT if border.stands_between_words else None


def footnote_mark(border: Border) -> Action | None:
    """«…в 2025 году.[3] Казахстан…»"""
    if border.delimiter == "]" and border.right_space_prefix and _CITED.search(border.left):
        return SPLIT
    return None


def glued(border: Border) -> Action | None:
    """«…из Европы.Безрезультатно завершилась…»: the space after the full stop was lost."""
    right = _CAPITALISED_RIGHT.match(border.right)
    if border.delimiter not in {".", "?", "!", "…"} or not right:
        return None
    if border.right[right.end() : right.end() + 1] in {".", "-"}:
        return None
    left = _left(border)
    if left in {"»", ")"}:
        return SPLIT
    return SPLIT if _is_last_word(left) and not _is_brand(left, right.group()) else None


def year_before_sentence(border: Border) -> Action | None:
    """«в 1837 г. Его друг…» is a border, «В 1837 г. Пушкин…» and «В XX в. Россия…» are not."""
    if border.delimiter != "." or not _DATED.search(border.left) or not _right(border)[:1].isupper():
        return None
    if _starts_sentence(border):
        return SPLIT
    clause = _CLAUSE.split(border.buffer)[-1]
    return SPLIT if has_verb(clause) and _is_common_noun(_right(border)) else JOIN


def measure_before_sentence(border: Border) -> Action | None:
    """«весит 50 г. Это…», «до 8 G. «Но…», «в Карагандинской обл. Он…»"""
    if border.delimiter == "." and _MEASURED.search(border.left) and _starts_sentence(_unquoted(border)):
        return SPLIT
    return None


def letter_before_sentence(border: Border) -> Action | None:
    """«витамин С. Он…» ends with a letter that is no initial."""
    left = _left(border)
    if border.delimiter != "." or len(left) != 1 or not left.isupper():
        return None
    return SPLIT if _tag(_right(border)).POS == "NPRO" and _starts_sentence(border) else None


_OWN: tuple[Rule, ...] = (
    item_number_right,
    bullet_right,
    domain_right,
    footnote_mark,
    glued,
    dollars_of_country,
    rank_before_name,
    semicolon,
    year_before_sentence,
    measure_before_sentence,
    letter_before_sentence,
)
_RAZDEL: tuple[Rule, ...] = tuple(rule.function for rule in RAZDEL_RULES)
RULES: tuple[Rule, ...] = (*_OWN, lower_case_letter_right, *_RAZDEL)
# For a text without a single capital, where a small letter may start a sentence.
SMALL_RULES: tuple[Rule, ...] = (*_OWN, *(rule for rule in _RAZDEL if rule.__name__ != "lower_right"))


def deciding_rule(border: Border, rules: tuple[Rule, ...] = RULES) -> tuple[str, Action]:
    """Name and verdict of the first rule to speak; where none does, it is a border."""
    for rule in rules:
        if action := rule(border):
            return rule.__name__, action
    return "no rule", SPLIT


# What rules ask


def _left(border: Border) -> str:
    return border.left_token or ""


def _right(border: Border) -> str:
    return border.right_token or ""


def _tag(word: str) -> Any:
    return analyzer().parse(fold(word))[0].tag


def _starts_sentence(border: Border) -> bool:
    """True when the capitalised word on the right can't stand inside a sentence."""
    if not _right(border)[:1].isupper() or _INITIAL_RIGHT.match(border.right):
        return False
    tag = _tag(_right(border))
    return tag.POS in _STARTERS or "Apro" in tag


def _unquoted(border: Border) -> Border:
    """The border without an opening quotation mark on its right."""
    quote = _OPENING_QUOTE.match(border.right)
    if not quote:
        return border
    return Border(border.left, border.delimiter, f" {border.right[quote.end() :]}", border.buffer)


def has_verb(clause: str) -> bool:
    return any(_tag(word).POS in _VERBS for word in _WORD.findall(clause))


def _is_common_noun(word: str) -> bool:
    tag = _tag(word)
    return tag.POS == "NOUN" and word[1:].islower() and not any(mark in tag for mark in _NAMES)


def _is_last_word(word: str) -> bool:
    """True for a whole Cyrillic word that is no abbreviation («ул.Абая», «А.Пушкин» have one)."""
    return len(word) > 2 and _CYRILLIC.fullmatch(word) is not None and word.lower() not in _ABBREVIATIONS


def _is_brand(left: str, right: str) -> bool:
    """«Лента.Ру», «Яндекс.Деньги»: a name before the full stop, a short word or a noun after it."""
    if not left[0].isupper():
        return False
    part = _tag(right).POS
    if len(right) <= 3 and part not in _STARTERS:
        return True
    tag = _tag(left)
    return part == "NOUN" and ("nomn" in tag or "UNKN" in tag)
