"""A filtered search finds what a search of everything finds, less what the filter leaves out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from rag.retrieval.dense import DenseIndex
from rag.retrieval.keyword import KeywordIndex
from rag.types import ArticleSet, Passage, PassageIndex, Query, SourceSentence, Vectors

ARTICLES, PASSAGES_EACH, K = 1_500, 2, 20
WORDS = [f"слово{number}" for number in range(60)]
QUERIES = ("слово1", "слово2 слово3", "слово5 слово8 слово13 слово21")


class ScatteredEncoder:
    """Every text somewhere else on the sphere: the hardest case for an index that only nears the nearest."""

    name, dimension = "scattered", 48

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        rows = np.array([np.random.default_rng(seed).standard_normal(self.dimension) for seed in seeds])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    encode_queries = encode_passages


def passages() -> list[Passage]:
    random = np.random.default_rng(7)
    found = []
    for number in range(ARTICLES * PASSAGES_EACH):
        lemmas = tuple(WORDS[place] for place in random.integers(0, len(WORDS), random.integers(5, 30)))
        text = " ".join(lemmas)
        sentence = SourceSentence(0, len(text), lemmas)
        name = f"a{number // PASSAGES_EACH:04}"
        found.append(Passage(f"{number:016x}", name, 0, len(text), text, (sentence,)))
    return found


ALL = passages()
SETTINGS = {
    "one article": 1,
    "1 %": ARTICLES // 100,
    "20 %": ARTICLES // 5,
    "50 %": ARTICLES // 2,
    "90 %": ARTICLES * 9 // 10,
    "all": ARTICLES,
}


@pytest.fixture(scope="module", params=["keyword", "dense"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeywordIndex | DenseIndex]:
    folder = tmp_path_factory.mktemp("filtering")
    made = KeywordIndex(folder) if request.param == "keyword" else DenseIndex(folder, ScatteredEncoder())
    made.open()
    made.replace(sorted({passage.article_id for passage in ALL}), ALL, fresh=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def scores(index: KeywordIndex | DenseIndex) -> dict[str, dict[str, float]]:
    """Every passage's score for every query, one passage at a time as far as an index is concerned."""
    every = [passage.id for passage in ALL]
    if isinstance(index, KeywordIndex):
        return {text: index.scores(asked(text), every) for text in QUERIES}
    vectors = index.encoder.encode_passages([passage.text for passage in ALL])
    cosines = {text: vectors @ index.encoder.encode_queries([text])[0] for text in QUERIES}
    found = {text: index.scores(asked(text), every) for text in QUERIES}
    for text, near in found.items():
        assert list(map(near.__getitem__, every)) == pytest.approx(cosines[text].tolist(), abs=5e-3)
    return found


def asked(text: str) -> Query:
    return Query(text, tuple(text.split()))


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("share", SETTINGS)
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost(
    index: PassageIndex, scores: dict[str, dict[str, float]], text: str, share: str, seed: int
) -> None:
    names = sorted({passage.article_id for passage in ALL})
    chosen = np.random.default_rng(seed).choice(len(names), SETTINGS[share], replace=False)
    allowed = {names[place] for place in chosen}
    expected = sorted(
        (scores[text][each.id] for each in ALL if each.article_id in allowed and each.id in scores[text]),
        reverse=True,
    )[:K]
    found = index.search(asked(text), K, ArticleSet.of(sorted(allowed)))
    article_of = {passage.id: passage.article_id for passage in ALL}
    assert {article_of[each.passage_id] for each in found} <= allowed
    assert len({each.passage_id for each in found}) == len(found)
    assert [each.score for each in found] == pytest.approx(expected, abs=1e-5)
    assert [each.score for each in found] == pytest.approx(
        [scores[text][each.passage_id] for each in found], abs=1e-5
    )


@pytest.mark.parametrize("text", QUERIES)
def test_no_article_allowed(index: PassageIndex, text: str) -> None:
    assert index.search(asked(text), K, ArticleSet.of([])) == []
    assert index.search(asked(text), K, ArticleSet.of(["нет такой"])) == []
