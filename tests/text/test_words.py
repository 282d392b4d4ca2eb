"""Words, lemmas and content words: one line a pitfall."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.list_function_words import is_function_word as by_dictionary
from rag.text.lemma_rules import value_lemmas
from rag.text.words import (
    INVISIBLE,
    analyzer,
    content_lemmas,
    fold,
    function_words,
    is_function_word,
    lemma,
    lemmas,
    words,
)
from tests.patience import PATIENCE
from tests.tables import rows


def texts(text: str) -> list[str]:
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # letters
        ("Ёлка и ЕЖИ", "елка и ежи"),
        ("за\u0301мок и замо\u0301к", "замок и замок"),
        ("элек\u00adтро\u00adстанция", "электростанция"),
        ("не\u200bразрывно\ufeffсть", "неразрывность"),
        ("из-за\u2011под", "из за под"),
        ("Кот-д’Ивуар", "кот д’ивуар"),
        ("Cove Capital и ТОО «Қазақстан»", "cove capital и тоо қазақстан"),
        ("_под_черк_", "под черк"),
        ("слово1слово", "слово 1 слово"),
        ("a\0b", "a b"),
        ("м² и м³", "м² и м³"),
        ("рыбаке¹ и неё²", "рыбаке и нее"),
        # numbers
        ("1 250 000", "1250000"),
        ("1\u00a0250\u00a0000 и 1\u202f250\u2009000", "1250000 1250000".replace(" ", " и ")),
        ("12 345 678,9 тонны", "12345678.9 тонны"),
        ("1 25", "1 25"),
        ("1 000 0000", "1000 0000"),
        ("23.02.2026", "23 02 2026"),
        ("1.2.3", "1 2 3"),
        ("192.168.0.1", "192 168 0 1"),
        ("10.5.", "10.5"),
        ("139-е", "139 е"),
        ("5G", "5 g"),
        ("-5 °C", "5 c"),
        # nothing
        ("", ""),
        (" \n\t\u00a0", ""),
        ("…?! — «»", ""),
        ("😀🇰🇿", ""),
        ("’’ ' \u0301", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert texts(text) == expected.split()


def test_places_are_those_of_the_text_as_it_stands() -> None:
    text = "Цена за\u0301мка — 1\u00a0250\u00a0000,5 тенге."
    found = [(text[word.start : word.stop], word.is_number) for word in words(text)]
    expected = [("Цена", False), ("за\u0301мка", False), ("1\u00a0250\u00a0000,5", True), ("тенге", False)]
    assert found == expected


LETTERS = st.sampled_from(f"абвёЁЖзй{INVISIBLE}aZ09 .,-'’\u00a0\u202f\n²½٣Ⅳªßİ\0😀")


@given(st.one_of(st.text(max_size=80), st.text(LETTERS, max_size=80)))
@settings(deadline=None)
def test_every_word_is_what_stands_there(text: str) -> None:
    place = 0
    for word in words(text):
        assert place <= word.start < word.stop <= len(text)
        place = word.stop
        there = fold(text[word.start : word.stop])
        if word.is_number and there != word.text:
            there = there.replace(" ", "").replace(",", ".")
        assert word.text == there
        assert word.text == fold(word.text)
        assert lemma(word.text)


@given(st.one_of(st.text(max_size=80), st.text(LETTERS, max_size=80)))
@settings(deadline=None)
def test_lemmas_are_those_of_the_words(text: str) -> None:
    """They are found in another way where nothing is hidden in the text."""
    values = value_lemmas(text)
    assert lemmas(text) == [values.get(word.start) or lemma(word.text) for word in words(text)]


@given(st.text(LETTERS, max_size=80))
@settings(deadline=None)
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    covered = {place for word in words(text) for place in range(word.start, word.stop)}
    assert all(place in covered for place, char in enumerate(text) if char.isalnum() and char not in "²")


@pytest.mark.parametrize(
    "text", ["слово " * 2_000, "а" * 10_000, "1 000" * 2_000, "а\u0301" * 5_000, "а'" * 5_000, "1.1" * 3_333]
)
def test_ten_thousand_characters(text: str) -> None:
    found = list(words(text))
    assert found[0].start == 0
    assert found[-1].stop >= len(text.rstrip()) - 1


@pytest.mark.parametrize("prefix", ["не", "псевдо", "сверх"])
def test_a_word_of_prefixes_without_end(prefix: str) -> None:
    text = prefix * (2_000 // len(prefix))  # each is a call inside of pymorphy3
    assert content_lemmas(f"{text} мост")[-1] == "мост"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("построили построен построенный", "построить построить построить"),
        ("ребёнка ребенка", "ребенок ребенок"),
        ("2,3 млрд", "2300000000 миллиард"),
    ],
)
def test_lemmas(text: str, expected: str) -> None:
    assert lemmas(text) == expected.split()


CONTENT = """
Кто возглавляет компанию? | возглавлять компания
Какова его протяжённость? | протяженность
Где находится тот самый рудник? | находиться рудник
Сколько это будет стоить? | стоить
# nothing else is left: all of them count
что и где | что и где
а 5 | 5
"""


@pytest.mark.parametrize(("text", "expected"), [*rows(CONTENT), ("", "")])
def test_content_lemmas(text: str, expected: str) -> None:
    assert content_lemmas(text) == expected.split()


AT_ONCE = """
import threading
from rag.text.words import lemma
start, found = threading.Barrier(4), []
def ask(word):
    start.wait()
    found.append(lemma(word))
threads = [threading.Thread(target=ask, args=(word,)) for word in "рудниками городов банка стройке".split()]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found))
"""


def test_the_dictionary_opens_once_for_all_threads() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == ("4\n", "")


def test_a_letter_without_a_name_is_parsed() -> None:
    assert analyzer().parse("\U00017000")
    assert lemmas("руда \U00017000\U00017001") == ["руда", "\U00017000\U00017001"]


def test_function_words_are_those_of_the_dictionary() -> None:
    """The written list says what the dictionary says, of each word in it and of others."""
    assert all(map(is_function_word, "в на и или не ли что который сколько где он ей это быть весь".split()))
    assert not any(map(is_function_word, "медь строить новый быстро два 5 capital қазақ".split()))
    listed = function_words()
    assert len(listed) > 900
    assert [word for word in sorted(listed) if not by_dictionary(word)] == []
    others = "мост парка вокруг благодаря чьими какую мосту стали стань могла самими прежде один 2014 nato"
    assert [word for word in others.split() if is_function_word(word) != by_dictionary(word)] == []


FOLDED = """
Диpeктop | директор
мoсквe,Xерсон | москве,херсон
REаlloys | realloys
Сook | cook
ХIХ | xix
C5+1 | c5+1
IT-компания | it-компания
витамин C | витамин c
спутникV | спутникv
"""


@pytest.mark.parametrize(("typed", "folded"), rows(FOLDED))
def test_letters_of_the_other_alphabet_that_look_alike(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text("абвсеo pMcx4-5iя", max_size=30) | st.text(LETTERS, max_size=60))
@settings(deadline=None, max_examples=200)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("абвсеo pMcx4-5iя", max_size=30))
def test_folding_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)
