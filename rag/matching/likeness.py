"""Whether a text only retells another one, as agencies repeat each other: the same words, figures and names.

Texts are compared by pairs of neighbouring telling words, so sentences may stand in another order and a
part may be missing. A text that differs in a fact is never a repeat, however alike: another number, date,
name or denial, or one word in place of another («вырос» for «снизился»). Who reports («сообщает ТАСС») is
no fact. When in doubt it is no repeat: shown twice is better than hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import TypeVar

from rag.text.numbers import FIGURES
from rag.text.spelling import same_but_ending
from rag.text.synonyms import equals
from rag.text.words import is_function_word, lemma, lemmas, words
from rag.types import Passage

# The share of a repeat's pairs that stand in the other text (eval/results/README.md).
ENOUGH = 0.8
# A text of fewer pairs («Следите за новостями») is a repeat only of the very same under the same title.
_SHORT = 12

Item = TypeVar("Item")
Pair = tuple[str, str]
Triple = tuple[str, str, str]

_NEGATION = frozenset("не ни нет без нельзя никогда".split())
_DAYS = frozenset(
    """январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник
    среда четверг пятница суббота воскресенье вчера сегодня завтра накануне позавчера послезавтра""".split()
)
_REPORTING = frozenset(
    """сообщать сообщить сообщаться сообщение передавать передать писать написать отмечать отметить
    отмечаться заявлять заявить говорить сказать говориться рассказать уточнить уточнять ссылка
    корреспондент агентство информагентство пресс напомнить напоминать""".split()
)
_AGENCIES = frozenset(
    """тасс итар риа новость интерфакс interfax рейтер reuters франс пресс france presse афп afp ap
    ассошиэйтед associated press блумберг bloomberg рбк rbc лента lenta ру ru коммерсант ведомость известие
    регнум regnum росбалт би bbc cnn dw синьхуа xinhua sputnik trend казинформ kazinform азертадж арменпресс
    укринформ унн унян белта кабар анадолу dpa""".split()
)
_UNTELLING = _REPORTING | _AGENCIES
# Any of these may stand for another: who is quoted has said it either way.
_SAYING = frozenset(
    """считать полагать подчеркнуть подчеркивать добавить добавлять указать указывать пояснить пояснять
    объяснить объяснять продолжить подытожить резюмировать утверждать""".split()
)


@dataclass(frozen=True)
class Wording:
    """A text by its telling words, sentence by sentence. What few comparisons need is found only for them."""

    passage: Passage
    sentences: tuple[tuple[str, ...], ...]
    title: tuple[str, ...]

    @cached_property
    def pairs(self) -> frozenset[Pair]:
        """Neighbours; '' stands for a sentence's edge."""
        return frozenset(chain.from_iterable(map(_pairs, self.sentences)))

    @cached_property
    def triples(self) -> frozenset[Triple]:
        """Words between their neighbours."""
        return frozenset(chain.from_iterable(map(_triples, self.sentences)))

    @cached_property
    def facts(self) -> frozenset[Triple]:
        """Numbers, days and denials between their neighbours."""
        return frozenset(each for each in self.triples if _is_fact(each[1]))

    @cached_property
    def gaps(self) -> dict[Pair, str]:
        """What stands between two words."""
        return {(before, behind): word for before, word, behind in self.triples}

    @cached_property
    def denied(self) -> frozenset[Pair]:
        """Words that a denial parts."""
        return frozenset((before, behind) for before, word, behind in self.triples if word in _NEGATION)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(self.sentences))

    @cached_property
    def names(self) -> frozenset[str]:
        """Words with a capital letter; the first one of a sentence has its capital for another reason."""
        return frozenset(_names(self.passage)) & self.words


def wording(passage: Passage, source: str | None = None) -> Wording:
    """How `passage` is worded; the name of its own `source` tells nothing."""
    own = frozenset(lemmas(source or ""))
    told = tuple(tuple(_telling(sentence.lemmas, own)) for sentence in passage.sentences)
    return Wording(passage, told, tuple(_telling(passage.title_lemmas, own)))


def retells(text: Wording, known: Sequence[Wording]) -> bool:
    """True when `text` says nothing but what `known` (passages of one article) together say."""
    if len(text.pairs) < _SHORT:
        return bool(text.pairs) and any(
            text.sentences == each.sentences and text.title == each.title for each in known
        )
    return (
        shared(text, known) >= ENOUGH * len(text.pairs)
        and not _new_facts(text, known)
        and not _new_names(text, known)
        and not any(_is_denied(text, each) or _is_replaced(text, each) for each in known)
        and not _titles_differ(text, known[0])
    )


def shared(text: Wording, known: Iterable[Wording]) -> int:
    """How many pairs of `text` stand in `known`."""
    return len(text.pairs & _union(each.pairs for each in known))


def _union(sets: Iterable[frozenset[Item]]) -> frozenset[Item]:
    return frozenset().union(*sets)


@lru_cache(maxsize=50_000)
def is_untelling(word: str) -> bool:
    """True for a lemma that says nothing of what a text tells."""
    return word not in _NEGATION and (word in _UNTELLING or is_function_word(word))


def _telling(found: Iterable[str], own: frozenset[str]) -> Iterator[str]:
    """Lemmas without those that tell nothing; a written number as its figure."""
    for each in found:
        if each in FIGURES:
            yield f"{FIGURES[each]:g}"
        elif each not in own and not is_untelling(each):
            yield each


def _pairs(told: tuple[str, ...]) -> Iterator[Pair]:
    return zip(("", *told), (*told, ""), strict=True) if told else iter(())


def _triples(told: tuple[str, ...]) -> Iterator[Triple]:
    padded = ("", *told, "")
    return zip(padded, padded[1:], padded[2:], strict=False)


def _is_fact(word: str) -> bool:
    return word[:1].isdigit() or word in _DAYS or word in _NEGATION


def _names(passage: Passage) -> Iterator[str]:
    """Lemmas of capitalised words; a sentence's first word has its capital for another reason."""
    for sentence in passage.sentences:
        text = passage.quote(sentence)
        for place, word in enumerate(words(text)):
            if place and text[word.start].isupper():
                yield lemma(word.text)


def _new_facts(text: Wording, known: Sequence[Wording]) -> bool:
    held, pairs = _union(each.facts for each in known), _union(each.pairs for each in known)
    return any(not _stands(fact, held, pairs) for fact in text.facts - held)


def _stands(fact: Triple, held: frozenset[Triple], pairs: frozenset[Pair]) -> bool:
    """True where only one of the texts has a border before or behind the fact."""
    before, what, behind = fact
    return (
        ("", what, behind) in held
        or (before, what, "") in held
        or (not before and (what, behind) in pairs)
        or (not behind and (before, what) in pairs)
    )


def _new_names(text: Wording, known: Sequence[Wording]) -> bool:
    held = _union(each.words for each in known)
    return any(not any(same_but_ending(name, word) for word in held) for name in text.names - held)


def _is_denied(text: Wording, other: Wording) -> bool:
    """True for «подписали» where the other text has «не подписали»; the reverse is a new fact."""
    return bool(text.pairs & other.denied - other.pairs)


def _is_replaced(text: Wording, other: Wording) -> bool:
    """True where one word stands in place of another, which is no synonym."""
    for before, word, behind in text.triples - other.triples:
        instead = other.gaps.get((before, behind)) if before or behind else None
        if instead and (before, instead, behind) not in text.triples and not _mean_the_same(word, instead):
            return True
    return False


def _mean_the_same(word: str, other: str) -> bool:
    return other in equals(word) or {word, other} <= _SAYING


def _titles_differ(text: Wording, other: Wording) -> bool:
    """True for bulletins («Погода на 5 мая», «Погода на 6 мая»): alike, but for figures and days."""
    told, known = (frozenset(each.title) for each in (text, other))
    facts, others = frozenset(filter(_is_fact, told)), frozenset(filter(_is_fact, known))
    alike = 2 * len((told - facts) & (known - others)) >= min(len(told - facts), len(known - others))
    return alike and bool(facts - others and others - facts)
