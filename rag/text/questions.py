"""What a Russian question asks for: a person, a date, a quantity, …

The question word decides first («когда» → a date); «какой» and «каков» leave it to the noun they stand
with («в каком году» → a date, «какова площадь» → a quantity); without a question word a verb makes it
a yes/no question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from rag.text.asked_nouns import kind_of_noun
from rag.text.openings import OPENINGS
from rag.text.words import Word, analyzer, fold, words

Kind = Literal[
    "person",
    "date",
    "quantity",
    "place",
    "organisation",
    "name",
    "definition",
    "reason",
    "list",
    "yesno",
    "other",
]


@dataclass(frozen=True, slots=True)
class Question:
    """`head` is the lemma of the noun asked about («в каком году» → год); `polar`: yes or no will do.

    `cases` are those of the question word, which the answer shares («с кем» → ablt), and `preposition`
    is the one before it.
    """

    kind: Kind
    head: str | None
    polar: bool
    cases: frozenset[str] = frozenset()
    preposition: str | None = None


# Question words whose kind needs no noun.
_ADVERBS: dict[str, Kind] = {
    "когда": "date",
    "сколько": "quantity",
    "насколько": "quantity",
    "где": "place",
    "куда": "place",
    "откуда": "place",
    "почему": "reason",
    "зачем": "reason",
    "отчего": "reason",
    "кто": "person",
    "чей": "person",
    "что": "other",
    "как": "other",
}
_PRONOUNS = frozenset({"какой", "каков", "каковой", "который"})
_LEMMAS = {
    **dict.fromkeys("кого кому кем ком".split(), "кто"),
    **dict.fromkeys("чего чему чем".split(), "что"),
    **dict.fromkeys("скольких скольким сколькими сколько".split(), "сколько"),
    **dict.fromkeys("чей чья чье чьи чьего чьей чьему чьим чьем чьих чьими чью".split(), "чей"),
    "отчего": "отчего",
    "значит": "значить",
    **dict.fromkeys("каков какова каково каковы".split(), "каков"),
}
# Also conjunctions: behind a comma they seldom ask.
_CONJUNCTIONS = frozenset({"что", "чем", "чтобы", "как", "где", "когда", "который", "куда", "откуда"})
_CONDITIONS = frozenset({"если", "когда", "где"})
_ORDERS = frozenset("перечислить назвать привести указать перечисли назови".split())
_CALLED = frozenset(
    """называться называть назвать именовать именоваться звать зваться прозвать окрестить
    озаглавить наименовать""".split()
)
_MEANS = frozenset({"означать", "значить", "обозначать", "расшифровываться", "подразумеваться"})
_TRUE = ("правда", "верно")
_PREDICATES = ("VERB", "PRTS", "ADJS", "PRED")  # parts of speech (OpenCorpora)
_EXTENTS = frozenset({"долго", "далеко", "много", "быстро", "часто", "высоко", "глубоко", "сильно", "мало"})


def analyse(question: str) -> Question:
    """What `question` asks for; stress marks, «ё», case and a missing «?» make no difference."""
    asked = _without_opening(_Asked.of(question))
    kind, head = _kind(asked)
    place = _question_word(asked) if asked.words else None
    if kind == "yesno" or place is None:
        return Question(kind, head, kind == "yesno")
    before = asked.at(place - 1) if place else ""
    preposition = before if _is(before, "PREP") else None
    return Question(kind, head, False, _cases(asked, place), preposition)


def _cases(asked: _Asked, place: int) -> frozenset[str]:
    """The cases the word at `place` may stand in; «какой» stands in those of its noun."""
    if asked.words[place] == "что":
        return frozenset(("nomn", "accs"))
    forms = _parses(asked.words[place])
    own = {_plain_case(parse.tag) for parse in forms if parse.tag.case}
    if not place or not _is(asked.at(place - 1), "PREP"):
        own.discard("loct")  # «чём» is folded to «чем»
    noun = _agreeing_noun(asked, place) if _lemma(asked.words[place]) in _PRONOUNS else None
    if noun is None or not any(_agree(form.tag, noun.tag) for form in forms):
        return frozenset(own)
    shared = {_plain_case(parse.tag) for parse in _parses(noun.word) if parse.tag.POS == "NOUN"}
    return frozenset((own & shared) or shared)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The folded words of a question; `comma[i]`: a comma stands before word i."""

    words: tuple[str, ...]
    comma: tuple[bool, ...]

    @classmethod
    def of(cls, text: str) -> _Asked:
        found = [word for word in words(text) if "а" <= word.text[0] <= "я" or word.text.isascii()]
        return cls(tuple(word.text for word in found), tuple(_after_comma(text, found)))

    def from_word(self, place: int) -> _Asked:
        return _Asked(self.words[place:], self.comma[place:])

    def at(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""


def _after_comma(text: str, found: Sequence[Word]) -> list[bool]:
    stops = [0, *(word.stop for word in found)]
    return ["," in text[stop : word.start] for stop, word in zip(stops, found, strict=False)]


def _without_opening(asked: _Asked) -> _Asked:
    for opening in OPENINGS:
        if asked.words[: len(opening)] == opening and len(asked.words) > len(opening):
            return _without_opening(asked.from_word(len(opening)))
    return asked


def _kind(asked: _Asked) -> tuple[Kind, str | None]:
    if not asked.words:
        return "other", None
    if _lemma(asked.words[0]) in _ORDERS:
        return _of_order(asked)
    place = _question_word(asked)
    if "ли" in asked.words and (place is None or asked.words.index("ли") < place):
        return "yesno", None
    if place is None or (asked.words[0] in _TRUE and asked.at(1) == "что"):
        return _without_question_word(asked)
    return _of_question_word(asked, place)


def _question_word(asked: _Asked) -> int | None:
    """Where the word stands that asks: the first one that can't be a conjunction, else the first."""
    places = [place for place, word in enumerate(asked.words) if _asks(word)]
    free = [place for place in places if not _joins(asked, place)]
    if asked.words[0] in _CONDITIONS:
        behind = [place for place in free if place and any(asked.comma[1 : place + 1])]
        free = behind or free
    late = [
        place
        for place in places
        if _lemma(asked.words[place]) == "как" and _lemma(asked.at(place + 1)) in _CALLED
    ]
    late += [place for place in places if _lemma(asked.at(place + 2)) in _CALLED and place not in late]
    return next(iter(free or late), None)


def _asks(word: str) -> bool:
    return _lemma(word) in _ADVERBS or _lemma(word) in _PRONOUNS


def _joins(asked: _Asked, place: int) -> bool:
    """True for a conjunction behind a comma («, что», «, в котором»)."""
    joins = _lemma(asked.words[place]) in _CONJUNCTIONS
    return (
        joins
        and place > 0
        and (asked.comma[place] or (asked.comma[place - 1] and _is(asked.at(place - 1), "PREP")))
    )


def _of_order(asked: _Asked) -> tuple[Kind, str | None]:
    """«Назовите столицу» asks for a place, «Назовите участников» for a list."""
    for word in asked.words[1:]:
        for parse in _parses(word):
            if parse.tag.POS == "NOUN" and parse.tag.case in ("accs", "gent"):
                head = _normal(parse)
                kind = kind_of_noun(head, parse.tag)
                return ("list" if parse.tag.number == "plur" or kind == "other" else kind), head
    return "list", None


def _without_question_word(asked: _Asked) -> tuple[Kind, str | None]:
    compares = any(_is(word, "COMP") for word in asked.words[1:])  # «подробнее о мосте» doesn't
    if asked.words[0] in _TRUE or compares or any(_is(word, *_PREDICATES) for word in asked.words):
        return "yesno", None
    noun = next((parse for word in asked.words if (parse := _first(word)).tag.POS == "NOUN"), None)
    if noun is None or len(asked.words) < 2:
        return "other", _normal(noun) if noun else None
    return kind_of_noun(_normal(noun), noun.tag), _normal(noun)


def _of_question_word(asked: _Asked, place: int) -> tuple[Kind, str | None]:
    word = _lemma(asked.words[place])
    if word in _PRONOUNS:
        return _of_noun(asked, place)
    if word == "кто":
        return _of_who(asked, place)
    if word == "что":
        return _of_what(asked, place)
    if word == "как":
        return _of_how(asked, place)
    head = _noun_after(asked, place + 1) if word in ("сколько", "чей") else None
    return _ADVERBS[word], head


def _of_who(asked: _Asked, place: int) -> tuple[Kind, str | None]:
    following = asked.words[place + 1 :]
    if following and following[0] == "это" and _lemma(asked.at(place + 2)) == "такой":
        return "definition", _noun_after(asked, place + 3)
    if following and _lemma(following[0]) == "такой":
        return "definition", _noun_after(asked, place + 2)
    if following and place == 0 and all(_is_name(word) for word in following):
        return "definition", _lemma(following[-1])
    return "person", None


def _of_what(asked: _Asked, place: int) -> tuple[Kind, str | None]:
    """«Что такое …», «что означает …», «из-за чего …», «что является столицей …»."""
    before, after = asked.at(place - 1), asked.at(place + 1)
    if _is_reason(asked, place):
        return "reason", None
    if (
        _lemma(after) in ("такой", *_MEANS)
        or "за" in (after, asked.at(place + 2) if after == "это" else "")
        or {"представлять", "собой"} <= _all_lemmas(asked)
    ):
        return "definition", _noun_after(asked, place + 2)
    if _lemma(after) in ("понимать", "пониматься", "подразумевать") or before == "под":
        return "definition", _noun_after(asked, place + 2)
    if _lemma(after) in ("являться", "быть"):
        return _of_predicate(asked, place + 2)
    return "other", None


def _of_predicate(asked: _Asked, place: int) -> tuple[Kind, str | None]:
    for word in asked.words[place:]:
        parse = _first(word)
        if parse.tag.POS == "NOUN":
            head = _normal(parse)
            return (kind_of_noun(head, parse.tag) if parse.tag.case == "ablt" else "other"), head
    return "other", None


def _is_reason(asked: _Asked, place: int) -> bool:
    """«из-за чего», «для чего», «в связи с чем»: words() parts «из-за» into «из» and «за»."""
    before = asked.words[max(0, place - 3) : place]
    return (
        before[-2:] == ("из", "за") or before[-1:] in (("для",), ("ради",)) or before == ("в", "связи", "с")
    )


def _of_how(asked: _Asked, place: int) -> tuple[Kind, str | None]:
    following = [_lemma(word) for word in asked.words[place + 1 : place + 5]]
    if any(word in _CALLED for word in following):
        return "name", _noun_after(asked, place + 1)
    if following and following[0] in _EXTENTS:
        return "quantity", None
    if following and following[0] == "давно":
        return "date", None
    if any(word in _MEANS for word in following[:2]):
        return "definition", _noun_after(asked, place + 2)
    return "other", None


def _of_noun(asked: _Asked, place: int) -> tuple[Kind, str | None]:
    """«в каком году», «какова площадь», «каким был бюджет», «какие страны»."""
    noun = _agreeing_noun(asked, place)
    if noun is None:
        return "other", None
    head = _normal(noun)
    if head == "образ" or (head == "причина" and asked.at(place - 1) in ("по", "")):
        return ("reason" if head == "причина" else "other"), head
    kind = kind_of_noun(head, noun.tag)
    if head == "число" and noun.tag.case == "gent":
        return "date", head
    if head == "часть" and _lemma(asked.at(place - 1)) in ("в", "из"):
        return "place", head
    if noun.tag.number == "plur" and "Pltm" not in noun.tag and kind not in ("quantity", "date", "reason"):
        return "list", head
    return kind, head


def _agreeing_noun(asked: _Asked, place: int) -> Any:
    """The parse of the noun that agrees with «какой» at `place`; the first noun where none does."""
    forms = _parses(asked.words[place])
    fallback = None
    for word in asked.words[place + 1 : place + 8]:
        for parse in _parses(word):
            if parse.tag.POS != "NOUN":
                continue
            if any(_agree(form.tag, parse.tag) for form in forms):
                return parse
            fallback = fallback or parse
    return fallback


def _plain_case(tag: Any) -> str:
    return {"loc2": "loct", "gen2": "gent", "acc2": "accs"}.get(tag.case, str(tag.case))


def _agree(pronoun: Any, noun: Any) -> bool:
    case = pronoun.case or "nomn"  # «каков» has no case: it stands with a subject
    gender = pronoun.number == "plur" or pronoun.gender == noun.gender
    return case == _plain_case(noun) and pronoun.number == noun.number and gender


def _noun_after(asked: _Asked, place: int) -> str | None:
    for word in asked.words[place:]:
        parse = _first(word)
        if parse.tag.POS == "NOUN":
            return _normal(parse)
    return None


def _all_lemmas(asked: _Asked) -> set[str]:
    return {*map(_lemma, asked.words), *asked.words}


def _is_name(word: str) -> bool:
    return any(mark in _first(word).tag for mark in ("Name", "Surn", "Patr"))


def _is(word: str, *parts: str) -> bool:
    return bool(word) and _first(word).tag.POS in parts


@lru_cache(maxsize=20_000)
def _parses(word: str) -> tuple[Any, ...]:
    """pymorphy3's parses of a folded word, the improbable ones left out."""
    found = analyzer().parse(word)
    return tuple(parse for parse in found if parse.score >= 0.02) or (found[0],)


def _first(word: str) -> Any:
    return _parses(word)[0]


def _normal(parse: Any) -> str:
    return fold(parse.normal_form)


def _lemma(word: str) -> str:
    return _LEMMAS.get(word) or (_normal(_first(word)) if word else "")
