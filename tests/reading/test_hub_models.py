"""Models of others: any extractive QA model, any NLI cross-encoder; both tiny and made here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.reading.hub import UNKNOWN, Inference, QuestionAnswerer, Verifying, answers_questions, labels
from rag.reading.loading import Choice, chosen
from rag.types import TextToRead
from tests.retrieval import tiny_bert

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] где мост город река новый стоит в . , ?".split()
TEXTS = [
    TextToRead("Город", "Новый мост стоит."),
    TextToRead("", "река"),
    TextToRead("", ""),
    TextToRead("", "мост " * 2_000),
]


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.write(tmp_path_factory.mktemp("qa"), "BertForQuestionAnswering", WORDS)


@pytest.fixture(scope="module")
def inferring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = {0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"}
    folder = tmp_path_factory.mktemp("nli")
    return tiny_bert.write(folder, "BertForSequenceClassification", WORDS, id2label=names)


def nowhere(name: str, setting: str) -> tuple[Path, str]:
    raise AssertionError


def test_a_question_answering_model_reads(answering: Path) -> None:
    assert answers_questions(answering)
    reader = QuestionAnswerer(answering, "tiny")
    readings = reader.read("Где мост?", TEXTS)
    for each, text in zip(readings, TEXTS, strict=True):
        assert each.follows == UNKNOWN
        assert each.span is None or 0 <= each.span[0] < each.span[1] <= len(text.text)
    assert math.isfinite(readings[0].span_odds) and readings[1].span == (0, 4)
    assert readings[2].span is None and readings[2].span_odds == -math.inf
    assert reader.read("Где?", []) == []


def test_an_inference_model_checks_claims(answering: Path, inferring: Path, tmp_path: Path) -> None:
    reader = chosen(Choice(str(answering), str(inferring), tmp_path), nowhere)
    assert isinstance(reader, Verifying)
    readings = reader.read("Мост новый.", TEXTS)
    plain = Inference(inferring, "nli").follows("Мост новый.", TEXTS)
    assert [each.follows for each in readings] == plain
    for each in plain:
        assert each.supported + each.contradicted + each.not_stated == pytest.approx(1, abs=1e-5)
    assert readings[0].span == QuestionAnswerer(answering, "qa").read("Мост новый.", TEXTS)[0].span


@pytest.mark.parametrize(
    ("names", "meanings"),
    [
        (["entailment", "neutral", "contradiction"], [0, 2, 1]),
        (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], [1, 2, 0]),
        (["entailment", "not_entailment"], [0, 2]),
        (["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"], [0, 1, 2]),
    ],
)
def test_labels_tell_which_is_which(names: list[str], meanings: list[int]) -> None:
    assert labels(dict(enumerate(names))).tolist() == meanings


@pytest.mark.parametrize("names", [["LABEL_0", "LABEL_1"], ["entailment"], ["positive", "negative"]])
def test_labels_that_tell_nothing_are_refused(names: list[str]) -> None:
    with pytest.raises(ModelError, match="По меткам модели"):
        labels(dict(enumerate(names)))


def test_what_is_no_model_is_refused(tmp_path: Path, inferring: Path) -> None:
    assert not answers_questions(tmp_path)
    with pytest.raises(ModelError, match="RAG_READER"):
        QuestionAnswerer(tmp_path, "none")
    with pytest.raises(ModelError, match=r"нет модели multilingual-e5-small|Нет файла"):
        chosen(Choice(str(inferring), None, tmp_path / "models"), nowhere)
