"""The legs over real indexes: searches that go on while the copy under them is replaced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.library.library import Library
from rag.matching.matcher import Matcher
from rag.retrieval.fusion import Weights
from rag.retrieval.legs import DenseLeg, KeywordLeg
from rag.retrieval.rerank import LateInteraction
from rag.retrieval.search import Searcher
from rag.types import Encoder, Hit, Vectors
from tests.patience import PATIENCE

from .making import AxisEncoder, article, query

WORDS = ("медь", "мост", "парк")
ARTICLES = [
    article(f"{word}-{number}", f"Здесь {word} номер {number}. Второе предложение.")
    for word in WORDS
    for number in range(40)
]


class GatedEncoder(AxisEncoder):
    """Waits at the gate before it encodes passages."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(words)
        self.gate = threading.Event()

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        assert self.gate.wait(PATIENCE)
        return super().encode_passages(texts)


def leg(encoder: Encoder, *former: Encoder, weights: Weights | None = None) -> DenseLeg:
    known = {each.name: each for each in former}
    return DenseLeg(
        encoder, lambda given: weights or Weights(0.5), encoder.name, lambda recipe: known.get(recipe)
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Library(tmp_path, [KeywordLeg(), leg(AxisEncoder())]) as library:
        library.add(ARTICLES)
    return tmp_path


@contextmanager
def searching(ask: Callable[[], object], threads: int = 4) -> Iterator[list[object]]:
    """`ask` again and again in several threads; what it raised or gave is in the list afterwards."""
    stop, outcomes = threading.Event(), []

    def run() -> None:
        while not stop.is_set():
            try:
                outcomes.append(ask())
            except BaseException as error:
                outcomes.append(error)
                return

    started = [threading.Thread(target=run) for _ in range(threads)]
    for thread in started:
        thread.start()
    try:
        yield outcomes
    finally:
        stop.set()
        for thread in started:
            thread.join()


def more(outcomes: Sequence[object], number: int) -> None:
    """Wait until `number` more searches are done."""
    wanted, deadline = len(outcomes) + number, time.monotonic() + PATIENCE
    while len(outcomes) < wanted:
        assert time.monotonic() < deadline, "the searches stand still"
        time.sleep(0.005)


def searcher(library: Library, keyword: KeywordLeg, dense: DenseLeg) -> Searcher:
    matcher = Matcher(AxisEncoder().encode_queries, lambda lemmas: np.ones(len(lemmas)))
    return Searcher(keyword, dense, library.store, LateInteraction(matcher), lambda: dense.weights)


def words(hits: Sequence[Hit]) -> set[str]:
    return {hit.article.id.split("-")[0] for hit in hits}


def test_searches_go_on_while_an_encoder_is_replaced(data: Path) -> None:
    old, new = AxisEncoder(), GatedEncoder(("мост", "медь", "парк", "номер"))
    keyword, dense = KeywordLeg(), leg(new, old)
    with Library(data, [keyword, dense], building="behind") as library:
        search = searcher(library, keyword, dense)
        with searching(lambda: search.search(query("мост"), 5)) as outcomes:
            more(outcomes, 20)
            assert [each for each in outcomes if isinstance(each, BaseException)] == []
            assert all("dense" in hit.ranks for hit in search.search(query("мост"), 5))
            new.gate.set()
            assert library.renewal and library.renewal.wait(PATIENCE)
            more(outcomes, 20)
        assert [each for each in outcomes if isinstance(each, BaseException)] == []
        assert all(words(hits) == {"мост"} and len(hits) == 5 for hits in outcomes)  # type: ignore[arg-type]
        assert library.index_counts() == {"keyword": 120, "dense": 120}
        with dense.held() as copy:
            assert copy is not None and copy.encoder is new
        assert len(list((data / "dense").iterdir())) == 1


def test_searches_go_on_while_everything_is_rebuilt(data: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    keyword, dense = KeywordLeg(), leg(AxisEncoder())
    with Library(data, [keyword, dense]) as library:
        with searching(lambda: [len(leg.search(query("мост"), 5)) for leg in (keyword, dense)]) as outcomes:
            for _ in range(3):
                library.index([tmp_path / "corpus"], rebuild=True)
            more(outcomes, 20)
        assert all(each == [5, 5] for each in outcomes)
        assert [len(list((data / each.name).iterdir())) for each in (keyword, dense)] == [1, 1]


def test_until_the_new_copy_is_there_the_other_leg_answers_alone(data: Path) -> None:
    new = GatedEncoder(("мост", "медь"))
    keyword, dense = KeywordLeg(), leg(new)
    with Library(data, [keyword, dense], building="behind") as library:
        search = searcher(library, keyword, dense)
        hits = search.search(query("мост"), 5)
        assert words(hits) == {"мост"}
        assert all("dense" not in hit.scores for hit in hits)
        assert dense.scores(query("мост"), [hit.passage.id for hit in hits]) == {}
        new.gate.set()
        assert library.renewal and library.renewal.wait(PATIENCE)
        assert all("dense" in hit.scores for hit in search.search(query("мост"), 5))


def test_a_copy_is_not_closed_under_a_search(data: Path) -> None:
    keyword = KeywordLeg()
    with Library(data, [keyword]):
        with keyword.held() as copy:
            done = threading.Event()

            def serve_none() -> None:
                keyword.serve(None)
                done.set()

            thread = threading.Thread(target=serve_none)
            thread.start()
            assert not done.wait(0.1), "it waits for the search"
            assert copy is not None and copy.count() == 120
        assert done.wait(PATIENCE)
        assert keyword.count() == 0
        assert keyword.search(query("мост"), 5) == []
        assert keyword.with_prefix("мос", 5) == []
        assert keyword.frequencies(["мост", "медь"]) == [0, 0]
        assert keyword.together("мост", ["медь"]) == 0
        keyword.serve(copy)


def test_dense_scores_are_calibrated(data: Path) -> None:
    plain, scaled = leg(AxisEncoder()), leg(AxisEncoder(), weights=Weights(0.5, mean=0.2, scale=0.4))
    asked = query("мост и парк")
    with Library(data, [KeywordLeg(), plain]):
        before = {each.passage_id: each.score for each in plain.search(asked, 200)}
    with Library(data, [KeywordLeg(), scaled]):
        after = {each.passage_id: each.score for each in scaled.search(asked, 200)}
        alone = scaled.scores(asked, list(after))
    assert after == pytest.approx({id_: (cosine - 0.2) / 0.4 for id_, cosine in before.items()})
    assert alone == pytest.approx(after, abs=0.02)
    assert max(after.values()) == pytest.approx((2**-0.5 - 0.2) / 0.4, abs=1e-5)
