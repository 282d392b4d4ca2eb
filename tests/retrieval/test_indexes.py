"""One contract for every index: BM25 on tantivy and in PostgreSQL, vectors on Chroma and on pgvector."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from rag.library.filtering import condition
from rag.postgres.database import PostgresDatabase
from rag.retrieval import dense
from rag.retrieval.chroma_home import ChromaError, ChromaHome, ChromaServer
from rag.retrieval.dense import DenseIndex
from rag.retrieval.keyword import KeywordIndex
from rag.retrieval.postgres_dense import PostgresVectorIndex
from rag.retrieval.postgres_keyword import PostgresKeywordIndex, norm
from rag.retrieval.static import VERSION, StaticEncoder
from rag.retrieval.vector_process import chroma
from rag.retrieval.vectors import VectorTable
from rag.types import ArticleSet, Passage, PassageIndex, Query
from tests.postgres.server import database, url_of

from .making import TEXTS, AxisEncoder, passages, query

Make = Callable[[Path], PassageIndex]
ALL = [passage for name, text in TEXTS.items() for passage in passages(name, text)]
ID_OF = {passage.article_id: passage.id for passage in ALL}
HERE = ("keyword", "dense-static", "dense-axes")
KINDS = (*HERE, "server-dense-axes", *(f"postgres-{kind}" for kind in HERE))


@pytest.fixture(scope="module")
def static(models: Path) -> StaticEncoder:
    return StaticEncoder(models / VERSION)


@contextmanager
def makers(request: pytest.FixtureRequest, static: StaticEncoder) -> Iterator[dict[str, Make]]:
    """What makes an index of each kind; one in PostgreSQL has a library for each folder it would lie in."""

    def on_server(folder: Path) -> DenseIndex:
        server = request.getfixturevalue("chroma_server")
        return DenseIndex(folder / "dense" / "1", AxisEncoder(), ChromaServer(server))

    def home(folder: Path) -> PostgresDatabase:
        if folder not in homes:
            url = url_of(request.getfixturevalue("postgres_server"))
            homes[folder] = stack.enter_context(database(url))
        return homes[folder]

    homes: dict[Path, PostgresDatabase] = {}
    with ExitStack() as stack:
        yield {
            "keyword": KeywordIndex,
            "dense-static": lambda folder: DenseIndex(folder, static),
            "dense-axes": lambda folder: DenseIndex(folder, AxisEncoder()),
            "server-dense-axes": on_server,
            "postgres-keyword": lambda folder: PostgresKeywordIndex(home(folder), condition),
            "postgres-dense-static": lambda folder: PostgresVectorIndex(home(folder), static, condition),
            "postgres-dense-axes": lambda folder: PostgresVectorIndex(home(folder), AxisEncoder(), condition),
        }


@pytest.fixture
def kinds(request: pytest.FixtureRequest, static: StaticEncoder) -> Iterator[dict[str, Make]]:
    with makers(request, static) as kinds:
        yield kinds


@pytest.fixture(scope="module", params=KINDS)
def held(
    request: pytest.FixtureRequest, static: StaticEncoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PassageIndex]:
    """The index of TEXTS that all tests search which change nothing in it."""
    with makers(request, static) as kinds:
        index = kinds[request.param](tmp_path_factory.mktemp("held"))
        index.open()
        index.replace(list(TEXTS), ALL, fresh=True)
        yield index
        index.close()


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest, kinds: dict[str, Make]) -> Make:
    return kinds[request.param]


@pytest.fixture
def empty(make: Make, tmp_path: Path) -> Iterator[PassageIndex]:
    index = make(tmp_path / "index")
    index.open()
    yield index
    index.close()


@pytest.fixture
def index(empty: PassageIndex) -> PassageIndex:
    empty.replace(list(TEXTS), ALL, fresh=True)
    return empty


def ids(
    index: PassageIndex, asked: Query | str, k: int = 10, within: Sequence[str] | None = None
) -> list[str]:
    asked = query(asked) if isinstance(asked, str) else asked
    return [
        scored.passage_id
        for scored in index.search(asked, k, None if within is None else ArticleSet.of(within))
    ]


def names(index: PassageIndex, asked: str, k: int = 10, within: Sequence[str] | None = None) -> list[str]:
    article_of = {passage_id: name for name, passage_id in ID_OF.items()}
    return [article_of[found] for found in ids(index, asked, k, within)]


# What is found


@pytest.mark.parametrize(
    "held", ["keyword", "dense-static", "postgres-keyword", "postgres-dense-static"], indirect=True
)
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("меди", "copper"),
        ("о добыче на рудниках", "copper"),
        ("мостами", "bridge"),
        ("МОСТОВ", "bridge"),
        ("липу", "park"),
        ("городские парки", "park"),
    ],
)
def test_finds_a_word_in_another_form(held: PassageIndex, asked: str, name: str) -> None:
    assert names(held, asked)[0] == name


def test_the_best_comes_first(held: PassageIndex) -> None:
    found = held.search(query("мост и медь"), 10)
    assert found[0].passage_id == ID_OF["copper"]
    assert found[1].passage_id == ID_OF["bridge"]
    scores = [scored.score for scored in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[1] > 0


@pytest.mark.parametrize("k", [1, 2, 3, 100])
def test_k_cuts_the_list_and_changes_nothing_else(held: PassageIndex, k: int) -> None:
    assert ids(held, "мост и медь", k) == ids(held, "мост и медь", 10)[:k]


@pytest.mark.parametrize("k", [0, -1])
def test_no_k_no_passages(held: PassageIndex, k: int) -> None:
    assert ids(held, "мост", k) == []


@pytest.mark.parametrize("asked", ["", "   ", "…?!", "😀"])
def test_a_query_without_words_finds_nothing(held: PassageIndex, asked: str) -> None:
    assert held.search(query(asked), 10) == []
    assert held.scores(query(asked), list(ID_OF.values())) == {}


def test_an_empty_index_finds_nothing(empty: PassageIndex) -> None:
    assert empty.count() == 0
    assert empty.search(query("мост"), 10) == []
    assert empty.search(query("мост"), 10, ArticleSet.of(["bridge"])) == []
    assert empty.scores(query("мост"), [ID_OF["bridge"]]) == {}


def test_the_title_is_searched(empty: PassageIndex) -> None:
    texts = {"a": ("Он построен давно.", "Мост"), "b": ("Она построена давно.", "Школа")}
    empty.replace(
        list(texts), [p for name, given in texts.items() for p in passages(name, *given)], fresh=True
    )
    best = empty.search(query("мост"), 1)[0]
    assert best.passage_id == passages("a", *texts["a"])[0].id
    assert best.score > 0.3


def test_alike_passages_always_come_in_one_order(empty: PassageIndex) -> None:
    alike = [passage for number in range(40) for passage in passages(f"a{number}", "Мост открыли весной.")]
    empty.replace([f"a{number}" for number in range(40)], alike, fresh=True)
    first, whole = ids(empty, "мост", 25), ids(empty, "мост", 40)
    assert (len(set(first)), len(set(whole))) == (25, 40)
    assert all(ids(empty, "мост", 25) == first for _ in range(3))
    empty.close()
    empty.open()
    assert ids(empty, "мост", 40) == whole


# Which articles may answer


@pytest.mark.parametrize(
    "within", [list(chosen) for size in range(4) for chosen in combinations(TEXTS, size)]
)
def test_within_is_exact(held: PassageIndex, within: list[str]) -> None:
    everything = held.search(query("мост и медь"), 10)
    allowed = {ID_OF[name] for name in within}
    expected = [scored for scored in everything if scored.passage_id in allowed]
    found = held.search(query("мост и медь"), 10, ArticleSet.of(within))
    assert [scored.passage_id for scored in found] == [scored.passage_id for scored in expected]
    assert [scored.score for scored in found] == pytest.approx([s.score for s in expected], abs=1e-5)


def test_within_of_unknown_articles(held: PassageIndex) -> None:
    assert names(held, "мост", within=["nowhere"]) == []
    assert names(held, "мост", within=["nowhere", "bridge"]) == ["bridge"]


def test_within_more_articles_than_a_query_of_sqlite_takes(held: PassageIndex) -> None:
    crowd = [f"x{number}" for number in range(40_000)]
    assert names(held, "мост и медь", within=["copper", *crowd, "bridge"]) == ["copper", "bridge"]


def test_within_of_hundreds_of_articles(empty: PassageIndex) -> None:
    given = {f"a{number}": passages(f"a{number}", f"Мост номер {number} строят.") for number in range(600)}
    empty.replace(list(given), [passage for each in given.values() for passage in each], fresh=True)
    allowed = [f"a{number}" for number in range(0, 600) if number % 10]
    found = ids(empty, "мост", 30, allowed)
    assert len(found) == 30
    assert set(found) <= {passage.id for name in allowed for passage in given[name]}


# Scores


@pytest.mark.parametrize("asked", ["мост и медь", "парк", "весной"])
def test_scores_are_those_of_the_search(held: PassageIndex, asked: str) -> None:
    found = {scored.passage_id: scored.score for scored in held.search(query(asked), 10)}
    assert held.scores(query(asked), list(ID_OF.values())) == pytest.approx(found, abs=5e-3)


def test_scores_of_some_and_of_unknown_passages(held: PassageIndex) -> None:
    found = {scored.passage_id: scored.score for scored in held.search(query("мост"), 10)}
    wanted = {ID_OF["bridge"]: found[ID_OF["bridge"]]}
    assert held.scores(query("мост"), [ID_OF["bridge"], "nowhere"]) == pytest.approx(wanted, abs=5e-3)
    assert held.scores(query("мост"), []) == {}


# What is held


def test_replacing_twice_is_replacing_once(index: PassageIndex) -> None:
    before = ids(index, "мост и медь")
    for _ in range(3):
        index.replace(list(TEXTS), ALL, fresh=False)
        assert index.count() == 3
        assert ids(index, "мост и медь") == before


def test_replacing_removes_what_was_there(index: PassageIndex) -> None:
    new = passages("bridge", "Новый парк за рекой. В парке качели.")
    index.replace(["bridge"], new, fresh=False)
    assert index.count() == 3
    assert ID_OF["bridge"] not in ids(index, "мост весной")
    assert new[0].id in ids(index, "парк", 2)


def test_replacing_by_nothing_removes(index: PassageIndex) -> None:
    index.replace(["bridge", "park", "nowhere"], [], fresh=False)
    assert index.count() == 1
    assert ids(index, "мост медь") == [ID_OF["copper"]]
    assert index.scores(query("мост"), [ID_OF["bridge"]]) == {}


def test_an_article_of_many_passages_goes_whole(index: PassageIndex) -> None:
    sentence = "Мост номер {} строят два года, и строят его из стали, бетона и камня."
    long = passages("long", " ".join(map(sentence.format, range(100))))
    assert len(long) > 5
    index.replace(["long"], long, fresh=True)
    assert index.count() == 3 + len(long)
    index.replace(["long"], long[:1], fresh=False)
    assert index.count() == 4
    assert set(ids(index, "мост")) <= {*ID_OF.values(), long[0].id}


def test_content_outlives_the_process(index: PassageIndex, make: Make, tmp_path: Path) -> None:
    before = index.search(query("мост и медь"), 10)
    index.close()
    again = make(tmp_path / "index")
    again.open()
    assert again.count() == 3
    assert again.settings == index.settings
    after = again.search(query("мост и медь"), 10)
    assert [scored.passage_id for scored in after] == [scored.passage_id for scored in before]
    assert [scored.score for scored in after] == pytest.approx([s.score for s in before], abs=1e-5)
    again.close()


def test_closing_twice(index: PassageIndex) -> None:
    index.close()
    index.close()
    index.open()
    assert index.count() == 3


def test_closing_gives_the_files_back(make: Make, tmp_path: Path) -> None:
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("no /proc on this system")

    def opened_and_closed() -> int:
        index = make(tmp_path / "files")
        index.open()
        index.replace(["park"], [ALL[2]], fresh=False)
        index.close()
        return sum(str(tmp_path) in str(handle.resolve()) for handle in handles.iterdir())

    # Background threads may let go a moment later; what must not happen is that handles pile up.
    held = [opened_and_closed() for _ in range(10)]
    assert held[-1] < 6


def test_two_indexes_in_one_process(make: Make, tmp_path: Path) -> None:
    first, second = make(tmp_path / "1"), make(tmp_path / "2")
    for number, index in enumerate((first, second)):
        index.open()
        index.replace([ALL[number].article_id], [ALL[number]], fresh=True)
    first.close()
    assert ids(second, "мост") == [ID_OF["bridge"]]
    second.replace(["park"], [ALL[2]], fresh=True)
    assert second.count() == 2
    second.close()


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


@pytest.mark.parametrize("kind", ["dense-static", "postgres-dense-static", "graph"])
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
    index = kinds["postgres-dense-static" if kind == "graph" else kind](tmp_path)
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
            np.sort(cosines)[::-1][:10], abs=2e-3 if kind == "dense-static" else 5e-4
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


# Chroma and the table beside it


def _dense(folder: Path) -> DenseIndex:
    index = DenseIndex(folder, AxisEncoder())
    index.open()
    return index


def test_a_large_library_is_searched_in_chroma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = _dense(tmp_path)
    index.replace(list(TEXTS), ALL, fresh=True)
    expected = index.search(query("мост и медь"), 3)
    monkeypatch.setattr(dense, "_SCANNED", 2)
    assert index.search(query("мост и медь"), 3) == expected  # the table answers while Chroma loads
    assert index._loading
    index._loading.result()
    monkeypatch.setattr(VectorTable, "nearest", lambda *_: pytest.fail("the table was searched"))
    found = index.search(query("мост и медь"), 3)
    assert [each.passage_id for each in found] == [each.passage_id for each in expected]
    assert [each.score for each in found] == pytest.approx([each.score for each in expected], abs=5e-3)
    index.close()


def test_a_chroma_that_lost_passages_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)
    index = _dense(tmp_path)
    index.replace(list(TEXTS), ALL, fresh=True)
    chroma().ask(ChromaHome(tmp_path), "replace", ["bridge"], [], [], None)
    index.close()
    index.open()
    index.search(query("мост"), 1)
    assert index._loading
    index._loading.result()
    assert index.search(query("мост"), 1)[0].passage_id == ID_OF["bridge"]
    index.replace(["copper"], passages("copper", TEXTS["copper"]), fresh=False)
    assert index.count() == -1  # seen by whoever compares it with the store
    index.close()


def test_a_chroma_that_fails_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)
    index = _dense(tmp_path)
    index.replace(list(TEXTS), ALL, fresh=True)
    index.search(query("мост"), 1)
    assert index._loading
    index._loading.result()

    def fail(*_: object) -> NoReturn:
        raise ChromaError("out of memory")

    with monkeypatch.context() as failing:
        failing.setattr(DenseIndex, "_ask", fail)
        assert index.search(query("мост"), 1)[0].passage_id == ID_OF["bridge"]
    assert index.search(query("мост"), 1)[0].passage_id == ID_OF["bridge"]
    assert index.count() == -1
    index.close()


@pytest.mark.usefixtures("warm_helpers")
def test_closing_does_not_wait_for_what_is_only_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)
    index = _dense(tmp_path)
    index.replace(list(TEXTS), ALL, fresh=True)
    index.close()
    for _ in range(3):
        index.open()
        assert index.search(query("мост"), 1)[0].passage_id == ID_OF["bridge"]
        index.close()  # perhaps while it loads
    index.open()
    assert len(index.contents()["Chroma"]) == len(ALL)
    index.close()


@pytest.mark.parametrize("where", ["folder", "server"])
def test_a_table_thrown_away_is_made_of_what_chroma_holds(
    tmp_path: Path, chroma_server: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without encoding anything, in batches, and as it was."""
    monkeypatch.setattr(dense, "_BATCH", 2)
    folder = tmp_path / "dense" / "1"
    index = DenseIndex(folder, AxisEncoder(), ChromaServer(chroma_server) if where == "server" else None)
    index.open()
    index.replace(list(TEXTS), ALL, fresh=True)
    expected = index.search(query("мост и медь"), 3)
    index.close()
    for file in folder.glob("codes.db*"):
        file.unlink()
    (folder / "codes.new-wal").write_bytes(b"left by a crash")
    (folder / "vectors.db").write_bytes(b"of a version that kept vectors twice")
    with monkeypatch.context() as knowing:
        knowing.setattr(AxisEncoder, "encode_passages", lambda *_: pytest.fail("a passage was encoded"))
        index.open()
        found = index.search(query("мост и медь"), 3)
    assert [each.passage_id for each in found] == [each.passage_id for each in expected]
    assert [each.score for each in found] == pytest.approx([each.score for each in expected], abs=1e-6)
    held = {name: sorted(map(tuple, keys.tolist())) for name, keys in index.contents().items()}
    assert held["Chroma"] == held["vectors"] and len(held["vectors"]) == index.count() == len(ALL)
    index.replace(["copper"], passages("copper", TEXTS["copper"]), fresh=False)
    assert index.count() == len(ALL)
    assert not list(folder.glob("vectors*"))
    index.close()
