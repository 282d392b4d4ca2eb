"""RAG_ENCODER: a sentence-transformers model of one's own, or a sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag import assemble
from rag.errors import ModelError
from rag.retrieval.e5 import E5Encoder
from rag.retrieval.neural import hub
from rag.retrieval.neural.encoder import LONGEST, SentenceTransformerEncoder
from rag.retrieval.neural.prompts import Prompts, prompts
from rag.retrieval.static import DIMENSION, VERSION, StaticEncoder
from rag.types import Encoder

from .conftest import WORDS
from .making import ARTICLES, TEXTS, TRICKY, config


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


# One contract for all encoders

ODD = ["медь и мост", "парк", "мост " * 2_000, "", "  Новый\u00a0мо\u0301ст? ", "中", "a\u0000b"]


@pytest.fixture(scope="module", params=["static", "e5", "bag", "bert"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    found: StaticEncoder | Path = request.getfixturevalue(
        "e5_folder" if request.param == "e5" else request.param
    )
    if isinstance(found, StaticEncoder):
        return found
    return E5Encoder(found) if request.param == "e5" else SentenceTransformerEncoder(str(found))


def company(encoder: Encoder) -> float:
    """By how much a vector may differ in other company: e5 computes with bytes."""
    return 1e-4 if isinstance(encoder, E5Encoder) else 1e-6


def test_vectors_are_as_the_protocol_says(encoder: Encoder) -> None:
    for encode in (encoder.encode_passages, encoder.encode_queries):
        vectors = encode(ODD)
        assert vectors.shape == (len(ODD), encoder.dimension)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        lengths = np.linalg.norm(vectors, axis=1)
        assert lengths == pytest.approx((lengths > 0).astype(float), abs=1e-5)
        assert lengths[:3].all()
        assert np.array_equal(vectors, encode(ODD))
        assert encode([]).shape == (0, encoder.dimension)


def test_many_texts_come_back_in_their_order(encoder: Encoder) -> None:
    texts = [" ".join(["мост", "парк", "медь"][: 1 + number % 3] * (number % 7)) for number in range(200)]
    together = encoder.encode_passages(texts)
    for place in (0, 7, 8, 9, 63, 64, 65, 199):
        alone = encoder.encode_passages([texts[place]])[0]
        assert together[place] == pytest.approx(alone, abs=max(company(encoder), 1e-5))


def test_threads_may_share_it(encoder: Encoder) -> None:
    alone = encoder.encode_queries(["мост и парк"])
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode_queries(["мост и парк"]), range(40)))
    assert all(np.allclose(each, alone, atol=company(encoder)) for each in found)


def test_sentence_transformers_gives_the_same_vectors(static: StaticEncoder, models: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [*TRICKY, *TEXTS.values()]
    model = SentenceTransformer(str(models / VERSION), device="cpu")
    expected = np.asarray(model.encode(texts), np.float32)
    assert model.get_embedding_dimension() == static.dimension == DIMENSION
    for text, ours, theirs in zip(texts, static.encode_passages(texts), expected, strict=True):
        # Their rows are summed as float16.
        assert ours == pytest.approx(np.nan_to_num(theirs), abs=2e-3), text[:40]


# Models of one's own


def test_the_prompts_of_the_model_are_used(bag: Path) -> None:
    encoder = SentenceTransformerEncoder(str(bag))
    assert encoder.dimension == len(WORDS)
    (query,) = encoder.encode_queries(["медь"])
    (passage,) = encoder.encode_passages(["медь"])
    assert query[[WORDS.index("медь"), WORDS.index("вопрос")]] == pytest.approx(3**-0.5)
    assert passage[[WORDS.index("медь"), WORDS.index("статья")]] == pytest.approx(3**-0.5)
    assert float(query @ passage) == pytest.approx(2 / 3, abs=1e-6)  # «медь» and «:»


def test_the_name_changes_with_the_model(bag: Path, tmp_path: Path) -> None:
    first = SentenceTransformerEncoder(str(bag)).name
    assert first == SentenceTransformerEncoder(str(bag)).name
    copy = tmp_path / "copy"
    shutil.copytree(bag, copy)
    second = SentenceTransformerEncoder(str(copy)).name
    weights = next(copy.rglob("*.safetensors"))
    os.utime(weights, ns=(weights.stat().st_atime_ns, weights.stat().st_mtime_ns + 10**12))
    assert len({first, second, SentenceTransformerEncoder(str(copy)).name}) == 3


def test_a_whole_bot_with_a_model_of_ones_own(
    bert: Path, tmp_path: Path, models: Path, no_network: list[object]
) -> None:
    own = config(tmp_path, models, encoder=str(bert))
    with assemble.open_bot(own) as bot:
        bot.library.add(ARTICLES)
        assert bot.library.index_counts() == {"keyword": 3, "dense": 3}
        assert str(bert) in bot.encoder_name
        answer = bot.ask("Когда откроют мост?")
        assert answer.found
        assert answer.sentences[0].text == "Мост откроют весной."
        # No model gives a zero vector, so the dense leg ranks everything.
        assert sorted(hit.ranks["dense"] for hit in answer.hits) == [1, 2, 3]
    with assemble.open_bot(own) as bot:
        assert bot.library.notes == []
    prompted = config(tmp_path, models, encoder=str(bert), encoder_passage_prompt="мост ")
    for settings in (prompted, config(tmp_path, models)):
        with assemble.open_bot(settings) as bot:
            assert bot.library.notes == ["Индекс dense построен заново: изменились настройки."]
            assert bot.ask("Когда откроют мост?").sentences[0].text == "Мост откроют весной."
    assert no_network == []


@pytest.mark.parametrize("name", ["модель", "a b", "a/b/c", "-a", "a" * 200])
def test_what_can_not_be_a_hub_name(name: str, no_network: list[object]) -> None:
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEncoder(name)
    assert str(caught.value).startswith(f"Модели {name} нет на этой машине. Скачайте")
    assert no_network == []


NOBODY = "somebody/a-model-nobody-has"


def test_a_hub_that_does_not_answer(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch, no_network: list[object]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(hub, "_IS_FORBIDDEN", False)
    for setting in ("encoder", "reranker"):
        with pytest.raises(ModelError) as caught:
            assemble.open_bot(config(tmp_path, models, **{setting: NOBODY}))
        said = str(caught.value)
        assert said.startswith(f"Модели {NOBODY} нет на этой машине, а хаб не отвечает.")
        assert f"hf download {NOBODY} —" in said
        assert said.endswith(f"unset RAG_{setting.upper()}")
    assert no_network == [], "only the child process goes online"
    assemble.open_bot(config(tmp_path, models)).close()  # the library is free


def test_whoever_forbids_the_hub_is_heard(monkeypatch: pytest.MonkeyPatch, no_network: list[object]) -> None:
    monkeypatch.setattr(hub, "_IS_FORBIDDEN", True)
    with pytest.raises(ModelError, match="а скачивать запрещает HF_HUB_OFFLINE"):
        SentenceTransformerEncoder(NOBODY)
    assert no_network == []


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


# Prompts


@pytest.mark.parametrize(
    ("name", "saved", "expected"),
    [
        ("intfloat/multilingual-e5-small", {}, Prompts("query: ", "passage: ")),
        ("/models/multilingual-e5-large/", {"query": "", "document": ""}, Prompts("query: ", "passage: ")),
        ("d0rj/e5-base-en-ru", {}, Prompts("query: ", "passage: ")),
        ("deepvk/USER-base", {}, Prompts("query: ", "passage: ")),
        ("deepvk/USER-bge-m3", {}, Prompts()),
        ("BAAI/bge-m3", {}, Prompts()),
        ("ai-forever/FRIDA", {}, Prompts("search_query: ", "search_document: ")),
        ("ai-forever/ru-en-RoSBERTa", {}, Prompts("search_query: ", "search_document: ")),
        ("ai-forever/FRIDA", {"search_query": "q: ", "search_document": "d: "}, Prompts("q: ", "d: ")),
        ("somebody/new", {"query": "вопрос: "}, Prompts("вопрос: ", "")),
        ("somebody/new", {"query": "a", "passage": "b"}, Prompts("a", "b")),
        ("somebody/new", {"classification": "c"}, Prompts()),
        ("somebody/steer5-base", {}, Prompts()),
    ],
)
def test_whose_prompts(name: str, saved: dict[str, str | None], expected: Prompts) -> None:
    assert prompts(name, saved) == expected


def test_an_instruct_model_is_told_its_task() -> None:
    given = prompts("intfloat/multilingual-e5-large-instruct", {})
    assert given.query.startswith("Instruct: ") and given.query.endswith("Query: ")
    assert given.passage == ""


def test_settings_win_over_what_the_model_saved(bag: Path) -> None:
    own = SentenceTransformerEncoder(str(bag))
    swapped = SentenceTransformerEncoder(str(bag), "статья: ", "вопрос: ")
    bare = SentenceTransformerEncoder(str(bag), "none", "none")
    assert np.array_equal(own.encode_queries(["медь"]), swapped.encode_passages(["медь"]))
    assert np.array_equal(bare.encode_queries(["медь"]), bare.encode_passages(["медь"]))
    assert bare.encode_queries(["медь"])[0, WORDS.index("медь")] == pytest.approx(1.0)
    assert len({own.name, swapped.name, bare.name}) == 3
    assert own.name.endswith("(«вопрос: », «статья: »)")


def test_long_texts_are_cut(bert: Path) -> None:
    encoder = SentenceTransformerEncoder(str(bert))
    whole, cut = encoder.encode_passages(["мост " * 10 * LONGEST, "мост " * LONGEST])
    assert np.array_equal(whole, cut)
