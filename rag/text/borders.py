"""Rules that say whether a possible border parts two sentences: ours, then razdel's own.

A rule looks at one border and says JOIN, SPLIT or nothing (None): the first to speak decides.
Every rule is named after its reason and has its line in tests/text/test_sentences.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from razdel.record import cached_property
from razdel.segmenters.sentenize import DELIMITERS, ENDINGS, FIRST_TOKEN, SentSplit
from razdel.segmenters.sentenize import RULES as RAZDEL_RULES

from rag.text.abbreviations import abbreviations
from rag.text.abbreviations import kind as abbreviation_kind
from rag.text.words import analyzer, fold

Action = Literal["join", "split"]  # razdel's own two words
JOIN: Action = "join"
SPLIT: Action = "split"

# What is capitalised at the start of a sentence alone.
_OPENERS = "|".join(
    """В Во На По Но И За Из От До Для При Под Над Без Об Про После Перед Через Между Среди Кроме Вместо
    Однако Если Когда Чтобы Поскольку Также Затем Потом Поэтому Он Она Оно Они Это Этот Эта Эти Мы Так Как Что
    Кто Где Там Тут Теперь Тогда Сейчас Уже Ещё Еще Не Её Их Им Всё Все Хотя Ведь Впрочем Вот""".split()
)
_RAISED = "¹²³⁰⁴-⁹"
# Where a border may be: razdel's places, the end of bold text, before a bullet and before an item's number.
# It starts with one class of signs, so that the other nine tenths of a text are skipped quickly.
DELIMITER = re.compile(
    rf"""[=:;{re.escape(DELIMITERS)}*_\s]
    (?:(?<=[=:;])-?[)(]{{1,3}} | (?<=[.?!…»”")])(?:[{_RAISED}]{{1,3}}|\d{{1,2}})(?=\s)
    | (?<=[{re.escape(DELIMITERS)}])
    | (?<=[.?!…]\*)\*{{0,2}}(?=\s) | (?<=[.?!…]_)_(?=\s)
    | (?<=\s)(?=[•▪●]\s|[1-9]\d?\.\s+[A-ZА-ЯЁ]) | (?<=[а-яё»]\s)(?=(?:{_OPENERS})[\s,]))""",
    re.VERBOSE,
)
_MEASURED = re.compile(r"\d\s*[^\W\d_]+\s*$")
_DEGREES = re.compile(r"[°\d]\s*[A-Z]\s*$|°\s*[^\W\d_]\s*$")
_ROMAN = re.compile(r"[IVXLCХ]+")
_UNIT = re.compile(r"[а-яё]?[А-ЯЁA-Z][а-яёa-z]*[А-ЯЁA-Z]+[а-яёa-z]*")  # «МВт», «США», «кВт»
_CITED = re.compile(r"[.?!…](?:\[\d{1,3}\])*\[\d{1,3}$")
_NUMBER_RIGHT = re.compile(r"(\d{1,2})\.")
_DOMAIN_RIGHT = re.compile(r"[A-ZА-ЯЁ]{2,}(?!\w)")
_OPENING_QUOTE = re.compile(r"\s*[«“„\"](?!Об? )")  # «Об охране недр» is the title of a law
_INITIAL_RIGHT = re.compile(r"\s*\w\.")
_INITIAL_LEFT = re.compile(r"\b\w\.\s*\w$")
_INITIALS_BEHIND = re.compile(r"([А-ЯЁ][а-яё-]+)\s+[А-ЯЁ]\.\s*[А-ЯЁ]$")
_LAST_WORD = re.compile(r"(?:^|[\s(«„\"-])([а-яёА-ЯЁ-]+)$")
_GOES_ON = re.compile(r"\w+,?\s+[^\W_]{2}\w*[\s,]")
_CAPITALISED_RIGHT = re.compile(r"[А-ЯЁ][а-яё]*")
_CLAUSE = re.compile(r"[,;:(]|(?<!\d)[—–]")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]{2,}")
_COUNTING = frozenset("тыс млн млрд трлн долл дол".split())
_NOMINATIVES = frozenset({"NOUN", "ADJF", "NUMR", "PRTF"})
# Parts of speech that are never capitalised inside a sentence.
_STARTERS = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "ADVB", "VERB", "PRTS", "INFN", "GRND", "PRED"})
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


def opener_right(border: Border) -> Action | None:
    """«Турнир отменили В матче…»: a heading or a sentence lost its full stop."""
    if not border.stands_between_words or not border.right[:1].isupper():
        return None
    left = _LAST_WORD.search(border.left)
    is_word = left is not None and len(left[1]) > 1 and left[1].islower()
    # «группа В и группа С», «певица На Ли.»
    return SPLIT if (is_word or border.left.endswith("»")) and _GOES_ON.match(border.right) else JOIN


def footnote_mark(border: Border) -> Action | None:
    """«…в 2025 году.[3] Казахстан…», «…текст.¹ Дальше…»"""
    if border.delimiter == "]" and border.right_space_prefix and _CITED.search(border.left):
        return SPLIT
    mark = border.delimiter[1:]
    if not mark.isdigit():
        return None
    ends = border.delimiter[0] in ENDINGS or border.left[-1:] in ENDINGS
    is_number = mark.isdecimal() and not _is_last_word(_left(border))  # «1.5 Ампера»
    return SPLIT if ends and not is_number and not _right(border)[:1].islower() else JOIN


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


def abbreviation_left(border: Border) -> Action | None:
    """«ул. | Абая» is no border, «40 тыс. т. | Продукция…» is one: the kind of the abbreviation decides."""
    kind = abbreviation_kind(border.left) if border.delimiter == "." else None
    if not kind:
        return None
    if _goes_on(border):
        return JOIN
    if _starts_sentence(_unquoted(border)) and (kind != "head" or _MEASURED.search(border.left)):
        return SPLIT
    if kind == "date":
        return SPLIT if _ends_clause(border) and _can_be_subject(border) else JOIN
    if kind == "word":
        return SPLIT if _right(border).isascii() or _is_common_noun(_right(border)) else JOIN
    return SPLIT if kind == "tail" and _right(border).isalpha() else JOIN


def initials_behind_surname(border: Border) -> Action | None:
    """«…и Петров Б. Б. | Встреча удалась»: the surname has been said, what follows is none."""
    named = _INITIALS_BEHIND.search(border.left) if border.delimiter == "." else None
    if not named or not any("Surn" in parse.tag for parse in analyzer().parse(fold(named[1]))):
        return None
    return SPLIT if _starts_sentence(border) or _is_common_noun(_right(border)) else None


def letter_before_sentence(border: Border) -> Action | None:
    """«витамин С. Он…», «37 °C. Влажность…» and «точка K. Длина…» end with a letter that is no initial."""
    left = _left(border)
    if border.delimiter != "." or len(left) != 1 or not left.isupper():
        return None
    border = _unquoted(border)
    right = _right(border)
    if not _CAPITALISED_RIGHT.match(right) or _INITIAL_RIGHT.match(border.right):
        return None
    if _DEGREES.search(border.left):
        return SPLIT
    if left.isascii() and not _INITIAL_LEFT.search(border.left):
        return SPLIT if _starts_sentence(border) or _is_common_noun(right) else None
    return SPLIT if _starts_sentence(border) and _tag(right).POS == "NPRO" else None


_OWN: tuple[Rule, ...] = (
    item_number_right,
    opener_right,
    bullet_right,
    domain_right,
    footnote_mark,
    glued,
    semicolon,
    abbreviation_left,
    initials_behind_surname,
    letter_before_sentence,
)
_RAZDEL: tuple[Rule, ...] = tuple(
    rule.function for rule in RAZDEL_RULES if rule.function.__name__ != "sokr_left"
)
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


def _goes_on(border: Border) -> bool:
    """True where what is right of an abbreviation belongs to it: «млн тонн», «табл. 2», «млрд долл. США»."""
    right = _right(border)
    if not right[:1].isalpha():
        return bool(right) and not _OPENING_QUOTE.match(border.right)
    if right[0].islower() or _ROMAN.fullmatch(right):
        return True
    return _left(border).lower() in _COUNTING and _UNIT.fullmatch(right) is not None


def _ends_clause(border: Border) -> bool:
    """True where the clause that ends with a date could end the sentence as well: «завод закрыт в 1998 г.»"""
    clause = _CLAUSE.split(border.buffer)[-1]
    mark = border.buffer[: len(border.buffer) - len(clause)][-1:]
    return has_verb(clause) or (
        mark in {"—", "–", ":"} and not any(_tag(word).POS == "PREP" for word in _WORD.findall(clause))
    )


def _can_be_subject(border: Border) -> bool:
    """True for a common noun, and for a nominative with a verb behind it."""
    right = _right(border)
    if _is_common_noun(right):
        return True
    parses = analyzer().parse(fold(right))
    is_nominative = any(parse.tag.POS in _NOMINATIVES and "nomn" in parse.tag for parse in parses)
    return (
        is_nominative and not _INITIAL_RIGHT.match(border.right) and has_verb(_CLAUSE.split(border.right)[0])
    )


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
    return len(word) > 2 and _CYRILLIC.fullmatch(word) is not None and word.lower() not in abbreviations()


def _is_brand(left: str, right: str) -> bool:
    """«Лента.Ру», «Яндекс.Деньги»: a name before the full stop, a short word or a noun after it."""
    if not left[0].isupper():
        return False
    part = _tag(right).POS
    if len(right) <= 3 and part not in _STARTERS:
        return True
    tag = _tag(left)
    return part == "NOUN" and ("nomn" in tag or "UNKN" in tag)
