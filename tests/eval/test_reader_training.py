"""Training of the reading network: what becomes an example, what a batch, and that learning learns."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.reader import sets
from eval.reader.examples import Example
from rag.reading.tokens import Splitter
from rag.reading.window import Window
from tests.reading.making import write_base

if TYPE_CHECKING:  # `torch_is_loaded` does it, not while tests are collected: that is done by each worker
    import torch

    from eval.reader.average import average
    from eval.reader.batches import batch_of, batches, freeze, prepared
    from eval.reader.fit import best_span, fit, loss_of, read
    from eval.reader.network import Network, loaded
    from eval.reader.report import report

SENTENCE = "мост на реке в город открыли в 1936."
ASKED = Example("когда открыли мост?", SENTENCE, "a/1", "made", "река", (SENTENCE.index("1936"), 35))
BESIDE = Example("кто открыл мост?", SENTENCE, "a/1", "made")
CLAIM = Example("мост открыли", SENTENCE, "a/2", "claims", label="supported")
DENIED = Example("мост не открыли", SENTENCE, "a/2", "claims", label="not_supported")
ITEM = {
    "id": "t-001",
    "title": "Мост",
    "sentences": ["Мост открыли в мае.", "Порт строят.", "Рынок открыли в июне."],
    "questions": [
        {"q": "Когда открыли мост?", "s": 0, "a": "в мае"},
        {"q": "Сколько судов?", "s": None, "a": None},
    ],
    "claims": [{"c": "Мост открыт.", "s": [0], "label": "supported", "kind": "tense"}],
}


@pytest.fixture(scope="module", autouse=True)
def torch_is_loaded() -> None:
    """Not while tests are collected: that is done by each worker, and these are run by one."""
    global torch, average, batch_of, batches, freeze, prepared, best_span, fit, loss_of, read, Network, loaded
    global report
    import torch

    from eval.reader.average import average
    from eval.reader.batches import batch_of, batches, freeze, prepared
    from eval.reader.fit import best_span, fit, loss_of, read
    from eval.reader.network import Network, loaded
    from eval.reader.report import report


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Splitter]:
    return loaded(write_base(tmp_path_factory.mktemp("base") / "tiny.bin"))


def own(folder: Path, *items: Mapping[str, object]) -> list[Example]:
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    (folder / "t.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return list(sets.own(folder))


# Examples


def test_a_question_of_our_own_texts_has_its_sentence_and_one_that_does_not_answer(tmp_path: Path) -> None:
    found = own(tmp_path, ITEM)
    answered = [each for each in found if each.question == "Когда открыли мост?"]
    assert [each.span is not None for each in answered] == [True, False]
    first = answered[0]
    assert first.span and first.text[slice(*first.span)] == "в мае"
    assert answered[1].text == "Рынок открыли в июне."  # the likeliest of the others


def test_what_nothing_answers_has_no_span(tmp_path: Path) -> None:
    assert not any(each.span for each in own(tmp_path, ITEM) if each.question == "Сколько судов?")


def test_a_sixth_of_our_own_texts_is_kept(tmp_path: Path) -> None:
    found = own(tmp_path, *({**ITEM, "id": f"t-{number:03}"} for number in range(12)))
    assert {each.article for each in found if sets.is_kept(each)} == {"own/t-000", "own/t-006"}


def test_examples_of_an_article_share_a_fold() -> None:
    folds = {sets.fold_of(Example("?", "текст", f"xquad/{n}", "xquad"), 3) for n in range(50)}
    assert folds == {0, 1, 2}
    assert sets.fold_of(ASKED, 3) == sets.fold_of(BESIDE, 3)


def test_balanced_claims_of_like_words_have_both_labels() -> None:
    near = [Example("мост открыли", "мост открыли", f"n/{n}", "c", label="contradicted") for n in range(9)]
    far = [Example("порт закрыт", "мост открыли", f"f/{n}", "c", label="supported") for n in range(9)]
    both = [Example("мост открыли", "мост открыли", f"b/{n}", "c", label="supported") for n in range(4)]
    kept = sets.balanced([*near, *far, *both, ASKED], seed=1)
    claims = [each for each in kept if each.label]
    assert sorted(str(each.label) for each in claims) == ["contradicted"] * 4 + ["supported"] * 4
    assert ASKED in kept


# Windows and batches


def test_the_answer_is_where_its_tokens_are(tiny: tuple[Network, Splitter]) -> None:
    (each,) = prepared(tiny[1], [ASKED])
    spans = each.window.spans[each.start - each.window.first : each.end - each.window.first + 1]
    assert ASKED.text[spans[0][0] : spans[-1][1]].strip() == "1936"


def test_an_answer_behind_what_the_network_reads_is_left_out(tiny: tuple[Network, Splitter]) -> None:
    text = "м " * 400 + "1936"
    assert prepared(tiny[1], [Example("?", text, "a", "made", span=(len(text) - 4, len(text)))]) == []
    assert len(prepared(tiny[1], [Example("?", text, "a", "made", span=(0, 1))])) == 1


def test_a_batch_hides_what_fills_it_up(tiny: tuple[Network, Splitter]) -> None:
    network, splitter = tiny
    group = prepared(splitter, [ASKED, Example("кто?", "мост", "a", "made")])
    freeze(network, group)
    batch = batch_of(group)
    assert batch.mask[1, 0, 0].sum() == len(group[1].window)
    assert not (batch.valid & ~batch.mask[:, 0, 0]).any()
    assert batch.valid[:, 0].all()


def test_every_example_is_in_one_batch(tiny: tuple[Network, Splitter]) -> None:
    group = prepared(tiny[1], [ASKED, BESIDE, CLAIM, DENIED] * 30)
    parts = batches(group, random.Random(1))
    assert sorted(id(each) for part in parts for each in part) == sorted(map(id, group))


# Learning


def test_a_longer_span_than_allowed_is_never_best() -> None:
    each = Window(list(range(120)), slice(1, 2), 10, [(n, n + 1) for n in range(100)])
    start, end = torch.full((120,), -5.0), torch.full((120,), -5.0)
    start[each.first], end[each.first + 60] = 9.0, 9.0
    span, _ = best_span(start, end, each)
    assert span is not None and span[1] - span[0] < 60


def test_training_lowers_the_loss_of_all_heads(tiny: tuple[Network, Splitter]) -> None:
    network, splitter = tiny
    group = prepared(splitter, [ASKED, BESIDE, CLAIM, DENIED] * 4)
    freeze(network, group)
    network.eval()
    before = loss_of(network, group).item()
    fit(network, [group] * 80, seed=1, rate=10)
    network.eval()
    assert loss_of(network, group).item() < before / 2
    rows = report(group, read(network, group))
    assert rows["claims"]["balanced"] == 1.0
    assert rows["made"]["declined"] == 1.0


def test_every_tensor_of_an_average_is_the_mean() -> None:
    one, other = {"a": torch.tensor([0.0, 2.0])}, {"a": torch.tensor([4.0, 2.0])}
    assert average([one, other])["a"].tolist() == [2.0, 2.0]
    assert average([one])["a"].tolist() == [0.0, 2.0]
    with pytest.raises(ValueError, match="same tensors"):
        average([{"a": torch.zeros(1)}, {"b": torch.zeros(1)}])
