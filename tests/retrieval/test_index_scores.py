"""What scores are, and that they are found: BM25 by hand and in two databases, cosines one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.retrieval.dense import DenseIndex
from rag.retrieval.keyword import KeywordIndex
from rag.retrieval.postgres_dense import PostgresVectorIndex
from rag.retrieval.postgres_keyword import norm
from rag.retrieval.static import StaticEncoder
from rag.types import Passage

from .conftest import Make
from .making import ALL, ID_OF, TEXTS, AxisEncoder, passages, query

# BM25


@pytest.fixture(params=["keyword", "postgres-keyword"])
def keyword(request: pytest.FixtureRequest, kinds: dict[str, Make], tmp_path: Path) -> Iterator[Any]:
    index = kinds[request.param](tmp_path / "keyword")
    index.open()
    yield index
    index.close()


def test_a_passage_of_average_length_with_every_lemma_once_scores_one(keyword: KeywordIndex) -> None:
    texts = {"a": "Рудник открыли весной.", "b": "Школу закрыли осенью.", "c": "Поезд прибыл летом."}
    given = {name: passages(name, text) for name, text in texts.items()}
    keyword.replace(list(given), [passage for each in given.values() for passage in each], fresh=True)
    (found,) = keyword.search(query("Рудники открывают весной?"), 10)[:1]
    assert found.passage_id == given["a"][0].id
    # «открывать» is another lemma than «открыть»: no passage has it, so it weighs log(1 + 3.5 / 0.5), less
    # what a verb loses.
    held, unheld = math.log(1 + 2.5 / 1.5), 0.7 * math.log(1 + 3.5 / 0.5)
    assert found.score == pytest.approx(2 * held / (2 * held + unheld), abs=1e-4)
    assert keyword.search(query("рудник весной открыли"), 1)[0].score == pytest.approx(1.0, abs=0.01)
    assert keyword.search(query("рудник рудник рудник"), 1)[0].score == pytest.approx(1.0, abs=0.01)


def test_scores_stay_above_zero_when_most_passages_are_gone(keyword: KeywordIndex) -> None:
    given = {f"a{number}": passages(f"a{number}", "Рудник открыли весной.") for number in range(20)}
    keyword.replace(list(given), [passage for each in given.values() for passage in each], fresh=True)
    keyword.replace(list(given)[1:], [], fresh=False)
    (found,) = keyword.search(query("рудник"), 10)
    assert found.score > 0


def test_words_of_the_library(keyword: KeywordIndex) -> None:
    keyword.replace(list(TEXTS), ALL, fresh=True)
    assert keyword.frequencies(["мост", "парк", "весна", "оперетта"]) == [2, 1, 1, 0]
    assert keyword.frequencies([]) == []
    assert keyword.with_prefix("мо", 10) == [("мост", 2)]
    assert keyword.with_prefix("г", 10) == [("год", 1), ("городской", 1)]
    assert keyword.with_prefix("", 3)[:2] == [("в", 2), ("мост", 2)]
    assert len(keyword.with_prefix("", 3)) == 3
    assert keyword.with_prefix("ъ", 10) == []


def test_bm25_in_sql_is_tantivys(kinds: dict[str, Make], tmp_path: Path) -> None:
    """The same passages in the same order with the same scores, short ones and long ones."""
    things = "мост школа рудник поезд завод парк музей порт дорога шахта канал театр".split()
    texts = {
        f"a{number}": " ".join(
            f"Здесь {things[(number * 5 + each * each) % 12]} и {things[(number + each) % 12]} номер {each}."
            for each in range(1 + number % 17)
        )
        for number in range(120)
    }
    given = [
        passage for name, text in texts.items() for passage in passages(name, text, things[len(text) % 12])
    ]
    both = [kinds[kind](tmp_path / kind) for kind in ("keyword", "postgres-keyword")]
    for index in both:
        index.open()
        index.replace(list(texts), given, fresh=True)
    for asked in ("мосты и школы", "рудник номер 7", "театр у канала, порт", "дорога в музей дорога"):
        one, other = (
            {each.passage_id: each.score for each in index.search(query(asked), 500)} for index in both
        )
        assert other == pytest.approx(one, rel=1e-4)
        assert len(one) > 20
        together = [index.together("мост", ["школа", "рудник"]) for index in both]  # type: ignore[attr-defined]
        assert together[0] == pytest.approx(together[1], rel=1e-4)
    for index in both:
        index.close()


@pytest.mark.parametrize("length", [1, 24, 39, 40, 41, 42, 55, 56, 57, 87, 88, 152, 1_000, 70_000])
def test_lengths_are_held_as_tantivy_does(length: int) -> None:
    held = norm(length)
    assert held <= length < held + max(1, 2 ** ((length - 24).bit_length() - 4))
    assert norm(held) == held


# Vectors


@pytest.mark.parametrize("kind", ["dense-axes", "postgres-dense-axes"])
def test_cosines_by_hand(kind: str, kinds: dict[str, Make], tmp_path: Path) -> None:
    index = kinds[kind](tmp_path)
    index.open()
    index.replace(list(TEXTS), ALL, fresh=True)
    # copper is (2, 1, 0)/√5, bridge (0, 1, 0), park (0, 0, 1); the query (1, 1, 0)/√2.
    assert {
        scored.passage_id: scored.score for scored in index.search(query("медь, мост"), 10)
    } == pytest.approx(
        {ID_OF["copper"]: 3 / 10**0.5, ID_OF["bridge"]: 1 / 2**0.5, ID_OF["park"]: 0.0},
        abs=1e-3 if kind.startswith("postgres") else 5e-3,  # two bytes a number, or one
    )
    assert index.search(query("опера"), 10) == []  # a zero vector: nothing is known of it
    index.close()


@pytest.mark.parametrize("kind", ["dense", "postgres-dense", "graph"])
def test_dense_search_finds_the_nearest_of_all(
    kind: str, kinds: dict[str, Make], static: StaticEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against every cosine computed one by one."""
    monkeypatch.setattr("rag.retrieval.postgres_dense.EXACT", 100 if kind == "graph" else 10_000)
    verbs = ["строят", "закрыли", "продают", "чинят", "охраняют", "посетил", "купили"]
    things = "мост школу рудник поезд завод парк музей порт дорогу шахту канал театр".split()
    places = "весной у реки;зимой в горах;ночью за городом;летом на востоке".split(";")
    given: list[Passage] = [
        passages(f"{verb} {thing} {place}", f"Здесь {verb} {thing} {place}.")[0]
        for verb in verbs
        for thing in things
        for place in places
    ]
    index = kinds["postgres-dense" if kind == "graph" else kind](tmp_path)
    index.open()
    index.replace([passage.article_id for passage in given], given, fresh=True)
    if isinstance(index, PostgresVectorIndex):
        index.settle()
        assert index._has_graph() is (kind == "graph")
    vectors = static.encode_passages([passage.text for passage in given])
    for asked in ("купить школу у реки", "ремонт железной дороги", "кто был в театре"):
        cosines = vectors @ static.encode_queries([asked])[0]
        found = index.search(query(asked), 10)
        assert [scored.score for scored in found] == pytest.approx(
            np.sort(cosines)[::-1][:10], abs=2e-3 if kind == "dense" else 5e-4
        )
    index.close()


def test_settings_tell_encoders_apart(static: StaticEncoder, tmp_path: Path) -> None:
    def settings(*words: str) -> str:
        return DenseIndex(tmp_path, AxisEncoder(words)).settings

    assert settings("медь") == settings("медь")
    renamed = AxisEncoder(("медь",))
    renamed.dimension = 2
    different = {settings("медь"), settings("мост"), settings("медь", "мост")}
    different |= {DenseIndex(tmp_path, static).settings, DenseIndex(tmp_path, renamed).settings}
    assert len(different) == 5
