"""«этот документ», «это», «там», «тогда», «первая из них»: words that point at an earlier turn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.context import Past, anything, members_named, referent
from rag.answering.substitution import Substituted, asking, exchanged, moved_in, with_preposition
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.readings import Reading, reagreed
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer

_POINTING = frozenset({"этот", "тот", "такой", "данный", "сей"})
_THIS = Reading("nomn", "sing", "neut")
_HAPPENED = frozenset("случиться произойти быть состояться происходить случаться".split())
_THERE = {"там": ("в", "loct"), "туда": ("в", "accs"), "оттуда": ("из", "gent")}
_IDLE_BEFORE = frozenset({"что", "че", "чо", "как", "ну"})  # «что там с поправкой» points nowhere
_ON = frozenset({"на"})
_ON_NOUNS = frozenset(
    """завод фабрика комбинат рудник месторождение станция рынок остров предприятие шахта выставка конференция
    форум саммит встреча мост вокзал море озеро река стройка площадка аэс гэс""".split()
)
_ORDINALS = {"первый": 0, "второй": 1, "третий": 2, "последний": -1}


def demonstrated(question: Substituted, past: Sequence[Past]) -> Substituted:
    """`question` with what points at earlier turns replaced."""
    for rule in (_pointed, _this, _there, _then):
        changed = rule(question.text, tokens(question.text), past)
        if changed is not None:
            meant = changed.referent or question.referent
            question = Substituted(changed.text, meant, question.is_whole or changed.is_whole)
    return question


def member_named(question: str, past: Sequence[Past]) -> Substituted | None:
    """«первая из них», «последний» replaced by that member of the list in the last answer."""
    found = tokens(question)
    for place in range(len(found)):
        stop = _end_of_ordinal(found, place)
        if stop is None:
            continue
        number, members = _ORDINALS[found[place].grammar.lemma], members_named(past)
        if len(members) < 2 or number >= len(members):
            return None
        return _with_member(question, found[place], stop, members[number])
    return None


def _end_of_ordinal(found: Sequence[Token], place: int) -> int | None:
    """Where «первая (из них)» at `place` ends; None where it is no ordinal or has a noun of its own."""
    token, behind = found[place], [token.folded for token in found[place + 1 : place + 3]]
    if token.grammar.lemma not in _ORDINALS or (place and found[place - 1].folded == "кто"):
        return None
    if behind in (["из", "них"], ["из", "этих"]):
        return found[place + 2].stop
    owns_noun = place + 1 < len(found) and found[place + 1].grammar.part in ("NOUN", "ADJF", "UNKN")
    if owns_noun or "ablt" in token.grammar.cases or len(found) <= 2:
        return None  # «вступил последним» names nobody
    return token.stop


def _with_member(question: str, ordinal: Token, stop: int, member: Phrase) -> Substituted:
    before, after, case = question[: ordinal.start], question[stop:], _case_of(ordinal)
    if case == "nomn":
        old, new = _ordinal_reading(ordinal), member.readings[0]
        before, after = reagreed(before, old, new), reagreed(after, old, new)
    return Substituted(before + member.in_case(case) + after, member.in_case("nomn"))


def _ordinal_reading(token: Token) -> Reading:
    tag = analyzer().parse(token.folded)[0].tag
    return Reading("nomn", str(tag.number or "sing"), str(tag.gender or ""))


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
        return Substituted(
            exchanged(past[-1], past[-1].question, part.text(question, found)), "", is_whole=True
        )
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
    if place.preposition in _ON or place.lemma in _ON_NOUNS:
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


def _then(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«тогда»: the last date that was named."""
    token = next((token for token in found if token.folded == "тогда"), None)
    if token is None:
        return None
    for turn in reversed(past):
        for text in (turn.answer, turn.question):
            date = next((entity for entity in entities(text) if entity.kind == "date"), None)
            if date is not None:
                when = _with_in(text[date.start : date.stop])
                return Substituted(question[: token.start] + when + question[token.stop :])
    return None


def _with_in(date: str) -> str:
    """«2012 году» → «в 2012 году»; a full date needs no preposition."""
    date = date[:1].lower() + date[1:]
    return f"в {date}" if re.match(r"\d{4}|[а-я]+е\b", date) else date
