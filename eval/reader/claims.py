"""Claims about one sentence of an article: true, false, and such as it says nothing about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from eval.reader.clause_parts import Part, is_pointing, spelled
from eval.reader.clauses import Clause
from eval.reader.examples import Label
from eval.reader.falsehoods import falsehoods
from eval.reader.fillers import Mention
from eval.reader.forms import lemma
from eval.reader.reasons import because
from eval.reader.reports import reported
from eval.reader.statements import is_telling, respelt_claim, spoken, stated
from eval.reader.unanswerable import lemmas_of
from eval.reader.voices import Stated, finished
from eval.reader.wording import group_words, is_attribution, is_droppable, sentence_case, shown
from rag.text.synonyms import synonyms

_CAUSES = re.compile(
    r"\b(?:потому|поскольку|так как|из-за|поэтому|вследствие|благодаря|в связи|чтобы|в результате)\b"
)
_POLAR = ("Правда ли, что {}?", "Верно ли, что {}?", "Правда, что {}?", "{}?", "{}, верно?")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim about `sentence`, which may stand together with its neighbours where `may_widen`."""

    text: str
    label: Label
    rule: str
    may_widen: bool = True


def true_and_false(
    clause: Clause, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> Iterator[Claimed]:
    """Of one clause: a true claim or two, and what the rules turn false in another wording."""
    for text, told, rule in (*reported(clause, own, others, random), *because(clause, random)):
        yield Claimed(text, "supported" if told == "supported" else "contradicted", rule)
    if not is_telling(clause):
        return
    for _ in range(2 if clause.is_denied else 1):
        claim = stated(clause, random)
        if claim is not None and _says_enough(claim):
            claim = respelt_claim(claim, random)
            denied = "denied " if claim.clause.is_denied else ""
            yield Claimed(claim.text, "supported", denied + " ".join(claim.rules[-1:]))
    base = stated(clause, random)
    if base is None or not _says_enough(base):
        return
    for false in falsehoods(base, own, others, random):
        label: Label = "contradicted" if false.is_surely_false else "not_supported"
        text = (
            respelt_claim(replace(base, text=false.text), random).text
            if random.random() < 0.3
            else false.text
        )
        yield Claimed(text, label, false.rule, false.rule != "name of the article")


def _says_enough(claim: Stated) -> bool:
    """Four words at least, or a name or number among three."""
    told = claim.text.split()
    return len(told) > 3 or (
        len(told) == 3 and any(word[0].isupper() or word[0].isdigit() for word in told[1:])
    )


def two_facts(
    first: Clause, second: Clause, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> Iterator[Claimed]:
    """Two clauses of a sentence together, both true or one of them false."""
    if not (is_telling(first) and is_telling(second)):
        return
    one, other = stated(first, random), stated(second, random)
    if one is None or other is None:
        return
    yield Claimed(f"{one.text} {other.text}", "supported", "two facts")
    made = [false for false in falsehoods(other, own, others, random) if false.is_surely_false]
    if made:
        pair = [one.text, random.choice(made).text]
        random.shuffle(pair)
        yield Claimed(" ".join(pair), "contradicted", "one of two facts")


def invented_cause(first: Clause, second: Clause, random: Random) -> Claimed | None:
    """«A и B» told as «A из-за того, что B»."""
    if _CAUSES.search(first.sentence.text) or not (is_telling(first) and is_telling(second)):
        return None
    if lemma(first.node) == lemma(second.node):
        return None
    pair = [first, second]
    random.shuffle(pair)
    one, other = (stated(each, random) for each in pair)
    subject = first.subject
    if (
        one is None
        or other is None
        or subject is None
        or first.subject != second.subject
        or other.clause.is_denied
    ):
        return None
    rest = [shown(other.clause, part, other.forms) for part in other.kept if part is not other.clause.subject]
    because = random.choice(("потому что", "из-за того, что", "так как"))
    comma = "" if because.startswith("из") else ","
    text = f"{one.text[:-1]}{comma} {because} {group_words(other.clause, other.forms)} {' '.join(rest)}"
    return Claimed(finished(text), "not_stated", "invented cause")


def added_detail(
    clause: Clause, foreign: Sequence[tuple[Clause, Part]], title: str, random: Random
) -> Claimed | None:
    """A true claim with a place, a time or a cause from elsewhere in the article."""
    claim = stated(clause, random) if is_telling(clause) else None
    if claim is None or "passive" in claim.rules or clause.is_denied:
        return None
    there = lemmas_of(f"{clause.sentence.text} {title}")
    for other, part in random.sample(foreign, min(8, len(foreign))):
        text = spelled(other.sentence, part.shown)
        same = any(part.kind == each.kind or part.preposition == each.preposition for each in clause.parts)
        if other.sentence is clause.sentence or same or lemmas_of(text) & there or text[:20] in claim.text:
            continue
        told = shown(other, part)
        whole = (
            f"{claim.text[:-1]} {told}"
            if random.random() < 0.6 or part.kind != "date"
            else f"{told} {_small(claim)}"
        )
        return Claimed(finished(whole), "not_stated", "added detail", False)
    return None


def _small(claim: Stated) -> str:
    first = min(part.first for part in claim.kept)
    node = claim.clause.sentence.nodes[first]
    if node.pos == "PROPN" or node.name or node.text[:2].isupper() or not claim.text[1:2].islower():
        return claim.text
    return claim.text[0].lower() + claim.text[1:]


def details(clauses: Sequence[Clause]) -> list[tuple[Clause, Part]]:
    """What `added_detail` may take: circumstances of place, time and cause that point at nothing."""
    return [
        (clause, part)
        for clause in clauses
        for part in clause.parts
        if part.role == "obl"
        and len(part.shown) <= 6
        and (part.kind in ("date", "place") or part.preposition in ("из-за", "в ходе", "во время", "после"))
        and part.preposition
        and is_droppable(clause, part)
        and not is_attribution(clause, part)
        and not is_pointing(clause.sentence, part)
    ]


def of_neighbour(clause: Clause, texts: Sequence[str], random: Random) -> tuple[str, Claimed] | None:
    """A sentence of the article that says nothing of what `clause` tells, though it shares words with it."""
    claim = stated(clause, random) if is_telling(clause) else None
    if claim is None or not _says_enough(claim):
        return None
    wanted, verb = lemmas_of(claim.text), lemma(clause.node)
    found = []
    for text in texts:
        there = lemmas_of(text)
        new = wanted - there
        if text == clause.sentence.text or there & ({verb} | synonyms(verb)) or not 40 < len(text) < 400:
            continue
        if len(new) >= 3 and len(new) >= 0.4 * len(wanted):
            found.append((len(wanted & there) + random.random(), text))
    best = max(found, default=None)
    if best is None or best[0] < 1:
        return None
    return best[1], Claimed(claim.text, "not_stated", "neighbour", False)


def as_question(text: str, clause: Clause | None, random: Random) -> str:
    """The claim as a polar question."""
    frame = random.choice(_POLAR)
    bare = text.removesuffix(".")
    if clause is not None and not frame.startswith("{"):
        first = min((part.first for part in clause.parts), default=0)
        node = clause.sentence.nodes[first]
        if (
            node.text.lower() == bare.split()[0].lower()
            and node.pos != "PROPN"
            and not node.name
            and bare[1:2].islower()
        ):
            bare = bare[0].lower() + bare[1:]
    return sentence_case(frame.format(bare))


__all__ = [
    "Claimed",
    "added_detail",
    "as_question",
    "details",
    "invented_cause",
    "of_neighbour",
    "spoken",
    "true_and_false",
    "two_facts",
]
