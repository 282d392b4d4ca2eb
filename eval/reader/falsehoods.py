"""Claims that a sentence contradicts: a true one with its verb, its roles or a filler turned round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from eval.reader.clause_parts import Part, spelled
from eval.reader.clauses import Clause
from eval.reader.fillers import (
    Mention,
    Swap,
    exchanged,
    find,
    other_date,
    other_figure,
    other_measure,
    other_spelled,
    swapped_names,
)
from eval.reader.forms import GENDERS, NUMBERS, in_form, lemma, reading, with_capitals
from eval.reader.opposite_words import WORDS, may_stand, other_in_form
from eval.reader.statements import spoken
from eval.reader.voices import Stated, finished, in_case
from eval.reader.wording import group_forms, group_words, opposite, shown

_WISHES = frozenset(
    """планировать намереваться собираться хотеть пытаться попытаться обещать пообещать предлагать предложить
    рассчитывать надеяться мочь отказаться отказываться""".split()
)


@dataclass(frozen=True, slots=True)
class False_:
    """A false claim and its rule; `is_surely_false` is not so where the sentence may only be silent."""

    text: str
    rule: str
    is_surely_false: bool = True


Rule = Callable[[Stated, Sequence[Mention], Sequence[Mention], Random], "False_ | None"]


def falsehoods(
    claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> Iterator[False_]:
    """What every rule makes of `claim`; `own` are the sentence's names, `others` the article's."""
    for rule in random.sample(RULES, len(RULES)):
        made = rule(claim, own, others, random)
        if made is not None and made.text != claim.text:
            yield made


def _from_swap(swap: Swap | None, rule: str) -> False_ | None:
    return False_(swap.text, rule) if swap is not None else None


def number(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    """Another number, scale or unit."""
    makers = [other_figure, other_spelled, other_figure, other_measure]
    random.shuffle(makers)
    return next((made for each in makers if (made := _from_swap(each(claim.text, random), "number"))), None)


def date(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    return _from_swap(other_date(claim.text, random), "date")


def name_of_sentence(
    claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> False_ | None:
    """A name of the same sentence that the claim doesn't tell."""
    for swap in swapped_names(claim.text, own, own, random):
        if not _are_listed(claim.clause, swap):
            return _from_swap(swap, "name of the sentence")
    return None


def _are_listed(clause: Clause, swap: Swap) -> bool:
    """«В Карачи, Лахоре и Мултане»: what's true of one is true of the other."""
    return any(
        find(text, swap.old) is not None and find(text, swap.new) is not None
        for part in clause.parts
        for text in (spelled(clause.sentence, part.places),)
    )


def name_of_article(
    claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> False_ | None:
    text = claim.clause.sentence.text
    far = [each for each in others if each.text not in text]
    return _from_swap(next(swapped_names(claim.text, own, far, random), None), "name of the article")


def exchange(
    claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> False_ | None:
    """Two names or two numbers of the claim in each other's place."""
    return _from_swap(next(exchanged(claim.text, own, random), None), "exchanged")


def denial(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    """«Не» added to the verb, or taken away."""
    clause = claim.clause
    if not clause.is_denied:
        finite = min(each for each in clause.group if clause.sentence.nodes[each].pos in ("VERB", "AUX"))
        word = claim.forms.get(finite, clause.sentence.nodes[finite].text)
        told = spoken(replace(claim, forms={**claim.forms, finite: f"не {word.lower()}"}), random)
        if told is None or "passive" in told.rules or "active" in told.rules or _would_be_odd(clause):
            return None
        return False_(told.text, "denied")
    return _affirmed(claim, random)


def _would_be_odd(clause: Clause) -> bool:
    return any(
        clause.sentence.nodes[each].lower
        in ("уже", "еще", "только", "почти", "несколько", "ни", "сразу", "очень", "один", "одна")
        for part in clause.parts
        for each in part.shown
    )


def _affirmed(claim: Stated, random: Random) -> False_ | None:
    clause, thing = claim.clause, claim.clause.object
    nodes = clause.sentence.nodes
    if any(
        nodes[each].lower
        in ("ни", "никто", "ничего", "никогда", "нигде", "никаких", "никакой", "больше", "так")
        for each in range(len(nodes))
    ):
        return None
    denied = [each for each in clause.group if nodes[each].lower == "не"]
    group = tuple(each for each in clause.group if each not in denied)
    parts = claim.kept
    forms = dict(claim.forms)
    if thing is not None and nodes[thing.head].feature("Case") == "Gen":
        return None
    if len(denied) != 1 or not group:
        return None
    told = spoken(replace(claim, clause=replace(clause, group=group), kept=parts, forms=forms), random)
    return False_(told.text, "affirmed") if told is not None else None


def turned_verb(
    claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> False_ | None:
    """The verb's opposite."""
    clause = claim.clause
    if clause.is_denied:
        return None
    for place in (clause.verb, clause.infinitive):
        if place is not None and (other := opposite(clause.sentence.nodes[place], random)):
            told = spoken(replace(claim, forms={**claim.forms, place: other}), Random(0))
            if told is not None and "passive" not in told.rules and "active" not in told.rules:
                return False_(told.text, "opposite verb")
    return None


def done(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    """A plan, a wish, an offer told as done."""
    clause, subject = claim.clause, claim.clause.subject
    if clause.infinitive is None or subject is None or clause.is_denied or lemma(clause.node) not in _WISHES:
        return None
    found = reading(clause.sentence.nodes[clause.infinitive])
    node = clause.sentence.nodes[subject.head]
    gender, number = GENDERS.get(node.feature("Gender")), NUMBERS.get(node.feature("Number"))
    if found is None or found.tag.aspect != "perf" or gender is None or number is None:
        return None
    past = in_form(found, "а", "VERB", "past", *((number,) if number == "plur" else (number, gender)))
    if past is None or clause.infinitive not in clause.group:
        return None
    group = tuple(each for each in clause.group if each == clause.infinitive)
    only = replace(clause, group=group, verb=clause.infinitive, infinitive=None)
    told = spoken(replace(claim, clause=only, forms={**claim.forms, clause.infinitive: past}), Random(0))
    refused = lemma(clause.node).startswith("отказ")
    return (
        False_(told.text, "plan told as done", refused)
        if told is not None and "passive" not in told.rules
        else None
    )


def tense(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    """What happened told as to come, and the other way round."""
    clause, subject = claim.clause, claim.clause.subject
    found = reading(clause.node)
    if (
        found is None
        or subject is None
        or len(clause.group) != 1
        or clause.infinitive is not None
        or found.tag.aspect != "perf"
    ):
        return None
    node = clause.sentence.nodes[subject.head]
    gender, number = GENDERS.get(node.feature("Gender")), str(found.tag.number)
    if found.tag.POS != "VERB" or any(part.kind == "date" for part in claim.kept) or gender is None:
        return None
    if found.tag.tense == "past":
        form = in_form(found, clause.node.text, "futr", number, "3per")
    else:
        form = in_form(
            found, clause.node.text, "past", *((number,) if number == "plur" else (number, gender))
        )
    told = spoken(replace(claim, forms={**claim.forms, clause.verb: form}), Random(0)) if form else None
    return False_(told.text, "tense") if told is not None and "passive" not in told.rules else None


def roles(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    """Who did it and to whom, exchanged."""
    clause = claim.clause
    subject, thing = clause.subject, clause.object
    if (
        subject is None
        or thing is None
        or clause.infinitive is not None
        or not {subject, thing} <= set(claim.kept)
    ):
        return None
    if not (_is_agentive(clause, subject) and _is_agentive(clause, thing)):
        return None
    node = clause.sentence.nodes[thing.head]
    gender, number = GENDERS.get(node.feature("Gender")), NUMBERS.get(node.feature("Number"))
    who, whom = in_case(clause, thing, "nomn"), in_case(clause, subject, "accs")
    if (
        who is None
        or whom is None
        or gender is None
        or number is None
        or node.feature("Case") not in ("Acc", "Gen")
    ):
        return None
    forms = group_forms(clause, gender, number)
    if forms is None or (who == shown(clause, thing) and whom == shown(clause, subject)):
        return None
    rest = [shown(clause, part) for part in claim.kept if part not in (subject, thing)]
    return False_(finished(" ".join((who, group_words(clause, forms), whom, *rest))), "roles")


def _is_agentive(clause: Clause, part: Part) -> bool:
    if clause.sentence.nodes[part.head].text.isupper():
        return False
    return part.kind in ("person", "organisation", "animate") or (
        part.kind == "place" and bool(clause.sentence.nodes[part.head].name)
    )


def word(claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random) -> False_ | None:
    """«Больше» for «меньше», «до» for «после», «все» for «некоторые»."""
    for old, new in random.sample(WORDS, len(WORDS)):
        if claim.clause.is_denied:
            return None
        match = re.search(rf"(?<![\w-])(?<!не ){old}(?![\w-])", claim.text, re.IGNORECASE)
        if match and may_stand(claim.text, match, old):
            told = with_capitals(new, match.group())
            return False_(claim.text[: match.start()] + told + claim.text[match.end() :], "word")
    return None


def word_in_form(
    claim: Stated, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> False_ | None:
    """«Последний» for «первый», «мать» for «отец», in whatever form."""
    subject = claim.clause.subject
    fixed = claim.clause.sentence.nodes[subject.head].lower if subject is not None else ""
    told = other_in_form(claim.text, random, fixed)
    return False_(told, "word in form") if told else None


RULES: tuple[Rule, ...] = (
    number,
    date,
    name_of_sentence,
    name_of_article,
    exchange,
    denial,
    turned_verb,
    done,
    tense,
    roles,
    word,
    word_in_form,
)
