"""Hits that only retell better ranked ones are listed under them; nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag import assemble
from rag.library.split import split
from rag.matching.matcher import Matcher
from rag.matching.outlines import outlined
from rag.retrieval.reprints import collapsed, needed, reprint
from rag.types import Article, Filters, Hit, Vectors

from .making import article, config

FLOOD = (
    "Паводок на реке Кандагач размыл дорогу к посёлку Шолак. Жителей вывозят на вездеходах, скот угнали "
    "на холмы. Спасатели работают без перерыва, им помогают добровольцы из соседнего района."
)
FOUND = "По последним данным, пострадали {} человек, ещё {} не выходят на связь с родными."
MINE = (
    "Рудник «Восточный» отгрузил первую партию медного концентрата. Состав ушёл в порт Курык ночью, "
    "разгрузка займёт неделю. Директор рудника Айдар Касымов обещает вторую партию к началу лета."
)
BRIDGE = (
    "Мост через Ишим закроют на ремонт в середине августа, машины пустят в объезд через плотину. Подрядчик "
    "обещает уложиться в сорок дней, если не помешают дожди. Автобусы изменят маршруты, расписание вывесят "
    "на остановках заранее. Пешеходам оставят дорожку с освещением, велосипедистов просят спешиваться. "
    "Трамвай пойдёт по временным путям вдоль набережной, где прежде стояли гаражи."
)
PARK = "В городском парке посадили липы. Школьники поливают их по субботам, а лавки красит завод."


def hits(*articles: Article) -> list[Hit]:
    """Every passage of `articles`, in their order, as hits."""
    return [
        Hit(passage, each.info, 1.0 / (1 + place))
        for place, each in enumerate(articles)
        for passage in split(each)
    ]


def named(found: Sequence[Hit]) -> list[tuple[str, ...]]:
    """Each hit's article and those of its reprints."""
    return [(hit.article.id, *(each.article_id for each in hit.reprints)) for hit in found]


def test_the_best_ranked_one_keeps_its_place() -> None:
    found = collapsed(
        hits(
            article("park", PARK),
            article("wire", f"{FLOOD} Об этом сообщает ТАСС.", "Паводок", source="ТАСС"),
            article("mine", MINE),
            article("paper", FLOOD, "Вода отрезала посёлок", source="Газета"),
            article("radio", f"{FLOOD} Передаёт Интерфакс.", source="Радио"),
        )
    )
    assert named(found) == [("park",), ("wire", "paper", "radio"), ("mine",)]


def test_a_reprint_tells_where_it_stands() -> None:
    paper = article(
        "paper", FLOOD, "Вода", source="Газета", url="https://a.example/1", published="2026-03-02"
    )
    (hit,) = collapsed(hits(article("wire", FLOOD), paper))
    (listed,) = hit.reprints
    assert paper.text[listed.start : listed.stop] == FLOOD
    about = {"title": "Вода", "source": "Газета", "url": "https://a.example/1", "published": "2026-03-02"}
    place = {"article_id": "paper", "passage_id": split(paper)[0].id, "start": 0, "stop": len(FLOOD)}
    assert hit.as_dict()["reprints"] == [about | place]


def test_sources_that_disagree_are_all_shown() -> None:
    early, late = (f"{FLOOD} {FOUND.format(*numbers)}" for numbers in ((3, 8), (5, 6)))
    found = collapsed(hits(article("early", early), article("late", late), article("again", early)))
    assert named(found) == [("early", "again"), ("late",)]


def test_passages_are_cut_in_other_places() -> None:
    """What a longer opening pushes into the next passage stands in two passages of the original."""
    body = f"{FLOOD} {MINE} {FOUND.format(3, 8)} {PARK} {BRIDGE}"
    original, reprinted = article("wire", body), article("paper", f"{PARK} {FOUND.format(3, 8)} {body}")
    assert len(split(original)) == len(split(reprinted)) == 2
    assert split(original)[1].text != split(reprinted)[1].text
    (first, second) = collapsed(hits(original, reprinted))
    assert {first.article.id, second.article.id} == {"wire"}
    assert len(first.reprints) + len(second.reprints) == 2


def test_a_quote_in_a_longer_article_stays() -> None:
    longer = article("longer", f"{MINE} {FLOOD} {PARK}")
    assert named(collapsed(hits(longer, article("quote", FLOOD)))) == [("longer", "quote")]
    assert named(collapsed(hits(article("quote", FLOOD), longer))) == [("quote",), ("longer",)]


def test_a_hidden_hit_hands_on_what_it_hides() -> None:
    first, second, third = hits(article("a", FLOOD), article("b", FLOOD), article("c", FLOOD))
    (second,) = collapsed([second, third])
    assert named(collapsed([first, second])) == [("a", "b", "c")]


def test_what_is_no_reprint() -> None:
    empty = hits(article("a", "* * *"), article("b", "* * *"), article("c", "!!!"))
    assert named(collapsed(empty)) == [("a",), ("b",), ("c",)]
    assert collapsed([]) == []
    twice = hits(article("a", f"{FLOOD} {MINE} {PARK}"), article("a", f"{FLOOD} {MINE} {PARK}"))
    assert named(collapsed(twice)) == [("a",)] * len(twice)  # passages of one article are no reprints


STOCK = [*FLOOD.split(". "), *MINE.split(". "), *PARK.split(". "), FOUND.format(3, 8), FOUND.format(5, 6)]
ARTICLES = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.lists(st.sampled_from(STOCK), min_size=1, max_size=7).map(". ".join)
    ),
    max_size=12,
)


@given(ARTICLES)
def test_nothing_is_dropped_and_the_order_is_kept(texts: list[tuple[str, str]]) -> None:
    given_hits = hits(*(article(name, text) for name, text in texts))
    found = collapsed(given_hits)
    everything = [each for hit in found for each in (reprint(hit), *hit.reprints)]
    by_place = sorted((each.article_id, each.passage_id) for each in everything)
    assert by_place == sorted((hit.article.id, hit.passage.id) for hit in given_hits)
    heads = [hit.passage for hit in found]
    rest = iter([hit.passage for hit in given_hits])
    assert all(head in rest for head in heads)
    assert all(each.article_id != hit.article.id for hit in found for each in hit.reprints)
    assert collapsed(found) == found


def nothing_known(lemmas: Sequence[str]) -> Vectors:
    return np.zeros((len(lemmas), 2), np.float32)


MATCHER = Matcher(nothing_known, lambda lemmas: np.ones(len(lemmas)))


@given(ARTICLES, st.integers(1, 5))
def test_the_best_hits_are_the_same_without_what_is_not_needed(texts: list[tuple[str, str]], k: int) -> None:
    ranked = hits(*(article(name, text) for name, text in texts))
    there = outlined([hit.passage for hit in ranked])
    sketches = MATCHER.matched(["рудник"], there).sketches
    read = [ranked[place] for place in needed(sketches, there.articles.tolist(), k)]
    assert collapsed(read)[:k] == collapsed(ranked)[:k]


def test_what_is_like_nothing_else_and_far_behind_is_not_read() -> None:
    ranked = hits(article("a", FLOOD), article("b", MINE), article("c", BRIDGE), article("d", FLOOD))
    there = outlined([hit.passage for hit in ranked])
    sketches = MATCHER.matched(["рудник"], there).sketches
    assert needed(sketches, there.articles.tolist(), 1) == [0, 3]
    assert needed(sketches, there.articles.tolist(), 2) == [0, 1, 3]


LIBRARY = [
    article("wire", f"{FLOOD} Сообщает ТАСС.", "Паводок под Шолаком", source="ТАСС", published="2026-03-01"),
    article("paper", FLOOD, "Вода отрезала посёлок", source="Газета", published="2026-03-02"),
    article("radio", f"{FLOOD} Передаёт Интерфакс.", "Шолак: паводок", source="Радио"),
    article("late", f"{FLOOD} {FOUND.format(5, 6)}", "Паводок: есть пострадавшие", source="Газета"),
    article("mine", MINE, "Медь"),
    article("park", PARK, "Липы"),
]


def test_in_a_library(tmp_path: Path, models: Path) -> None:
    with assemble.open_bot(config(tmp_path, models)) as bot:
        bot.library.add(LIBRARY)
        found = bot.search("Что размыл паводок под Шолаком?")
        groups = {frozenset(each) for each in named(found)}
        assert frozenset({"wire", "paper", "radio"}) in groups
        assert {len(each) for each in groups if "late" in each} == {1}
        for hit in found:
            for each in hit.reprints:
                text = bot.library.article(each.article_id).text
                assert "Кандагач" in text[each.start : each.stop]
        (one,) = bot.search("паводок на реке Кандагач", filters=Filters(sources=("Радио",)))
        assert (one.article.id, one.reprints) == ("radio", ())


def test_k_different_hits_come_out(tmp_path: Path, models: Path) -> None:
    """Seventy copies fill all that is weighed at first; the others are found all the same."""
    copies = [article(f"copy{number}", FLOOD, "Паводок") for number in range(70)]
    others = [
        article("road", "Дорогу к посёлку Шолак засыпают щебнем, паводок отступил."),
        article("river", "Паводок на реках области ждут и в апреле, предупредили синоптики."),
    ]
    with assemble.open_bot(config(tmp_path, models)) as bot:
        bot.library.add([*copies, *others])
        for k in (1, 2, 3):
            heads = {hit.article.id.rstrip("0123456789") for hit in bot.search("паводок у посёлка Шолак", k)}
            assert len(heads) == k
        assert heads == {"copy", "road", "river"}
