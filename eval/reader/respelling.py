"""The same number or date spelt in another way: «2,3 млрд» is «2 миллиарда 300 миллионов»."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from eval.reader.fillers import MONTHS
from eval.reader.forms import parses, with_capitals
from rag.text.numbers import values

_NAMES = {"тыс.": "тысяча", "млн": "миллион", "млрд": "миллиард", "трлн": "триллион"}
_SMALLER = {"миллиард": "миллион", "миллион": "тысяча", "триллион": "миллиард"}
_GENITIVE = re.compile(
    r"(?:около|более|менее|больше|меньше|свыше|до|от|из|порядка|с|выше|ниже|после|для|размере|сумме|чем)\s*$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:^|\s)(?:в|во|к|по|о|об|при|с|со|между|над|перед|из|от|до|для|без|у|после)\s*$", re.IGNORECASE
)
_SCALED = re.compile(r"(?<![\w.,])(\d+(?:,\d+)?) (тыс\.|млн|млрд|трлн)(?!\w)")
_THOUSANDS = re.compile(r"(?<![\w.,])(\d{1,3}) (?:тысяч|тысячи|тыс\.)(?= [а-яё])")
_GROUPED = re.compile(r"(?<![\w.,])(\d{1,3})[ \u00a0]000(?= [а-яё])")
_PERCENT = re.compile(r"(?<![\w.,])(\d+(?:,\d+)?) ?%")
_PERCENT_WORD = re.compile(r"(?<=\d) процент(?:а|ов)?(?![\w])")
_LONG_DATE = re.compile(rf"(?<![\d.])(\d{{1,2}}) ({'|'.join(MONTHS['of'])}) (\d{{4}}) года")
_YEAR = re.compile(r"(?<=\d{4}) года(?!\w)")
_HEDGES = (
    (r"не менее(?: чем)?", ("по меньшей мере", "как минимум", "не меньше")),
    (r"по меньшей мере|как минимум", ("не менее",)),
    (r"более", ("свыше", "больше")),
    (r"свыше", ("более", "больше")),
)
_ABOUT = re.compile(
    r"\b(около|примерно|приблизительно) (?=(?:\d*[05-9]|\d*1\d)"
    r"(?: (?:тыс\.|млн|млрд|%)| [а-яё]+(?:ов|ек|ей)\b))"
)
_SPELLED_ALONE = frozenset("два три четыре пять шесть семь восемь девять десять".split())


def respelt(text: str, random: Random) -> str | None:
    """`text` with a number or a date told in other signs; None where there is none that can be."""
    rules: list[Callable[[str, Random], str | None]] = [
        _scale_word,
        _split_scale,
        _thousands,
        _grouped,
        _percent_word,
        _percent_sign,
        _digits,
        _words,
        _date_figures,
        _year_short,
        _hedge,
        _about,
    ]
    random.shuffle(rules)
    return next((told for rule in rules if (told := rule(text, random)) not in (None, text)), None)


def _instead(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _counted(figure: str, noun: str, is_genitive: bool) -> str | None:
    """«миллиона» behind «2,3», «миллионов» behind «5»."""
    parse = next((each for each in parses(noun) if each.tag.POS == "NOUN" and each.tag.case == "nomn"), None)
    if parse is None:
        return None
    if "," in figure:
        return str(parse.inflect({"sing", "gent"}).word)
    last, teen = int(figure[-1]), figure[-2:-1] == "1"
    if last == 1 and not teen:
        return str(parse.inflect({"sing", "gent" if is_genitive else "nomn"}).word)
    if 2 <= last <= 4 and not teen and not is_genitive:
        return str(parse.inflect({"sing", "gent"}).word)
    return str(parse.inflect({"plur", "gent"}).word)


def _scale_word(text: str, random: Random) -> str | None:
    match = _SCALED.search(text)
    if match is None:
        return None
    word = _counted(match[1], _NAMES[match[2]], bool(_GENITIVE.search(text[: match.start()])))
    is_half = match[1] == "1,5" and not _PREPOSITION.search(text[: match.start()])
    if is_half and not _GENITIVE.search(text[: match.start()]) and match[2] != "тыс.":
        return _instead(text, match, f"полтора {word}")
    return _instead(text, match, f"{match[1]} {word}") if word else None


def _split_scale(text: str, random: Random) -> str | None:
    match = _SCALED.search(text)
    if match is None or "," not in match[1] or match[2] == "тыс." or _GENITIVE.search(text[: match.start()]):
        return None
    whole, part = match[1].split(",")
    rest = part.ljust(3, "0").lstrip("0")
    smaller = _SMALLER[_NAMES[match[2]]]
    if len(part) > 3 or not rest or whole == "0":
        return None
    if random.random() < 0.4 and len(part) <= 3 and match[2] != "млн":
        short = {name: sign for sign, name in _NAMES.items()}[smaller]
        return _instead(text, match, f"{int(whole) * 1000 + int(rest)} {short}")
    first, second = _counted(whole, _NAMES[match[2]], False), _counted(rest, smaller, False)
    return _instead(text, match, f"{whole} {first} {rest} {second}")


def _thousands(text: str, random: Random) -> str | None:
    match = _THOUSANDS.search(text)
    return _instead(text, match, f"{match[1]} 000") if match else None


def _grouped(text: str, random: Random) -> str | None:
    match = _GROUPED.search(text)
    return _instead(text, match, f"{match[1]} тыс.") if match else None


def _percent_word(text: str, random: Random) -> str | None:
    match = _PERCENT.search(text)
    if match is None:
        return None
    word = _counted(match[1], "процент", bool(_GENITIVE.search(text[: match.start()])))
    return _instead(text, match, f"{match[1]} {word}") if word else None


def _percent_sign(text: str, random: Random) -> str | None:
    match = _PERCENT_WORD.search(text)
    return _instead(text, match, random.choice(("%", " %"))) if match else None


def _digits(text: str, random: Random) -> str | None:
    """Number words as figures."""
    for number in values(text):
        told = text[number.start : number.stop]
        first = told.split()[0] if told.split() else ""
        parse = parses(first)[0] if first else None
        if parse is None or parse.normal_form not in _SPELLED_ALONE or parse.tag.POS != "NUMR":
            continue
        following = told.split()[1] if len(told.split()) > 1 else ""
        if following and parses(following)[0].tag.POS == "NUMR":
            continue
        value = {
            word: figure
            for figure, word in enumerate("два три четыре пять шесть семь восемь девять десять".split(), 2)
        }[parse.normal_form]
        if number.start > 0:
            return text[: number.start] + str(value) + text[number.start + len(first) :]
    return None


def _words(text: str, random: Random) -> str | None:
    """«7 человек» as «семь человек», where it stands in the nominative or the like."""
    for match in re.finditer(
        r"(?<![\w.,:-])([5-9]|10|11|12|15|20) (?=[а-яё]+(?:ов|ей|ек|ок|лет|ий|аз)\b)", text
    ):
        before = text[: match.start()]
        if _PREPOSITION.search(before) or _GENITIVE.search(before) or re.search(r"[\d,№]\s*$", before):
            continue
        names = {
            5: "пять",
            6: "шесть",
            7: "семь",
            8: "восемь",
            9: "девять",
            10: "десять",
            11: "одиннадцать",
            12: "двенадцать",
            15: "пятнадцать",
            20: "двадцать",
        }
        word = names[int(match[1])]
        return _instead(text, match, f"{word if before else with_capitals(word, 'А')} ")
    return None


def _date_figures(text: str, random: Random) -> str | None:
    match = _LONG_DATE.search(text)
    if match is None or not text[: match.start()]:
        return None
    month = MONTHS["of"].index(match[2]) + 1
    return _instead(text, match, f"{int(match[1]):02}.{month:02}.{match[3]}")


def _year_short(text: str, random: Random) -> str | None:
    match = _YEAR.search(text)
    return _instead(text, match, " г.") if match and match.end() < len(text.rstrip(".")) else None


def _hedge(text: str, random: Random) -> str | None:
    for pattern, others in _HEDGES:
        if match := re.search(rf"\b(?:{pattern})(?= \d)", text, re.IGNORECASE):
            return _instead(text, match, with_capitals(random.choice(others), match.group()))
    return None


def _about(text: str, random: Random) -> str | None:
    match = _ABOUT.search(text)
    if match is None:
        return None
    others = [each for each in ("около", "примерно", "приблизительно") if each != match[1]]
    return text[: match.start(1)] + random.choice(others) + text[match.end(1) :]


def vaguer_date(text: str, random: Random) -> str | None:
    """«15 марта 2010 года» told as «в марте 2010 года» or «в 2010 году»."""
    match = _LONG_DATE.search(text)
    if match is None or re.search(
        r"(?:^|\s)(?:с|со|от|до|по|к|на|и|после)\s*$", text[: match.start()], re.IGNORECASE
    ):
        return None
    if re.match(r"\s*[-–—]", text[match.end() :]):
        return None
    month = MONTHS["in"][MONTHS["of"].index(match[2])]
    new = random.choice((f"в {month} {match[3]} года", f"в {match[3]} году"))
    return _instead(text, match, new if text[: match.start()] else with_capitals(new, "А"))
