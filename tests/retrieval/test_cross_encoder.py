"""RAG_RERANKER with a cross-encoder: a last stage over the best candidates, bounded and explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag import assemble
from rag.bot import Bot
from rag.errors import ModelError
from rag.retrieval.neural.cross_encoder import CrossEncoderReranker
from rag.retrieval.search import FINALISTS, Searcher
from rag.types import Hit, Query

from .making import article, config

ARTICLES = [
    article(f"{number:02}", f"Мост номер {number}. Медь и парк. " + "Мост. " * (number % 5), "Мост")
    for number in range(45)
]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path, cross: Path) -> Iterator[Bot]:
    settings = config(tmp_path_factory.mktemp("cross"), models, reranker=str(cross))
    with assemble.open_bot(settings) as bot:
        bot.library.add(ARTICLES)
        yield bot


def test_it_has_the_last_word_on_the_best(bot: Bot) -> None:
    hits = bot.searcher.search(bot.searcher.query("мост и парк"), 45)
    assert len(hits) == 45
    best, rest = hits[:FINALISTS], hits[FINALISTS:]
    places = list(range(1, FINALISTS + 1))
    assert [hit.ranks["final"] for hit in best] == places
    before = [hit.ranks["rerank"] for hit in best]
    assert sorted(before) == places and before != places, "it changed the order"
    assert not any("final" in hit.ranks for hit in rest)
    assert [hit.ranks["rerank"] for hit in rest] == list(range(FINALISTS + 1, 46))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < hit.scores["final"] < 1 for hit in best)


def test_its_scores_are_the_sigmoid_of_the_models_own(bot: Bot, cross: Path) -> None:
    from sentence_transformers import CrossEncoder

    query = bot.searcher.query("мост и парк")
    hits = bot.ask(query.text).hits  # whole answers come out
    model = CrossEncoder(str(cross))  # one label: its own scores are sigmoids too
    pairs = [(query.text, f"{hit.passage.title}\n{hit.passage.text}") for hit in hits]
    assert [hit.scores["final"] for hit in hits] == pytest.approx(model.predict(pairs).tolist(), abs=1e-6)


class Last:
    """Prefers what came last."""

    name = "last"

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]:
        assert len(hits) <= FINALISTS
        return [float(place) for place in range(len(hits))]


def test_fewer_candidates_than_places(bot: Bot) -> None:
    old = bot.searcher
    with_last = Searcher(old.keyword, old.dense, bot.library.store, old.reranker, finalist=Last())
    without = Searcher(old.keyword, old.dense, bot.library.store, old.reranker)
    query = old.query("номер 7")
    assert query.lemmas
    last, plain = with_last.search(query, 45), without.search(query, 45)
    assert [hit.passage.id for hit in last[:FINALISTS]] == [hit.passage.id for hit in plain[:FINALISTS][::-1]]
    assert with_last.search(old.query("…"), 10) == []


def test_a_long_passage_is_cut(bot: Bot, cross: Path) -> None:
    hit = bot.search("мост", 1)[0]
    long = replace(hit, passage=replace(hit.passage, text="мост " * 20_000))
    longer = replace(hit, passage=replace(hit.passage, text="мост " * 40_000))
    reranker = CrossEncoderReranker(str(cross))
    first, second = reranker.score(bot.searcher.query("мост"), [long, longer])
    assert first == second
    assert reranker.score(Query("мост", ("мост",)), []) == []


def test_a_model_without_one_score_is_refused(classifier: Path, tmp_path: Path, models: Path) -> None:
    with pytest.raises(ModelError, match=r"не одну оценку, а 3: .* unset RAG_RERANKER"):
        assemble.open_bot(config(tmp_path, models, reranker=str(classifier)))


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "nowhere"):
        with pytest.raises(
            ModelError, match=r"нет модели .* чтобы работала встроенная переоценка: unset RAG_RERANKER"
        ):
            CrossEncoderReranker(str(tmp_path / name))
