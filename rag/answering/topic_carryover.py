"""A question about «срок» or «цена» of nothing in particular gets the topic of the earlier turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.answering.context import RELATIONS, Past, anything, referent
from rag.answering.ellipsis import PERSONAL
from rag.answering.pronouns import Substituted
from rag.answering.question_part import asking
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.readings import Reading
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer

_LONGEST = 7  # words
_MORE = frozenset({"ADJF", "PRTF", "NUMR"})
_DEEDS = ("ение", "ание")
_SMALL_TALK = frozenset("спасибо привет здравствуйте пока дело помощь".split())


def carried(question: Substituted, opened: bool, past: Sequence[Past]) -> str | None:
    """`question` with the topic in its place; None where it has one of its own."""
    text = question.text
    found = [token for token in tokens(text) if token.kind != "sign"]
    if question.referent or not found or len(found) > _LONGEST or _is_small_talk(found):
        return None
    own = phrases(text)
    if (again := _asked_again(text, own, past)) is not None:
        return again
    if not own:
        return _with_object(text, found, past)
    if _asks_about_this(found) and (topic := referent(past, anything, whole=True)):
        return prefixed(topic, text)
    bare = [phrase for phrase in own if not phrase.nested][-1]
    if _is_bare(own, opened) and asking(text) and not _has_verb(found):
        return _with_genitive(text, bare, past)
    return _headed(text, found, opened, past)


def _is_bare(own: Sequence[Phrase], opened: bool) -> bool:
    """«срок», «доля добычи», behind «А» also «температура плавления»: nouns that don't say of what."""
    return all(
        phrase.lemma in RELATIONS or (opened and phrase.nested and phrase.lemma.endswith(_DEEDS))
        for phrase in own
    )


def _asked_again(text: str, own: Sequence[Phrase], past: Sequence[Past]) -> str | None:
    """«Сколько позиций в списке …?» — «Сколько позиций было раньше?»: still those of the list."""
    now, turn = asking(text), past[-1]
    before = asking(turn.question)
    if now is None or now.noun is None or before is None or before.noun is None:
        return None
    is_same = now.word == before.word and now.noun.lemma == before.noun.lemma
    stops = [now.noun.stop, *(entity.stop for entity in entities(text) if entity.kind == "date")]
    brings = any(phrase.start > now.noun.stop and phrase.stop not in stops for phrase in own)
    if not is_same or brings or now.noun.last > now.noun.head_last:
        return None
    rest = [p for p in turn.asked if p.preposition and not p.nested and p.start > before.noun.stop]
    said = [p.text[p.tokens[p.first - 1].start : p.stop] for p in rest]
    return f"{text.rstrip(' ?.!')} {' '.join(said)}?" if said else None


def _is_small_talk(found: Sequence[Token]) -> bool:
    return any(token.folded in PERSONAL or token.grammar.lemma in _SMALL_TALK for token in found)


def _asks_about_this(found: Sequence[Token]) -> bool:
    """«Какая это доля …»: what was said before is the share."""
    return len(found) > 2 and found[0].grammar.lemma == "какой" and found[1].folded == "это"


def _has_verb(found: Sequence[Token]) -> bool:
    return any(token.grammar.part in ("VERB", "INFN", "PRTS", "PRED") for token in found)


def _with_genitive(text: str, bare: Phrase, past: Sequence[Past]) -> str | None:
    """«Каков срок?» → «Каков срок контракта …?»."""
    topic = referent(past, lambda _: True)
    if topic is None:
        return None
    if bare.last > bare.head_last or bare.lemma == topic.lemma:
        whole = referent(past, anything, whole=True)
        return prefixed(whole, text) if whole else None
    return f"{text[: bare.stop]} {topic.in_case('gent')}{text[bare.stop :]}"


def _with_object(text: str, found: Sequence[Token], past: Sequence[Past]) -> str | None:
    """«Кто подписал?» → «Кто подписал контракт?»; «Сколько стоит?» → «Сколько стоит контракт?»."""
    part = asking(text)
    verb = next((token for token in found if token.grammar.part in ("VERB", "PRTS", "ADJS")), None)
    if verb is None or part is None or any(token.grammar.part in _MORE for token in found[part.last + 1 :]):
        return None
    parse = next(p for p in analyzer().parse(verb.folded) if verb.grammar.part == p.tag.POS)
    subjectless = part.word == "кто" or parse.tag.number == "plur"
    if "tran" in parse.tag and subjectless:
        topic = referent(past, anything, whole=True)
        return f"{text.rstrip(' ?.!')} {topic.in_case('accs')}?" if topic else None
    topic = referent(past, lambda reading: _may_do(reading, parse.tag), whole=not parse.tag.gender)
    return f"{text.rstrip(' ?.!')} {topic.in_case('nomn')}?" if topic else None


def _may_do(reading: Reading, tag: Any) -> bool:
    """True where a subject so read agrees with a verb."""
    if tag.number and reading.number != tag.number:
        return False
    return not (tag.gender and reading.gender) or tag.gender == reading.gender


def _headed(text: str, found: Sequence[Token], opened: bool, past: Sequence[Past]) -> str | None:
    """«А сколько останется Армении?» → «Контрольный пакет …: сколько останется Армении?»."""
    part = asking(text)
    if not opened or part is None or part.word != "сколько" or part.noun is not None:
        return None
    topic = referent(past, anything, whole=True)
    return prefixed(topic, text) if topic and _has_verb(found) else None


def prefixed(topic: Phrase, text: str) -> str:
    """The topic as a heading before the question."""
    name = topic.in_case("nomn")
    return f"{name[:1].upper()}{name[1:]}: {text[:1].lower()}{text[1:]}"
