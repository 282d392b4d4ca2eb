"""`python -m eval fit`: weights for the encoder in use, kept only where they help questions never seen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval import __main__ as line
from eval import libraries, train_reranker
from eval.errors import EvaluationError
from eval.fit import Ranked, Seen, fit
from eval.fitting import Floats, Listing
from rag import assemble
from rag.config import Config
from rag.retrieval import fusion
from rag.retrieval.fusion import STATIC, read
from rag.retrieval.rerank import WEIGHTS

FEATURES = len(WEIGHTS)
PLACE = {name: place for place, name in enumerate(WEIGHTS)}


def seen(number: int, by: str) -> Seen:
    """A question whose right article stands out in the feature `by`, and lacks in the others."""
    chance = np.random.default_rng(number)
    rows = chance.uniform(0.3, 0.7, (12, FEATURES))
    right = np.arange(12) == number % 12
    rows[right] = 0.1
    rows[right, PLACE[by]] = 0.95
    return listed(number, rows, rows[:, [PLACE["keyword"], PLACE["dense"]]])


def listed(number: int, rows: Floats, legs: Floats) -> Seen:
    """Twelve articles, the right one at the place that `number` gives."""
    right, articles = np.arange(12) == number % 12, tuple(map(str, range(12)))
    fused, reranked = (
        Ranked(Listing(features, right), articles, {str(number % 12): 1.0}) for features in (legs, rows)
    )
    return Seen(fused, reranked)


def test_what_helps_gets_the_weight() -> None:
    fitted = fit([seen(number, "dense") for number in range(60)], STATIC)
    assert fitted.questions == 60
    assert all(stage.is_better and stage.after > 0.9 for stage in fitted.stages)
    assert fitted.weights.keyword < 0.3
    assert max(fitted.weights.rerank, key=lambda name: fitted.weights.rerank[name]) == "dense"
    assert sum(fitted.weights.rerank.values()) == pytest.approx(sum(WEIGHTS.values()), abs=0.1)
    assert all(weight >= 0 for weight in fitted.weights.rerank.values())
    assert (fitted.weights.mean, fitted.weights.scale) == (STATIC.mean, STATIC.scale)
    assert "слияние" in fitted.table() and "новые" in fitted.table()


def test_noise_changes_nothing() -> None:
    """Where what is right stands first anyway, what was fitted helps nobody and is dropped."""
    chance = np.random.default_rng(7)
    questions = []
    for number in range(40):
        rows = chance.uniform(0, 1, (12, FEATURES))
        rows[number % 12] = 1.0
        questions.append(listed(number, rows, rows[:, :2]))
    fitted = fit(questions, STATIC)
    assert fitted.weights == STATIC
    assert "прежние" in fitted.table() and "новые" not in fitted.table()


def test_weights_that_ship_are_fitted_on_several_sets() -> None:
    sets = [[seen(number, "dense") for number in range(start, start + 20)] for start in (0, 100)]
    fused = [[each.fused for each in questions] for questions in sets]
    reranked = [[each.reranked for each in questions] for questions in sets]
    assert train_reranker._shares(fused)[0] < 0.3
    weights = train_reranker._features(reranked)
    assert weights.argmax() == PLACE["dense"] and weights.min() >= 0
    assert all(unseen > 0.9 for unseen in train_reranker._unseen(reranked, train_reranker._features))


def test_too_few_questions() -> None:
    with pytest.raises(EvaluationError, match="хотя бы по 30"):
        fit([seen(number, "dense") for number in range(29)], STATIC)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    things = "мост завод рудник школа театр порт".split()
    places = "Орске Пскове Твери Рязани Томске Омске".split()
    documents: list[dict[str, str]] = []
    queries: list[dict[str, str]] = []
    qrels: list[str] = []
    for thing in things:
        for place in places:
            number = len(documents)
            text = f"Новый {thing} открыли в {place}. Жители рады, что {thing} наконец работает."
            documents.append({"_id": f"d{number}", "title": f"{thing.title()} в {place}", "text": text})
            queries.append({"_id": f"q{number}", "text": f"Какой {thing} открыли в {place}?"})
            qrels.append(f"q{number}\td{number}\t1")
    for name, rows in (("corpus", documents), ("queries", queries)):
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / "qrels.tsv").write_text("\n".join(qrels), encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAG_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_command_writes_what_the_bot_reads(
    beir: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert line.main(["fit", str(beir)]) == 0
    said = capsys.readouterr()
    assert "переоценка" in said.out
    assert f"Веса кодировщика «static» записаны: {data / 'weights.json'}" in said.err
    fitted = read(data / "weights.json", "static")
    assert fitted is not None
    with assemble.open_bot(Config(data=data)) as bot:
        assert bot.searcher.weights() == fitted
    (data / "weights.json").write_text('{"encoder": "other", "weights": {}}', encoding="utf-8")
    assert line.main(["fit", str(beir)]) == 0, "weights of before are no hindrance, whose they are"
    assert read(data / "weights.json", "static") == fitted


def test_measurements_use_the_fitted_weights(data: Path) -> None:
    fusion.write(data / "weights.json", "static", replace(STATIC, keyword=0.25), {})
    with libraries.temporary(Config(data=data)) as settings, assemble.open_bot(settings) as bot:
        assert bot.searcher.weights().keyword == 0.25


def test_a_set_of_questions_over_ones_own_library(beir: Path, data: Path, tmp_path: Path) -> None:
    rows = [json.loads(each) for each in (beir / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    questions = [
        {"id": row["_id"], "question": row["text"], "answers": ["да"], "articles": ["d" + row["_id"][1:]]}
        for row in rows
    ]
    (tmp_path / "set.jsonl").write_text(
        "\n".join(json.dumps(each, ensure_ascii=False) for each in questions), encoding="utf-8"
    )
    assert line.main(["fit", str(tmp_path / "set.jsonl")]) == 1, "the library is empty"
    out = tmp_path / "own.json"
    arguments = ["fit", str(tmp_path / "set.jsonl"), "--corpus", str(beir), "--out", str(out)]
    assert line.main(arguments) == 0
    assert read(out, "static") is not None


@pytest.mark.usefixtures("data")
def test_the_two_kinds_are_not_mixed(beir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert line.main(["fit", str(beir), str(beir / "queries.jsonl")]) == 1
    assert "либо по папкам BEIR, либо" in capsys.readouterr().err
