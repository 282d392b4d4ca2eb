"""The forms that a time has in a Russian text, each with what it says: a pattern and a reader beside it.

Patterns work on `plain` text (lower case, «ё» as «е», one kind of dash) and are tried in this order; a blank
in one stands for any number of them. A reader says None where it is no time after all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from rag.text.days import Days, Time, day, months, shifted
from rag.text.lemma_rules import DATES_IN_FIGURES, full_year, roman
from rag.text.numbers import FIGURES, ordinal

Reader = Callable[[re.Match[str], date], Time | None]
FORMS: list[tuple[re.Pattern[str], Reader]] = []


def _form(*patterns: str) -> Callable[[Reader], Reader]:
    """Puts the reader below it among FORMS."""

    def kept(reader: Reader) -> Reader:
        for pattern in patterns:
            blanks = pattern.replace(" ", " +").replace(" +?", " *")
            FORMS.append((re.compile(blanks), reader))
        return reader

    return kept


EDGE, END = r"(?<![^\W_])(?<![\w№#]-)", r"(?![^\W_])"

# Days, months, seasons, quarters

_MONTHS = (
    "янв jan", "фев feb", "мар mar", "апр apr", "май мая мае маю may", "июн jun", "июл jul", "авг aug",
    "сен sep", "окт oct", "ноя nov", "дек dec",
)  # fmt: skip
_MONTH = (
    r"(?:(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)(?:[ьяюе]|ем)|(?:март|август)(?:[ауе]|ом)?|"
    rf"ма(?:[йяюе]|ем)){END}"
)
# Short names stand only beside a day or a year.
_SHORT_MONTH = rf"(?:янв|февр?|мар|апр|ию[нл]|авг|сент?|окт|нояб?|дек)(?:\.|{END})"
MONTH = rf"(?:{_MONTH}|{_SHORT_MONTH})"
_SEASONS = {"зим": 0, "вес": 3, "лет": 6, "осе": 9}  # the month that each begins with; 0: the December before
_SEASON = r"(?:зим(?:а|у|ой|ы|е)|весн(?:а|у|ой|ы|е)|лет(?:о|ом|а|у|е)|осен(?:ь|ью|и))"
_ORDINAL = (
    r"(?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|двадцат|тридцат|\w+надцат)"
    rf"ь?(?:ый|ой|ий|[ое]го|[ое]му|[ыи]м|[ое]м|ая|я|ую|ю|ое|е|ей){END}"
)
_COUNTS = {**FIGURES, "две": 2, "пару": 2, "пара": 2, "несколько": 3}
_NUMBER = rf"(?:\d{{1,2}}(?:-?(?:го|е|му|м))?|(?:двадцать |тридцать )?{_ORDINAL})"
_YEAR = r"(?<![\d.,])(?:1\d{3}|20\d{2})(?!\d|[.,]\d| ?%)"
_YEAR_WORD = rf"(?: ?(?:год(?:а|у|е|ом|ы|ов|ам|ах|ами)?{END}|гг?{END}\.?))"
_OF_YEAR = rf"(?:-?(?:го|й|м|ом|ого|е|х|ми){END})?{_YEAR_WORD}?"
_PAST = r"(?:прошл\w+|прошедш\w+|минувш\w+|предыдущ\w+|истекш\w+)"
_WHICH = (
    rf"(?P<which>позапрошл\w+|{_PAST}|эт(?:от|ом|ого|ой|у|а|им)|текущ\w+|нынешн\w+|"
    r"следующ\w+|будущ\w+|предстоящ\w+)"
)
_LATER = rf"(?:(?:/|-(?=20))(?P<later>\d\d(?:\d\d)?){END})?"  # «зимой 2023/24 года»
_TYPED_YEAR = rf"(?:,? (?P<year>{_YEAR}){_LATER}{_OF_YEAR}| {_WHICH} года{END})?"


def month_number(typed: str) -> int:
    """The number of a month written in figures, as «II», or by name, a short or English one too; else 0."""
    name, numbered = typed.lower(), enumerate(_MONTHS, 1)
    named = (number for number, stems in numbered if name.startswith(tuple(stems.split())))
    return int(typed) if typed.isdecimal() else next(named, roman(typed))


def _number(typed: str) -> int:
    """The number that figures or words («двадцать первого», «ii», «пару») name; 0 for none."""
    if figures := re.match(r"\d+", typed):
        return int(figures.group())
    tens, _, unit = typed.rpartition(" ")
    found = int(_COUNTS.get(tens.strip() or unit, 0))
    return found + ordinal(unit) if ordinal(unit) else found or roman(typed)


@_form(
    rf"{EDGE}(?P<first>{_NUMBER})(?:(?: ?- ?| (?:по|до|и) )(?P<last>{_NUMBER}))? "
    rf"(?P<month>{MONTH}){_TYPED_YEAR}"
)
def _day_of_month(match: re.Match[str], written: date) -> Time | None:
    first, last = _number(match["first"]), _number(match["last"] or match["first"])
    month = month_number(match["month"])
    year, guessed = _year(match, written, month, first)
    since, until = day(year, month, first), day(year, month, last)
    days = Days(since, until) if since and until and since <= until else None
    return Time(*match.span(), days, guessed, counted=bool(match["which"]), ranged=since != until)


@_form(*(f"(?i:{form.pattern})" for form in DATES_IN_FIGURES))
def _in_figures(match: re.Match[str], written: date) -> Time | None:
    found = day(full_year(match["year"]), month_number(match["month"]), int(match["day"]))
    return Time(*match.span(), Days(found, found) if found else None)


@_form(
    rf"{EDGE}(?:(?:(?P<first>{_MONTH}) ?- ?)?(?P<month>{_MONTH}|{_SHORT_MONTH}(?= {_YEAR}))|"
    rf"(?P<season>{_SEASON}){END}|(?P<order>{_ORDINAL}|iv|i{{1,3}}|[1-4](?:-?[а-я]{{1,3}})?) "
    rf"(?P<unit>квартал\w*|кв\.|полугоди\w*)){_TYPED_YEAR}"
)
def _months_of_year(match: re.Match[str], written: date) -> Time | None:
    if match["month"]:
        last = month_number(match["month"])
        first = month_number(match["first"]) if match["first"] else last
        first -= 12 * (first > last)  # «декабрь — февраль»
        count = last - first + 1
    elif match["season"]:
        first, count = _SEASONS[match["season"][:3]], 3
        first += 12 * bool(match["later"] and first == 0)
    else:
        count = 3 if match["unit"].startswith("кв") else 6
        first = _number(match["order"]) * count - count + 1
    year, guessed = _year(match, written, first)
    if not -12 < first <= 12 or (match["season"] and guessed):
        return None
    counted, ranged, is_bare = bool(match["which"]), bool(match["first"]), guessed and bool(match["month"])
    return Time(*match.span(), months(year, first, count), guessed, counted, ranged=ranged, bare=is_bare)


def _year(match: re.Match[str], written: date, month: int, number: int = 1) -> tuple[int, bool]:
    """The year typed or meant («прошлого года»), else that of the last such time; True: it is a guess."""
    if match["year"]:
        return int(match["year"]), False
    if match["which"]:
        return written.year + _step(match["which"]), False
    return written.year - ((month, number) > (written.month, written.day)), True


# Times counted from the day of writing

_WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_WEEKDAY = rf"(?:{'|'.join(_WEEKDAYS)})(?:[ауыеяю]|ом)?"
_UNIT = r"(?:недел\w+|месяц\w*|год(?:а|у|ом|е)?|квартал\w*|полугоди\w*)"
_UNITS = rf"(?:дн(?:я|ей|и|ях)|день|сут(?:ки|ок)|полгода|лет|{_UNIT})"
_SIZES = {  # months and days
    "дн": (0, 1), "де": (0, 1), "су": (0, 1), "не": (0, 7), "ме": (1, 0), "кв": (3, 0), "по": (6, 0),
    "го": (12, 0), "ле": (12, 0),
}  # fmt: skip
_COUNT = rf"(?P<count>(?<!\d\s)\d{{1,3}}|{'|'.join(_COUNTS)})"
_WITHIN = re.compile(r"(?<![^\W_])(?:за|во?|протяжении|течение) +$")


def _step(which: str) -> int:
    """How many units on: -1 for «прошлый»."""
    if which.startswith("поза"):
        return -2
    return -1 if re.match(_PAST, which) else 1 if which.startswith(("след", "буд", "пред")) else 0


def _block(written: date, steps: int, unit: str) -> Days:
    """The day, week, month, quarter, half-year or year so many `steps` from the one of that day."""
    of_months, of_days = _SIZES[unit[:2]]
    if of_months:
        return months(written.year, ((written.month - 1) // of_months + steps) * of_months + 1, of_months)
    first = shifted(written, steps * of_days - (written.weekday() if of_days == 7 else 0))
    return Days(first, shifted(first, of_days - 1))


@_form(rf"{EDGE}(?P<which>последн\w+|{_PAST}) (?:{_COUNT} )?(?P<unit>{_UNITS}){END}")
def _last(match: re.Match[str], written: date) -> Time | None:
    """«за последние три дня», «за прошедшие сутки»: up to the day of writing."""
    unit = match["unit"]
    is_last = match["count"] or match["which"].startswith("посл") or unit.startswith(("сут", "полгода"))
    if not is_last or not _WITHIN.search(match.string[: match.start()]):
        return None
    count = _number(match["count"] or ("3" if unit.startswith("дн") else "1"))
    of_months, of_days = _SIZES[unit[:2]]
    since = shifted(written, -count * of_days)
    if of_months:
        first, last = months(written.year, written.month - count * of_months)
        since = day(first.year, first.month, written.day) or last
    return Time(*match.span(), Days(since, written), counted=True, look=True)


@_form(rf"{EDGE}(?:{_COUNT} (?P<unit>{_UNITS})|(?P<one>день|сутки|неделю|месяц|полгода|год)) назад{END}")
def _ago(match: re.Match[str], written: date) -> Time | None:
    days = _block(written, -_number(match["count"] or "1"), match["unit"] or match["one"])
    return Time(*match.span(), days, counted=True, look=True)


@_form(rf"{EDGE}{_WHICH} (?P<unit>{_UNIT}|выходн\w+|{_SEASON}|{_WEEKDAY}){END}")
def _which(match: re.Match[str], written: date) -> Time | None:
    step, unit = _step(match["which"]), match["unit"]
    if unit.startswith("выходн"):
        saturday = shifted(written, 7 * step + 5 - written.weekday())
        days = Days(saturday, shifted(saturday, 1))
    elif unit.startswith(_WEEKDAYS):
        number = next(place for place, stem in enumerate(_WEEKDAYS) if unit.startswith(stem))
        found = shifted(written, (number - written.weekday()) % 7 - 7 * (step < 0))
        days = Days(found, found)
    elif (first := _SEASONS.get(unit[:3])) is not None:
        days = months(written.year, first, 3)
        if step < 0 and days.until >= written:
            days = months(written.year - 1, first, 3)
    else:
        days = _block(written, step, unit)
    return Time(*match.span(), days, counted=True, look=True)


@_form(rf"{EDGE}(?<!на\s)(?P<day>сегодня|вчера|позавчера|завтра){END}(?: (?:утром|днем|вечером|ночью))?")
def _near(match: re.Match[str], written: date) -> Time | None:
    found = shifted(written, {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1}[match["day"]])
    is_vague = match.group() == "сегодня"  # it often means nowadays
    return Time(*match.span(), Days(found, found), is_vague, counted=True, look=True)


# Times of which nobody can tell the days, and bare years

_ERA = rf"(?: (?:до )?(?:н\. ?э{END}\.?|нашей эры))"
_CENTURY = (
    r"(?:[ivxх]+|\d{1,2}(?:-(?:й|го|м|ом|е))?|[а-я]+(?:ый|ий|ой|[ое]го|[ое]м|ому))"
    rf"(?: ?- ?(?:[ivxх]+|\d{{1,2}}))? (?:век(?:а|е|у|ом|ов|ах)?{END}|вв?\.|столети[еяюий]м?{END}){_ERA}?"
)
_OLD_YEAR = (
    rf"(?:\d{{1,4}}(?: ?- ?\d{{1,4}})?(?:{_OF_YEAR}| лет){_ERA}|\d{{1,2}}(?:-(?:й|го|м|ом|е)){_YEAR_WORD}|"
    rf"(?!1\d{{3}}|20\d\d)\d{{3,4}}(?: ?- ?\d{{3,4}})?{_YEAR_WORD})"
)
PART = re.compile(
    r"(?<![^\W_])(?:само\w+ )?(?P<part>начал[еоау]|конц[еауо]м?|конец|середин[еауы]|"
    r"(?:перв|втор)(?:ой|ая|ую) половин[еауы]) +$"
)
# A bare year before one of these is a quantity: «1500 тонн».
_COUNTED = re.compile(
    r" ?(?:процент|тыс|млн|млрд|трлн|тонн|км|кв\.|метр|м(?![^\W_])|человек|люд|доллар|руб|тенге|евро|кг|шт|"
    r"мест|га(?![^\W_])|раз|лет|фильм|год(?:ами)?-)"
)
_QUOTES = '«»"“”„'
_AFTER_LATIN = re.compile(r"(?:[a-z]|гост) $")  # «Windows 2000»
_IN = re.compile(r"(?<![^\W_])(?:в|с|между) +$")
_FOR = re.compile(r"(?<![^\W_])(?:за|на) +$")
_WORD_NEXT = re.compile(r" +(?!(?:по|до|и) )[^\W\d_]")


@_form(rf"{EDGE}(?:{_CENTURY}|{_OLD_YEAR}|(?:{_WEEKDAY}|накануне|весной|летом|осенью|зимой){END})")
def _vague(match: re.Match[str], written: date) -> Time | None:
    return Time(*match.span(), None)


@_form(rf"{EDGE}(?P<year>(?:1\d|20)?\d0)-?(?:е|х|ые|ых|ми){END}{_YEAR_WORD}?")
def _decade(match: re.Match[str], written: date) -> Time | None:
    return Time(*match.span(), months(int(match["year"]), 1, 120) if len(match["year"]) > 2 else None)


@_form(
    rf"{EDGE}(?P<year>{_YEAR})(?P<named>{_OF_YEAR})"
    rf"(?:(?: ?[-/] ?(?=\d)| (?:по|до) (?=\d{{4}}))(?P<last>20\d\d|1\d{{3}}|\d\d)(?![\d%]|[.,]\d)"
    rf"(?P<lastnamed>{_OF_YEAR}))?"
)
def _years(match: re.Match[str], written: date) -> Time | None:
    first = int(match["year"])
    last = int(match["last"] or first)
    last += first // 100 * 100 if last < 100 else 0  # «1995–99»
    stop = match.end() if last >= first else match.end("named")  # «в 2019-м — 1450»
    is_named = match["named"] or match["lastnamed"]
    if not is_named and _COUNTED.match(match.string, stop):
        return None
    is_year = is_named or PART.search(match.string[: match.start()]) or _is_likely_year(match)
    days = months(first, 1, 12 * max(last - first + 1, 1)) if is_year else None
    return Time(match.start(), stop, days, ranged=last > first)


def _is_likely_year(match: re.Match[str]) -> bool:
    """A number without «год»: not the title «1984», «на 2000 просмотров» or «Windows 2000»."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    if _AFTER_LATIN.search(before) or (before[-1:] in _QUOTES and behind[:1] in _QUOTES and behind):
        return False
    if not 1900 <= int(match["year"]) <= 2099:
        return bool(_IN.search(before) and not _WORD_NEXT.match(behind))
    is_amount = match["year"].endswith("00") or _FOR.search(before)
    return not (is_amount and _WORD_NEXT.match(behind))
