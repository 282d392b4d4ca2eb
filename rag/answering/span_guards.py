"""What is no short answer whatever its score: wrong bold text is worse than none.

The guards take candidates away before they are scored: names of the question itself, halves of names
joined by a dash, pronouns alone, amounts in another unit, and what a sentence says of somebody else
(«70 % у фирмы, а у фонда — лишь 30 %»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.span_view import PREFIX, Seen
from rag.text.measures import measure
from rag.text.tokens import Token
from rag.text.words import is_function_word, lemmas

Pair = tuple[int, int]  # first and last token

_MONEY = measure("Какая сумма?").units
_COSTS = frozenset("оценивать оцениваться оценить обойтись стоить затрата".split())
_EMPTY = frozenset(
    "оба весь каждый другой иной многие некоторый несколько последний данный указанный".split()
)
_ORDINAL = re.compile(
    r"(?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|[а-я]+надцат|двадцат|последн)"
    r"(?:ая|ую|ый|ой|ое|ье|ом|ем|ьем|ого|его|ему|ым|ими?)|\d+-[а-я]+"
)
_RANK = "место"
_NAMES = frozenset({"Name", "LATN"})
_CLAUSES = frozenset({"VERB", "short", "comma", "dash", "Name", "LATN"})
_NAMED = frozenset({"person", "organisation", "place", "name"})
_NOUNS = frozenset({"NOUN", "Name", "LATN", "ADJF", "NPRO"})
_TIMES = frozenset("год месяц неделя день сутки час минута раз".split())
_CONTRASTS = frozenset("а но хотя если однако поэтому".split())
_SHORT_KINDS = frozenset({"person", "organisation", "place", "list"})
# Who does something may be many: «комитет», «власти».
_BODIES = frozenset(
    """комитет совет правительство власть комиссия парламент конгресс сенат кабинет министерство ведомство
    компания фирма корпорация фонд банк группа партия союз народ население племя армия войско команда клуб
    университет институт академия школа церковь общество организация агентство служба суд дума палата
    государство страна республика город община семья династия род дом завод предприятие издание газета
    консорциум альянс орден большинство меньшинство часть половина""".split()
)
# What only a person is.
_OFFICES = frozenset(
    """директор гендиректор президент глава председатель возглавлять министр премьер автор жена муж сын дочь
    отец мать брат сестра родиться основатель капитан король император""".split()
)
_AROUND = 3  # tokens that may stand around a sum of money («не менее», «в год»)
# A state is also called by its capital and by its people.
_STATES = (
    ("сша", "вашингтон", "америка", "американец", "американский"),
    ("россия", "москва", "россиянин", "российский", "рф"),
    ("китай", "пекин", "китаец", "китайский", "кнр"),
    ("великобритания", "лондон", "британец", "британский"),
    ("германия", "берлин", "немец", "немецкий"),
    ("франция", "париж", "француз", "французский"),
    ("казахстан", "астана", "казахстанец", "казахстанский"),
)
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziiklmnoprstufhie", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
    | {"y": "i", "w": "v", "c": "k", "-": "", "'": ""}
)


def guarded(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """The candidates that may be shown."""
    kept = [pair for pair in found if not any(guard(seen, pair) for guard in _GUARDS)]
    kept = _without_asked_names(seen, kept)
    kept = _in_money(seen, _with_amount(seen, kept))
    return _of_the_asked_one(seen, kept)


def _inside(seen: Seen, pair: Pair) -> tuple[Token, ...]:
    return seen.tokens[pair[0] : pair[1] + 1]


def _says_nothing(seen: Seen, pair: Pair) -> bool:
    """«обоих», «этой», «другие»: no word that could answer."""
    return all(_is_empty(token) for token in _inside(seen, pair))


def _is_only_a_time(seen: Seen, pair: Pair) -> bool:
    """«12 тонн в год»: the year says how often, it answers nothing."""
    said = [token for token in _inside(seen, pair) if token.kind != "sign"]
    return len(said) == 1 and said[0].grammar.lemma in _TIMES


def _tells_a_story(seen: Seen, pair: Pair) -> bool:
    """Who, where and which ones are names: no verb, no dash with spaces stands among them."""
    if seen.asked.question.kind not in _SHORT_KINDS:
        return False
    return any(
        (seen.classes[place] == "VERB" and not seen.tokens[place].is_capital) or _parts(seen, place)
        for place in range(pair[0], pair[1] + 1)
        if seen.depths[place] == seen.depths[pair[0]]
    )


def _crosses_clauses(seen: Seen, pair: Pair) -> bool:
    """«степь, а в портах Лены»: the end of one clause and the begin of another."""
    return any(
        seen.classes[place] == "comma" and seen.tokens[place + 1].folded in _CONTRASTS
        for place in range(pair[0], pair[1])
        if seen.depths[place] == seen.depths[pair[0]]
    )


def _breaks_off(seen: Seen, pair: Pair) -> bool:
    """«завод выпускает 12 тонн» of «… тонн олова»: a clause is told to its end or not at all."""
    if pair[1] + 1 >= len(seen.tokens) or seen.classes[pair[1] + 1] in ("end", "comma", "dash"):
        return False
    inside = range(pair[0], pair[1] + 1)
    return any(
        seen.tokens[place].grammar.part == "VERB" and seen.classes[place] == "VERB" for place in inside
    ) and any("nomn" in seen.tokens[place].grammar.cases for place in inside)


def _parts(seen: Seen, place: int) -> bool:
    """True for the dash of «источник — проект»."""
    return (
        seen.classes[place] == "dash" and place > 0 and seen.tokens[place - 1].stop < seen.tokens[place].start
    )


def _cuts_latin_name(seen: Seen, pair: Pair) -> bool:
    """True for the end of «Baku Steel Company» alone."""
    first = pair[0]
    if not first or seen.classes[first] != "LATN" or seen.classes[first - 1] != "LATN":
        return False
    return seen.tokens[first - 1].stop + 1 == seen.tokens[first].start


def _is_empty(token: Token) -> bool:
    if token.kind == "number" or token.grammar.lemma == "один":
        return False
    grammar = token.grammar
    return (
        token.kind == "sign"
        or grammar.lemma in _EMPTY
        or is_function_word(token.folded)
        or (grammar.part in ("ADJF", "NPRO") and "Apro" in grammar.marks)
    )


# Names


def _cuts_dashed_name(seen: Seen, pair: Pair) -> bool:
    """True for a half of «Иванова — Петрова»."""
    first, last = pair
    whole = range(first, last + 1) if seen.asked.question.kind == "person" else ()  # it is nobody's name
    return any(_is_inner_dash(seen, place) for place in (first - 1, last + 1, *whole))


def _is_inner_dash(seen: Seen, place: int) -> bool:
    """A dash between two names: without spaces, or both in the same oblique case."""
    if not 0 < place < len(seen.tokens) - 1 or seen.classes[place] != "dash":
        return False
    before, dash, after = seen.tokens[place - 1 : place + 2]
    if not (before.is_capital and after.is_capital):
        return False
    if before.stop == dash.start and dash.stop == after.start:
        return True
    shared = before.grammar.cases & after.grammar.cases
    return bool(shared) and "nomn" not in before.grammar.cases


def _without_asked_names(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Who did it is not the one the question names: «Кто пригласил Лаврова?» — not «Пётр Лавров»."""
    if seen.asked.question.kind in _NAMED:
        found = [pair for pair in found if not _repeats(seen, pair)]
    if seen.asked.question.kind != "person":
        return list(found)
    asked = [
        (first, last) for first, last, kind in seen.spans if kind == "person" and _is_asked(seen, first, last)
    ]
    known = {place for first, last in asked for place in range(first, last + 1)}
    return [
        pair
        for pair in found
        if not _names_only(seen, pair, known) and _may_be_somebody(seen, pair) and _is_one(seen, pair)
    ]


def _may_be_somebody(seen: Seen, pair: Pair) -> bool:
    """True where somebody is named: a name, a living being, a pronoun."""
    return any(
        seen.classes[place] in ("Name", "LATN", "NPRO") or _is_living(seen.tokens[place])
        for place in range(pair[0], pair[1] + 1)
    )


def _is_one(seen: Seen, pair: Pair) -> bool:
    """False for «Cove Capital» and «Астана» where somebody's office or family is asked for."""
    if not any(token.grammar.lemma in _OFFICES for token in seen.asked.tokens):
        return True
    inside = range(pair[0], pair[1] + 1)
    others = {
        place
        for first, last, kind in seen.spans
        if kind in ("place", "organisation")
        for place in range(first, last + 1)
    }
    return any(
        (seen.classes[place] == "Name" and place not in others) or _is_person(seen.tokens[place])
        for place in inside
    )


def _is_person(token: Token) -> bool:
    return token.grammar.part == "NOUN" and "anim" in token.grammar.marks


def _is_living(token: Token) -> bool:
    """«врач»; also «совет», «группа людей» may do something: only things can't."""
    return token.grammar.part in ("NOUN", "ADJF") and (
        "anim" in token.grammar.marks or token.grammar.lemma in _BODIES
    )


def _repeats(seen: Seen, pair: Pair) -> bool:
    """True for a name of the question with nothing new beside it but an adverb."""
    inside = range(pair[0], pair[1] + 1)
    places = [p for p in inside if not _is_empty(seen.tokens[p]) and seen.classes[p] != "ADVB"]
    return all(seen.matched[place] for place in places) and any(
        seen.tokens[place].is_capital for place in places
    )


def _is_asked(seen: Seen, first: int, last: int) -> bool:
    names = [place for place in range(first, last + 1) if seen.tokens[place].is_capital]
    return bool(names) and seen.matched[names[-1]]


def _names_only(seen: Seen, pair: Pair, known: set[int]) -> bool:
    places = range(pair[0], pair[1] + 1)
    others = any(seen.classes[place] in _NAMES and place not in known for place in places)
    return not others and not known.isdisjoint(places)


_GUARDS = (
    _says_nothing,
    _is_only_a_time,
    _tells_a_story,
    _crosses_clauses,
    _breaks_off,
    _cuts_dashed_name,
    _cuts_latin_name,
)


# Amounts


def _with_amount(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """«Обоих участков» counts nothing that was asked for."""
    if seen.asked.question.kind != "quantity":
        return list(found)
    return [pair for pair in found if not _is_of_both(_inside(seen, pair))]


def _is_of_both(held: Sequence[Token]) -> bool:
    both = any(token.grammar.lemma == "оба" for token in held)
    return both and not any(token.kind == "number" for token in held)


def _in_money(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Asked for a sum, the sums of the sentence and little around them."""
    if seen.asked.question.kind != "quantity" or not _wants_money(seen):
        return list(found)
    asks = measure("Какая сумма?")
    sums = [
        (first, last)
        for first, last, kind in seen.spans
        if kind == "quantity"
        and asks.stands_in(seen.text, (seen.tokens[first].start, seen.tokens[last].stop))
    ]
    if not sums:
        return list(found)
    return [pair for pair in found if any(_is_around(seen, pair, span) for span in sums)]


def _wants_money(seen: Seen) -> bool:
    text = " ".join(token.text for token in seen.asked.tokens)
    asked = measure(text)
    if asked.units or asked.counted:
        return asked.units == _MONEY
    return not _COSTS.isdisjoint(lemmas(text))


def _is_around(seen: Seen, pair: Pair, span: Pair) -> bool:
    holds = pair[0] <= span[0] and span[1] <= pair[1]
    if not holds or (pair[1] - pair[0]) - (span[1] - span[0]) > _AROUND:
        return False
    return _CLAUSES.isdisjoint(seen.classes[pair[0] : span[0]] + seen.classes[span[1] + 1 : pair[1] + 1])


# Whose amount it is


def _of_the_asked_one(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Of several amounts (or ranks), those in the clause of what the question asks about."""
    wanted = _wanted(seen)
    is_rank = seen.asked.question.head == _RANK
    if len(wanted) < 2 and not is_rank:
        return list(found)
    owners = list(_owner_places(seen))
    if is_rank and not (owners and wanted):
        return []
    if not owners:
        return list(found)
    clauses = _clauses(seen)
    holding = {clauses[first] for first, _ in wanted}
    theirs = {near for place in owners if (near := _nearest(clauses[place], holding)) is not None}
    here = [span for span in wanted if clauses[span[0]] in theirs]
    if not here or (len(here) == len(wanted) and not is_rank):
        return list(found)
    return [pair for pair in found if any(_tells(seen, pair, span) for span in here)]


def _wanted(seen: Seen) -> list[Pair]:
    """The amounts, or the ranks, of the sentence."""
    if seen.asked.question.head == _RANK:
        return [(place, place) for place, token in enumerate(seen.tokens) if _ORDINAL.fullmatch(token.folded)]
    if seen.asked.question.kind != "quantity":
        return []
    return [(first, last) for first, last, kind in seen.spans if kind == "quantity"]


def _tells(seen: Seen, pair: Pair, span: Pair) -> bool:
    """The amount with little around it; a rank from its first word on."""
    if seen.asked.question.head == _RANK and pair[0] != span[0]:
        return False
    return _is_around(seen, pair, span)


def _clauses(seen: Seen) -> list[int]:
    """The number of the clause each token stands in."""
    number, numbers = 0, []
    for place, name in enumerate(seen.classes):
        if name == "comma" or seen.tokens[place].text in ";:(":
            number += 1
        numbers.append(number)
    return numbers


def _nearest(clause: int, holding: set[int]) -> int | None:
    """The clause itself, or the one before that it goes on with: «второе — по цинку, меди и золоту»."""
    return max((number for number in holding if number <= clause), default=None)


def _owner_places(seen: Seen) -> Iterator[int]:
    """Where the sentence has the most telling word of the question: a name, else the last noun."""
    for asked in _telling(seen):
        places = [place for place, token in enumerate(seen.tokens) if _is_same(asked, token)]
        if places or seen.asked.question.head == _RANK:
            yield from places
            return


def _telling(seen: Seen) -> list[Token]:
    """Names of the question first, then its nouns, the last one first."""
    head = seen.asked.question.head
    words = [
        token
        for place, token in enumerate(seen.asked.tokens)
        if place
        and token.kind == "word"
        and token.grammar.lemma != head
        and not is_function_word(token.folded)
    ]
    names = [] if head == _RANK else [token for token in words if token.is_capital]
    nouns = [token for token in words if token.grammar.part == "NOUN" and token not in names]
    return [*names, *reversed(nouns)]


def _is_same(asked: Token, token: Token) -> bool:
    if token.kind != "word":
        return False
    one, other = asked.grammar.lemma, token.grammar.lemma
    if one == other or (len(one) >= PREFIX and one[:PREFIX] == other[:PREFIX]):
        return True
    if any(one in names and other in names for names in _STATES):
        return True
    return asked.is_latin != token.is_latin and asked.is_capital and _sounds(asked) == _sounds(token)


def _sounds(token: Token) -> str:
    """The name in Latin letters, its beginning only: endings are declined."""
    return token.folded.translate(_LATIN)[: PREFIX + 1]
