"""The words of a question: which of them asks, in what case, with what noun, and which carry its topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

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


# Question words whose kind needs no noun.
ADVERBS: dict[str, Kind] = {
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
PRONOUNS = frozenset({"какой", "каков", "каковой", "который"})
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
CALLED = frozenset(
    """называться называть назвать именовать именоваться звать зваться прозвать окрестить
    озаглавить наименовать""".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The folded words of a question; `comma[i]`: a comma stands before word i."""

    words: tuple[str, ...]
    comma: tuple[bool, ...]

    @classmethod
    def of(cls, text: str) -> Asked:
        found = [word for word in words(text) if "а" <= word.text[0] <= "я" or word.text.isascii()]
        return cls(tuple(word.text for word in found), tuple(_after_comma(text, found)))

    def from_word(self, place: int) -> Asked:
        return Asked(self.words[place:], self.comma[place:])

    def at(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""


def _after_comma(text: str, found: Sequence[Word]) -> list[bool]:
    stops = [0, *(word.stop for word in found)]
    return ["," in text[stop : word.start] for stop, word in zip(stops, found, strict=False)]


def without_opening(asked: Asked) -> Asked:
    """The question behind its words of politeness."""
    for opening in OPENINGS:
        if asked.words[: len(opening)] == opening and len(asked.words) > len(opening):
            return without_opening(asked.from_word(len(opening)))
    return asked


def question_word(asked: Asked) -> int | None:
    """Where the word stands that asks: the first one that can't be a conjunction, else the first."""
    places = [place for place, word in enumerate(asked.words) if _asks(word)]
    free = [place for place in places if not _joins(asked, place)]
    if asked.words[0] in _CONDITIONS:
        behind = [place for place in free if place and any(asked.comma[1 : place + 1])]
        free = behind or free
    late = [
        place
        for place in places
        if lemma_of(asked.words[place]) == "как" and lemma_of(asked.at(place + 1)) in CALLED
    ]
    late += [place for place in places if lemma_of(asked.at(place + 2)) in CALLED and place not in late]
    return next(iter(free or late), None)


def _asks(word: str) -> bool:
    return lemma_of(word) in ADVERBS or lemma_of(word) in PRONOUNS


def _joins(asked: Asked, place: int) -> bool:
    """True for a conjunction behind a comma («, что», «, в котором»)."""
    joins = lemma_of(asked.words[place]) in _CONJUNCTIONS
    return (
        joins
        and place > 0
        and (asked.comma[place] or (asked.comma[place - 1] and is_of(asked.at(place - 1), "PREP")))
    )


def agreeing_noun(asked: Asked, place: int) -> Any:
    """The parse of the noun that agrees with «какой» at `place`; the first noun where none does."""
    forms = parses(asked.words[place])
    fallback = None
    for word in asked.words[place + 1 : place + 8]:
        for parse in parses(word):
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


def noun_after(asked: Asked, place: int) -> str | None:
    """The lemma of the first noun from `place` on; None without one."""
    for word in asked.words[place:]:
        parse = first_parse(word)
        if parse.tag.POS == "NOUN":
            return normal_form(parse)
    return None


def is_of(word: str, *parts: str) -> bool:
    """Whether a word is of one of these parts of speech (OpenCorpora), by its first parse."""
    return bool(word) and first_parse(word).tag.POS in parts


@lru_cache(maxsize=20_000)
def parses(word: str) -> tuple[Any, ...]:
    """pymorphy3's parses of a folded word, the improbable ones left out."""
    found = analyzer().parse(word)
    return tuple(parse for parse in found if parse.score >= 0.02) or (found[0],)


def first_parse(word: str) -> Any:
    """pymorphy3's likeliest parse of a folded word."""
    return parses(word)[0]


def normal_form(parse: Any) -> str:
    """The lemma of a parse, folded."""
    return fold(parse.normal_form)


def lemma_of(word: str) -> str:
    """The lemma of a folded word of a question; empty for none."""
    return _LEMMAS.get(word) or (normal_form(first_parse(word)) if word else "")


# Polite and colloquial words before a question: «подскажите, пожалуйста, …».

_PHRASES = """
    не могли бы вы сказать | не могли бы вы подсказать | не могли бы вы объяснить | могли бы вы сказать |
    можете ли вы сказать | вы не знаете | ты не знаешь | а вы знаете | знаете ли вы | хотелось бы узнать |
    хотелось бы знать | хочу узнать | хочу знать | можно узнать | можешь сказать | не подскажете |
    не подскажешь | не знаете | не знаешь | скажи мне | скажите мне | интересно знать | будьте добры |
    будь добр | добрый день | добрый вечер | доброе утро | подскажите | подскажи | скажите | скажи |
    ответьте | ответь | объясните | объясни | расскажите | расскажи | напомните | напомни | уточните |
    уточни | пожалуйста | плиз | здравствуйте | привет | интересно | слушай | слушайте | кстати | вообще |
    примерно | приблизительно | ладно | мне | так | ну | а | и | но | же
"""
# Runs of folded words, the longer before the shorter.
OPENINGS: tuple[tuple[str, ...], ...] = tuple(
    sorted((tuple(phrase.split()) for phrase in _PHRASES.split("|")), key=len, reverse=True)
)


def without_openings(text: str, kept: str = "") -> str:
    """`text` from its first word that isn't one of politeness; phrases with the word `kept` stay."""
    phrases = "|".join(r"\W+".join(each) for each in OPENINGS if kept not in each)
    return re.sub(rf"^(?:\W*(?:{phrases})(?![^\W_]))+\W*", "", text, flags=re.IGNORECASE) or text


# How much of a question's topic a word of it carries, beside how rare it is.
#
# «Подскажите, можно ли сделать…»: rare in an encyclopedia, yet about nothing. Verbs and adverbs of a
# question are said otherwise in the answer more often than its nouns and names are.

# Chosen on five sets together (nDCG@10, sum of gains): all weights 1 to these: danetqa +1.4, danetqa+news
# +1.2, support +1.4, tydiqa+news +0.2, xquad and xquad-sentences within 0.1.
_ASKING = 0.45
_BEING = 0.3
_PRONOUN = 0.5
_ADVERB = 0.6
_VERB = 0.7

# What is said to whoever is asked.
_ASKING_LEMMAS = frozenset(
    """добрый день вечер утро здравствовать здравствуйте привет подсказать сказать пожалуйста рассказать
    спасибо хотеть помочь мочь можно нужно надо пж плиз спс люди ребята вопрос подробный узнать
    интересный объяснить уточнить напомнить""".split()
)
# What says that something is, is called or is somewhere.
_BEING_LEMMAS = frozenset(
    """есть быть являться находиться существовать называться звать называть бывать иметь состоять очень
    весь самый""".split()
)


@lru_cache(maxsize=50_000)
def salience(lemma: str) -> float:
    """The share of its IDF that a question's lemma counts with, 0.3 to 1."""
    if lemma in _BEING_LEMMAS:
        return _BEING
    if lemma in _ASKING_LEMMAS:
        return _ASKING
    if not "а" <= lemma[0] <= "я":
        return 1.0
    tag = analyzer().parse(lemma)[0].tag
    if "Apro" in tag or tag.POS == "NPRO":
        return _PRONOUN
    if tag.POS in {"INFN", "VERB"}:
        return _VERB
    return _ADVERB if tag.POS in {"ADVB", "PRED", "PRCL", "CONJ", "COMP", "INTJ"} else 1.0
