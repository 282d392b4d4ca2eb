"""Candidates for a question set: what the rules that train the reading network ask of a sentence.

Each has its gold, the sentence that proves it and, in Russian, why it can or can't be answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from random import Random
from typing import Literal

from eval.reader.clauses import Clause, clauses
from eval.reader.falsehoods import falsehoods
from eval.reader.fillers import Mention, mentions, pool
from eval.reader.people import who_is
from eval.reader.questions import Asked, questions
from eval.reader.reasons import why_clause
from eval.reader.reports import said
from eval.reader.statements import is_telling, stated
from eval.reader.trees import Parsed, Sentence
from eval.reader.unanswerable import other_restrictor
from rag.text.words import analyzer
from rag.types import Turn, YesNo

Kind = Literal[
    "who", "what", "when", "where", "how-many", "why", "which", "said", "cloze", "true", "false",
    "other-name", "other-date", "other-number", "antonym", "follow-up",
]  # fmt: skip
_OF_RULE: dict[str, Kind] = {
    "who": "who", "role holder": "who", "role": "who", "whom": "what", "when": "when", "where": "where",
    "how_many": "how-many", "why": "why", "which": "which",
}  # fmt: skip
_OF_CHANGE: dict[str, Kind] = {
    "name": "other-name", "date": "other-date", "number": "other-number", "verb": "antonym",
    "word": "antonym",
}  # fmt: skip
_BLANK = "___"
_FRAMES = ("Правда ли, что", "Верно ли, что")
# What these rules turn round may be true as well («треть» of «часть»), or reads oddly with «правда ли».
_UNSURE = frozenset({"tense", "plan told as done", "word", "word in form", "denied", "affirmed"})
_LONGEST_BLANK = 40  # characters
_PROPER = frozenset(("Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr"))  # of OpenCorpora
_PRONOUNS = {"Masc": "он", "Fem": "она", "Neut": "оно"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question of the article `article`; `quote` is the sentence it was made of, as it stands there.

    With `answer` or `verdict` the quote answers it, without both nothing does. `subject` is what the quote
    tells of, `names` are the names and figures in it.
    """

    kind: Kind
    question: str
    article: str
    quote: str
    why: str
    answer: str = ""
    verdict: YesNo | None = None
    history: tuple[Turn, ...] = ()
    subject: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_answerable(self) -> bool:
        return bool(self.answer or self.verdict)


def candidates(article: Parsed, random: Random) -> Iterator[Candidate]:
    """All that the rules make of an article."""
    names = pool(article.sentences)
    facts: list[tuple[Asked, Candidate]] = []
    for sentence in filter(None, article.sentences):
        own = list(mentions(sentence))
        for clause in clauses(sentence):
            for asked in _asked(clause, random):
                fact = _fact(asked, article.article)
                facts.append((asked, fact))
                yield fact
                yield from _cloze(asked, fact)
                yield from _unanswerable(asked, fact, own, names, random)
            yield from _polar(clause, article.article, own, names, random)
    yield from _follow_ups(facts)


def _asked(clause: Clause, random: Random) -> Iterator[Asked]:
    for rule in (questions, said, why_clause, who_is):
        yield from rule(clause, random)


def _fact(asked: Asked, article: str) -> Candidate:
    quote = asked.clause.sentence.text
    kind = _OF_RULE.get(asked.rule, "why" if asked.rule.startswith("why") else "said")
    answer = quote[slice(*asked.answer)]
    why = "ответ — в цитате"
    clause = asked.clause
    question = _lowered(asked.question, clause)
    return Candidate(
        kind, question, article, quote, why, answer, subject=_topic(clause), names=_names(clause)
    )


def _lowered(question: str, clause: Clause) -> str:
    """The sentence's first word small where it has come to stand inside the question, unless it is a name."""
    first = clause.sentence.nodes[0]
    if _is_name(clause.sentence, 0) or not first.text[1:].islower():
        return question
    return question.replace(f" {first.text} ", f" {first.text.lower()} ")


def _topic(clause: Clause) -> str:
    return clause.words(clause.subject.shown) if clause.subject else ""


def _names(clause: Clause) -> tuple[str, ...]:
    """The names and figures of the clause's sentence."""
    nodes = enumerate(clause.sentence.nodes)
    return tuple(
        each.text for place, each in nodes if each.text[0].isdigit() or _is_name(clause.sentence, place)
    )


def _is_name(sentence: Sentence, place: int) -> bool:
    """A name, and not «Поляк» or «Государство», which have a capital because a sentence begins."""
    node = sentence.nodes[place]
    return bool(node.name or node.pos == "PROPN") and not (place == 0 and _is_common(node.lower))


def _is_common(word: str) -> bool:
    """The dictionary knows it, and not as a name."""
    parses = analyzer().parse(word)
    return bool(analyzer().word_is_known(word)) and not any(_PROPER & each.tag.grammemes for each in parses)


def _cloze(asked: Asked, fact: Candidate) -> Iterator[Candidate]:
    """The sentence with its number, date or name left out."""
    start, stop = asked.answer
    is_short = stop - start <= _LONGEST_BLANK and fact.kind in ("who", "when", "where", "how-many", "which")
    if is_short:
        blanked = f"{fact.quote[:start]}{_BLANK}{fact.quote[stop:]}".rstrip(".")
        yield replace(fact, kind="cloze", question=f"Что пропущено: «{blanked}»?")


def _unanswerable(
    asked: Asked, fact: Candidate, own: Sequence[Mention], names: Sequence[Mention], random: Random
) -> Iterator[Candidate]:
    """The question about another name, month, year or number, or about the opposite."""
    changed = other_restrictor(asked, own, names, random)
    if changed:
        question, maker = _lowered(changed[0], asked.clause), changed[1]
        old, new = difference(fact.question, question)
        why = f"спрошено «{new}», а в статье «{old}»"
        yield replace(fact, kind=_OF_CHANGE[maker], question=question, why=why, answer="")


def difference(one: str, other: str) -> tuple[str, str]:
    """The words of each that the other doesn't have, from the first to the last."""
    first, second = one.rstrip("?").split(), other.rstrip("?").split()
    changes = [each for each in SequenceMatcher(None, first, second).get_opcodes() if each[0] != "equal"]
    if not changes:
        return "", ""
    (_, start, _, begin, _), (_, _, stop, _, end) = changes[0], changes[-1]
    return " ".join(first[start:stop]), " ".join(second[begin:end])


def _polar(
    clause: Clause, article: str, own: Sequence[Mention], names: Sequence[Mention], random: Random
) -> Iterator[Candidate]:
    """Yes/no questions: what the clause says, and what a rule turned false in it."""
    claim = stated(clause, random) if is_telling(clause) else None
    if claim is None or "active" in claim.rules:  # turned round from the passive, it is too often wrong
        return
    quote = clause.sentence.text
    asked, why = _whether(claim.text, clause, random), "так и сказано в цитате"
    true = Candidate(
        "true", asked, article, quote, why, verdict="yes", subject=_topic(clause), names=_names(clause)
    )
    yield true
    for false in falsehoods(claim, own, names, random):
        if false.is_surely_false and false.rule not in _UNSURE:
            old, new = difference(claim.text.rstrip("."), false.text.rstrip("."))
            why = f"спрошено «{new}», а в статье «{old}»"
            yield replace(
                true, kind="false", question=_whether(false.text, clause, random), why=why, verdict="no"
            )


def _whether(claim: str, clause: Clause, random: Random) -> str:
    """The claim as a yes/no question, its first word small unless it is a name."""
    first, _, rest = claim.removesuffix(".").partition(" ")
    like = [each for each in clause.sentence.nodes if each.lower == first.lower().replace("ё", "е")]
    opening = clause.sentence.nodes[0]
    is_name = not like or any(
        _is_name(clause.sentence, 0) if each is opening else each.name or each.pos == "PROPN" for each in like
    )
    begins = first if len(first) > 1 and (is_name or not first[1:].islower()) else first.lower()
    return f"{random.choice(_FRAMES)} {begins} {rest}?"


def _follow_ups(facts: Sequence[tuple[Asked, Candidate]]) -> Iterator[Candidate]:
    """Two questions about one subject, the second with a pronoun for it."""
    for (before, first), (asked, fact) in pairwise(facts):
        name = _subject(asked)
        pronoun = _pronoun(asked) if name and _subject(before) == name else None
        both = pronoun and before.part is not before.clause.subject and name in first.question
        if both and name in fact.question and fact.question != first.question:
            turn = Turn(first.question, first.quote)
            why = f"«{pronoun}» — {name}"
            question = fact.question.replace(name, str(pronoun), 1)
            yield replace(fact, kind="follow-up", question=question, why=why, history=(turn,))


def _subject(asked: Asked) -> str:
    """The subject as it stands in the sentence, if it is a name or a noun and not what is asked."""
    subject = asked.clause.subject
    if subject is None or asked.part is subject:
        return ""
    return asked.clause.words(subject.shown)


def _pronoun(asked: Asked) -> str | None:
    subject = asked.clause.subject
    if subject is None:
        return None
    node = asked.clause.sentence.nodes[subject.head]
    is_simple = not any(_joins(asked.clause.sentence, each) for each in subject.shown)
    if not is_simple or node.pos not in ("NOUN", "PROPN"):
        return None
    return "они" if node.feature("Number") == "Plur" else _PRONOUNS.get(node.feature("Gender"))


def _joins(sentence: Sentence, place: int) -> bool:
    return sentence.nodes[place].rel in ("conj", "nummod", "nummod:gov")
