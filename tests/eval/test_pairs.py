"""Made statements: the forms are right, and words alone don't tell a claim's label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random

import pytest

from eval.reader.constructions import constructions
from eval.reader.examples import Example
from eval.reader.pairs import Deed, Maker, Who, pairs
from rag.text.words import lemmas

MAKERS = (pairs, constructions)


@pytest.mark.parametrize(
    ("deed", "who", "whom", "order", "told"),
    [
        ("обвинить accs во лжи", "Панов", "Орлова", "svo", "Панов обвинил Орлову во лжи"),
        ("обвинить accs во лжи", "Панов", "Орлова", "ovs", "Орлову обвинил во лжи Панов"),
        ("купить у gent X", "Вера Громова", "Илья Седов", "svo", "Вера Громова купила у Ильи Седова лодку"),
        ("продать datv нефть", "Иран", "Польша", "ovs", "Польше продал нефть Иран"),
        ("подать в суд на accs", "завод «Луч»", "Norvex", "ovs", "в суд на Norvex подал завод «Луч»"),
        # forms that don't tell who acts leave it to the order
        ("купить accs", "Norvex", "Altera", "ovs", "Norvex купил Altera"),
        ("обогнать accs", "Тверь", "завод «Луч»", "ovs", "Тверь обогнала завод «Луч»"),
    ],
)
def test_a_statement(deed: str, who: str, whom: str, order: str, told: str) -> None:
    assert Deed.of(deed, "лодка").told(Who(who), Who(whom), order) == told


@pytest.mark.parametrize("make", MAKERS)
def test_made_examples(make: Callable[[int, int, bool], list[Example]]) -> None:
    made = make(3, 2_000, False)
    assert made == make(3, 2_000, False) != make(4, 2_000, False)
    assert len(made) == 2_000
    labels = defaultdict[str, set[str]](set)
    for each in made:
        if each.label:
            labels[each.text].add(each.label)
        elif each.span:
            assert each.text[slice(*each.span)].strip()
    assert sum(len(each) > 1 for each in labels.values()) > 0.9 * len(labels)
    counts = Counter(each.label for each in made)
    assert counts["supported"] < 2 * (counts["contradicted"] + counts["not_stated"])


def test_words_say_nothing_of_who_did_it() -> None:
    """Claims of a statement's own names are as often true as false, whatever share of its words they have."""
    shares = defaultdict[str, list[float]](list)
    for each in pairs(1, 3_000):
        if each.label in ("supported", "contradicted"):
            said = set(lemmas(each.question.removeprefix("Правда, что").removeprefix("Верно ли, что")))
            shares[str(each.label)].append(len(said & set(lemmas(each.text))) / len(said))
    means = [sum(each) / len(each) for each in shares.values()]
    assert abs(means[0] - means[1]) < 0.05


def test_what_is_kept_is_not_learnt() -> None:
    learnt, kept = (Maker(Random(1), each) for each in (False, True))
    for kind in ("human", "group"):
        assert not set(learnt.deeds[kind]) & set(kept.deeds[kind])
        names, others = ({n for sort in maker.names[kind] for n in sort} for maker in (learnt, kept))
        assert not names & others and len(others) > 5
