"""Models small enough to be made by the tests: no weights are downloaded anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.retrieval import chroma_server as servers

WORDS = ["[UNK]", "[PAD]", "медь", "мост", "парк", "вопрос", "статья", "[CLS]", "[SEP]", ":"]


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    with servers.running(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture(scope="session")
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


def _tokenizer(folder: Path) -> None:
    from transformers import BertTokenizerFast

    (folder / "vocab.txt").write_text("\n".join([*WORDS, "[MASK]"]), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)


def _config(**more: object) -> object:
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(WORDS) + 1,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        **more,
    )


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one small layer and a vocabulary of ten words."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(1)
    BertModel(_config()).save_pretrained(folder)
    _tokenizer(folder)
    transformer = Transformer(str(folder))
    saved = tmp_path_factory.mktemp("saved")
    SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu").save(str(saved))
    return saved


def _cross(folder: Path, labels: int) -> Path:
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(2)
    BertForSequenceClassification(_config(num_labels=labels)).save_pretrained(folder)
    _tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of one small layer with random weights."""
    return _cross(tmp_path_factory.mktemp("cross"), labels=1)


@pytest.fixture(scope="session")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of pairs that tells three classes instead of one score."""
    return _cross(tmp_path_factory.mktemp("classifier"), labels=3)
