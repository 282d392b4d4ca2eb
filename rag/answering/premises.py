"""Does the question take for granted what the sources deny? «Почему Казахстан отказался от меморандума?»

«Почему», «когда», «зачем» with a verb in the past say that it has happened. That is contradicted where a
sentence about the same thing denies the verb («гарантий не дал») or tells its opposite («подписал»), and no
sentence tells it as a fact. It says nothing of how sure an answer is, so it stands apart from confidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.evidence import Evidence
from rag.text.antonyms import antonyms
from rag.text.questions import analyse
from rag.text.synonyms import equals
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer, content_lemmas, is_function_word

_READ = 12  # sentences, best first
_ASKING = frozenset({"reason", "date", "place", "quantity", "other", "list", "name", "person"})
_NEGATION = frozenset("не ни без нельзя".split())
# Behind one of these a verb tells no fact: «чтобы отменили», «если одобрят», «может отменить».
_UNREAL = frozenset("чтобы бы если пока либо ли мочь хотеть просить обещать предлагать требовать".split())
_REACH = 6  # words before a verb in which such a word is looked for
_STOPPING = frozenset("прекратить перестать бросить закончить".split())
_FACTUAL = frozenset({"VERB", "PRTS"})


@dataclass(frozen=True, slots=True)
class Premise:
    """What a question takes for granted: a verb (lemma), what it is about, and what contradicts it."""

    verb: str
    about: frozenset[str]
    opposites: frozenset[str]

    @property
    def same(self) -> frozenset[str]:
        return equals(self.verb) | {self.verb}


def premise(question: str) -> Premise | None:
    """The fact that `question` presupposes; None for a yes/no question and where it names no past fact."""
    found = tokens(question)
    if analyse(question).kind not in _ASKING or any(token.folded in _NEGATION for token in found):
        return None
    verb = next((token for token in found if token.grammar.part == "VERB"), None)
    if verb is None or not _is_past(verb) or is_function_word(verb.folded):
        return None
    name = verb.grammar.lemma
    stopped = frozenset(token.grammar.lemma for token in found if token.grammar.part == "INFN")
    opposites = antonyms(name) | (stopped if name in _STOPPING else frozenset())
    about = frozenset(content_lemmas(question)) - {name} - stopped
    about = about - {analyse(question).head} or about  # «для каких стран»: it is not about countries
    return Premise(name, about, opposites) if about else None


def is_contradicted(question: str, evidence: Sequence[Evidence]) -> bool:
    """True when `evidence` (best first) denies what `question` takes for granted and none of it says so."""
    taken = premise(question)
    if taken is None:
        return False
    told = [
        (lemma, denied)
        for each in evidence[:_READ]
        if _is_about(each, taken)
        for lemma, denied in _facts(each.text)
    ]
    if any(lemma in taken.same and not denied for lemma, denied in told):
        return False
    return any(
        (lemma in taken.same and denied) or (lemma in taken.opposites and not denied)
        for lemma, denied in told
    )


def _is_about(each: Evidence, taken: Premise) -> bool:
    return bool(taken.about & frozenset(each.sentence.lemmas))


def _facts(text: str) -> Iterator[tuple[str, bool]]:
    """Verbs (lemmas) that `text` tells as facts, and whether it denies them."""
    found = [token for token in tokens(text) if token.kind != "sign"]
    for place, token in enumerate(found):
        before = found[max(0, place - _REACH) : place]
        if token.grammar.part in _FACTUAL and not any(map(_makes_unreal, before)):
            yield token.grammar.lemma, bool(before) and before[-1].folded in _NEGATION


def _makes_unreal(token: Token) -> bool:
    return token.folded in _UNREAL or token.grammar.lemma in _UNREAL


def _is_past(verb: Token) -> bool:
    return bool(analyzer().parse(verb.folded)[0].tag.tense == "past")
