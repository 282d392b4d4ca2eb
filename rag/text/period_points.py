"""Calendar points of a question (days, months, quarters, seasons, years, decades) and the words of times.

Every pattern works on `plain(text)`: lower case, «ё» as «е», offsets as in the text.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from rag.text.lemma_rules import full_year, roman

_SPACES = dict.fromkeys("\u00a0\u202f\u2009\t\n", " ")
_DASHES = dict.fromkeys("‐‑‒–—−", "-")
_PLAIN = str.maketrans({**_SPACES, **_DASHES, "ё": "е", "Ё": "е"})

MONTH = (
    r"(?:январ(?:[ьяюе]|ем)|феврал(?:[ьяюе]|ем)|март(?:[ауе]|ом)?|апрел(?:[ьяюе]|ем)|ма(?:[йяюе]|ем)|"
    r"июн(?:[ьяюе]|ем)|июл(?:[ьяюе]|ем)|август(?:[ауе]|ом)?|сентябр(?:[ьяюе]|ем)|октябр(?:[ьяюе]|ем)|"
    r"ноябр(?:[ьяюе]|ем)|декабр(?:[ьяюе]|ем))(?![^\W_])"
)
# Short names stand only beside a day or a year.
SHORT_MONTH = r"(?:янв|фев|февр|мар|апр|июн|июл|авг|сен|сент|окт|ноя|нояб|дек)(?:\.|(?![^\W_]))"
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
OF_YEAR = (
    r"(?:-?(?:го|й|м|ом|ого|е|х|ми)(?![^\W_]))?(?: ?(?:год(?:а|у|е|ом|ы|ов|ам|ах|ами)?|гг?)(?![^\W_])\.?)?"
)
YEAR = r"(?<![\d.,])(?:1\d{3}|20\d{2})(?!\d|[.,]\d| ?%)"
THIS = r"(?:эт(?:от|ом|ого|ой|у|а|им)|текущ\w+|нынешн\w+)"
PAST = r"(?:прошл\w+|прошедш\w+|минувш\w+|предыдущ\w+|истекш\w+)"
NEXT = r"(?:следующ\w+|будущ\w+|предстоящ\w+)"

# What stands before a point or between two of them.
_FREE = r"(?<![^\W_])"
DASH = re.compile(r" ?- ?")
FROM = re.compile(_FREE + r"(?:(?:начиная )?со?|от) $")
FROM_ON = re.compile(_FREE + r"(?:начиная со? |со? |не (?:раньше|ранее) )$")
BETWEEN = {"по": re.compile(" по "), "до": re.compile(" до "), "и": re.compile(" и ")}
BETWIXT = re.compile(_FREE + "между $")
BEFORE = re.compile(_FREE + r"(?:до|раньше|ранее|прежде) $")
AFTER = re.compile(_FREE + r"(?:после|позже|позднее) $")
NOT_AFTER = re.compile(_FREE + r"(?:не (?:позже|позднее)|вплоть до|по) $")
INSIDE = re.compile(_FREE + r"(?:(?:во?|за|на|к|ко|от|о|об|весь|всего|(?:на )?протяжении|(?:в )?течение) )+$")


@dataclass(frozen=True, slots=True)
class Span:
    """A time with its place in the text. `guessed`: no year was typed; `relative`: when to look.

    `bare`: a time only behind a preposition («март» alone may be a name); `closed`: a range already.
    """

    start: int
    stop: int
    since: date | None
    until: date | None
    guessed: bool = False
    relative: bool = False
    bare: bool = False
    closed: bool = False


def plain(text: str) -> str:
    """`text` for the patterns: as long as it was."""
    lowered = "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)
    return lowered.translate(_PLAIN)


def blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with spaces in place of `spans`."""
    for start, stop in spans:
        text = text[:start] + " " * (stop - start) + text[stop:]
    return text


def month_number(name: str) -> int:
    """1 to 12 for any form of a month's name, short ones too."""
    return next(number for number, stem in enumerate(_MONTH_STEMS, 1) if name.startswith(stem))


def month(year: int, number: int) -> tuple[date, date]:
    """The first and the last day of a month; `number` may run over the year's ends."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def months(year: int, first: int, last: int) -> tuple[date, date]:
    """From the first day of one month of `year` to the last day of another."""
    return month(year, first)[0], month(year, last)[1]


def day(year: int, number: int, month_: int) -> date | None:
    """That day, or None where there is none."""
    try:
        return date(year, month_, number)
    except ValueError:
        return None


def shifted(when: date, days: int) -> date:
    """`days` later, kept within what a date can be."""
    return date.fromordinal(min(max(when.toordinal() + days, 1), date.max.toordinal()))


Days = tuple[date, date]
_TYPED_YEAR = rf"(?:,? (?P<year>{YEAR}){OF_YEAR}| (?P<which>{THIS}|{PAST}|{NEXT}) года(?![^\W_]))"
_ANY_MONTH = rf"(?:{MONTH}|{SHORT_MONTH})"
_TH = r"(?:-?го|-?е|-?му|-?м)?"
_EDGE = r"(?<![^\W_])(?<![^\W_]-)"
# A bare year before one of these is a quantity: «1500 тонн».
_COUNTED = (
    r"(?! ?(?:тыс|млн|млрд|трлн|тонн|км|кв\.|метр|м(?![^\W_])|человек|люд|доллар|руб|тенге|евро|кг|шт|мест|"
    r"га(?![^\W_])|раз|лет|фильм|год(?:ами)?-))"
)

_DAYS = re.compile(
    rf"{_EDGE}(?P<first>\d{{1,2}}){_TH}(?:(?: ?- ?| (?:по|до|и) )(?P<last>\d{{1,2}}){_TH})? "
    rf"(?P<month>{_ANY_MONTH})(?:{_TYPED_YEAR})?"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})[./](?P<month>\d{1,2}|[ivxх]{1,4})[./](?P<year>\d{4})(?!\d)"
    r"(?: ?г(?:ода?|\.)?(?![^\W_]))?"
    r"|(?<![\d.])(?P<day3>\d\d)\.(?P<month3>\d\d)\.(?P<year3>\d\d)(?!\.?\d)"
    r"|(?<![\d-])(?P<year2>\d{4})-(?P<month2>\d{2})-(?P<day2>\d{2})(?![\d-])"
)
_NUMERIC_PARTS = tuple((f"year{each}", f"month{each}", f"day{each}") for each in ("", "2", "3"))
_ORDER = (
    r"(?P<order>перв\w+|втор\w+|трет(?:ий|ье|ьего|ьем|ья|ьей)|четверт\w+|iv|i{1,3}|"
    r"[1-4](?:-?(?:й|го|м|ом|ого|е|я|ая|ю))?)"
)
_QUARTER = re.compile(
    rf"{_EDGE}{_ORDER} (?P<unit>квартал\w*|кв\.|полугоди\w*|половин\w*(?= (?:{YEAR}|{THIS}|{PAST})))"
    rf"(?:{_TYPED_YEAR})?"
)
_SEASON = re.compile(
    rf"{_EDGE}(?:(?P<adjective>{THIS}|{PAST}) )?"
    r"(?P<season>зим(?:а|у|ой|ы|е)|весн(?:а|у|ой|ы|е)|лет(?:о|ом|а|у|е)|осен(?:ь|ью|и))(?![^\W_])"
    rf"(?: (?P<year>{YEAR})(?: ?[-/] ?(?P<last>20\d\d|\d\d))?(?!\d){OF_YEAR}"
    rf"| (?P<which>{THIS}|{PAST}|{NEXT}) года(?![^\W_]))?"
)
_PART = (
    r"(?:(?:само\w+ )?(?P<part>начал[еоау]|конц[еауо]м?|конец|середин[еауы]|"
    r"(?:перв|втор)(?:ой|ая|ую) половин[еауы]) )?"
)
_MONTHS = re.compile(
    rf"{_EDGE}{_PART}(?:(?P<month>{MONTH})(?:{_TYPED_YEAR})?|"
    rf"(?P<short>{SHORT_MONTH}) (?P<year2>{YEAR}){OF_YEAR})"
)
_DECADE = re.compile(rf"{_EDGE}(?P<year>(?:1\d|20)\d0)-?(?:е|х|ые|ых|ми)(?![^\W_])(?: ?год(?:ы|ов|ах|ам))?")
_YEARS = re.compile(
    rf"(?<!\w)(?<![\w№#]-){_PART}(?P<year>{YEAR})(?P<named>{OF_YEAR})"
    rf"(?: ?[-/] ?(?P<last>20\d\d|1\d{{3}}|\d\d)(?![\d.,%])(?P<lastnamed>{OF_YEAR}))?{_COUNTED}"
)
_AFTER_LATIN = re.compile(r"(?:[a-z]|гост) $")  # «Windows 2000»
_QUOTES = '«»"“”„'
_IN = re.compile(r"(?<![^\W_])в $")
_FOR = re.compile(r"(?<![^\W_])(?:за|на) $")
_WORD_NEXT = re.compile(r" [^\W\d_]")

_SEASON_MONTHS = {"зим": (0, 2), "вес": (3, 5), "лет": (6, 8), "осе": (9, 11)}


def points(text: str, today: date) -> list[Span]:
    """The calendar points of `text` (as `plain` gives it), in order, none inside another."""
    found: list[Span] = []
    free = text
    for pattern, read in _READERS:
        for match in pattern.finditer(free):
            found += read(match, today)
        free = pattern.sub(lambda match: "\0" * len(match.group()), free)
    return sorted(found, key=lambda each: each.start)


def _read_days(match: re.Match[str], today: date) -> Iterator[Span]:
    number = month_number(match["month"])
    first, last = int(match["first"]), int(match["last"] or match["first"])
    year, guessed = _year(match, today, number, first)
    since, until = day(year, first, number), day(year, last, number)
    if since and until and since <= until:
        yield Span(match.start(), match.end(), since, until, guessed, closed=since != until)


def _read_numeric(match: re.Match[str], today: date) -> Iterator[Span]:
    names = next(names for names in _NUMERIC_PARTS if match[names[0]])
    year, month_, day_ = (match[name] for name in names)
    number = int(month_) if month_.isdecimal() else roman(month_.upper())
    if found := day(full_year(year), int(day_), number):
        yield Span(match.start(), match.end(), found, found)


def _read_quarter(match: re.Match[str], today: date) -> Iterator[Span]:
    order, unit = _order(match["order"]), match["unit"]
    size = 3 if unit.startswith("кв") else 6
    if order * size <= 12:
        first = (order - 1) * size + 1
        year, guessed = _year(match, today, first)
        yield Span(match.start(), match.end(), *months(year, first, first + size - 1), guessed)


def _read_season(match: re.Match[str], today: date) -> Iterator[Span]:
    first, last = _SEASON_MONTHS[match["season"][:3]]
    if match["year"]:
        year = int(match["year"]) + bool(match["last"] and first == 0)
        yield Span(match.start(), match.end(), *months(year, first, last))
    elif match["which"]:
        year, _ = _year(match, today, first)
        yield Span(match.start(), match.end(), *months(year, first, last))
    elif match["adjective"]:
        year = today.year
        if re.match(PAST, match["adjective"]) and month(year, last)[1] >= today:
            year -= 1
        yield Span(match.start(), match.end(), *months(year, first, last), relative=True)


def _read_months(match: re.Match[str], today: date) -> Iterator[Span]:
    number = month_number(match["month"] or match["short"])
    if match["short"]:
        year, guessed = int(match["year2"]), False
    else:
        year, guessed = _year(match, today, number)
    days = _part(month(year, number), match["part"])
    yield Span(match.start(), match.end(), *days, guessed, bare=guessed and not match["part"])


def _read_decade(match: re.Match[str], today: date) -> Iterator[Span]:
    yield Span(match.start(), match.end(), *_years(int(match["year"]), int(match["year"]) + 9))


def _read_years(match: re.Match[str], today: date) -> Iterator[Span]:
    first = int(match["year"])
    last = int(match["last"] or first)
    last = last if last > 99 else first // 100 * 100 + last
    if last < first:
        return
    is_named = match["named"] or match["lastnamed"] or match["part"]
    if not is_named and not _is_likely_year(match):
        return
    days = _part(_years(first, last), match["part"])
    yield Span(match.start(), match.end(), *days, closed=first != last)


def _is_likely_year(match: re.Match[str]) -> bool:
    """A number without «год»: not the title «1984», «на 2000 просмотров» or «Windows 2000»."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    if _AFTER_LATIN.search(before) or (before[-1:] in _QUOTES and behind[:1] in _QUOTES and behind):
        return False
    if not 1900 <= int(match["year"]) <= 2099:
        return bool(_IN.search(before) and not _WORD_NEXT.match(behind))
    is_amount = match["year"].endswith("00") or _FOR.search(before)
    return not (is_amount and _WORD_NEXT.match(behind))


_Reader = Callable[[re.Match[str], date], Iterator[Span]]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_DAYS, _read_days),
    (_NUMERIC, _read_numeric),
    (_QUARTER, _read_quarter),
    (_SEASON, _read_season),
    (_MONTHS, _read_months),
    (_DECADE, _read_decade),
    (_YEARS, _read_years),
)


def _year(match: re.Match[str], today: date, number: int, day_: int = 1) -> tuple[int, bool]:
    """The year typed or meant («прошлого года»), else that of the last such month; True: it is a guess."""
    if match["year"]:
        return int(match["year"]), False
    if which := match["which"]:
        step = -1 if re.match(PAST, which) else 1 if re.match(NEXT, which) else 0
        return today.year + step, False
    return today.year - ((number, day_) > (today.month, today.day)), True


def _order(word: str) -> int:
    if word[0].isdigit():
        return int(word[0])
    return {"п": 1, "в": 2, "т": 3, "ч": 4}.get(word[0]) or (4 if word == "iv" else len(word))


def _years(first: int, last: int) -> Days:
    return date(first, 1, 1), date(last, 12, 31)


def _part(days: Days, part: str | None) -> Days:
    """The beginning, the middle or the end (thirds), or a half of `days`."""
    if part is None:
        return days
    since, until = days
    if (until - since).days > 300:
        return _part_of_year(days, part)
    middle = {"на": (1, 10), "се": (11, 20), "ко": (21, until.day), "пе": (1, 15), "вт": (16, until.day)}
    first, last = middle[part[:2]]
    return since.replace(day=first), until.replace(day=last)


def _part_of_year(days: Days, part: str) -> Days:
    first, last = {"на": (1, 4), "се": (5, 8), "ко": (9, 12), "пе": (1, 6), "вт": (7, 12)}[part[:2]]
    return month(days[0].year, first)[0], month(days[1].year, last)[1]


def joined(text: str, first: Span, second: Span) -> Span | None:
    """Both points as one where they are the ends of a range: «с 1 марта по 5 апреля»; else None."""
    start = _range_start(text, first, second)
    return None if start is None else _range(start, first, second)


def _range_start(text: str, first: Span, second: Span) -> int | None:
    """Where the range of two points begins; None where they are no ends of a range."""
    before, between = text[: first.start], text[first.stop : second.start]
    if DASH.fullmatch(between):
        inside = INSIDE.search(before)
        return inside.start() if inside else first.start
    for opening, middle in ((FROM, "по"), (FROM, "до"), (BETWIXT, "и")):
        if (match := opening.search(before)) and BETWEEN[middle].fullmatch(between):
            return match.start()
    return None


def _range(start: int, first: Span, second: Span) -> Span:
    """From the beginning of one point to the end of the other; the first takes the other's year."""
    since, until = first.since, second.until
    if since and until and first.guessed:
        since = _in_year(since, until.year)
        since = _in_year(since, until.year - 1) if since > until else since
    if since and until and since > until:
        since, until = second.since, first.until
    return replace(second, start=start, since=since, until=until, bare=False, closed=True)


def _in_year(when: date, year: int) -> date:
    return when.replace(year=year, day=28 if (when.month, when.day) == (2, 29) else when.day)
