"""Clauses: a verb with subject, objects and circumstances, each a run of words to be moved or left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from eval.reader.clause_parts import Part, part_of, spelled
from eval.reader.forms import is_animate
from eval.reader.trees import Node, Sentence

_PARTS = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl", "obl:agent", "advmod", "nummod"})
_LEFT_OUT = frozenset(
    {
        "advcl",
        "parataxis",
        "discourse",
        "punct",
        "cc",
        "conj",
        "mark",
        "vocative",
        "acl",
        "dep",
        "aux",
        "case",
    }
)
# Clauses that hold only under a condition, or that somebody doubts, are told by nobody as they stand.
UNCERTAIN = frozenset(
    """возможно вероятно предположительно якобы видимо кажется если бы ли хотя пока может едва будто наверное
    мог могла могло могли либо лишь неужели разве пусть вряд чуть""".split()
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`group` is the verb with «не», auxiliaries and an infinitive; `parts` are in the sentence's order."""

    sentence: Sentence
    verb: int
    group: tuple[int, ...]
    parts: tuple[Part, ...]
    infinitive: int | None = None
    reporter: int | None = None

    @property
    def subject(self) -> Part | None:
        return next((each for each in self.parts if each.role.startswith("nsubj")), None)

    @property
    def object(self) -> Part | None:
        return next((each for each in self.parts if each.role == "obj"), None)

    @property
    def node(self) -> Node:
        return self.sentence.nodes[self.verb]

    @property
    def is_denied(self) -> bool:
        return any(self.sentence.nodes[each].lower == "не" for each in self.group)

    def words(self, places: tuple[int, ...]) -> str:
        return spelled(self.sentence, places)


def clauses(sentence: Sentence) -> Iterator[Clause]:
    """The main clause, those joined to it, and what was said or reported."""
    roots = [place for place, node in enumerate(sentence.nodes) if node.head < 0 and node.rel == "root"]
    if len(roots) != 1:
        return
    root = roots[0]
    subject: Part | None = None
    for verb in _verbs(sentence, root):
        found = _clause(sentence, verb)
        if found is None:
            continue
        if found.subject is not None:
            subject = found.subject if verb == root else subject
        elif sentence.nodes[verb].rel == "conj" and subject is not None and _agree(sentence, subject, found):
            found = replace(
                found, parts=(subject, *(part for part in found.parts if part.head > subject.head))
            )
        if found.subject is not None:
            yield found


def _verbs(sentence: Sentence, root: int) -> Iterator[int]:
    yield root
    for each in sentence.children[root]:
        if sentence.nodes[each].rel in ("conj", "ccomp"):
            yield each


def _clause(sentence: Sentence, verb: int) -> Clause | None:
    node = sentence.nodes[verb]
    if not _is_predicate(node) or sentence.nodes[verb].lower in UNCERTAIN:
        return None
    if _is_uncertain(sentence, verb):
        return None
    reporter = None
    if node.rel == "ccomp":
        mark = sentence.child(verb, "mark")
        if mark is None or sentence.nodes[mark].lower != "что":
            return None
        reporter = node.head
    infinitive = _infinitive(sentence, verb)
    heads = [verb, *([infinitive] if infinitive is not None else [])]
    group = _group(sentence, heads)
    parts = _parts(sentence, heads, group)
    if group is None or parts is None:
        return None
    found = Clause(sentence, verb, group, parts, infinitive, reporter)
    return found if _is_sound(found) else None


def _is_predicate(node: Node) -> bool:
    if node.pos != "VERB":
        return False
    if node.feature("VerbForm") == "Fin":
        return node.feature("Mood") == "Ind" and node.feature("Person") not in ("1", "2")
    return node.feature("VerbForm") == "Part" and node.feature("Variant") == "Short"


def _is_uncertain(sentence: Sentence, verb: int) -> bool:
    return any(
        sentence.nodes[each].lower in UNCERTAIN or sentence.nodes[each].lower == "чтобы"
        for each in sentence.children[verb]
    ) or any(
        sentence.nodes[each].rel == "advcl"
        and any(
            sentence.nodes[mark].lower in ("если", "пока", "хотя", "чтобы", "лишь")
            for mark in sentence.children[each]
        )
        for each in sentence.children[verb]
    )


def _infinitive(sentence: Sentence, verb: int) -> int | None:
    found = sentence.child(verb, "xcomp", "csubj")
    if found is None or sentence.nodes[found].feature("VerbForm") != "Inf" or found < verb:
        return None
    return found


def _group(sentence: Sentence, heads: list[int]) -> tuple[int, ...] | None:
    """The verbs with their auxiliaries and denials; none where other words stand in between."""
    found = set(heads)
    for head in heads:
        for each in sentence.children[head]:
            node = sentence.nodes[each]
            if node.rel in ("aux", "aux:pass", "cop") or node.lower in ("не", "ни"):
                found.add(each)
    return tuple(sorted(found)) if len(found) <= 5 else None


def _parts(sentence: Sentence, heads: list[int], group: tuple[int, ...] | None) -> tuple[Part, ...] | None:
    parts = []
    for head in heads:
        for each in sentence.children[head]:
            node = sentence.nodes[each]
            if each in (group or ()) or node.rel in _LEFT_OUT or node.rel in ("xcomp", "ccomp", "csubj"):
                if node.rel in ("xcomp", "ccomp", "csubj") and each not in heads:
                    return None
                continue
            if node.rel not in _PARTS:
                return None
            part = part_of(sentence, each, node.rel)
            if part is None:
                return None
            parts.append(part)
    parts.sort(key=lambda part: part.first)
    if any(_stands_in_another_clause(sentence, part, group or ()) for part in parts):
        return None
    covered = [place for part in parts for place in part.places]
    if _misses_words(sentence, heads, {*covered, *(group or ())}):
        return None
    if len(covered) != len(set(covered)) or set(covered) & set(group or ()):
        return None
    return tuple(parts)


def _misses_words(sentence: Sentence, heads: list[int], covered: set[int]) -> bool:
    """True where words inside the clause hang elsewhere: the parser lost an object, or the like."""
    aside = {place for head in heads for each in sentence.children[head] for place in sentence.subtree(each)}
    last = max(covered)
    while last + 1 < len(sentence.nodes) and sentence.nodes[last + 1].pos != "PUNCT":
        last += 1
    inside = range(min(covered), last + 1)
    return any(
        each not in covered and each not in aside and sentence.nodes[each].pos != "PUNCT" for each in inside
    )


def _stands_in_another_clause(sentence: Sentence, part: Part, group: tuple[int, ...]) -> bool:
    """A verb between the last comma and the part: «политику, которая запрещает помогать | жертвам»."""
    for place in range(part.first - 1, -1, -1):
        node = sentence.nodes[place]
        if node.text in ",(:;" or place in group:
            return False
        if node.pos == "VERB" and (node.feature("VerbForm") in ("Fin", "Inf") or node.rel == "acl:relcl"):
            return any(sentence.nodes[each].text == "," for each in range(place)) or not group
        if node.feature("VerbForm") == "Conv":
            return True
    return False


def _agree(sentence: Sentence, subject: Part, clause: Clause) -> bool:
    noun, verb = sentence.nodes[subject.head], clause.node
    joined = any(sentence.nodes[each].rel == "conj" for each in sentence.children[subject.head])
    if joined or any(
        sentence.nodes[each].rel.startswith("nummod") for each in sentence.children[subject.head]
    ):
        return True
    if noun.feature("Number") != verb.feature("Number"):
        return False
    gender = verb.feature("Gender")
    return not gender or not noun.feature("Gender") or gender == noun.feature("Gender") or is_animate(noun)


def _is_sound(clause: Clause) -> bool:
    """What the tagger and the parser say must fit together."""
    sentence, subject = clause.sentence, clause.subject
    if sum(part.role.startswith("nsubj") for part in clause.parts) > 1:
        return False
    if sum(part.role == "obj" for part in clause.parts) > 1:
        return False
    if subject is not None:
        noun = sentence.nodes[subject.head]
        counted = any(
            sentence.nodes[each].rel.startswith("nummod") for each in sentence.children[subject.head]
        )
        if noun.feature("Case") != "Nom" and not counted and noun.feature("Case"):
            return False
        if noun.pos not in ("NOUN", "PROPN", "NUM", "X", "PRON", "ADJ") or not _agree(
            sentence, subject, clause
        ):
            return False
    for part in clause.parts:
        noun = sentence.nodes[part.head]
        if part.role in ("obj", "iobj", "obl") and part.preposition == "" and noun.feature("Case") == "Nom":
            return False
        if part.shown and spelled(sentence, part.shown).count('"') % 2:
            return False
    return _quotes_match(clause)


def _quotes_match(clause: Clause) -> bool:
    """Brackets and quotes are whole, and no part ends with half a phrase."""
    for part in clause.parts:
        text = spelled(clause.sentence, part.shown)
        last = clause.sentence.nodes[part.shown[-1]]
        if (
            last.pos in ("ADJ", "DET", "ADP", "CCONJ", "SCONJ")
            and part.shown[-1] != part.head
            and not last.name
        ):
            return False
        if text.count("«") != text.count("»") or text.count("(") != text.count(")"):
            return False
    return True
