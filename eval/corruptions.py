"""Sentences made false by rule: another number, date or name, a denial, swapped parts, an opposite.

The rules use patterns and lists of their own, not those of the product, so that what they make is news to it.
Each gives None where a sentence has nothing for it to change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from rag.text.words import analyzer

_MONTHS_OF = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
_MONTHS_IN = "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре".split()
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS_OF + _MONTHS_IN)})\b")
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?=(?:\s*(?:год|г\.)|[-–]?[мг]о?\b))")
_DAY = re.compile(rf"\b(?:[1-9]|[12]\d|3[01])(?= (?:{'|'.join(_MONTHS_OF)}))")
_FIGURE = re.compile(r"(?<![\w.,-])\d+(?:[ \u00a0]\d{3})*(?:,\d+)?(?![\w-]|[.,]\d)")
_SPELLED = """два три четыре пять шесть семь восемь девять десять двенадцать пятнадцать двадцать
    тридцать сорок""".split()
_WORD = re.compile(r"[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*")
_CAPITAL = re.compile(r"(?<![.!?…«\"(] )(?<!^)(?<![\w-])[А-ЯЁ][а-яё]{2,}(?:-[А-ЯЁ][а-яё]+)?(?![\w-])")
_SCALES = (
    ("тыс.", "млн"),
    ("млн", "млрд"),
    ("млрд", "млн"),
    ("тысяч", "миллионов"),
    ("миллионов", "миллиардов"),
)
# Pairs of opposites, each in both directions.
_OPPOSITES = (
    "вырасти упасть, увеличить сократить, увеличиться сократиться, повысить понизить, расти снижаться,"
    "рост снижение, увеличение уменьшение, подняться опуститься, импорт экспорт,"
    "импортировать экспортировать,"
    "купить продать, покупка продажа, открыть закрыть, открыться закрыться, начать закончить,"
    "начаться закончиться, начало конец, победить проиграть, победа поражение, больший меньший,"
    "высокий низкий, ранний поздний, первый последний, большинство меньшинство, прибыль убыток,"
    "разрешить запретить, ввести отменить, поддержать отвергнуть, принять отклонить, северный южный,"
    "западный восточный, север юг, запад восток, создать уничтожить, ускорить замедлить, расширить сузить,"
    "сильный слабый, максимальный минимальный, старший младший, быстрый медленный, вступить выйти,"
    "войти выйти, приехать уехать, выиграть проиграть, дорогой дешевый, верхний нижний, левый правый,"
    "положительный отрицательный, внутренний внешний, друг враг, отец мать, сын дочь, брат сестра,"
    "мужчина женщина, добавить вычесть, соединить разделить, ближний дальний, широкий узкий, тёплый холодный,"
    "вперед назад, до после, больше меньше, более менее, выше ниже, раньше позже, против за"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """What rules may take from elsewhere: names and sentences of other texts."""

    names: tuple[str, ...]
    sentences: tuple[str, ...]


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of several texts that can be declined, each once."""
    found = (match.group() for text in texts for match in _CAPITAL.finditer(text))
    return tuple(sorted({each for each in found if _parse(each) is not None}))


Rule = Callable[[str, Material, Random], str | None]


def _replaced(text: str, match: re.Match[str], instead: str) -> str:
    return text[: match.start()] + instead + text[match.end() :]


def _pick(found: Sequence[re.Match[str]], random: Random) -> re.Match[str] | None:
    return random.choice(found) if found else None


def number(text: str, material: Material, random: Random) -> str | None:
    """Another figure, another scale, or another spelled number."""
    years = [match.span() for pattern in (_YEAR, _DAY) for match in pattern.finditer(text)]
    figures = [m for m in _FIGURE.finditer(text) if not any(s < m.end() and m.start() < e for s, e in years)]
    scales = [(m, new) for old, new in _SCALES for m in re.finditer(rf"\b{re.escape(old)}(?!\w)", text)]
    if scales and random.random() < 0.3:
        match, new = random.choice(scales)
        return _replaced(text, match, new)
    if match_ := _pick(figures, random):
        return _replaced(text, match_, _other_figure(match_.group(), random))
    return _other_spelled(text, random)


def _other_figure(figure: str, random: Random) -> str:
    """One digit changed, or two neighbours exchanged: the look of the figure stays."""
    digits = [place for place, sign in enumerate(figure) if sign.isdigit()]
    swaps = [(a, b) for a, b in pairwise(digits) if figure[a] != figure[b] and figure[b] != "0"]
    signs = list(figure)
    if swaps and random.random() < 0.4:
        first, second = random.choice(swaps)
        signs[first], signs[second] = signs[second], signs[first]
        return "".join(signs)
    place = random.choice(digits)
    signs[place] = random.choice([each for each in "123456789" if each != signs[place]])
    return "".join(signs)


def _other_spelled(text: str, random: Random) -> str | None:
    found = [
        (m, p)
        for m in _WORD.finditer(text)
        for p in analyzer().parse(m.group().lower())[:1]
        if p.normal_form in _SPELLED
    ]
    if not found:
        return None
    match, parse = random.choice(found)
    other = random.choice([each for each in _SPELLED[1:] if each != parse.normal_form])
    form = analyzer().parse(other)[0].inflect({str(parse.tag.case or "nomn")})
    return _replaced(text, match, _cased(form.word, match.group())) if form else None


def date(text: str, material: Material, random: Random) -> str | None:
    """Another day, month or year."""
    found = [(pattern, m) for pattern in (_YEAR, _DAY, _MONTH) for m in pattern.finditer(text)]
    if not found:
        return None
    pattern, match = random.choice(found)
    typed = match.group()
    if pattern is _MONTH:
        months = _MONTHS_OF if typed in _MONTHS_OF else _MONTHS_IN
        return _replaced(text, match, random.choice([each for each in months if each != typed]))
    if pattern is _DAY:
        return _replaced(
            text, match, str(random.choice([each for each in range(1, 29) if str(each) != typed]))
        )
    return _replaced(text, match, str(int(typed) + random.choice([-20, -10, -3, -2, -1, 1, 2, 3, 5, 10])))


def name(text: str, material: Material, random: Random) -> str | None:
    """A name of another text, in the case of the one it replaces."""
    found = [match for match in _CAPITAL.finditer(text) if _parse(match.group()) is not None]
    for match in random.sample(found, len(found)):
        others = [each for each in material.names if each not in text]
        for each in random.sample(others, min(50, len(others))):
            if form := _other_name(each, match.group()):
                return _replaced(text, match, form)
    return None


def _other_name(other: str, typed: str) -> str | None:
    """Name `other` in the form of `typed`; None where they are alike or of different genders."""
    old, new = _parse(typed), _parse(other)
    if (new.tag.gender, new.tag.number) != (old.tag.gender, old.tag.number):
        return None
    if new.normal_form[:4] == old.normal_form[:4]:
        return None
    form = new.inflect({str(old.tag.case)})
    return _cased(form.word, typed) if form else None


def _parse(word: str) -> Any:
    """A noun reading of a name; None where there is none."""
    found = [parse for parse in analyzer().parse(word.lower()) if parse.tag.POS == "NOUN" and parse.tag.case]
    marked = [parse for parse in found if {"Name", "Surn", "Geox"} & set(parse.tag.grammemes)]
    return (marked or [None])[0]


def negation(text: str, material: Material, random: Random) -> str | None:
    """A «не» taken out, or put before a verb."""
    denials = list(re.finditer(r"(?<![\w-])не (?=[а-яё])(?!только|менее|более|лишь)", text))
    if denials and random.random() < 0.7:
        return _replaced(text, random.choice(denials), "")
    verbs = [
        m
        for m in _WORD.finditer(text)
        if analyzer().parse(m.group().lower())[0].tag.POS in ("VERB", "PRTS")
        and analyzer().parse(m.group().lower())[0].score > 0.6
        and not re.search(r"(?:не|ни|бы) $", text[: m.start()])
    ]
    match = _pick(verbs, random)
    if match is None:
        return None
    verb = match.group()
    return _replaced(text, match, f"Не {verb.lower()}" if match.start() == 0 else f"не {verb}")


def roles(text: str, material: Material, random: Random) -> str | None:
    """Two nouns or names in each other's place, each in the other's case."""
    found = [(m, parse) for m in _WORD.finditer(text) if (parse := _declinable(m.group())) is not None]
    pairs = [
        (one, other)
        for place, one in enumerate(found)
        for other in found[place + 1 : place + 7]
        if _exchangeable(one, other, text)
    ]
    if not pairs:
        return None
    (first, one), (second, other) = random.choice(pairs)
    left, right = other.inflect({str(one.tag.case)}), one.inflect({str(other.tag.case)})
    if left is None or right is None:
        return None
    start, stop = _moved(second.group(), left.word, first), _moved(first.group(), right.word, second)
    middle = _with_agreement(text[first.end() : second.start()], one, other)
    changed = text[: first.start()] + start + middle + stop + text[second.end() :]
    return changed if changed.lower() != text.lower() else None


def _declinable(word: str) -> Any:
    parse = analyzer().parse(word.lower())[0]
    good = parse.tag.POS == "NOUN" and parse.tag.case and parse.score > 0.3 and len(word) > 3
    return parse if good and not {"Fixd", "Abbr"} & set(parse.tag.grammemes) else None


def _exchangeable(one: Any, other: Any, text: str) -> bool:
    """Of one kind (names with names), no list, and not two words of one name."""
    (first, parse), (second, parse_other) = one, other
    between = text[first.end() : second.start()]
    is_name, is_other_name = first.group()[0].isupper() and first.start() > 0, second.group()[0].isupper()
    return (
        (is_name == is_other_name or first.start() == 0)
        and parse.normal_form != parse_other.normal_form
        and parse.tag.number == parse_other.tag.number
        and parse.tag.case != parse_other.tag.case
        and {parse.tag.case, parse_other.tag.case} & {"nomn"} != set()
        and not re.search(r"[.;:()«»—–]|, |^ и $", between)
        and len(between.split()) >= 1
        and any(analyzer().parse(word.lower())[0].tag.POS == "VERB" for word in _WORD.findall(between))
    )


def _moved(word: str, form: str, place: re.Match[str]) -> str:
    return form.capitalize() if word[0].isupper() or place.start() == 0 else form


def _with_agreement(middle: str, one: Any, other: Any) -> str:
    """The verb between agrees with its new subject."""

    def agreed(match: re.Match[str]) -> str:
        parse = analyzer().parse(match.group().lower())[0]
        if parse.tag.POS != "VERB" or not parse.tag.gender or not other.tag.gender or one.tag.case != "nomn":
            return match.group()
        form = parse.inflect({str(other.tag.gender)})
        return str(form.word) if form else match.group()

    return _WORD.sub(agreed, middle)


def direction(text: str, material: Material, random: Random) -> str | None:
    """A word's opposite in its place, in its form."""
    pairs = [tuple(pair.split()) for pair in _OPPOSITES.split(",")]
    opposites = {word: other for one, two in pairs for word, other in ((one, two), (two, one))}
    found = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in opposites and word in (
            "до",
            "после",
            "больше",
            "меньше",
            "более",
            "менее",
            "выше",
            "ниже",
        ):
            found.append((match, opposites[word]))
            continue
        parse = analyzer().parse(word)[0]
        instead = opposites.get(parse.normal_form)
        if instead and parse.tag.POS not in ("PREP", "COMP", "ADVB") and (form := _in_form(instead, parse)):
            found.append((match, form))
    if not found:
        return None
    match, form = random.choice(found)
    return _replaced(text, match, _cased(form, match.group()))


def _in_form(word: str, like: Any) -> str | None:
    parse = next(
        (each for each in analyzer().parse(word) if each.tag.POS in (like.tag.POS, "INFN", "ADJF")), None
    )
    if parse is None:
        return None
    wanted = {str(each) for each in (like.tag.number, like.tag.case, like.tag.tense, like.tag.person) if each}
    if like.tag.POS != "NOUN" and like.tag.gender:
        wanted.add(str(like.tag.gender))
    form = parse.inflect(wanted | {str(like.tag.POS)}) if like.tag.POS != "NOUN" else parse.inflect(wanted)
    return str(form.word) if form else None


def foreign(text: str, material: Material, random: Random) -> str | None:
    """A sentence of another text."""
    others = [each for each in material.sentences if each != text]
    return random.choice(others) if others else None


def _cased(form: str, typed: str) -> str:
    return form.capitalize() if typed[0].isupper() else form


KINDS: dict[str, Rule] = {
    "number": number,
    "date": date,
    "name": name,
    "negation": negation,
    "roles": roles,
    "direction": direction,
    "foreign": foreign,
}
