"""True sentences in other words by rule: each says no more than the sentence it is made of.

Like the corruptions, the rules use patterns of their own. Each gives None where nothing can be reworded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from eval.corruptions import _MONTHS_OF, _parse
from rag.text.words import analyzer

Rule = Callable[[str, Random], str | None]

_UNITS = """ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать
    четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать""".split()
_FULL_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS_OF)}) (\d{{4}})(?: года| г\.)?")
_DAY_AND_MONTH = re.compile(rf"\d{{1,2}} (?:{'|'.join(_MONTHS_OF)})")
_NUMERIC_DATE = re.compile(r"\b(\d{2})\.(\d{2})\.(\d{4})\b")
_YEAR = re.compile(r"\b(\d{4}) (год[ау]?|году)\b")
_LEADING = re.compile(
    r"^((?:В|На|С|К|По|За|После|До|Во) (?:[а-яё\d]+ ){0,2}[А-ЯЁа-яё\d-]+(?: года| году| годах)?),? (?!год)"
    r"(?=[А-ЯЁа-яё])"
)
_RELATIVE = re.compile(r", котор(?:ый|ая|ое|ые|ого|ой|ых|ому|ым|ом|ую)\b[^\d,.;()]*(?=[,.])")
_BRACKETS = re.compile(r"(?<=\w) \([^()]*\)(?=[ ,.])")
_SUBORDINATE = re.compile(r"^(Когда|Если|Поскольку|Хотя|Пока) ([^,]+), ([^,]+)\.$")


def verbatim(text: str, random: Random) -> str | None:
    """The sentence itself."""
    return text


def number(text: str, random: Random) -> str | None:
    """A number written another way."""
    dates = [m.span() for pattern in (_FULL_DATE, _DAY_AND_MONTH) for m in pattern.finditer(text)]
    for pattern, write in random.sample(_WAYS, len(_WAYS)):
        found = [m for m in re.finditer(pattern, text) if not any(s <= m.start() < e for s, e in dates)]
        if found:
            match = random.choice(found)
            return text[: match.start()] + write(match) + text[match.end() :]
    return None


def _decimal(value: float) -> str:
    return f"{value:.6g}".replace(".", ",")


def _grouped(value: float) -> str:
    return f"{round(value):,}".replace(",", " ")


def _spelled(figure: str) -> str:
    return _UNITS[int(figure)] if int(figure) <= 20 else figure


_Write = Callable[["re.Match[str]"], str]
_WAYS: tuple[tuple[str, _Write], ...] = (
    (r"(?<![\d,])(\d+(?:,\d+)?) млрд\b", lambda m: f"{_decimal(_value(m[1]) * 1000)} млн"),
    (r"(?<![\d,])(\d+(?:,\d+)?) (?:тыс\.|тысяч)", lambda m: _grouped(_value(m[1]) * 1e3)),
    (r"(?<![\d,])(\d+(?:,\d+)?) млн\b", lambda m: _grouped(_value(m[1]) * 1e6)),
    (r"(\d) ?%", lambda m: f"{m[1]} процентов"),
    (r"(\d) процент(?:ов|а)?\b", lambda m: f"{m[1]}%"),
    (r"(?<![\d.,])\d{1,3}(?:[ \u00a0]\d{3})+(?![\d,])", lambda m: re.sub(r"\D", "", m[0])),
    (r"(?<![\w.,—–-])(?<!\d )(\d{1,2})(?= [а-яё]{4})(?![.,]\d)", lambda m: _spelled(m[1])),
    (
        rf"(?<!дцать )(?<!десят )(?<!сто )(?<!сорок )(?<![\w—–-])({'|'.join(_UNITS[2:])})(?![\w-])",
        lambda m: str(_UNITS.index(m[1])),
    ),
)


def _value(figure: str) -> float:
    return float(figure.replace(",", "."))


def date(text: str, random: Random) -> str | None:
    """A date written another way."""
    if match := _FULL_DATE.search(text):
        day, month, year = int(match[1]), _MONTHS_OF.index(match[2]) + 1, match[3]
        instead = random.choice(
            [f"{day:02}.{month:02}.{year}", f"{day} {match[2]} {year}-го", f"{day} {match[2]} {year} г."]
        )
        return text[: match.start()] + instead + text[match.end() :]
    if match := _NUMERIC_DATE.search(text):
        instead = (
            f"{int(match[1])} {_MONTHS_OF[int(match[2]) - 1]} {match[3]} года"
            if 0 < int(match[2]) < 13
            else match[0]
        )
        return text[: match.start()] + instead + text[match.end() :]
    if match := _YEAR.search(text):
        instead = random.choice(
            [f"{match[1]}-м" if match[2] == "году" else f"{match[1]} г.", f"{match[1]} г."]
        )
        return text[: match.start()] + instead + text[match.end() :]
    return None


def name(text: str, random: Random) -> str | None:
    """A given name as an initial or dropped, or the name in another case before the sentence."""
    full = re.search(r"(?<![.!?…] )(?<!^)(?<![\w-])([А-ЯЁ])[а-яё]{2,} ([А-ЯЁ][а-яё]{3,})(?![\w-])", text)
    if (
        full
        and (parse := _parse(full[0].split()[0])) is not None
        and "Name" in parse.tag
        and random.random() < 0.5
    ):
        return text[: full.start()] + random.choice([f"{full[1]}. {full[2]}", full[2]]) + text[full.end() :]
    for match in re.finditer(r"(?<![.!?…] )(?<!^)(?<![\w-])[А-ЯЁ][а-яё]{3,}(?![\w-])", text):
        found = _parse(match.group())
        if found is not None and (form := found.inflect({"loct"})):
            preposition = "Об" if form.word[0] in "аиоуэ" else "О"
            return f"{preposition} {form.word.capitalize()}: {text[0].lower()}{text[1:]}"
    return None


def order(text: str, random: Random) -> str | None:
    """An adverbial from the beginning of the sentence at its end, or two clauses the other way round."""
    if match := _SUBORDINATE.match(text):
        return f"{match[3][0].upper()}{match[3][1:]}, {match[1].lower()} {match[2]}."
    match = _LEADING.match(text)
    if match is None or not text.endswith(".") or "," in text or "(" in text:
        return None
    following = analyzer().parse(re.findall(r"[\w-]+", text[match.end() :])[0].lower())[0].tag
    if following.POS in ("ADJF", "PRTF", "CONJ") or "gent" in following:
        return None
    rest = text[match.end() : -1]
    return f"{rest[0].upper()}{rest[1:]} {match[1][0].lower()}{match[1][1:]}."


def shorter(text: str, random: Random) -> str | None:
    """Without what stands in brackets, without a relative clause, or without what follows a semicolon."""
    ways = [pattern for pattern in (_BRACKETS, _RELATIVE) if pattern.search(text)]
    if ways:
        return random.choice(ways).sub("", text, count=1)
    first, sign, _ = text.partition("; ")
    return f"{first}." if sign and len(first.split()) > 4 else None


def spelling(text: str, random: Random) -> str | None:
    """«ё» as «е», other quotation marks, spaces and dashes."""
    changed = text.replace("ё", "е").replace("Ё", "Е").replace("«", '"').replace("»", '"')
    changed = changed.replace(" — ", " – ").replace(" ", "\u00a0", 1)
    return changed if changed != text else None


KINDS: dict[str, Rule] = {
    "verbatim": verbatim,
    "number": number,
    "date": date,
    "name": name,
    "order": order,
    "shorter": shorter,
    "spelling": spelling,
}
