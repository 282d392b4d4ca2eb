"""Which of a word's dictionary forms is its lemma: pymorphy3's first parse, mended; one lemma for one value.

One form has one lemma, whatever stands around it: a question of three words has no context to choose by, and
must fall on the same lemma as the text. What context would choose most often is in lemmas.txt, a line a
form; `python -m eval.train_lemmas` finds it. Every rule is named after its reason and has its line in
tests/text/test_lemma_rules.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

# What an abbreviation stands for, where it stands for one thing only.
_ABBREVIATED = {
    "тыс": "тысяча",
    "млн": "миллион",
    "млрд": "миллиард",
    "трлн": "триллион",
    "руб": "рубль",
    "долл": "доллар",
    "мл": "миллилитр",
    "мг": "миллиграмм",
    "мм": "миллиметр",
}
# Comparatives that are adverbs nearly always; pymorphy3 takes each for an adjective's.
_ADVERBS = {
    "больше": "больше",
    "меньше": "меньше",
    "дальше": "дальше",
    "раньше": "раньше",
    "позже": "позже",
    "позднее": "позднее",
    "чаще": "часто",
    "реже": "редко",
}
# Questions ask «сколько стоит», whatever stands most often in the news.
_ASKED = {"стоит": "стоить", "стоят": "стоить"}
SPECIAL = {**_ABBREVIATED, **_ADVERBS, **_ASKED}
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_SHORTEST = 4  # letters of a word that the rules for unknown ones look at
_LIKELY_NAME = 0.15  # probability of the parse as a man's name
_VERBS = frozenset({"ADJF", "ADJS", "INFN", "VERB"})

Parses = Sequence[Any]
Rule = Callable[[str, str, Parses], str | None]


def chosen(word: str, parses: Parses) -> str:
    """The lemma of a folded `word` with these parses (at least one, the likeliest first), folded."""
    return usual_lemmas().get(word) or mended(word, parses)


def mended(word: str, parses: Parses) -> str:
    """The lemma that the rules give."""
    lemma = folded(parses[0])
    rules = _RULES if parses[0].is_known else _RULES_OF_UNKNOWN if len(word) >= _SHORTEST else ()
    return next(filter(None, (rule(word, lemma, parses) for rule in rules)), lemma)


def folded(parse: Any) -> str:
    """The dictionary form of a parse, «ё» as «е»."""
    return str(parse.normal_form).replace("ё", "е")


@cache
def usual_lemmas() -> dict[str, str]:
    """Forms that mostly belong to another word than their first parse says."""
    lines = files(__package__).joinpath("lemmas.txt").read_text(encoding="utf-8").splitlines()
    return {**dict(line.split() for line in lines if not line.startswith("#")), **SPECIAL}


# Known words


def _must(word: str, lemma: str, parses: Parses) -> str | None:
    """«должна» is of «должен», not of «должный»."""
    return "должен" if lemma == "должный" and parses[0].tag.POS == "ADJS" else None


def _soft_sign(word: str, lemma: str, parses: Parses) -> str | None:
    """«счастья», «варенья»: the word is spelled with «ье», pymorphy3 gives «ие»."""
    is_soft = lemma.endswith("ие") and word.startswith(f"{lemma[:-2]}ь")
    return f"{lemma[:-2]}ье" if is_soft else None


# Unknown words, most of them names


def _surname(word: str, lemma: str, parses: Parses) -> str | None:
    """«ялтинская» is of «ялтинский», not of «ялтинскай»."""
    return f"{lemma[:-2]}ий" if lemma.endswith("скай") else None


def _first_form(word: str, lemma: str, parses: Parses) -> str | None:
    """«Шрек» is no form of «Шрека»: what ends with a consonant stands in its first form."""
    return word if lemma == f"{word}а" and word[-1] in _CONSONANTS else None


def _man(word: str, lemma: str, parses: Parses) -> str | None:
    """«Бэтмена» is of «Бэтмен», as «Бэтмену» is: there are more men than women on «-а» in the news."""
    if not lemma.endswith("а") or lemma[-2:-1] not in _CONSONANTS:
        return None
    scores = {folded(each): each.score for each in reversed(parses) if each.tag.POS == "NOUN"}
    return lemma[:-1] if scores.get(lemma[:-1], 0) >= _LIKELY_NAME else None


def _no_verb(word: str, lemma: str, parses: Parses) -> str | None:
    """«Кристиансен» is no short adjective: a noun where it can be one."""
    if parses[0].tag.POS not in _VERBS or word[-1] not in _CONSONANTS:
        return None
    return next((word for each in parses if each.tag.POS == "NOUN" and folded(each) == word), None)


_RULES: tuple[Rule, ...] = (_must, _soft_sign)
_RULES_OF_UNKNOWN: tuple[Rule, ...] = (_surname, _first_form, _man, _no_verb)


# One lemma for one value, however it is written: «1,25 млн» and «1 250 000», «XIX» and «19», «п. 2».
#
# What a question asks for is found by the lemmas of its words, so a value must have the same ones wherever
# it stands. Only lemmas change: no offset moves, no word is added or dropped.

MONTHS = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()
_EXPONENTS = {
    "тыс": 3, "млн": 6, "миллион": 6, "млрд": 9, "миллиард": 9, "трлн": 12, "триллион": 12
}  # fmt: skip
_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_UNITS = "перв втор трет четверт пят шест седьм восьм девят".split()
_PIVOT = 70  # a year of two digits below it is one of this century
_SPACE = "[ \u00a0\u202f\u2009]"

# Indexing spends a third of its time on lemmas: two looks, the quick one first, pass by most sentences.
_FIRST_LOOK = re.compile(r"[\dIVXХ]|(?:дцать|сорок|десят|девяносто)\s")
_MAY_HOLD = re.compile(
    r"\d(?:[./-][\dIVXХ]|\s?(?:тыс|мил|млн|млрд|тр))|[IVX]|Х[IVXХ\s]|(?:дцать|сорок|десят|девяносто)\s"
    r"|(?:[Пп]|[Сс]т|[Гг]л|разд|табл|рис|прил)\.?\s?[\d№]"
)
DATES_IN_FIGURES = tuple(
    re.compile(rf"(?<![\d./-])(?:{date})(?![./-]?\d)")
    for date in (
        r"(?P<day>\d{1,2})(?P<sign>[./])(?P<month>\d{1,2}|[IVXХ]{1,4})(?P=sign)(?P<year>\d{4})",
        r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{2})",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
    )
)
_SCALED = re.compile(
    rf"(?<![\d.,])(?P<number>(?:\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d+)(?:[.,]\d+)?){_SPACE}?"
    r"(?P<scale>тыс|млн|миллион|млрд|миллиард|трлн|триллион)"
    r"(?:яч[аиу]?|ячам|а|у|ов|е|ам|ами|ах)?(?![^\W_])",
    re.IGNORECASE,
)
# One letter may be an initial or a name: «X» is a network, «V» a volt.
_ROMAN = re.compile(
    r"(?<![^\W_])(?:[IVXХ]{2,6}|I|[VXХ](?=\s(?:вв?\.|век|квартал|съезд|созыв|столети|тысячелети|степен)))(?![^\W_])"
)
_VALID_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_SIGNS = {"I": 1, "V": 5, "X": 10}
_COMPOUND = re.compile(
    rf"(?<![^\W_])(?P<tens>{'|'.join(_TENS)})\s+(?P<unit>{'|'.join(_UNITS)})"
    r"(?:ый|ой|ий|ого|ьего|ому|ьему|ом|ем|ьем|ым|ьим|ая|ья|ую|ью|ое|ье|ей|ые|ьи|ых|ьих)(?![^\W_])",
    re.IGNORECASE,
)


_REFERENCE = re.compile(
    r"(?<![^\W_])(?<!\d\s)(?P<part>пп?|ст|гл|разд|табл|рис|прил)\.?\s?(?=\d|№)", re.IGNORECASE
)
_PARTS = {
    "п": "пункт", "пп": "пункт", "ст": "статья", "гл": "глава", "разд": "раздел", "табл": "таблица",
    "рис": "рисунок", "прил": "приложение",
}  # fmt: skip


class ValueLemma(NamedTuple):
    """The lemma of the word that begins at `start`."""

    start: int
    lemma: str


def value_lemmas(text: str) -> dict[int, str]:
    """Lemmas of those words of `text` that write a value, by the offset where the word begins."""
    if not (_FIRST_LOOK.search(text) and _MAY_HOLD.search(text)):
        return {}
    return {start: lemma for find in _FINDERS for start, lemma in find(text)}


def _dates(text: str) -> Iterator[ValueLemma]:
    """«05.02.2026», «2026-02-05» and «5.II.2026» have the lemmas of «5 февраля 2026»."""
    for match in (match for pattern in DATES_IN_FIGURES for match in pattern.finditer(text)):
        day, month = int(match["day"]), match["month"]
        number = int(month) if month.isdecimal() else roman(month)
        if not (1 <= day <= 31 and 1 <= number <= len(MONTHS)):
            continue
        yield ValueLemma(match.start("day"), str(day))
        yield ValueLemma(match.start("month"), MONTHS[number - 1])
        yield ValueLemma(match.start("year"), str(full_year(match["year"])))


def _scaled(text: str) -> Iterator[ValueLemma]:
    """«1,25» of «1,25 млн» is 1250000."""
    for match in _SCALED.finditer(text):
        figures = re.sub(r"\s", "", match["number"]).replace(",", ".")
        value = Decimal(figures).scaleb(_EXPONENTS[match["scale"].lower()])
        yield ValueLemma(match.start(), f"{value.normalize():f}")


def _numerals(text: str) -> Iterator[ValueLemma]:
    """«XIX» is 19, also where «Х» is Cyrillic."""
    for match in _ROMAN.finditer(text):
        if value := roman(match.group()):
            yield ValueLemma(match.start(), str(value))


def full_year(digits: str) -> int:
    """2026 for «26» and «2026», 1998 for «98»."""
    return int(digits) if len(digits) > 2 else int(digits) + (2000 if int(digits) < _PIVOT else 1900)


def roman(numeral: str) -> int:
    """The value of a numeral up to 39; 0 for what is none."""
    latin = numeral.upper().replace("Х", "X")
    if not latin or not _VALID_ROMAN.fullmatch(latin):
        return 0
    values = [_SIGNS[sign] for sign in latin]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _ordinals(text: str) -> Iterator[ValueLemma]:
    """«первом» of «двадцать первом» is 21."""
    for match in _COMPOUND.finditer(text):
        tens, unit = _TENS.index(match["tens"].lower()) + 2, _UNITS.index(match["unit"].lower()) + 1
        yield ValueLemma(match.start("unit"), str(10 * tens + unit))


def _references(text: str) -> Iterator[ValueLemma]:
    """«п. 2.3» is «пункт 2.3»."""
    for match in _REFERENCE.finditer(text):
        yield ValueLemma(match.start("part"), _PARTS[match["part"].lower()])


_FINDERS = (_numerals, _ordinals, _scaled, _dates, _references)
