"""Causes told in a clause of their own: «…, потому что …»."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from eval.reader.clause_parts import is_pointing, spelled
from eval.reader.clauses import Clause
from eval.reader.questions import Asked, span
from eval.reader.statements import is_telling, stated
from eval.reader.voices import finished
from eval.reader.wording import group_words, remaining, shown

_MARKS = ("из-за того, что", "потому что", "так как", "поскольку", "в связи с тем, что")
Claim = tuple[str, str, str]  # text, label, rule


def _reason(clause: Clause) -> tuple[int, ...] | None:
    """The words behind «потому что» and the like."""
    sentence = clause.sentence
    for child in sentence.children[clause.verb]:
        if sentence.nodes[child].rel != "advcl" or child < clause.verb:
            continue
        places = sentence.subtree(child)
        if places != list(range(places[0], places[-1] + 1)):
            continue
        text = spelled(sentence, tuple(places)).lower().lstrip(", ")
        mark = next((each for each in _MARKS if text.startswith(each)), None)
        if mark is None:
            continue
        words = mark.replace(",", " ,").split()
        while sentence.nodes[places[0]].text == ",":
            places = places[1:]
        places = places[len(words) :]
        while places and sentence.nodes[places[-1]].pos == "PUNCT":
            places.pop()
        if 3 <= len(places) <= 18:
            return tuple(places)
    return None


def why_clause(clause: Clause, random: Random) -> Iterator[Asked]:
    places = _reason(clause)
    answer = span(clause.sentence, places) if places else None
    subject = clause.subject
    if answer is None or subject is None or is_pointing(clause.sentence, subject):
        return
    kept = remaining(clause, (), random, 0.6)
    if kept is None or subject not in kept:
        return
    rest = " ".join(shown(clause, each) for each in kept if each is not subject)
    wh = random.choice(("Почему", "Почему", "Из-за чего", "По какой причине"))
    pair = [shown(clause, subject), group_words(clause)]
    question = f"{wh} {' '.join(pair if random.random() < 0.5 else pair[::-1])} {rest}".strip()
    yield Asked(f"{question}?", answer, "why clause", clause, subject)


def because(clause: Clause, random: Random) -> Iterator[Claim]:
    """The clause with its own reason, true; with the reason though it didn't happen, false."""
    places = _reason(clause)
    claim = stated(clause, random) if places and is_telling(clause) else None
    if places is None or claim is None or "passive" in claim.rules:
        return
    reason = spelled(clause.sentence, places)
    mark = random.choice((", потому что", ", так как", " из-за того, что", ", поскольку"))
    yield finished(f"{claim.text[:-1]}{mark} {reason}"), "supported", "because"
    verb = group_words(clause, claim.forms)
    if not clause.is_denied and f" {verb} " in claim.text:
        denied = claim.text.replace(f" {verb} ", f" не {verb} ", 1)
        yield finished(f"{denied[:-1]}{mark} {reason}"), "contradicted", "because denied"
