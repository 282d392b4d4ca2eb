"""Speed is measured, not asserted: the numbers must be there and hang together."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import provenance, speed
from eval.errors import EvaluationError
from rag import config

QUESTIONS = ["Когда открыли мост?", "Где стоит завод?"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "bridge.txt").write_text("Железный мост открыли в 1936 году.", encoding="utf-8")
    (folder / "plant.txt").write_text("Завод стоит в Орске.", encoding="utf-8")
    return folder


def _settings(tmp_path: Path, corpus: Path) -> config.Config:
    given = config.load(data=tmp_path / "data", corpus=corpus)
    return (
        given if given.models else given.model_copy(update={"models": provenance.ROOT / ".snoska" / "models"})
    )


def test_copies_bring_the_library_to_its_size(tmp_path: Path, corpus: Path) -> None:
    numbers = speed.measure(_settings(tmp_path, corpus), QUESTIONS, passages=7)
    assert numbers["indexing"]["articles"] == numbers["indexing"]["passages"] == 7
    for stage in ("keyword", "dense", "search", "ask"):
        assert 0 < numbers[stage]["p50"] <= numbers[stage]["p95"], stage
    assert numbers["startup"]["seconds"] > 0
    assert numbers["disk"]["models_mb"] > numbers["disk"]["data_mb"] > 0
    # a process that loads a 300-dimensional dictionary holds more than a bare interpreter
    assert numbers["memory"]["ask_mb"] > 50
    assert "| отрывков " in speed.table(numbers)
    assert not (tmp_path / "data").exists(), "the user's own library is left alone"


def test_a_corpus_without_articles_is_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(EvaluationError, match="RAG_CORPUS"):
        speed.measure(_settings(tmp_path, empty), QUESTIONS, passages=0)
