"""Hybrid search over a real library: every hit knows its way, filters are exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from rag import assemble
from rag.bot import Bot
from rag.retrieval.rerank import LateInteraction
from rag.retrieval.search import Searcher
from rag.types import Filters, Hit, Query

from .making import article, config, query

ARTICLES = [
    article(name, text, title, source=source, published=published)
    for name, text, title, source, published in (
        ("bridge-1", "Новый мост через Урал строят два года. Мост откроют весной.", "Мост через Урал",
         "Вестник", "2026-01-10"),
        ("bridge-2", "Строители моста просят ещё год. Опоры моста готовы.", "Стройка на реке",
         "Вестник", "2026-02-20"),
        ("copper", "Рудник добывает медь. Медь везут по мосту в порт.", "Медь", "ТАСС", "2026-03-05"),
        ("park", "В городском парке растут липы. Парк открыт до вечера.", "Парк", "Блокнот", None),
        ("school", "Школу у реки закрыли на ремонт. Ремонт идёт второй год.", "", None, None),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    with assemble.open_bot(config(tmp_path_factory.mktemp("search"), models)) as bot:
        bot.library.add(ARTICLES)
        yield bot


@pytest.fixture
def searcher(bot: Bot) -> Searcher:
    return bot.searcher


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


class Backwards:
    """The worse the earlier score, the better."""

    name = "backwards"

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]:
        return [-hit.score for hit in hits]


def with_reranker(searcher: Searcher, bot: Bot, reranker: Backwards | None) -> Searcher:
    return Searcher(searcher.keyword, searcher.dense, bot.library.store, reranker)


def test_the_right_article_comes_first(searcher: Searcher) -> None:
    assert ids(searcher.search(query("Когда откроют мост через Урал?")))[0] == "bridge-1"
    assert ids(searcher.search(query("добыча меди")))[0] == "copper"
    assert ids(searcher.search(query("Что растёт в парках?")))[0] == "park"
    whole, *others = searcher.search(query("мост через Урал строят два года"))  # it holds all of that
    assert (whole.article.id, 0.7 < whole.score < 1.3) == ("bridge-1", True)
    assert all(hit.score < 0.6 for hit in others)


def test_every_hit_knows_its_place_at_every_stage(searcher: Searcher) -> None:
    asked = query("мост через реку")
    hits = searcher.search(asked)
    legs = {"keyword": searcher.keyword.search(asked, 100), "dense": searcher.dense.search(asked, 100)}
    for stage, found in legs.items():
        place = {scored.passage_id: rank for rank, scored in enumerate(found, 1)}
        scores = {scored.passage_id: scored.score for scored in found}
        assert {hit.passage.id: hit.ranks[stage] for hit in hits if stage in hit.ranks} == place
        assert {hit.passage.id: hit.scores[stage] for hit in hits if stage in hit.ranks} == pytest.approx(
            scores
        )
    for stage in ("fused", "rerank"):
        assert sorted(hit.ranks[stage] for hit in hits) == list(range(1, len(hits) + 1))
        by_score = sorted(hits, key=lambda hit: -hit.scores[stage])
        assert [hit.ranks[stage] for hit in by_score] == list(range(1, len(hits) + 1))


def test_the_last_stage_decides(searcher: Searcher, bot: Bot) -> None:
    asked = query("мост через реку")
    hits = searcher.search(asked)
    assert [hit.ranks["rerank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit.score == hit.scores["rerank"] for hit in hits)
    fused = searcher.fused(asked)
    assert [hit.ranks["fused"] for hit in fused] == list(range(1, len(fused) + 1))
    assert all(hit.score == hit.scores["fused"] and "rerank" not in hit.ranks for hit in fused)
    backwards = with_reranker(searcher, bot, Backwards()).search(asked)
    assert ids(backwards) == ids(fused)[::-1]


def test_fusion_weighs_the_scores_of_both_legs(searcher: Searcher) -> None:
    hits = {hit.article.id: hit for hit in searcher.fused(query("мост через реку"))}
    for hit in hits.values():
        expected = 0.6 * hit.scores.get("keyword", 0.0) + 0.4 * hit.scores["dense"]
        assert hit.score == pytest.approx(expected)
    missed = hits["park"]  # by one leg: it has no rank there
    assert "keyword" not in {*missed.ranks, *missed.scores}
    assert "dense" in missed.ranks


def test_without_a_reranker(searcher: Searcher, bot: Bot) -> None:
    asked = query("мост через реку")
    plain = with_reranker(searcher, bot, None)
    assert plain.search(asked) == searcher.fused(asked)
    assert plain.search(asked, 2) == searcher.fused(asked)[:2]


def test_the_setting_none_means_no_reranker(tmp_path: Path, models: Path) -> None:
    with assemble.open_bot(config(tmp_path, models, reranker="none")) as plain:
        plain.library.add(ARTICLES)
        (first, *_) = plain.search("мост через Урал")
        assert first.article.id == "bridge-1"
        assert set(first.ranks) == {"keyword", "dense", "fused"}


@pytest.mark.parametrize("k", [-10, -1, 0, 1, 2, 3, 10, 1_000])
def test_k(searcher: Searcher, k: int) -> None:
    assert searcher.search(query("мост"), k) == searcher.search(query("мост"))[: max(k, 0)]


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(), {"bridge-1", "bridge-2", "copper", "park", "school"}),
        (Filters(since=date(2026, 2, 20)), {"bridge-2", "copper"}),
        (Filters(since=date(2026, 2, 21)), {"copper"}),
        (Filters(until=date(2026, 2, 20)), {"bridge-1", "bridge-2"}),
        (Filters(until=date(2026, 2, 19)), {"bridge-1"}),
        (Filters(since=date(2026, 2, 1), until=date(2026, 2, 28)), {"bridge-2"}),
        (Filters(since=date(2026, 3, 1), until=date(2026, 2, 1)), set()),
        (Filters(sources=("Вестник",)), {"bridge-1", "bridge-2"}),
        (Filters(sources=("ВЕСТНИК ", "блокнот")), {"bridge-1", "bridge-2", "park"}),
        (Filters(sources=("Вест",)), set()),
        (Filters(articles=("school", "nowhere")), {"school"}),
        (Filters(articles=("nowhere",)), set()),
        (Filters(sources=("Вестник",), articles=("copper", "bridge-2")), {"bridge-2"}),
        (Filters(since=date(2026, 1, 1), sources=("Блокнот",)), set()),
    ],
)
def test_filters_are_exact(searcher: Searcher, filters: Filters, allowed: set[str]) -> None:
    for text in ("мост через реку", "год", "медь и парк"):
        hits = searcher.search(query(text), 10, filters)
        assert set(ids(hits)) == allowed
        everything = searcher.search(query(text), 10)
        assert ids(hits) == [name for name in ids(everything) if name in allowed]


def test_a_query_has_the_lemmas_of_its_content_words(searcher: Searcher) -> None:
    assert searcher.query("Где строят мосты через Урал?") == Query(
        "Где строят мосты через Урал?", ("строить", "мост", "урал")
    )
    assert searcher.query("где и что").lemmas == ("где", "и", "что")
    for without_words in ("", "?!", "😀"):
        assert searcher.search(searcher.query(without_words)) == []


def test_hits_after_a_change(tmp_path: Path, models: Path) -> None:
    with assemble.open_bot(config(tmp_path, models)) as bot:
        assert bot.search("мост") == bot.search("мост", 5, Filters(sources=("Вестник",))) == []
        answer = bot.ask("Когда откроют мост?")
        assert (answer.found, answer.hits, answer.citations) == (False, (), ())
        bot.library.add(ARTICLES)
        bot.library.remove(["bridge-1"])
        assert "bridge-1" not in ids(bot.search("мост через Урал"))
        bot.library.add([article("park", "Мост через Урал покрасили. Мост теперь синий.", "Мост через Урал")])
        (first, *_) = bot.search("мост через Урал")
        assert (first.article.id, first.article.title) == ("park", "Мост через Урал")


def test_the_reranker_and_nothing_to_rank(searcher: Searcher, bot: Bot) -> None:
    reranker = LateInteraction(bot.writer.matcher)  # type: ignore[attr-defined]
    assert reranker.score(query("мост"), []) == []
    hits = searcher.fused(query("мост"))
    assert list(reranker.score(Query("", ()), hits)) == [0.0] * len(hits)
