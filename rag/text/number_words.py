"""The words numbers are written with: figures, scales, fractions and units, as folded lemmas or forms."""

from __future__ import annotations

from functools import cache

from rag.text.words import analyzer, fold

_UNITS = """ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать
    четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать""".split()
_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_COLLECTIVE = "двое трое четверо пятеро шестеро семеро восьмеро девятеро десятеро".split()

# Lemma → value of the words that add up («двадцать три»).
FIGURES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_UNITS)},
    **{word: float(value) for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{word: float(value) for value, word in zip(range(100, 1000, 100), _HUNDREDS, strict=True)},
    **{word: float(value) for value, word in enumerate(_COLLECTIVE, 2)},
    "оба": 2.0,
    "полтора": 1.5,
    "полтораста": 150.0,
}
# Words that stand for a number by themselves; «пол» begins «полмиллиона».
FRACTIONS: dict[str, float] = {
    "половина": 0.5,
    "треть": 1 / 3,
    "четверть": 0.25,
    "пятая": 0.2,
    "десятая": 0.1,
}
ROUND: dict[str, float] = {"десяток": 10.0, "дюжина": 12.0, "сотня": 100.0}
SCALES: dict[str, float] = {
    **dict.fromkeys(("тыс", "тысяча", "тысячи", "тысяч"), 1e3),
    **dict.fromkeys(("млн", "миллион", "mln", "million"), 1e6),
    **dict.fromkeys(("млрд", "миллиард", "billion"), 1e9),
    **dict.fromkeys(("трлн", "триллион"), 1e12),
}
HALF_SCALES: dict[str, float] = {
    "полтысячи": 500.0,
    "полмиллиона": 5e5,
    "полмиллиарда": 5e8,
    "полсотни": 50.0,
}

PERCENT = "%"
SIGNS: dict[str, str] = {
    "%": PERCENT,
    "$": "доллар",
    "€": "евро",
    "£": "фунт",
    "¥": "иена",
    "₽": "рубль",
    "₸": "тенге",
    "°": "градус",
    "№": "",
}
# Lemma or abbreviation → the one name of the unit.
UNITS: dict[str, str] = {
    **dict.fromkeys(("процент", "проц", "процентный"), PERCENT),
    **dict.fromkeys(("доллар", "долл", "дол", "usd"), "доллар"),
    **dict.fromkeys(("рубль", "руб"), "рубль"),
    **dict.fromkeys(("евро", "eur"), "евро"),
    **dict.fromkeys(("километр", "км", "km"), "км"),
    **dict.fromkeys(("метр", "м", "m"), "м"),
    **dict.fromkeys(("сантиметр", "см"), "см"),
    **dict.fromkeys(("миллиметр", "мм"), "мм"),
    **dict.fromkeys(("километровый",), "км"),
    **dict.fromkeys(("тонна", "т"), "т"),
    **dict.fromkeys(("килограмм", "кг"), "кг"),
    **dict.fromkeys(("грамм", "г"), "г"),
    **dict.fromkeys(("гектар", "га"), "га"),
    **dict.fromkeys(("литр", "л"), "л"),
    **dict.fromkeys(("баррель", "барр"), "баррель"),
    **dict.fromkeys(("человек", "чел"), "человек"),
    **dict.fromkeys(("год", "лето", "гг"), "год"),
    **dict.fromkeys(("час", "ч"), "час"),
    **dict.fromkeys(("минута", "мин"), "минута"),
    **dict.fromkeys(("секунда", "сек"), "секунда"),
    **dict.fromkeys(("мегаватт", "мвт"), "мвт"),
    **dict.fromkeys(("киловатт", "квт"), "квт"),
    **dict.fromkeys(("гигаватт", "гвт"), "гвт"),
    **{word: word for word in "тенге юань фунт иена гц мгц вт квтч гб мб дюйм миля фут теу моль".split()},
}
SQUARE = frozenset({"кв", "квадратный"})
CUBIC = frozenset({"куб", "кубический"})

_NAMES = (
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый "
    "тринадцатый четырнадцатый пятнадцатый шестнадцатый семнадцатый восемнадцатый девятнадцатый двадцатый"
).split()


def ordinal(word: str) -> int:
    """The number of a folded ordinal in the singular («в первые дни» counts nothing); 0 for other words."""
    return _forms().get(word, 0)


@cache
def _forms() -> dict[str, int]:
    numbers = {**{name: value for value, name in enumerate(_NAMES, 1)}, "тридцатый": 30}
    return {
        fold(form.word): value
        for name, value in numbers.items()
        for form in analyzer().parse(name)[0].lexeme
        if "sing" in form.tag
    }
