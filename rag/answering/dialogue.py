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
from rag.answering.ellipsis import PERSONAL, completed, is_fragment
from rag.answering.substitution import (
    Substituted,
    asking,
    exchanged,
    moved_in,
    substitute,
    with_preposition,
)
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.readings import Reading, reagreed
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
    meant = demonstrated(substitute(Substituted(core), past), past)
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


# «этот документ», «это», «там»: words that point at an earlier turn.

_POINTING = frozenset({"этот", "тот", "такой", "данный", "сей"})
_THIS = Reading("nomn", "sing", "neut")
_HAPPENED = frozenset("случиться произойти быть состояться происходить случаться".split())
_THERE = {"там": ("в", "loct"), "туда": ("в", "accs"), "оттуда": ("из", "gent")}
_IDLE_BEFORE = frozenset({"что", "че", "чо", "как", "ну"})  # «что там с поправкой» points nowhere
_ON_NOUNS = frozenset(
    """завод фабрика комбинат рудник месторождение станция рынок остров предприятие шахта выставка конференция
    форум саммит встреча мост вокзал море озеро река стройка площадка аэс гэс""".split()
)


def demonstrated(question: Substituted, past: Sequence[Past]) -> Substituted:
    """`question` with what points at earlier turns replaced."""
    for rule in (_pointed, _this, _there):
        changed = rule(question.text, tokens(question.text), past)
        if changed is not None:
            meant = changed.referent or question.referent
            question = Substituted(changed.text, meant, question.is_whole or changed.is_whole)
    return question


def _case_of(token: Token) -> str:
    for case in ("nomn", "accs", "gent", "datv", "ablt", "loct"):
        if case in token.grammar.cases:
            return case
    return "nomn"


def _pointed(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«этот документ»: the same noun as it was named before, else the noun with the name behind it."""
    for phrase in phrases(question):
        if phrase.first == 0 or not _points(found, phrase):
            continue
        text, meant = _named(phrase, past)
        if text is None:
            return None
        before = found[phrase.first - 1]
        return Substituted(question[: before.start] + text + question[phrase.stop :], meant)
    return None


def _points(found: Sequence[Token], phrase: Phrase) -> bool:
    before = found[phrase.first - 1]
    if before.folded in ("это", "то"):
        return before.folded == "это" and _agrees_with_this(phrase)
    asked = phrase.first > 1 and found[phrase.first - 2].grammar.lemma in ("кто", "что")
    return before.grammar.lemma in _POINTING and not asked


def _agrees_with_this(phrase: Phrase) -> bool:
    return any(
        r.gender == "neut" and r.number == "sing" and r.case in ("nomn", "accs") for r in phrase.readings
    )


def _named(phrase: Phrase, past: Sequence[Past]) -> tuple[str | None, str]:
    """What «этот X» is, in the case of X, and in the nominative."""
    case = phrase.readings[0].case or "nomn"
    for turn in reversed(past):
        for other in (*turn.meant, *turn.asked, *turn.said):
            if other.lemma == phrase.lemma and other.last > other.head_last:
                return other.in_case(case), other.in_case("nomn")
    topic = referent(past, anything, whole=True)
    if topic is None:
        return None, ""
    nominative = topic.in_case("nomn")
    if topic.is_name:
        return f"{phrase} {nominative}", f"{phrase.in_case('nomn')} {nominative}"
    if _same_gender(phrase, topic) or (role := _role(phrase)) not in ("nomn", ""):
        return topic.in_case(case if _same_gender(phrase, topic) else role), nominative
    return f"{phrase} ({nominative})", nominative


def _role(phrase: Phrase) -> str:
    """The case of a phrase; of nominative and accusative alike, the one its verb leaves for it."""
    cases = [reading.case for reading in phrase.readings]
    if "nomn" not in cases or "accs" not in cases:
        return cases[0]
    part = asking(phrase.text)
    verb = next((token for token in phrase.tokens if token.grammar.part == "VERB"), None)
    parse = analyzer().parse(verb.folded)[0] if verb else None
    subject = part is not None and part.word == "кто" and not part.preposition
    takes = parse is not None and "tran" in parse.tag and (subject or parse.tag.number == "plur")
    return "accs" if takes else "nomn"


def _same_gender(phrase: Phrase, topic: Phrase) -> bool:
    """True where putting one for the other leaves the predicate right."""
    mine, its = phrase.readings[0], topic.readings[0]
    return mine.number == its.number and (mine.number == "plur" or mine.gender == its.gender)


def _this(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«Когда это случилось?» asks anew about the earlier event; elsewhere «это» is the topic."""
    place = next(
        (p for p, token in enumerate(found) if token.folded in ("это", "этого", "этому", "этим", "этом")),
        None,
    )
    part = asking(question)
    if place is None or part is None or any(phrase.first == place + 1 for phrase in phrases(question)):
        return None
    others = [t for at, t in enumerate(found) if t.kind == "word" and not part.first <= at <= part.last]
    happened = len(others) <= 2 and any(token.grammar.lemma in _HAPPENED for token in others)
    if happened and (part.noun is None or part.preposition):
        return Substituted(exchanged(past[-1].question, part.text(question, found)), "", is_whole=True)
    topic = referent(past, anything, whole=True)
    if topic is None or part.noun is not None:
        return None
    if [token.folded for token in found[place - 1 : place + 2]] == ["что", "это", "за"]:
        kind = question[found[place + 1].start :].rstrip(" ?")
        return Substituted(f"Что {kind} {topic.in_case('nomn')}?", topic.in_case("nomn"), is_whole=True)
    case = "nomn" if found[place].folded == "это" else _case_of(found[place])
    text = moved_in(question, found, place, topic.in_case(case))
    text = reagreed(text, _THIS, topic.readings[0]) if case == "nomn" else text
    return Substituted(text, topic.in_case("nomn"))


def _there(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«там», «туда», «оттуда»: the last place that was named."""
    at = next((at for at, token in enumerate(found) if token.folded in _THERE), None)
    if at is None or (at and found[at - 1].folded in _IDLE_BEFORE):
        return None
    token, place = found[at], _last_place(past)
    if place is None:
        return None
    preposition, case = _THERE[token.folded]
    if place.preposition == "на" or place.lemma in _ON_NOUNS:
        preposition = {"из": "с"}.get(preposition, "на")
    text = with_preposition(preposition + " ", place.in_case(case))
    return Substituted(question[: token.start] + text + question[token.stop :], place.in_case("nomn"))


def _last_place(past: Sequence[Past]) -> Phrase | None:
    for turn in reversed(past):
        for text, found in ((turn.answer, turn.said), (turn.question, turn.asked)):
            places = [entity for entity in entities(text) if entity.kind == "place"]
            for phrase in found:
                if any(phrase.start <= entity.start < phrase.stop for entity in places) and not phrase.nested:
                    return phrase
    return referent(past, anything)
