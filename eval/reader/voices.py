"""A claim, and the same in the other voice: «X купил Y», «Y был куплен X»."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from eval.reader.clause_parts import Part
from eval.reader.clauses import Clause
from eval.reader.forms import (
    GENDERS,
    NUMBERS,
    in_form,
    lemma,
    parses,
    phrase_in_case,
    reading,
)
from eval.reader.wording import (
    ACTING,
    sentence_case,
    shown,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim and what it was made of: `forms` are words put otherwise, `rules` what was done."""

    text: str
    clause: Clause
    kept: tuple[Part, ...]
    forms: dict[int, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    frame: str = ""  # «По словам …, »


def finished(text: str) -> str:
    """`text` as a sentence: a capital letter first, a full stop last."""
    return sentence_case(text.strip(" ,").removesuffix(".")) + "."


def in_case(clause: Clause, part: Part, case: str) -> str | None:
    """The part in another case, without its preposition."""
    node = clause.sentence.nodes[part.head]
    if node.rel == "conj" or any(clause.sentence.nodes[each].rel == "conj" for each in part.shown):
        return None
    forms = phrase_in_case(clause.sentence, list(part.shown), part.head, case)
    told = shown(clause, part, forms) if forms is not None else None
    is_living = part.kind in ("person", "animate")
    if told is not None and is_living and case != node.feature("Case") and told == shown(clause, part):
        return None  # a name that doesn't change would change its role
    return told


def is_actor(clause: Clause, part: Part) -> bool:
    """Whether the part names who can do something."""
    return (
        part.kind in ("person", "organisation", "animate")
        or lemma(clause.sentence.nodes[part.head]) in ACTING
    )


def turned_passive(claim: Stated) -> Stated | None:
    """«X купил Y» as «Y был куплен X»."""
    clause = claim.clause
    subject, thing, node = clause.subject, clause.object, clause.node
    if (
        subject not in claim.kept
        or thing not in claim.kept
        or subject is None
        or thing is None
        or clause.infinitive is not None
    ):
        return None
    found = reading(node)
    if found is None or found.tag.POS != "VERB" or found.tag.tense != "past" or found.tag.aspect != "perf":
        return None
    object_node = clause.sentence.nodes[thing.head]
    gender, number = GENDERS.get(object_node.feature("Gender")), NUMBERS.get(object_node.feature("Number"))
    if (
        object_node.feature("Case") != "Acc"
        or gender is None
        or number is None
        or not is_actor(clause, subject)
    ):
        return None
    by, what = in_case(clause, subject, "ablt"), in_case(clause, thing, "nomn")
    agreement = (number,) if number == "plur" else (number, gender)
    participle = found.inflect({"PRTS", "pssv", "past", *agreement})
    if by is None or what is None or participle is None or by == shown(clause, subject):
        return None
    was = in_form(
        next(each for each in parses("был") if each.normal_form == "быть"), "был", "past", *agreement
    )
    rest = [shown(clause, part) for part in claim.kept if part not in (subject, thing)]
    denial = "не " if clause.is_denied else ""
    if any(part.role == "advmod" for part in claim.kept):
        return None
    verb = f"{denial}{was} {str(participle.word).replace('ё', 'е')}"
    text = finished(" ".join((what, verb, by, *rest)))
    return replace(claim, text=text, rules=(*claim.rules, "passive"))


def turned_active(claim: Stated) -> Stated | None:
    """«Y был куплен X» as «X купил Y»."""
    clause = claim.clause
    subject, found = clause.subject, reading(clause.node)
    actor = next((p for p in claim.kept if p.role in ("obl:agent", "obl") and _is_agent(clause, p)), None)
    if (
        subject is None
        or subject not in claim.kept
        or actor is None
        or found is None
        or found.tag.POS != "PRTS"
    ):
        return None
    actor_node = clause.sentence.nodes[actor.head]
    gender, number = GENDERS.get(actor_node.feature("Gender")), NUMBERS.get(actor_node.feature("Number"))
    will = any(clause.sentence.nodes[each].lower.startswith("буд") for each in clause.group)
    who, what = in_case(clause, actor, "nomn"), in_case(clause, subject, "accs")
    if gender is None or number is None or will or who is None or what is None or who == shown(clause, actor):
        return None
    verb = next((each for each in parses(str(found.normal_form)) if each.tag.POS == "INFN"), None)
    form = (
        verb.inflect({"VERB", "past", number} if number == "plur" else {"VERB", "past", number, gender})
        if verb
        else None
    )
    if form is None:
        return None
    rest = [shown(clause, part) for part in claim.kept if part not in (subject, actor)]
    denial = "не " if clause.is_denied else ""
    text = finished(" ".join((who, f"{denial}{form.word.replace('ё', 'е')}", what, *rest)))
    return replace(claim, text=text, rules=(*claim.rules, "active"))


def _is_agent(clause: Clause, part: Part) -> bool:
    node = clause.sentence.nodes[part.head]
    return not part.preposition and node.feature("Case") == "Ins" and is_actor(clause, part)
