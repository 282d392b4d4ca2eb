"""The table of codes: its scan is a plain one whatever it holds, and it is whole whatever stops it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.library.split import passage_id as made_id
from rag.retrieval import vectors as module
from rag.retrieval.vector_rows import Places, Rows, coded
from rag.retrieval.vectors import VectorTable
from rag.text import keys
from rag.text.keys import passage_id, passage_keys
from rag.types import ArticleSet, Passage, Vectors

DIMENSION = 24


@pytest.fixture
def table(tmp_path: Path) -> Iterator[VectorTable]:
    table = VectorTable(tmp_path / "codes.db", DIMENSION)
    yield table
    table.close()


def passage(article_id: str, number: int) -> Passage:
    return Passage(made_id(article_id, number, ""), article_id, number, number, "", ())


def columns(passages: Sequence[Passage]) -> tuple[list[str], list[str]]:
    return [each.id for each in passages], [each.article_id for each in passages]


def ids_of(article_id: str) -> set[str]:
    return {passage(article_id, number).id for number in range(4)}


def units(rows: int, seed: int) -> Vectors:
    found = np.random.default_rng(seed).standard_normal((rows, DIMENSION)).astype(np.float32)
    scaled: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return scaled


def fill(table: VectorTable, articles: Sequence[str], size: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Articles of `size` passages with random vectors; what the table should now hold of them."""
    given_ = [passage(article, number) for article in articles for number in range(size)]
    vectors = units(len(given_), seed)
    table.replace(articles, *columns(given_), vectors)
    return {each.id: vector for each, vector in zip(given_, rounded(vectors), strict=True)}


def rounded(vectors: Vectors) -> Vectors:
    """Of each vector's numbers what 127 steps to each side of zero leave."""
    steps = np.abs(vectors).max(axis=1, keepdims=True) / np.float32(127)
    kept: Vectors = np.rint(vectors / steps).astype(np.float32) * steps
    return kept


def best(held: dict[str, np.ndarray], vector: Vectors, k: int) -> list[str]:
    return sorted(held, key=lambda each: (-float(held[each] @ vector), each))[:k]


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_stands_for_one_id(number: int) -> None:
    assert passage_keys([passage_id(number)]).tolist() == [number]
    assert keys.ids_of(np.array([number, 0, number])) == [passage_id(number), "0" * 16, passage_id(number)]


def test_what_is_no_id_has_no_number() -> None:
    assert passage_keys(["nowhere", "", "00000000000000ff", "0" * 17, "00000000000000FF"]).tolist() == [255]


@pytest.mark.parametrize("k", [1, 7, 300, 2_000])
def test_the_nearest_are_those_of_a_plain_scan(table: VectorTable, k: int) -> None:
    held = fill(table, [f"a{number}" for number in range(400)], 3)
    asked = units(1, 2)[0]
    found = table.nearest(asked, k)
    assert [each.passage_id for each in found] == best(held, asked, k)
    assert [each.score for each in found] == pytest.approx(
        [float(held[each.passage_id] @ asked) for each in found], abs=1e-6
    )


def test_equals_stand_in_the_order_of_their_ids(table: VectorTable) -> None:
    given_ = [passage("a", number) for number in range(9)]
    table.replace([], *columns(given_), np.tile(units(1, 1), (9, 1)))
    found = [each.passage_id for each in table.nearest(units(1, 2)[0], 5)]
    assert found == sorted(each.id for each in given_)[: len(found)]


@given(st.integers(0, 1_000))
def test_a_cosine_is_half_a_step_a_number_from_the_truth(seed: int) -> None:
    vectors, asked = units(5, seed), units(1, seed + 1)[0]
    rows = coded([passage("a", n).id for n in range(5)], ["a"] * 5, vectors, 1)
    off = np.abs(rows.cosines(rows.all, asked) - vectors @ asked)
    assert (off <= rows.steps / 2 * np.abs(asked).sum() + 1e-6).all()


def test_of_many_rows_only_the_likely_ones_are_scanned(
    table: VectorTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SCANNED", 100)
    articles = [f"a{number}" for number in range(400)]
    held = fill(table, articles, 3)
    scanned: list[int] = []
    plain = Rows.cosines

    def counted(rows: Rows, places: Places, vector: Vectors) -> Vectors:
        scanned.append(len(places))
        return plain(rows, places, vector)

    monkeypatch.setattr(Rows, "cosines", counted)
    for near, vector in list(held.items())[::100]:
        asked = vector + units(1, 7)[0] * np.float32(0.3)
        asked /= np.linalg.norm(asked)
        found = table.nearest(asked, 10)
        assert found[0].passage_id == near
        assert len({each.passage_id for each in found}) == 10
        scores = [float(held[each.passage_id] @ asked) for each in found]
        assert [each.score for each in found] == pytest.approx(scores, abs=1e-6)
        assert scores == sorted(scores, reverse=True)
    assert all(150 <= number < 300 for number in scanned), "an eighth, and those that tie with it"
    table.nearest(asked, 10, ArticleSet.of(articles))
    assert scanned[-1] == 1_200, "under a filter all are"
    monkeypatch.setattr(module, "SCANNED_ALLOWED", 600)
    allowed = ArticleSet.of(articles[100:])
    for _ in range(2):  # the second time its rows are remembered
        found = table.nearest(asked, 10, allowed)
        assert 112 <= scanned[-1] < 225, "unless it allows very many"
        assert found[0].passage_id == near
        ids = {passage(article, number).id for article in articles[100:] for number in range(3)}
        assert {each.passage_id for each in found} <= ids
    fill(table, ["new"], 3, seed=3)
    assert len(table.nearest(asked, 2_000, ArticleSet.of(["new", *articles]))) == 1_203


@pytest.mark.parametrize("share", [1, 2, 10, 400])
def test_within_is_exact(table: VectorTable, share: int) -> None:
    articles = [f"a{number}" for number in range(400)]
    held = fill(table, articles, 3)
    allowed = articles[::share]
    ids = {passage(article, number).id for article in allowed for number in range(3)}
    asked = units(1, 3)[0]
    expected = best({each: vector for each, vector in held.items() if each in ids}, asked, 20)
    found = table.nearest(asked, 20, ArticleSet.of([*allowed, "nowhere"]))
    assert [each.passage_id for each in found] == expected
    assert table.nearest(asked, 20, ArticleSet.of(["nowhere"])) == []


def test_an_article_is_replaced_and_removed(table: VectorTable, tmp_path: Path) -> None:
    held = fill(table, ["a", "b", "c"], 2, seed=1)
    held |= fill(table, ["b"], 4, seed=2)
    table.replace(["c"], [], [], np.empty((0, DIMENSION), np.float32))
    held = {each: vector for each, vector in held.items() if each not in {passage("c", n).id for n in (0, 1)}}
    again = VectorTable(tmp_path / "codes.db", DIMENSION)
    for one in (table, again):
        assert one.count() == 6
        asked = units(1, 3)[0]
        assert [each.passage_id for each in one.nearest(asked, 10)] == best(held, asked, 10)
        for ids in (list(held), list(held)[::-1], list(held)[4:1:-1], []):  # some of them, in any order
            expected = {id_: float(held[id_] @ asked) for id_ in ids}
            found = one.scores(asked, [*ids, passage("c", 0).id, "nowhere"])
            assert found == pytest.approx(expected, abs=1e-6)
    again.close()


def test_many_small_writes_answer_like_one(table: VectorTable, tmp_path: Path) -> None:
    """Parts are joined as they grow; what is replaced may lie in any of them."""
    held: dict[str, np.ndarray] = {}
    for turn in range(40):
        article = f"a{turn % 31}"
        held = {each: vector for each, vector in held.items() if each not in ids_of(article)}
        held |= fill(table, [article], 1 + turn % 4, seed=turn)
        sizes = [len(part) for part in table._held()]
        assert all(longer > 2 * shorter for longer, shorter in pairwise(sizes)), sizes
    again = VectorTable(tmp_path / "codes.db", DIMENSION)
    asked = units(1, 3)[0]
    for one in (table, again):
        assert one.count() == len(held)
        assert [each.passage_id for each in one.nearest(asked, 25)] == best(held, asked, 25)
        assert set(one.scores(asked, [*held, "nowhere"])) == set(held)
        within = {id_ for article in ("a3", "a8", "a30") for id_ in ids_of(article)} & set(held)
        expected = best({each: held[each] for each in within}, asked, 9)
        found = one.nearest(asked, 9, ArticleSet.of(["a3", "a8", "a30"]))
        assert [each.passage_id for each in found] == expected
    again.close()


def test_an_empty_table_and_a_zero_vector(table: VectorTable) -> None:
    asked = units(1, 1)[0]
    assert table.count() == 0
    assert table.nearest(asked, 5) == table.nearest(asked, 5, ArticleSet.of(["a"])) == []
    assert table.scores(asked, [passage("a", 0).id]) == {}
    table.replace([], *columns([passage("a", 0)]), np.zeros((1, DIMENSION), np.float32))
    assert [each.score for each in table.nearest(asked, 5)] == [0.0]  # held, and near to nothing


def test_a_write_that_fails_or_is_killed_changes_nothing(table: VectorTable, tmp_path: Path) -> None:
    """The files as a killed process leaves them: copied while the table is open."""
    held = fill(table, ["a", "b"], 3)
    with sqlite3.connect(tmp_path / "codes.db") as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON codes BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(sqlite3.Error, match="full"):
        fill(table, ["a"], 1, seed=5)
    shutil.copytree(tmp_path, tmp_path / "left")
    again = VectorTable(tmp_path / "left" / "codes.db", DIMENSION)
    asked = units(1, 3)[0]
    for one in (table, again):
        assert [each.passage_id for each in one.nearest(asked, 10)] == best(held, asked, 10)
    again.close()


@pytest.mark.parametrize("dimension", [8, 48])
def test_vectors_of_another_dimension_are_not_taken_for_ours(
    table: VectorTable, tmp_path: Path, dimension: int
) -> None:
    fill(table, ["a"], 3)
    with pytest.raises(ValueError):
        VectorTable(tmp_path / "codes.db", dimension)
