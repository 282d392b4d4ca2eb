"""How a question is put in order: its word, the verb, the subject, and what is kept of the rest."""

from __future__ import annotations

from random import Random

from eval.reader.clause_parts import Part
from eval.reader.clauses import Clause
from eval.reader.wording import adverbs_and_rest, group_words, remaining, shown, synonym

_KEPT = 0.45  # how often a part that could be left out stays


def asked_of(clause: Clause, wh: str, part: Part, random: Random) -> str | None:
    """The question that `wh` asks for `part`: «что» + verb + subject + rest, or subject first."""
    kept = remaining(clause, (part,), random, _KEPT)
    subject = clause.subject
    if kept is None or subject is None or subject not in kept:
        return None
    verb = verb_said(clause, random)
    adverbs, others = adverbs_and_rest(clause, [each for each in kept if each is not subject])
    verb = " ".join((*(shown(clause, each) for each in adverbs), verb))
    rest = " ".join(shown(clause, each) for each in others)
    first = shown(clause, subject)
    if has_parted_infinitive(clause):
        return f"{wh} {first} {verb} {rest}".strip()
    if random.random() < 0.6 or len(subject.shown) > 6:
        return f"{wh} {verb} {first} {rest}".strip()
    if random.random() < 0.3 and others and others[0].first < min(clause.group):
        return f"{wh} {shown(clause, others[0])} {verb} {first} " + " ".join(
            shown(clause, each) for each in others[1:]
        )
    return f"{wh} {first} {verb} {rest}".strip()


def has_parted_infinitive(clause: Clause) -> bool:
    """The verb has an infinitive that may stand apart from it: «решил вчера открыть»."""
    return clause.infinitive is not None


def verb_said(clause: Clause, random: Random, forms: dict[int, str] | None = None) -> str:
    """The verb and what belongs to it, some of it told by a synonym; `forms` are given by place."""
    told = dict(forms or {})
    for place in (clause.verb, clause.infinitive):
        if place is not None and place not in told and random.random() < 0.3:
            other = synonym(clause.sentence.nodes[place], random)
            if other:
                told[place] = other
    return group_words(clause, told)
