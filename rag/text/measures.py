"""Amounts as answers: in what units one must come.

«сколько лет» wants years, not dollars.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from rag.text.amounts import SIZES
from rag.text.numbers import PERCENT, values
from rag.text.words import Word, analyzer, lemma, words

_MONEY = frozenset(
    "доллар рубль евро фунт иена тенге юань сум лари драм манат лира крона франк злотый".split()
)
TIMES = frozenset({*SIZES["calendar"], *SIZES["time"], *"век столетие десятилетие лето".split()})
_LENGTH = frozenset({*SIZES["length"], *"миля фут дюйм".split()})
_AREA = frozenset({*SIZES["area"], *"см² акр сотка".split()})
_BULK = frozenset({*SIZES["mass"], *SIZES["power"]}) | frozenset(
    "баррель л м³ км³ унция фунт карат вт квтч мвтч теу контейнер вагон".split()
)

# Units that say what is measured: kilometres are a length, but dollars may be a price or a loan.
DIMENSIONS = _LENGTH | _AREA

MEASURES = _MONEY | TIMES | _LENGTH | _AREA | _BULK | {PERCENT}

# What a question's lemmas say of the unit, first match wins.
_CLUES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset("доля процент процентный".split()), frozenset({PERCENT})),
    (frozenset("площадь территория".split()), _AREA),
    (frozenset("длина протяженность расстояние высота глубина ширина километр метр км".split()), _LENGTH),
    (
        frozenset(
            """стоить стоимость цена сумма деньги инвестиция инвестировать вложить вложение бюджет затрата
            кредит заем выручка зарплата обойтись капитализация финансирование потратить заплатить платить
            доллар рубль""".split()
        ),
        _MONEY,
    ),
    (frozenset("длиться возраст срок продлиться".split()), TIMES),
)


# Words that say in what an amount comes, and nothing of what it is the amount of.
MEASURING = frozenset[str]().union(*(clues for clues, _ in _CLUES))

# «четыре общественных чартерных школы», «элементов семнадцать»: the thing counted may stand a few words
# behind its number, or right before it.
_WORDS_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """Units that answer; empty `units` means that any amount may. `counted`: lemma of what is counted."""

    units: frozenset[str]
    counted: str | None = None

    def stands_in(self, text: str, span: tuple[int, int]) -> bool:
        """True when `text[slice(*span)]` holds an amount in one of the units."""
        found = values(text[span[0] : span[1]])
        if not self.units:
            return bool(found)
        if any(number.unit in self.units for number in found):
            return True
        return not any(number.unit in MEASURES for number in found) and self._counts(text, span)

    def _counts(self, text: str, span: tuple[int, int]) -> bool:
        if self.counted is None:
            return False
        following = takewhile(lambda word: not word.is_number, words(text[span[1] : span[1] + 60]))
        behind = islice((*words(text[span[0] : span[1]]), *following), 2 + _WORDS_BETWEEN)
        before = deque(words(text[max(0, span[0] - 30) : span[0]]), maxlen=1)
        return any(lemma(word.text) == self.counted for word in (*before, *behind))


@lru_cache(maxsize=1_000)
def measure(question: str) -> Measure:
    """What units the amount must have that `question` asks for."""
    asked = list(words(question))
    lemmas = {lemma(word.text) for word in asked}
    counted = _counted(asked)
    if currencies := frozenset(_MONEY & lemmas):  # roubles are not told in dollars
        return Measure(currencies, lemma(counted.text) if counted else None)
    if counted is not None:
        return Measure(_units_of(counted), lemma(counted.text))
    return next((Measure(units) for clues, units in _CLUES if clues & lemmas), Measure(frozenset()))


def _counted(asked: list[Word]) -> Word | None:
    """The noun behind «сколько»: «сколько казахстанских локомотивов» → локомотивов."""
    place = next((place for place, word in enumerate(asked) if word.text == "сколько"), None)
    if place is None:
        return None
    for word in asked[place + 1 : place + 4]:
        tag = analyzer().parse(word.text)[0].tag
        if tag.POS == "NOUN" and {"gent"} & set(tag.grammemes):
            return word
        if tag.POS not in ("ADJF", "PRTF", "NUMR", "ADVB"):
            return None
    return None


def _units_of(noun: Word) -> frozenset[str]:
    """«вольфрама» (one mass) may come in tonnes; «локомотивов» (many things) are counted themselves."""
    name = lemma(noun.text)
    if name in TIMES:
        return TIMES
    if name == "процент":
        return frozenset({PERCENT})
    if name in ("деньги", "деньга", "средство"):
        return _MONEY
    if "plur" in analyzer().parse(noun.text)[0].tag.grammemes:
        return frozenset({name})
    return _BULK | {name}
