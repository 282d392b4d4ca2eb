"""Follow-up questions made standalone by rules: «А какова его протяжённость?» after «Что такое коридор X?».

Earlier questions are made standalone first, turn by turn. Then, in this order: pronouns and demonstratives
are replaced by what they stand for; a fragment takes the place of the part of the earlier question it fits;
a question about «срок» or «цена» of nothing gets the topic. A question with a topic of its own is returned
as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rag.answering.context import RELATIONS, Past, anything, referent
from rag.answering.demonstratives import demonstrated, member_named
from rag.answering.ellipsis import PERSONAL, completed, is_fragment
from rag.answering.substitution import Substituted, asking, substitute
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.readings import Reading
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer
from rag.types import Turn

TURNS = 5  # how many earlier turns count
_LONGEST = 400  # characters: longer questions bring their own topic
# What answers the answer before, not the question: «Хорошо, а что такое концентрат?».
_REPLY = r"(?:ну|да|так|хорошо|ладно|понятно|ясно|спасибо|ок)"
_POLITE = re.compile(rf"\A\W*{_REPLY}\s*[,.!—–-]", re.IGNORECASE)
_OPENING = re.compile(
    rf"^\W*(?:{_REPLY}[\s,.!—–-]+)?"
    r"(?:(?:а|и|но)\s+)?(?:(?:вот|же|что\s+насч[её]т|как\s+насч[её]т|насч[её]т|что\s+касается|как\s+же|если)\s+)?",
    re.IGNORECASE,
)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """`question` as it would be asked with no `history` (oldest turn first); unchanged if it needs none."""
    past: list[Past] = []
    for turn in history[-TURNS:]:
        if turn.question.strip() and len(turn.question) <= _LONGEST:
            meant = _resolved(turn.question, past)
            past.append(Past.of(meant.text, turn.answer, meant.referent))
    return _resolved(question, past).text


def at_once(question: str, history: Sequence[Turn]) -> Iterator[str | None]:
    """`standalone` in the shape that a language model's work has: it takes its time, this does not."""
    yield standalone(question, history)


def _resolved(question: str, past: Sequence[Past]) -> Substituted:
    if not past or len(question) > _LONGEST:
        return Substituted(question)
    core, opened = _without_opening(question)
    polite = _POLITE.match(question)
    member = member_named(core, past) or Substituted(core)
    meant = demonstrated(substitute(member, past), past)
    if meant.is_whole:
        text: str | None = meant.text
    elif is_fragment(meant.text, opened):
        text = completed(meant.text, past)
    else:
        text = carried(meant, opened, past)
    if text is None and meant.text == core:
        return Substituted(core[:1].upper() + core[1:] if polite else question)
    asks = text is not None or "?" in question or asking(meant.text) is not None
    return Substituted(_finished(text or meant.text, "?" if asks else ""), meant.referent)


def _without_opening(question: str) -> tuple[str, bool]:
    """The question without «А», «Ну а», «А что насчёт», and whether there was any."""
    match = _OPENING.match(question)
    core = question[match.end() :].strip() if match else question.strip()
    if not core:
        return question.strip(), False
    return core, bool(match and any(map(str.isalpha, match.group())))


def _finished(text: str, mark: str) -> str:
    """One capital at the start, one mark at the end."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([?,.!:])", r"\1", text).rstrip(" .,;:!?—–-")
    return text[:1].upper() + text[1:] + mark


# A question about «срок» or «цена» of nothing in particular gets the topic of the earlier turns.

_LONGEST_BARE = 7  # words
_MORE = frozenset({"ADJF", "PRTF", "NUMR"})
_DEEDS = ("ение", "ание")
_SMALL_TALK = frozenset("спасибо привет здравствуйте пока дело помощь".split())


def carried(question: Substituted, opened: bool, past: Sequence[Past]) -> str | None:
    """`question` with the topic in its place; None where it has one of its own."""
    text = question.text
    found = [token for token in tokens(text) if token.kind != "sign"]
    if question.referent or not found or len(found) > _LONGEST_BARE or _is_small_talk(found):
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
