"""Claims that a sentence bears out: its clauses shortened, reordered, turned passive, respelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from eval.reader.clause_parts import Part, is_pointing, spelled
from eval.reader.clauses import Clause
from eval.reader.forms import (
    GENDERS,
    NUMBERS,
    lemma,
    verb_agreeing,
)
from eval.reader.respelling import respelt, vaguer_date
from eval.reader.voices import Stated, finished, turned_active, turned_passive
from eval.reader.wording import (
    adverbs_and_rest,
    group_words,
    is_attribution,
    is_droppable,
    is_empty,
    shown,
    synonym,
)

_DOUBT = re.compile(
    r"\b(?:якобы|предположит\w+|по данным следстви\w+|по (?:\w+ ){0,2}"
    r"(?:словам|мнению|верси\w+|оценк\w+|предварительн\w+|слухам|подозрени\w+)|обвин\w+|подозрева\w+|"
    r"если|бы|может|могут|мог\w*|возможн\w+|вероятн\w+|ожида\w+|будто|слух\w*|считает|уверен\w*|намерен\w*|"
    r"планиру\w+|предлага\w+|обеща\w+|опроверг\w+|отрица\w+|призва\w+|требу\w+|должн\w+)\b",
    re.IGNORECASE,
)
# Who says so tells a fact; what others say is theirs.
_FACTUAL = frozenset(
    """сообщить сообщать сообщаться отметить отмечать отмечаться уточнить уточнять уточняться рассказать
    рассказывать
    передавать говориться выяснить выясниться установить подтвердить напомнить напоминать известный узнать
    стать
    показать обнаружить указываться пояснить писать""".split()
)
_TOGETHER = frozenset(
    """встретиться встречаться договориться обсудить подписать провести обменяться согласовать пожениться
    развестись
    стать являться составить войти разделить образовать объединиться столкнуться начать вести""".split()
)


def is_telling(clause: Clause) -> bool:
    """True where the sentence tells the clause as a fact."""
    subject = clause.subject
    if subject is None or is_pointing(clause.sentence, subject):
        return False
    if clause.reporter is not None and lemma(clause.sentence.nodes[clause.reporter]) not in _FACTUAL:
        return False
    return not any(_DOUBT.search(text) for text in _around(clause))


def _around(clause: Clause) -> Iterator[str]:
    """The words of the sentence outside the clause's own parts."""
    own = {place for part in clause.parts for place in part.places} | set(clause.group)
    yield " ".join(node.text for place, node in enumerate(clause.sentence.nodes) if place not in own)
    for part in clause.parts:
        if is_attribution(clause, part) or part.role == "advmod":
            yield spelled(clause.sentence, part.places)


def stated(clause: Clause, random: Random) -> Stated | None:
    """The clause as a claim, some of it left out and some put otherwise."""
    kept = kept_parts(clause, random, random.choice((0.3, 0.6, 0.9)))
    if kept is None or clause.subject not in kept:
        return None
    claim = Stated("", clause, kept)
    for rule, chance in ((_with_one_conjunct, 0.35), (_with_synonym, 0.35)):
        if random.random() < chance:
            claim = rule(claim, random) or claim
    return spoken(claim, random)


def spoken(claim: Stated, random: Random) -> Stated | None:
    """`claim` in words, in one order or another."""
    turned = turned_passive(claim) if random.random() < 0.3 else None
    turned = turned or (turned_active(claim) if random.random() < 0.5 else None)
    if turned is not None:
        return turned
    text, rule = _ordered(claim, random)
    return replace(claim, text=text, rules=(*claim.rules, rule)) if len(text.split()) > 2 else None


def kept_parts(clause: Clause, random: Random, keeping: float) -> tuple[Part, ...] | None:
    """What the claim tells; what carries the truth of it (adverbs, what the verb needs) always stays."""
    kept = []
    for part in clause.parts:
        if is_empty(clause, part) or is_attribution(clause, part):
            continue
        pointing = is_pointing(clause.sentence, part)
        if part.is_wider or (pointing and part.preposition in ("о", "об")):
            return None
        if is_droppable(clause, part) and not clause.is_denied and (pointing or random.random() > keeping):
            continue
        if pointing:
            return None
        kept.append(part)
    return tuple(kept)


def _ordered(claim: Stated, random: Random) -> tuple[str, str]:
    clause, subject = claim.clause, claim.clause.subject
    pieces = [(part.first, shown(clause, part, claim.forms), part) for part in claim.kept]
    verb = (
        max(clause.group) if clause.infinitive is None else clause.verb,
        group_words(clause, claim.forms),
        None,
    )
    order = sorted([*pieces, verb], key=lambda piece: piece[0])
    rule = "shortened"
    if random.random() < 0.45 and subject is not None:
        rule = "reordered"
        first = [piece for piece in pieces if piece[2] is subject]
        times = [piece for piece in pieces if piece[2].kind == "date" and piece[2].role == "obl"][:1]
        rest = [piece for piece in pieces if piece not in first and piece not in times]
        adverbs = [piece for piece in rest if piece[2] in adverbs_and_rest(clause, claim.kept)[0]]
        verbs, rest = [*adverbs, verb], [piece for piece in rest if piece not in adverbs]
        order = [*times, *first, *verbs, *rest] if random.random() < 0.5 else [*first, *verbs, *rest, *times]
    return finished(" ".join(piece[1] for piece in order)), rule


def _with_synonym(claim: Stated, random: Random) -> Stated | None:
    for place in (claim.clause.verb, claim.clause.infinitive):
        if place is not None and (other := synonym(claim.clause.sentence.nodes[place], random)):
            return replace(claim, forms={**claim.forms, place: other}, rules=(*claim.rules, "synonym"))
    return None


def conjuncts(clause: Clause, part: Part) -> list[tuple[int, ...]]:
    """The places of each joined phrase of the part: «А», «Б» and «В» of «А, Б и В»."""
    sentence = clause.sentence
    joined = [
        each
        for each in sentence.children[part.head]
        if sentence.nodes[each].rel == "conj" and each in part.shown
    ]
    case = sentence.nodes[part.head].feature("Case")
    if any(
        sentence.nodes[each].feature("Case") != case or sentence.nodes[each].pos not in ("NOUN", "PROPN")
        for each in joined
    ):
        return []
    if not joined or any(
        sentence.nodes[each].lower in ("не", "но", "а", "или", "как", "между", "либо") for each in part.places
    ):
        return []
    starts = [part.shown[0], *(min(sentence.subtree(each)) for each in joined)]
    found = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else part.shown[-1] + 1
        places = [each for each in part.shown if start <= each < stop]
        while places and (
            sentence.nodes[places[0]].rel in ("cc", "punct") and sentence.nodes[places[0]].text not in '«"'
        ):
            places = places[1:]
        while places and (sentence.nodes[places[-1]].rel == "cc" or sentence.nodes[places[-1]].text == ","):
            places = places[:-1]
        found.append(tuple(places))
    return found if all(found) else []


def _with_one_conjunct(claim: Stated, random: Random) -> Stated | None:
    """«Купил А и Б» as «купил Б»."""
    clause = claim.clause
    if clause.is_denied:
        return None
    for part in claim.kept:
        phrases = conjuncts(clause, part)
        if len(phrases) < 2 or (part.role.startswith("nsubj") and not _may_part(clause)):
            continue
        chosen = random.choice(phrases)
        prepositions = tuple(
            each for each in part.shown if clause.sentence.nodes[each].rel == "case" and each < part.head
        )
        if part.preposition and not set(prepositions) & set(chosen):
            if clause.sentence.nodes[chosen[0]].pos == "ADP":
                prepositions = ()
            chosen = (*prepositions, *chosen)
        other = replace(part, shown=chosen, head=_head_in(clause, part, chosen))
        forms = _agreeing_forms(clause, other) if part.role.startswith("nsubj") else {}
        if forms is None or is_pointing(clause.sentence, other):
            return None
        parts = tuple(other if each is part else each for each in claim.kept)
        clause = replace(clause, parts=tuple(other if each is part else each for each in clause.parts))
        return replace(
            claim, clause=clause, kept=parts, forms={**claim.forms, **forms}, rules=(*claim.rules, "conjunct")
        )
    return None


def _may_part(clause: Clause) -> bool:
    told = lemma(clause.node)
    return told not in _TOGETHER and not told.endswith("ся")


def _head_in(clause: Clause, part: Part, chosen: tuple[int, ...]) -> int:
    if part.head in chosen:
        return part.head
    return next((e for e in chosen if clause.sentence.nodes[e].rel == "conj"), chosen[0])


def _agreeing_forms(clause: Clause, subject: Part) -> dict[int, str] | None:
    node = clause.sentence.nodes[subject.head]
    gender, number = GENDERS.get(node.feature("Gender")), NUMBERS.get(node.feature("Number"))
    counted = any(
        clause.sentence.nodes[each].rel.startswith("nummod")
        for each in clause.sentence.children[subject.head]
    )
    if gender is None or number is None or counted:
        return None
    forms = {}
    for place in clause.group:
        each = clause.sentence.nodes[place]
        if each.pos in ("VERB", "AUX") and each.feature("VerbForm") != "Inf":
            form = verb_agreeing(each, gender, number)
            if form is None:
                return None
            forms[place] = form
    return forms


def respelt_claim(claim: Stated, random: Random) -> Stated:
    """Numbers and dates of the claim in other signs, where there are any."""
    text = vaguer_date(claim.text, random) if random.random() < 0.25 else None
    rule = "vaguer date" if text else "respelt"
    text = text or (respelt(claim.text, random) if random.random() < 0.6 else None)
    return replace(claim, text=text, rules=(*claim.rules, rule)) if text and text != claim.text else claim
