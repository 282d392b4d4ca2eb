"""Names, numbers and dates put in the place of others of their kind, in the form that stands there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from eval.reader.forms import lemma, parses, with_capitals
from eval.reader.trees import Sentence

MONTHS = {
    "of": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "in": "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре".split(),
}
_WEEKDAYS = "в понедельник,во вторник,в среду,в четверг,в пятницу,в субботу,в воскресенье".split(",")
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS['of'] + MONTHS['in'])})\b")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,–-])(?:1[5-9]|20)\d\d(?= (?:год|гг?\.))")
_DAY = re.compile(rf"(?<![\d.,-])(?:[1-9]|[12]\d|3[01])(?= (?:{'|'.join(MONTHS['of'])})\b)")
_FIGURE = re.compile(
    r"(?<![\w.,:/-])\d{1,3}(?:[ \u00a0]\d{3})+(?![\w-])|(?<![\w.,:/№-])(?<!№ )\d+(?:,\d+)?(?![\w:/-]|[.,]\d)"
)
_HEDGE = re.compile(
    r"(?:более|больше|менее|меньше|свыше|выше|ниже|около|почти|примерно|минимум|максимум|мере|до|порядка|"
    r"приблизительно|превысил\w*|превыша\w*|чем|старше|младше|№|n|статье|ст\.|статьи)\s*$",
    re.IGNORECASE,
)
_SCALES = {
    "тыс.": "млн",
    "млн": "млрд",
    "млрд": "млн",
    "тысяч": "миллионов",
    "миллионов": "миллиардов",
    "миллиардов": "миллионов",
    "миллиона": "миллиарда",
    "миллиарда": "миллиона",
}
_UNITS = {
    "километров": "метров",
    "метров": "километров",
    "долларов": "рублей",
    "рублей": "долларов",
    "часов": "минут",
    "минут": "часов",
    "евро": "долларов",
    "лет": "месяцев",
    "месяцев": "лет",
    "дней": "недель",
    "недель": "дней",
    "тонн": "килограммов",
}
_MEASURED = re.compile(rf"(?<=\d )({'|'.join(map(re.escape, (*_SCALES, *_UNITS)))})(?!\w)")
COUNTRIES = frozenset(
    """россия рф украина сша америка китай кнр япония германия франция великобритания британия англия италия
    испания польша турция иран ирак сирия израиль египет индия пакистан афганистан казахстан узбекистан грузия
    армения азербайджан белоруссия беларусь молдавия молдова литва латвия эстония финляндия швеция норвегия
    дания
    нидерланды голландия бельгия швейцария австрия чехия словакия венгрия румыния болгария сербия хорватия
    греция
    канада мексика бразилия аргентина чили венесуэла колумбия куба австралия корея кндр вьетнам таиланд
    индонезия
    филиппины малайзия сингапур ливия тунис алжир марокко судан эфиопия кения нигерия юар киргизия таджикистан
    туркмения туркменистан монголия португалия ирландия исландия словения черногория албания македония
    ливан иордания
    йемен катар оаэ кувейт перу эквадор боливия шотландия непал бангладеш мьянма камбоджа грузия
    ссср""".split()
)
_VAST = frozenset(
    """европа азия африка евросоюз ес крым сибирь кавказ урал чечня дагестан татарстан башкирия башкортостан
    подмосковье приморье калифорния техас флорида бавария донбасс каталония якутия ингушетия осетия абхазия
    запад
    восток север юг северный южный западный восточный ближний область край республика район округ штат
    штаты снг
    поволжье кубань алтай бурятия карелия коми мордовия удмуртия чувашия аляска синьцзян тибет палестина газа
    соединенные соединенное земля россия москва-река кремль""".split()
)
_ALIASES = (
    {"рф", "россия", "федерация"},
    {"сша", "америка", "штат", "штаты"},
    {"великобритания", "британия", "англия"},
    {"китай", "кнр"},
    {"белоруссия", "беларусь"},
    {"голландия", "нидерланды"},
    {"ссср", "союз"},
)
_LAST_FIGURE = {1: "1", 2: "234", 3: "234", 4: "234"}
_SPELLED = (
    "пять шесть семь восемь девять десять одиннадцать двенадцать пятнадцать двадцать".split(),
    "два три четыре".split(),
)
_SPELLED_WORD = re.compile(r"(?<![\w-])[а-я]+(?![\w-])")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands somewhere: `key` are the lemmas of its words."""

    kind: str
    text: str
    form: tuple[str, str, str]  # case, gender, number
    key: frozenset[str]


@dataclass(frozen=True, slots=True)
class Swap:
    """A text in which `old` gave way to `new`."""

    text: str
    kind: str
    old: str
    new: str


def mentions(sentence: Sentence) -> Iterator[Mention]:
    for first, stop, kind in sentence.names:
        node = sentence.nodes[first]
        places = range(first, stop)
        text = sentence.text[node.start : sentence.nodes[stop - 1].stop]
        if node.pos in ("PROPN", "NOUN") and len(places) <= 3 and node.feature("Case") and text[0].isupper():
            form = (node.feature("Case"), node.feature("Gender"), node.feature("Number"))
            yield Mention(kind, text, form, frozenset(lemma(sentence.nodes[each]) for each in places))


def swapped_names(
    text: str, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> Iterator[Swap]:
    """`text` with a name of `own` replaced by one of `others` that fits its place; in random order."""
    for mention in random.sample(own, len(own)):
        place = find(text, mention.text)
        if place is None or _is_part_of_longer(text, place, mention.text):
            continue
        for other in random.sample(others, len(others)):
            if fits(mention, other) and find(text, other.text) is None:
                yield Swap(
                    text[:place] + other.text + text[place + len(mention.text) :],
                    mention.kind,
                    mention.text,
                    other.text,
                )
                break


def fits(one: Mention, other: Mention) -> bool:
    if (
        one.kind != other.kind
        or one.form != other.form
        or one.key & other.key
        or _are_aliases(one.key, other.key)
    ):
        return False
    if any(_alike(first, second) for first in one.key for second in other.key):
        return False
    if one.kind != "LOC":
        return _is_plain(one.text) and _is_plain(other.text)
    countries = bool(one.key & COUNTRIES), bool(other.key & COUNTRIES)
    if all(countries):
        return True
    return not any(countries) and not (one.key | other.key) & _VAST


def _alike(first: str, second: str) -> bool:
    """Forms of one name that the lemmatiser took for two."""
    return len(first) > 3 and len(second) > 3 and first[:4] == second[:4]


def _is_plain(text: str) -> bool:
    return not any(each in text for each in '«»"()')


def _are_aliases(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(one & group and other & group for group in _ALIASES)


def find(text: str, wanted: str) -> int | None:
    match = re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", text)
    return match.start() if match else None


def _is_part_of_longer(text: str, place: int, name: str) -> bool:
    """«Путина» in «Владимира Путина»: half a name isn't replaced."""
    before = re.search(r"(?<![.?!] )(?<!^)[А-ЯЁA-Z][\w.-]* $", text[:place])
    after = re.match(r" [А-ЯЁA-Z]", text[place + len(name) :])
    return bool(before or after)


def exchanged(text: str, own: Sequence[Mention], random: Random) -> Iterator[Swap]:
    """`text` with two of its names, or two of its numbers, in each other's place."""
    placed = [(place, each) for each in own if (place := find(text, each.text)) is not None]
    pairs = [(a, b) for a in placed for b in placed if a[0] < b[0] and fits(a[1], b[1])]
    random.shuffle(pairs)
    for (first, one), (second, other) in pairs:
        if (
            first + len(one.text) < second
            and not any(
                _is_part_of_longer(text, place, name.text) for place, name in ((first, one), (second, other))
            )
            and not _are_joined(text[first + len(one.text) : second])
        ):
            yield Swap(
                _with_exchanged(text, first, one.text, second, other.text), one.kind, one.text, other.text
            )
    yield from _exchanged_figures(text)


def _are_joined(between: str) -> bool:
    return not re.search(r"(?<![\w-])[а-яё]{3,}(?![\w-])", between.replace("или", "").replace("также", ""))


def _with_exchanged(text: str, first: int, one: str, second: int, other: str) -> str:
    return text[:first] + other + text[first + len(one) : second] + one + text[second + len(other) :]


def _exchanged_figures(text: str) -> Iterator[Swap]:
    found = [match for match in _FIGURE.finditer(text) if not _is_date_figure(text, match)]
    for one, other in itertools.pairwise(found):
        alike = _class(one.group()) == _class(other.group()) or "%" in text[other.end() : other.end() + 2]
        if (
            one.group() != other.group()
            and alike
            and not re.fullmatch(r"\s*[-–—:]\s*", text[one.end() : other.start()])
        ):
            yield Swap(
                _with_exchanged(text, one.start(), one.group(), other.start(), other.group()),
                "number",
                one.group(),
                other.group(),
            )


def _is_date_figure(text: str, match: re.Match[str]) -> bool:
    return any(
        other.start() <= match.start() < other.end()
        for pattern in (_YEAR, _DAY)
        for other in pattern.finditer(text)
    )


def _class(figure: str) -> str:
    """Numbers of one class take the same form of the noun."""
    if "," in figure:
        return ","
    digits = figure.replace(" ", "").replace("\u00a0", "")
    if len(digits) > 1 and digits[-2] == "1":
        return "5"
    return _LAST_FIGURE.get(int(digits[-1]), "5")


def other_figure(text: str, random: Random) -> Swap | None:
    """Another number in the place of one that isn't hedged: «более 100» is true of much."""
    found = [
        match
        for match in _FIGURE.finditer(text)
        if not _is_date_figure(text, match)
        and not _HEDGE.search(text[: match.start()])
        and match.group() not in "01"
    ]
    random.shuffle(found)
    for match in found:
        if other := _changed(match.group(), random):
            return Swap(text[: match.start()] + other + text[match.end() :], "number", match.group(), other)
    return None


def _changed(figure: str, random: Random) -> str | None:
    """Some digits changed, the noun's form kept."""
    for _ in range(30):
        signs = list(figure)
        digits = [place for place, sign in enumerate(signs) if sign.isdigit()]
        for place in random.sample(digits, min(len(digits), random.choice((1, 1, 2)))):
            signs[place] = random.choice("123456789")
        other = "".join(signs)
        if random.random() < 0.15 and figure.isdigit() and len(figure) < 4:
            other = f"{figure}0" if random.random() < 0.6 else f"{random.choice('1234')}{figure}"
        if other != figure and _class(other) == _class(figure) and other[0] != "0":
            return other
    return None


def other_measure(text: str, random: Random) -> Swap | None:
    """Another scale or unit: «млн» for «млрд», «метров» for «километров»."""
    found = list(_MEASURED.finditer(text))
    if not found:
        return None
    match = random.choice(found)
    new = (_SCALES | _UNITS)[match.group(1)]
    return Swap(text[: match.start()] + new + text[match.end() :], "number", match.group(1), new)


def other_spelled(text: str, random: Random) -> Swap | None:
    """«Пять» for «семь» in whatever case."""
    for match in _SPELLED_WORD.finditer(text):
        for parse in parses(match.group())[:1]:
            group = next((each for each in _SPELLED if parse.normal_form in each), None)
            if group is None or parse.tag.POS != "NUMR" or _HEDGE.search(text[: match.start()]):
                continue
            other = parses(random.choice([each for each in group if each != parse.normal_form]))[0]
            grammemes = {str(parse.tag.case)} | ({str(parse.tag.gender)} if parse.tag.gender else set())
            form = other.inflect(grammemes) or other.inflect({str(parse.tag.case)})
            if form is not None and form.word != match.group():
                new = with_capitals(str(form.word), match.group())
                return Swap(text[: match.start()] + new + text[match.end() :], "number", match.group(), new)
    return None


def other_date(text: str, random: Random) -> Swap | None:
    """Another day, weekday, month or year."""
    found = [
        (pattern, match) for pattern in (_YEAR, _DAY, _MONTH, _WEEKDAY) for match in pattern.finditer(text)
    ]
    if not found:
        return None
    pattern, match = random.choice(found)
    new = _other_date(pattern, match.group(), random)
    return Swap(text[: match.start()] + new + text[match.end() :], "date", match.group(), new)


def _other_date(pattern: re.Pattern[str], old: str, random: Random) -> str:
    if pattern is _YEAR:
        return str(int(old) + random.choice((-10, -5, -4, -3, -2, -1, -1, 1, 1, 2, 3, 4, 5)))
    if pattern is _DAY:
        return str(random.choice([each for each in range(1, 29) if str(each) != old]))
    row = _WEEKDAYS if pattern is _WEEKDAY else next(each for each in MONTHS.values() if old in each)
    return with_capitals(random.choice([each for each in row if each != old.lower()]), old)


def pool(sentences: Iterable[Sentence | None]) -> list[Mention]:
    return [each for sentence in sentences if sentence is not None for each in mentions(sentence)]
