"""The asking part of a question («в каком году», «сколько», «что такое») and how to exchange it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.context import Past
from rag.text.phrases import Phrase, phrases
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer

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
_UNITS = frozenset(
    "тонна доллар процент рубль евро километр метр миллион миллиард тысяча килограмм штука".split()
)


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


def exchanged(turn: Past, question: str, word: str) -> str:
    """`question` (of `turn`, perhaps changed) asking for `word` instead: «Где …» for «Когда …»."""
    found, part = tokens(question), asking(question)
    if part is None:
        return f"{word} {_lowered(re.sub(' ли ', ' ', question, count=1))}"
    before, after = question[: found[part.first].start], question[found[part.last].stop :]
    if part.word == "кто" and not part.preposition and found[part.last].folded == "кто":
        return word + _without_who(turn, found, part, question)
    if part.word in ("кто", "что") and part.last > part.first:
        return f"{word}{' находится' if word == 'где' else ''}{after}"
    if part.noun is not None and not part.preposition:
        after = " " + _kept_noun(part) + after
    if word == "кто" and any(token.grammar.part == "PRTS" for token in found):
        word = "кем"
    elif word == "кто":
        after = _singular(after)
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
    return part.noun.in_case(case) if part.noun.lemma not in _UNITS else ""


def _without_who(turn: Past, found: Sequence[Token], part: Asking, question: str) -> str:
    """« открыли тербий» or, where the answer names one person, « Карл Мосандер открыл тербий»."""
    after = question[found[part.last].stop :]
    person = next((phrase for phrase in turn.said if phrase.is_person and phrase.is_name), None)
    if turn.kind == "person" and person is not None and turn.question == question:
        return f" {person.in_case('nomn')}{after}"
    return _reformed(after, {"plur"})


def _singular(after: str) -> str:
    subjects = [
        r for phrase in phrases(after) if not phrase.nested for r in phrase.readings if r.case == "nomn"
    ]
    verb = next((token for token in tokens(after) if token.grammar.part == "VERB"), None)
    plural = verb is not None and "plur" in analyzer().parse(verb.folded)[0].tag
    return _reformed(after, {"sing"}) if plural and all(r.number == "sing" for r in subjects) else after


def _reformed(text: str, wanted: set[str]) -> str:
    """The first finite verb of `text` in another number."""
    for token in tokens(text):
        if token.grammar.part == "VERB":
            parse = next(p for p in analyzer().parse(token.folded) if p.tag.POS == "VERB")
            past = {"masc"} if wanted == {"sing"} and parse.tag.tense == "past" else set()
            form = parse.inflect(wanted | past)
            return text[: token.start] + (form.word if form else token.text) + text[token.stop :]
    return text
