"""One contract for every index: BM25 on tantivy and in PostgreSQL, vectors on Chroma and on pgvector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from rag.types import ArticleSet, Passage, PassageIndex, Query

from .conftest import Make
from .making import ALL, ID_OF, TEXTS, passages, query

WORDY = ["keyword", "dense", "postgres-keyword", "postgres-dense"]  # these know any Russian word
KINDS = [*WORDY, "server-dense"]
EXTRA = ["long", *(f"a{number}" for number in range(40))]


@pytest.fixture(scope="module", params=KINDS)
def make(request: pytest.FixtureRequest, kinds: dict[str, Make]) -> Make:
    return kinds[request.param]


@contextmanager
def opened(make: Make, folder: Path) -> Iterator[PassageIndex]:
    index = make(folder)
    index.open()
    with closing(index):
        yield index


@pytest.fixture(scope="module")
def held(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PassageIndex]:
    """The index of TEXTS that all tests search which change nothing in it."""
    with opened(make, tmp_path_factory.mktemp("held")) as index:
        index.replace(list(TEXTS), ALL, fresh=True)
        yield index


@pytest.fixture(scope="module")
def changed(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PassageIndex]:
    with opened(make, tmp_path_factory.mktemp("changed")) as index:
        yield index


@pytest.fixture
def index(changed: PassageIndex) -> PassageIndex:
    """Another one, which holds TEXTS again at each test."""
    changed.replace([*TEXTS, *EXTRA], ALL, fresh=False)
    return changed


def ids(
    index: PassageIndex, asked: Query | str, k: int = 10, within: Sequence[str] | None = None
) -> list[str]:
    asked = query(asked) if isinstance(asked, str) else asked
    allowed = None if within is None else ArticleSet.of(within)
    return [scored.passage_id for scored in index.search(asked, k, allowed)]


def names(index: PassageIndex, asked: str, within: Sequence[str] | None = None) -> list[str]:
    article_of = {passage_id: name for name, passage_id in ID_OF.items()}
    return [article_of[found] for found in ids(index, asked, 10, within)]


# What is found


@pytest.mark.parametrize("make", WORDY, indirect=True)
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


def test_the_best_comes_first_and_k_cuts_the_list(held: PassageIndex) -> None:
    found = held.search(query("мост и медь"), 10)
    assert [each.passage_id for each in found[:2]] == [ID_OF["copper"], ID_OF["bridge"]]
    scores = [scored.score for scored in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[1] > 0
    for k in (-1, 0, 1, 2, 3, 100):
        assert ids(held, "мост и медь", k) == [each.passage_id for each in found[: max(k, 0)]]


@pytest.mark.parametrize("asked", ["", "   ", "…?!", "😀"])
def test_a_query_without_words_finds_nothing(held: PassageIndex, asked: str) -> None:
    assert held.search(query(asked), 10) == []
    assert held.scores(query(asked), list(ID_OF.values())) == {}


@pytest.mark.parametrize("asked", ["мост и медь", "парк", "весной"])
def test_scores_are_those_of_the_search(held: PassageIndex, asked: str) -> None:
    found = {scored.passage_id: scored.score for scored in held.search(query(asked), 10)}
    assert held.scores(query(asked), [*ID_OF.values(), "nowhere"]) == pytest.approx(found, abs=5e-3)
    for passage_id, score in found.items():
        assert held.scores(query(asked), [passage_id]) == pytest.approx({passage_id: score}, abs=5e-3)
    assert held.scores(query(asked), []) == {}


def test_the_title_is_searched(index: PassageIndex) -> None:
    texts = {"a1": ("Он построен давно.", "Мост"), "a2": ("Она построена давно.", "Школа")}
    given = [passage for name, each in texts.items() for passage in passages(name, *each)]
    index.replace([*TEXTS, *texts], given, fresh=False)
    best = index.search(query("мост"), 1)[0]
    assert best.passage_id == given[0].id
    assert best.score > 0.3


def test_alike_passages_always_come_in_one_order(index: PassageIndex) -> None:
    alike = [passage for name in EXTRA[1:] for passage in passages(name, "Мост открыли весной.")]
    index.replace([*TEXTS, *EXTRA], alike, fresh=False)
    first, whole = ids(index, "мост", 25), ids(index, "мост", 40)
    assert (len(set(first)), len(set(whole))) == (25, 40)
    assert all(ids(index, "мост", 25) == first for _ in range(3))
    index.close()
    index.open()
    assert ids(index, "мост", 40) == whole


# Which articles may answer


@pytest.mark.parametrize(
    "within", [list(chosen) for size in range(4) for chosen in combinations(TEXTS, size)]
)
def test_within_is_exact(held: PassageIndex, within: list[str]) -> None:
    everything = held.search(query("мост и медь"), 10)
    expected = [each for each in everything if each.passage_id in {ID_OF[name] for name in within}]
    found = held.search(query("мост и медь"), 10, ArticleSet.of([*within, "nowhere"]))
    assert [scored.passage_id for scored in found] == [scored.passage_id for scored in expected]
    assert [scored.score for scored in found] == pytest.approx([s.score for s in expected], abs=1e-5)


def test_within_more_articles_than_a_query_of_sqlite_takes(held: PassageIndex) -> None:
    crowd = [f"x{number}" for number in range(40_000)]
    assert names(held, "мост и медь", ["copper", *crowd, "bridge"]) == ["copper", "bridge"]


THINGS = "мост школа рудник поезд завод парк музей порт дорога шахта канал медь".split()
CROWD, K = 600, 20  # keywords are searched in another way among more than 16 * K articles


@pytest.fixture(scope="module")
def crowd(
    make: Make, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[PassageIndex, list[Passage]]]:
    """An index of many articles, a passage each, of words by chance."""
    chosen = np.random.default_rng(7).integers(0, len(THINGS), (CROWD, 12))
    texts = [" и ".join(THINGS[place] for place in row) for row in chosen]
    given = [passages(f"a{number}", f"{number} {text}.")[0] for number, text in enumerate(texts)]
    with opened(make, tmp_path_factory.mktemp("crowd")) as index:
        index.replace([each.article_id for each in given], given, fresh=True)
        yield index, given


@pytest.mark.parametrize("share", [1 / CROWD, 0.01, 0.2, 0.5, 0.9, 1])
def test_a_filtered_search_loses_nothing(crowd: tuple[PassageIndex, list[Passage]], share: float) -> None:
    index, given = crowd
    places = np.random.default_rng(1).choice(CROWD, round(CROWD * share), replace=False)
    allowed = {given[place].id: given[place].article_id for place in places}
    for asked in map(query, ("мост", "рудник и завод", "парк, музей, порт или дорога")):
        scores = index.scores(asked, list(allowed))
        found = index.search(asked, K, ArticleSet.of(allowed.values()))
        assert [each.score for each in found] == pytest.approx(sorted(scores.values())[::-1][:K], abs=1e-5)
        own = [scores[each.passage_id] for each in found]  # of allowed ones alone, each once
        assert len({each.passage_id for each in found}) == len(found)
        assert [each.score for each in found] == pytest.approx(own, abs=1e-5)


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
    index.replace(["bridge", "park", "nowhere"], [], fresh=False)
    assert index.count() == 1
    assert ids(index, "мост медь") == [ID_OF["copper"]]
    assert index.scores(query("мост"), [new[0].id, ID_OF["park"]]) == {}


def test_an_article_of_many_passages_goes_whole(index: PassageIndex) -> None:
    sentence = "Мост номер {} строят два года, и строят его из стали, бетона и камня."
    long = passages("long", " ".join(map(sentence.format, range(100))))
    assert len(long) > 5
    index.replace(["long"], long, fresh=True)
    assert index.count() == 3 + len(long)
    index.replace(["long"], long[:1], fresh=False)
    assert index.count() == 4
    assert set(ids(index, "мост")) <= {*ID_OF.values(), long[0].id}


def test_content_outlives_the_process(index: PassageIndex) -> None:
    before, settings = index.search(query("мост и медь"), 10), index.settings
    index.close()
    index.close()  # twice is no error
    index.open()
    assert (index.count(), index.settings) == (3, settings)
    after = index.search(query("мост и медь"), 10)
    assert [scored.passage_id for scored in after] == [scored.passage_id for scored in before]
    assert [scored.score for scored in after] == pytest.approx([s.score for s in before], abs=1e-5)


def test_a_new_index_holds_nothing_of_another(index: PassageIndex, make: Make, tmp_path: Path) -> None:
    with opened(make, tmp_path / "new") as new:
        assert new.count() == 0
        for within in (None, ArticleSet.of(["bridge"])):
            assert new.search(query("мост"), 10, within) == []
        assert new.scores(query("мост"), [ID_OF["bridge"]]) == {}
        new.replace(["park"], [ALL[2]], fresh=True)
        assert new.count() == 1
        assert ids(new, "парк") == [ID_OF["park"]]
        index.replace(["park"], [], fresh=False)
        assert (index.count(), new.count()) == (2, 1)
    assert ids(index, "мост и медь") == [ID_OF["copper"], ID_OF["bridge"]]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc on this system")
@pytest.mark.parametrize("make", ["keyword", "dense"], indirect=True)
def test_closing_gives_the_files_back(make: Make, tmp_path: Path) -> None:
    def opened_and_closed() -> int:
        with opened(make, tmp_path / "files") as index:
            index.replace(["park"], [ALL[2]], fresh=False)
        return sum(str(tmp_path) in str(handle.resolve()) for handle in Path("/proc/self/fd").iterdir())

    # Background threads may let go a moment later; what must not happen is that handles pile up.
    held = [opened_and_closed() for _ in range(10)]
    assert held[-1] < 6
