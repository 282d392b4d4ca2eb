"""Which sentences of other articles stand under the same line."""

from dataclasses import replace

import pytest

from rag.answering.composing import MOST_SOURCES, other_sources, says_all_of, says_the_same
from rag.retrieval.reprints import reprint
from tests.answering.passages import evidence, hit

LINE = "Завод в Караганде открыл министр Иван Петров в мае 2025 года."


@pytest.mark.parametrize(
    ("other", "supports"),
    [
        (LINE, True),
        ("В мае 2025 года министр Иван Петров открыл в Караганде завод.", True),
        ("В Караганде министр Иван Петров открыл завод в мае 2025 года под музыку.", True),
        ("Завод в Караганде открыл министр Иван Петров в мае 2024 года.", False),  # another year
        ("Завод в Караганде открыл министр Олег Сидоров в мае 2025 года.", False),  # another name
        ("Завод в Караганде не открыл министр Иван Петров в мае 2025 года.", False),  # denied
        ("Завод в Караганде закрыл министр Иван Петров в мае 2025 года.", False),  # another verb
        ("Завод открыл министр Иван Петров.", False),  # less
    ],
)
def test_what_supports_a_line(other: str, supports: bool) -> None:
    assert says_all_of(evidence(other, article_id="b"), evidence(LINE)) == supports


def test_a_sentence_that_says_much_more_is_said_as_well() -> None:
    short = evidence("Министр Иван Петров открыл завод.")
    more = evidence(
        "Министр Иван Петров открыл завод, где будут делать порошок, карбид и проволоку.", article_id="b"
    )
    assert says_all_of(more, short)
    assert not says_the_same(more, short)


def test_one_footnote_an_article_and_not_too_many() -> None:
    found = [evidence(LINE, article_id=name) for name in "abbcdef"]
    sources = [each.hit.article.id for each in other_sources(found[0], found)]
    assert sources == ["b", "c", "d"]
    assert len(sources) == MOST_SOURCES - 1


def test_reprints_count() -> None:
    own = evidence(LINE)
    copied = replace(own, hit=replace(own.hit, reprints=(reprint(hit(f"Вести. {LINE}", "b")),)))
    (other,) = other_sources(copied, [])
    assert (other.hit.article.id, other.text.endswith(LINE)) == ("b", True)
    assert f"Вести. {LINE}"[other.sentence.start : other.sentence.stop] == other.text
