"""RAG_ENCODER: a sentence-transformers model of one's own, or a sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag import assemble
from rag.errors import ModelError
from rag.retrieval.encoders import SentenceTransformerEncoder

from .making import TEXTS, article, config

WORDS = ["[UNK]", "[PAD]", "медь", "мост", "парк", "вопрос", "статья", "[CLS]", "[SEP]", ":"]


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of one-hot words with prompts: a query gets «вопрос», a passage «статья»."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.eye(len(WORDS), dtype=np.float32)
    weights[0] = 0
    folder = tmp_path_factory.mktemp("bag")
    SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)],
        prompts={"query": "вопрос: ", "document": "статья: "},
        device="cpu",
    ).save(str(folder))
    return folder


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one small layer and a vocabulary of ten words."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    (folder / "vocab.txt").write_text("\n".join([*WORDS, "[MASK]"]), encoding="utf-8")
    torch.manual_seed(1)
    BertModel(
        BertConfig(
            vocab_size=len(WORDS) + 1,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
        )
    ).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    transformer = Transformer(str(folder))
    saved = tmp_path_factory.mktemp("saved")
    SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu").save(str(saved))
    return saved


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Addresses that were asked for; every attempt fails."""
    asked: list[object] = []

    def refuse(*words: object, **_: object) -> None:
        asked.append(words)
        raise OSError("no network in this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield asked


def test_the_prompts_of_the_model_are_used(bag: Path) -> None:
    encoder = SentenceTransformerEncoder(str(bag))
    assert encoder.dimension == len(WORDS)
    (query,) = encoder.encode_queries(["медь"])
    (passage,) = encoder.encode_passages(["медь"])
    assert query[[WORDS.index("медь"), WORDS.index("вопрос")]] == pytest.approx(3**-0.5)
    assert passage[[WORDS.index("медь"), WORDS.index("статья")]] == pytest.approx(3**-0.5)
    assert float(query @ passage) == pytest.approx(2 / 3, abs=1e-6)  # «медь» and «:»


@pytest.mark.parametrize("kind", ["bag", "bert"])
def test_vectors_are_as_the_protocol_says(kind: str, request: pytest.FixtureRequest) -> None:
    encoder = SentenceTransformerEncoder(str(request.getfixturevalue(kind)))
    for encode in (encoder.encode_passages, encoder.encode_queries):
        vectors = encode(["медь и мост", "парк", "мост " * 2_000, ""])
        assert vectors.shape == (4, encoder.dimension)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
        assert np.array_equal(vectors, encode(["медь и мост", "парк", "мост " * 2_000, ""]))


def test_the_name_changes_with_the_model(bag: Path, tmp_path: Path) -> None:
    first = SentenceTransformerEncoder(str(bag)).name
    assert first == SentenceTransformerEncoder(str(bag)).name
    copy = tmp_path / "copy"
    shutil.copytree(bag, copy)
    second = SentenceTransformerEncoder(str(copy)).name
    weights = next(copy.rglob("*.safetensors"))
    os.utime(weights, ns=(weights.stat().st_atime_ns, weights.stat().st_mtime_ns + 10**12))
    assert len({first, second, SentenceTransformerEncoder(str(copy)).name}) == 3


@pytest.mark.parametrize("kind", ["bag", "bert"])
def test_a_whole_bot_with_a_model_of_ones_own(
    kind: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    models: Path,
    no_network: list[object],
) -> None:
    folder = request.getfixturevalue(kind)
    articles = [article(name, text) for name, text in TEXTS.items()]
    with assemble.open_bot(config(tmp_path, models, encoder=str(folder))) as bot:
        bot.library.add(articles)
        assert bot.library.index_counts() == {"keyword": 3, "dense": 3}
        assert str(folder) in bot.encoder_name
        answer = bot.ask("Когда откроют мост?")
        assert answer.found
        assert answer.sentences[0].text == "Мост откроют весной."
        # No model gives a zero vector, so the dense leg ranks everything.
        assert sorted(hit.ranks["dense"] for hit in answer.hits) == [1, 2, 3]
    with assemble.open_bot(config(tmp_path, models, encoder=str(folder))) as bot:
        assert bot.library.notes == []
    with assemble.open_bot(config(tmp_path, models)) as bot:
        assert bot.library.notes == ["Индекс dense построен заново: изменились настройки."]
        assert bot.ask("Когда откроют мост?").sentences[0].text == "Мост откроют весной."
    assert no_network == []


@pytest.mark.parametrize(
    "name", ["somebody/a-model-nobody-has", "a-model-nobody-has", "модель", "a b", "a/b/c"]
)
def test_a_hub_name_that_is_not_here(name: str, no_network: list[object]) -> None:
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEncoder(name)
    said = str(caught.value)
    assert said.startswith(f"Модели {name} нет на этой машине.")
    assert f"hf download {name} —" in said
    assert said.endswith("unset RAG_ENCODER")
    assert no_network == []


def test_a_missing_model_stops_the_bot_and_leaves_the_library_free(tmp_path: Path, models: Path) -> None:
    with pytest.raises(ModelError, match="hf download"):
        assemble.open_bot(config(tmp_path, models, encoder="somebody/a-model-nobody-has"))
    assemble.open_bot(config(tmp_path, models)).close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^В папке .*nowhere нет модели .* unset RAG_ENCODER$"):
        SentenceTransformerEncoder(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("pattern", "content"),
    [
        ("*", None),
        ("modules.json", b"{broken"),
        ("modules.json", b'[{"idx": 0, "name": "0", "path": "x", "type": "no.such.Thing"}]'),
        ("*.safetensors", b"garbage" * 100),
        ("tokenizer.json", b"garbage" * 100),
    ],
    ids=["empty", "json", "type", "weights", "tokenizer"],
)
def test_a_damaged_folder(bag: Path, tmp_path: Path, pattern: str, content: bytes | None) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(bag, copy)
    files = [path for path in copy.rglob(pattern) if path.is_file()]
    assert files
    for file in files:
        file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(ModelError, match="нет модели sentence-transformers, которую можно загрузить"):
        SentenceTransformerEncoder(str(copy))
