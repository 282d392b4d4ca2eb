"""«этот документ», «это», «там», «тогда», «первая из них»: words that point at an earlier turn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.asking import asking, exchanged
from rag.answering.context import Past, anything, referent
from rag.answering.pronouns import Substituted, moved_in, with_preposition
from rag.text.entities import entities
from rag.text.phrases import Phrase, Reading, phrases
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer

_POINTING = frozenset({"этот", "тот", "такой", "данный", "сей"})
_HAPPENED = frozenset("случиться произойти быть состояться происходить случаться".split())
_THERE = {"там": ("в", "loct"), "туда": ("в", "accs"), "оттуда": ("из", "gent")}
_IDLE_BEFORE = frozenset({"что", "че", "чо", "как", "ну"})  # «что там с поправкой» points nowhere
_ON = frozenset({"на"})
_ORDINALS = {"первый": 0, "второй": 1, "третий": 2, "последний": -1}


def demonstrated(question: Substituted, past: Sequence[Past]) -> Substituted:
    """`question` with what points at earlier turns replaced."""
    for rule in (_member, _pointed, _this, _there, _then):
        found = tokens(question.text)
        changed = rule(question.text, found, past)
        if changed is not None:
            question = Substituted(changed.text, changed.referent or question.referent)
    return question


def _member(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«первая из них», «последний»: a member of the list in the last answer."""
    for place, token in enumerate(found):
        number = _ORDINALS.get(token.grammar.lemma)
        behind = [t.folded for t in found[place + 1 : place + 3]]
        of_them = len(behind) == 2 and behind[0] == "из" and behind[1] in ("них", "этих")
        alone = place + 1 >= len(found) or found[place + 1].grammar.part not in ("NOUN", "ADJF", "UNKN")
        if number is None or not (of_them or alone):
            continue
        members = _members(past)
        if len(members) < 2 or not -len(members) <= number < len(members):
            return None
        case = _case_of(token)
        name = members[number].in_case(case)
        stop = found[place + 2].stop if of_them else token.stop
        return Substituted(question[: token.start] + name + question[stop:], members[number].in_case("nomn"))
    return None


def _members(past: Sequence[Past]) -> list[Phrase]:
    """The longest run of phrases joined by «,» and «и» in the newest answer that has one."""
    for turn in reversed(past):
        runs: list[list[Phrase]] = []
        for phrase in (p for p in turn.said if not p.nested):
            between = turn.answer[runs[-1][-1].stop : phrase.start].strip() if runs else "—"
            if between in (",", "и", ", и", "или", ", а также", "а также"):
                runs[-1].append(phrase)
            else:
                runs.append([phrase])
        longest = max(runs, key=len, default=[])
        if len(longest) > 1:
            return longest
    return []


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
    return any(r.gender == "neut" and r.number == "sing" and r.case in ("nomn", "accs") for r in phrase.readings)


def _named(phrase: Phrase, past: Sequence[Past]) -> tuple[str | None, str]:
    """What «этот X» is, in the case of X, and in the nominative."""
    case = phrase.readings[0].case or "nomn"
    for turn in reversed(past):
        for other in (*turn.meant, *turn.asked, *turn.said):
            if other.lemma == phrase.lemma and other.last > other.head_last:
                return other.in_case(case), other.in_case("nomn")
    same = _same_gender(phrase)
    topic = referent(past, same, whole=True) or referent(past, anything, whole=True)
    if topic is None:
        return None, ""
    nominative = topic.in_case("nomn")
    if topic.is_name:
        return f"{phrase} {nominative}", f"{phrase.in_case('nomn')} {nominative}"
    if any(same(reading) for reading in topic.readings):
        return topic.in_case(case), nominative
    return f"{phrase} ({nominative})", nominative


def _same_gender(phrase: Phrase):  # type: ignore[no-untyped-def]
    mine = phrase.readings[0]

    def agrees(reading: Reading) -> bool:
        return reading.number == mine.number and (mine.number == "plur" or reading.gender == mine.gender)

    return agrees


def _this(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«Когда это случилось?» asks anew about the earlier event; elsewhere «это» is the topic."""
    place = next((p for p, token in enumerate(found) if token.folded in ("это", "этого", "этому", "этим", "этом")), None)
    if place is None or any(phrase.first == place + 1 for phrase in phrases(question)):
        return None
    part = asking(question)
    words = [token for token in found if token.kind == "word"]
    if part and part.noun is None and len(words) <= 3 and any(t.grammar.lemma in _HAPPENED for t in words):
        return Substituted(exchanged(past[-1], past[-1].question, part.text(question, found)))
    topic = referent(past, anything, whole=True)
    if topic is None or (part and part.noun is not None):
        return None
    case = "nomn" if found[place].folded == "это" else _case_of(found[place])
    text = moved_in(question, found, place, topic.in_case(case))
    return Substituted(agreed(text, topic) if case == "nomn" else text, topic.in_case("nomn"))


def agreed(question: str, topic: Phrase) -> str:
    """The neuter predicate of «это» made to agree with `topic`: «это нужно» → «нужна поправка»."""
    reading = topic.readings[0]
    for token in tokens(question):
        if token.grammar.part not in ("VERB", "PRTS", "ADJS"):
            continue
        for parse in analyzer().parse(token.folded):
            if parse.tag.POS == token.grammar.part and parse.tag.gender == "neut" and reading.gender:
                form = parse.inflect({"plur"} if reading.number == "plur" else {reading.gender, "sing"})
                return question[: token.start] + (form.word if form else token.text) + question[token.stop :]
    return question


def _there(question: str, found: Sequence[Token], past: Sequence[Past]) -> Substituted | None:
    """«там», «туда», «оттуда»: the last place that was named."""
    at = next((at for at, token in enumerate(found) if token.folded in _THERE), None)
    if at is None or (at and found[at - 1].folded in _IDLE_BEFORE):
        return None
    token, place = found[at], _last_place(past)
    if place is None:
        return None
    preposition, case = _THERE[token.folded]
    if place.preposition in _ON:
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
