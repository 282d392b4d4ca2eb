"""Words of a question put in place of others: what «он», «о ней», «там» stand for, another asking part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.context import Past, Several, referent, several
from rag.text.numbers import SCALES, UNITS
from rag.text.phrases import Phrase, phrases
from rag.text.readings import PREPOSITIONS, Reading
from rag.text.tokens import Token, tokens

# Form: (number, genders, cases); "masc neut" for «его».
FORMS: dict[str, tuple[str, str, str]] = {
    "он": ("sing", "masc", "nomn"),
    "она": ("sing", "femn", "nomn"),
    "оно": ("sing", "neut", "nomn"),
    "они": ("plur", "", "nomn"),
    "его": ("sing", "masc neut", "accs gent"),
    "него": ("sing", "masc neut", "gent accs"),
    "ему": ("sing", "masc neut", "datv"),
    "нему": ("sing", "masc neut", "datv"),
    "им": ("sing plur", "masc neut", "ablt datv"),
    "ним": ("sing plur", "masc neut", "ablt datv"),
    "нем": ("sing", "masc neut", "loct"),
    "ее": ("sing", "femn", "accs gent"),
    "нее": ("sing", "femn", "gent accs"),
    "ей": ("sing", "femn", "datv ablt"),
    "ней": ("sing", "femn", "loct datv ablt"),
    "ею": ("sing", "femn", "ablt"),
    "нею": ("sing", "femn", "ablt"),
    "их": ("plur", "", "accs gent"),
    "них": ("plur", "", "gent accs loct"),
    "ими": ("plur", "", "ablt"),
    "ними": ("plur", "", "ablt"),
}
_OF_THINGS = frozenset("площадь длина протяженность ширина глубина высота диаметр объем вместимость".split())
_COUNTING = frozenset({"сколько", "много", "мало"})
_POSSESSIVES = frozenset({"его", "ее", "их"})
_BORDERS = frozenset({",", ";", ":", "—", "–", "и", "или", "а", "но"})
_LONG = 6  # words before a pronoun that make clauses likely where nobody typed commas
_VERBS = frozenset({"VERB", "PRTS", "ADJS"})
_ASKING = frozenset("какой каков который сколько чей".split())


@dataclass(frozen=True, slots=True)
class Substituted:
    """A question with its pronouns replaced; `referent` is what one of them meant."""

    text: str
    referent: str = ""
    is_whole: bool = False  # nothing is missing any more


def substitute(asked: Substituted, past: Sequence[Past]) -> Substituted:
    """Replace every third-person pronoun that has no antecedent in the question itself."""
    question, meant, counted = asked.text, asked.referent, False
    for place in reversed(range(len(tokens(question)))):
        found = tokens(question)
        token = found[place]
        if token.folded not in FORMS or _has_antecedent(question, found, place):
            continue
        if (phrase := _referent(found, place, past)) is not None:
            question = _put(question, found, place, phrase)
            meant = phrase.in_case("nomn")
            counted = counted or (place > 0 and found[place - 1].folded in _COUNTING)
    return Substituted(question, meant, counted)  # «сколько их» asks all there is to ask


def _has_antecedent(question: str, found: Sequence[Token], place: int) -> bool:
    """An agreeing phrase before, with a border of clauses between: «договор, который он подписал»."""
    unpunctuated = place >= _LONG and all(token.kind == "word" for token in found[:place])
    for phrase in phrases(question):
        if phrase.last >= place or phrase.asked:
            continue
        border = unpunctuated or any(token.folded in _BORDERS for token in found[phrase.last + 1 : place])
        if border and any(_agrees(found[place].folded, reading) for reading in phrase.readings):
            return True
    return False


def _agrees(form: str, reading: Reading) -> bool:
    numbers, genders, _ = FORMS[form]
    if reading.number not in numbers.split():
        return False
    return reading.number == "plur" or not reading.gender or not genders or reading.gender in genders.split()


def _referent(found: Sequence[Token], place: int, past: Sequence[Past]) -> Phrase | Several | None:
    form = found[place].folded
    if FORMS[form][0] == "plur" and (listed := several(past)) is not None:
        return listed
    role, of_things = _role(found, place), _measures_things(found, place)
    return referent(past, lambda reading: _agrees(form, reading), role=role, of_things=of_things)


def _measures_things(found: Sequence[Token], place: int) -> bool:
    """«его длина», «какая у него площадь»: neither a person nor a firm has one."""
    return any(token.grammar.lemma in _OF_THINGS for token in found[place + 1 : place + 4])


def _role(found: Sequence[Token], place: int) -> str:
    """Subject («он») or object («кто его подписал»); of another case or «его доля» nothing is known."""
    cases = FORMS[found[place].folded][2].split()
    before = found[place - 1] if place else None
    if cases == ["nomn"]:
        return "nomn"
    following = found[place + 1] if place + 1 < len(found) else None
    is_owner = following is not None and following.grammar.part in ("NOUN", "ADJF", "PRTF", "UNKN", "LATN")
    is_free = before is None or before.grammar.part != "PREP"
    return "accs" if "accs" in cases and is_free and not is_owner else ""


def _case(found: Sequence[Token], place: int, number: str) -> str:
    form = found[place].folded
    cases = FORMS[form][2].split()
    before = found[place - 1].folded if place else ""
    allowed = PREPOSITIONS.get(before)
    if allowed:
        return next((case for case in allowed if case in cases), cases[0])
    if before in _COUNTING and "gent" in cases:
        return "gent"
    if form == "им":
        return "datv" if number == "plur" else "ablt"
    return cases[0]


def _put(question: str, found: Sequence[Token], place: int, phrase: Phrase | Several) -> str:
    if found[place].folded in _POSSESSIVES and (owned := _owned(question, found, place)) is not None:
        behind = owned.stop
        inserted = question[:behind] + " " + phrase.in_case("gent") + question[behind:]
        return inserted[: found[place].start] + inserted[found[place + 1].start :]
    case = _case(found, place, phrase.readings[0].number)
    return moved_in(question, found, place, phrase.in_case(case), behind_verb=case in ("accs", "ablt"))


def _owned(question: str, found: Sequence[Token], place: int) -> Phrase | None:
    """What «его» belongs to: «его общая площадь»; None where «его» is an object."""
    if place and found[place - 1].grammar.part == "PREP" and found[place].folded.startswith("н"):
        return None
    return next((phrase for phrase in phrases(question) if phrase.first == place + 1), None)


def moved_in(
    question: str, found: Sequence[Token], place: int, text: str, *, behind_verb: bool = False
) -> str:
    """`text` in place of the token; behind a verb that ends the question (behind any, if asked), and behind
    the noun it parts from «какой»."""
    token = found[place]
    following = found[place + 1] if place + 1 < len(found) else None
    before = found[place - 1] if place else None
    has_preposition = before is not None and before.grammar.part == "PREP"
    moves = (
        following is not None
        and not has_preposition
        and (
            (following.grammar.part in _VERBS and (behind_verb or _is_last(found, place + 1)))
            or (before is not None and before.grammar.lemma in _ASKING and following.grammar.part == "NOUN")
        )
    )
    if moves and following is not None:
        rest = question[following.start : following.stop] + " " + text + question[following.stop :]
        return question[: token.start] + rest
    return with_preposition(question[: token.start], text) + question[token.stop :]


def _is_last(found: Sequence[Token], place: int) -> bool:
    return all(token.kind == "sign" for token in found[place + 1 :])


def with_preposition(before: str, text: str) -> str:
    """`before` and `text` joined, the preposition between them as the sound asks: «об Армении»."""
    vowel = text.lstrip('«„"')[:1].lower() in "аэиоу"
    return re.sub(r"\b([Оо])б?( )$", r"\1б\2" if vowel else r"\1\2", before) + text


# The asking part of a question («в каком году», «сколько», «что такое») and how to exchange it.

_WORDS = frozenset(
    "кто что какой каков который чей сколько где когда куда откуда почему зачем как насколько".split()
)
_FORMS = {
    **dict.fromkeys("кого кому кем ком".split(), "кто"),
    **dict.fromkeys("чего чему чем чём".split(), "что"),
    **dict.fromkeys("каков какова каково каковы".split(), "каков"),
    **dict.fromkeys("чья чье чьи чьего чьей чьему чьим чьем чьих чьими чью".split(), "чей"),
}
_WITH_NOUN = frozenset({"какой", "который", "чей", "сколько", "каков"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Tokens `[first, last]` ask; `word` is their question word, `noun` the phrase asked about, if any."""

    first: int
    last: int
    word: str
    noun: Phrase | None
    preposition: str

    def text(self, question: str, found: Sequence[Token]) -> str:
        return question[found[self.first].start : found[self.last].stop]


def asking_word(token: Token) -> str:
    """The question word `token` is a form of, or nothing."""
    lemma = _FORMS.get(token.folded, token.grammar.lemma)
    return lemma if lemma in _WORDS and token.kind == "word" else ""


def asking(question: str) -> Asking | None:
    """The asking part of `question`, None where no word asks."""
    found = tokens(question)
    place = next((place for place, token in enumerate(found) if asking_word(token)), None)
    if place is None:
        return None
    word = asking_word(found[place])
    first = place - 1 if place and found[place - 1].grammar.part == "PREP" else place
    last = place
    if last + 1 < len(found) and found[last + 1].grammar.lemma == "такой" and word in ("кто", "что"):
        last += 1
    noun = None
    if word in _WITH_NOUN:
        start = place + 2 if place + 1 < len(found) and found[place + 1].folded == "это" else place + 1
        noun = next((phrase for phrase in phrases(question) if phrase.first == start), None)
    preposition = found[first].folded if first < place else ""
    return Asking(first, noun.head_last if noun else last, word, noun, preposition)


def exchanged(question: str, word: str) -> str:
    """`question` asking for `word` instead: «Где …» for «Когда …»."""
    found, part = tokens(question), asking(question)
    if part is None:
        return f"{word} {_lowered(re.sub(' ли ', ' ', question, count=1))}"
    before, after = question[: found[part.first].start], question[found[part.last].stop :]
    if part.word in ("кто", "что") and part.last > part.first:
        return f"{word}{' находится' if word == 'где' else ''}{after}"
    if part.noun is not None and not part.preposition:
        after = " " + _kept_noun(part) + after
    if word == "кто" and any(token.grammar.part == "PRTS" for token in found):
        word = "кем"
    return (before + word + after).strip()


def _lowered(question: str) -> str:
    first = tokens(question)[:1]
    if not first or first[0].is_latin or first[0].is_abbreviation or not first[0].grammar.known:
        return question
    return question[:1].lower() + question[1:]


def _kept_noun(part: Asking) -> str:
    """What stays of «какую компанию», «сколько тонн вольфрама», «какова площадь»."""
    assert part.noun is not None
    case = "accs" if part.word == "сколько" else part.noun.readings[0].case or "nomn"
    return part.noun.in_case(case) if part.noun.lemma not in UNITS.keys() | SCALES.keys() else ""
