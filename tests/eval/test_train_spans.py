"""Fitting the short answer's weights: on a folder small enough to know the outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval import train_spans
from eval.beir import load
from rag.answering.span_view import Seen
from rag.answering.spans import best_span

FACTS = [("завод", "Павел Рощин", 1951), ("мост", "Игорь Лавров", 1962), ("театр", "Анна Белова", 1973)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents, queries, grades = [], [], ["query-id\tcorpus-id\tscore"]
    for number, (thing, person, year) in enumerate(FACTS):
        text = f"В городе тихо. Этот {thing} построил {person} в {year} году."
        documents.append({"_id": f"d{number}", "title": "", "text": text})
        for kind, question, gold in (
            ("w", f"Кто построил {thing}?", person),
            ("y", f"Когда построили {thing}?", str(year)),
        ):
            queries.append(
                {"_id": f"{kind}{number}", "text": question, "answers": [gold], "starts": [text.index(gold)]}
            )
            grades.append(f"{kind}{number}\td{number}\t1")
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("\n".join(grades), encoding="utf-8")
    return tmp_path


def test_examples_hold_the_gold_candidate(folder: Path) -> None:
    data, names = train_spans.examples([load(folder)])
    assert len(data) == 2 * len(FACTS)
    assert all(example.features.shape == (len(example.gains), len(names)) for example in data)
    assert all(example.gains.max() == 1.0 for example in data)


def test_fitted_weights_choose_the_gold(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    train_spans.main([str(folder), "--out", str(out)])
    weights = json.loads(out.read_text(encoding="utf-8"))
    sentence = "Этот вокзал построил Олег Дроздов в 1984 году."
    person = best_span(Seen.of("Кто построил вокзал?", sentence), weights)
    year = best_span(Seen.of("Когда построили вокзал?", sentence), weights)
    assert person and sentence[person.start : person.stop] == "Олег Дроздов"
    assert year and sentence[year.start : year.stop] == "1984"


def test_the_same_data_give_the_same_weights(folder: Path) -> None:
    data, _ = train_spans.examples([load(folder)])
    assert np.array_equal(train_spans.fit(data), train_spans.fit(data))


def test_documents_of_a_fold_are_not_in_its_training(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = train_spans.examples([load(folder)])
    trained: list[set[str]] = []
    fit = train_spans.fit

    def watched(part: Sequence[train_spans.Example]) -> train_spans.Floats:
        trained.append({each.document for each in part})
        return fit(part)

    monkeypatch.setattr(train_spans, "fit", watched)
    outcomes = train_spans.cross_validated(data)
    assert len(outcomes) == len(data)
    for document in {example.document for example in data}:
        assert any(document not in part for part in trained)
