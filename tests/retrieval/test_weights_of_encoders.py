"""Weights belong to their encoder: read, refused for another, and measured where nobody fitted any."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag import assemble
from rag.errors import SettingsError
from rag.retrieval import fusion
from rag.retrieval.calibration import _PAIRED, _STRANGERS, PAIRS, calibrated, means
from rag.retrieval.fusion import STATIC, Weights
from rag.retrieval.rerank import WEIGHTS
from rag.retrieval.static import StaticEncoder
from rag.types import Vectors

from .making import ARTICLES, article, config, query


class Squeezed:
    """The static vectors with a common part, so that all cosines lie between 0.7 and 1, as with e5."""

    dimension = 301
    name = "squeezed"

    def __init__(self, encoder: StaticEncoder) -> None:
        self._encoder = encoder

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = self._encoder.encode_passages(texts)
        common = np.full((len(texts), 1), (7 / 3) ** 0.5, np.float32)
        wide = np.hstack([vectors, common])
        scaled: Vectors = wide / np.linalg.norm(wide, axis=1, keepdims=True)
        return scaled

    encode_queries = encode_passages


class Blind:
    """Gives every text the same vector."""

    dimension = 3
    name = "blind"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([[0.6, 0.8, 0.0]], np.float32), (len(texts), 1))

    encode_queries = encode_passages


def test_the_scale_is_that_of_the_static_vectors(static: StaticEncoder) -> None:
    assert means(static) == pytest.approx((_STRANGERS, _PAIRED), abs=0.005)
    weights = calibrated(static)
    assert (weights.mean, weights.scale) == pytest.approx((STATIC.mean, STATIC.scale), abs=0.02)


def test_an_unknown_encoder_is_brought_to_that_scale(static: StaticEncoder) -> None:
    squeezed = Squeezed(static)
    strangers, paired = means(squeezed)
    assert strangers > 0.7 and paired - strangers < 0.15
    weights = calibrated(squeezed)
    cosines = (squeezed.encode_queries([PAIRS[0][0]]) @ squeezed.encode_passages([PAIRS[0][1]]).T).item()
    plain = (static.encode_queries([PAIRS[0][0]]) @ static.encode_passages([PAIRS[0][1]]).T).item()
    assert weights.dense_score(cosines) == pytest.approx(plain, abs=0.02)


def test_an_encoder_that_tells_nothing_does_not_rank() -> None:
    weights = calibrated(Blind())
    assert weights.fused(0.5, weights.dense_score(1.0)) == 0.5
    assert weights.rerank.keys() == WEIGHTS.keys() - {"dense"}


def test_a_squeezed_encoder_ranks_as_the_plain_one_does(
    static: StaticEncoder, tmp_path: Path, models: Path
) -> None:
    scores = []
    for name, encoder in (("plain", None), ("squeezed", Squeezed(static))):
        with assemble.open_bot(config(tmp_path / name, models), encoder=encoder) as bot:
            bot.library.add(ARTICLES)
            hits = bot.searcher.search(query("Когда откроют мост?"))
            scores.append({hit.article.id: hit.score for hit in hits})
    assert scores[0] == pytest.approx(scores[1], abs=0.03)


FITTED = Weights(0.3, {"keyword": 1.0, "dense": 5.0}, mean=0.7, scale=0.2)


def test_fitted_weights_come_back_as_they_were(tmp_path: Path) -> None:
    fusion.write(tmp_path / "w.json", "some encoder", FITTED, {"questions": 10})
    assert fusion.read(tmp_path / "w.json", "some encoder") == FITTED
    assert fusion.read(tmp_path / "other.json", "some encoder") is None


def test_weights_of_another_encoder_are_refused(tmp_path: Path, models: Path) -> None:
    fusion.write(tmp_path / "data/weights.json", "some encoder", FITTED, {})
    with pytest.raises(SettingsError) as refused:
        assemble.open_bot(config(tmp_path / "data", models))
    assert "подобраны для кодировщика «some encoder», а работает «static»" in str(refused.value)
    assert "python -m eval fit" in str(refused.value)
    (tmp_path / "data/weights.json").unlink()
    assemble.open_bot(config(tmp_path / "data", models)).close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"encoder": "static"}',
        '{"encoder": "static", "weights": {"keyword": 2, "rerank": {}, "mean": 0, "scale": 1}}',
        '{"encoder": "static", "weights": {"keyword": 0.5, "rerank": {}, "mean": 0, "scale": 0}}',
        '{"encoder": "static", "weights": {"keyword": 0.5, "rerank": {"title": "x"}, "mean": 0, "scale": 1}}',
        '{"encoder": "static", "weights": {"keyword": 0.5, "rerank": [], "mean": 0, "scale": 1}}',
    ],
)
def test_a_broken_file_of_weights(text: str, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="не читается"):
        fusion.read(tmp_path / "w.json", "static")


def test_weights_that_are_not_there_or_for_features_that_are_gone(tmp_path: Path, models: Path) -> None:
    with pytest.raises(SettingsError, match=r"Файла весов .* нет"):
        assemble.open_bot(config(tmp_path, models, weights=tmp_path / "none.json"))
    fusion.write(tmp_path / "w.json", "static", Weights(0.5, {"former feature": 1.0}), {})
    with pytest.raises(SettingsError, match="другой версией программы"):
        assemble.open_bot(config(tmp_path / "data", models, weights=tmp_path / "w.json"))


def test_fitted_weights_are_used(tmp_path: Path, models: Path) -> None:
    fusion.write(tmp_path / "w.json", "static", Weights(1.0, {"title": 1.0}), {})
    articles = [article("a", "Мост открыли.", "Парк"), article("b", "Парк закрыли.", "Мост")]
    with assemble.open_bot(config(tmp_path / "data", models, weights=tmp_path / "w.json")) as bot:
        bot.library.add(articles)
        asked = query("мост")
        for hit in bot.searcher.fused(asked):
            assert hit.score == pytest.approx(hit.scores["keyword"])
        scores = {hit.article.id: hit.scores["rerank"] for hit in bot.searcher.search(asked)}
        assert scores["b"] == pytest.approx(1.0) and scores["a"] < 0.7
    assert json.loads((tmp_path / "w.json").read_text())["encoder"] == "static"
