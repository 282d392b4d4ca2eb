"""The default encoder: the same vectors with and without torch, and what Russian words share a row."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.retrieval import static as module
from rag.retrieval.static import DIMENSION, VERSION, Background, StaticEncoder
from rag.text.words import lemma

from .making import ROOT, TEXTS

TRICKY = [
    "",
    " \n\t ",
    "…?! — «»",
    "😀🇰🇿",
    "Ёлки и ежи",
    "за\u0301мок на холме, замо\u0301к на двери",
    "элек\u00adтро\u00adстанция",
    "Цена — 1\u00a0250\u00a0000,5 тенге, рост 7,5 %",
    "23.02.2026 в 10:45",
    "Cove Capital и USGS подписали MoU",
    "Ўзбекистон, Қазақстан, Ἀθῆναι, 東京",
    "абракадаброид хрюмзятность",
    "и не на который сколько",
    "Нью-Йорк, Кот-д’Ивуар, O'Neil",
    "нуль\0байт",
    "ЖЕЛЕЗНАЯ ДОРОГА",
    "1234567890123 9999 10000 007",
    "ы" * 64,
    "ы" * 65,
    "\u0435\u0308лка и \u0438\u0306од",
    "м² x² ½ Ⅳ ٣٤",
    "город " * 3_000,
]


@pytest.fixture(scope="module")
def encoder(models: Path) -> StaticEncoder:
    return StaticEncoder(models / VERSION)


def cosine(encoder: StaticEncoder, first: str, second: str) -> float:
    left, right = encoder.encode_passages([first, second])
    return float(left @ right)


def test_sentence_transformers_gives_the_same_vectors(encoder: StaticEncoder, models: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [*TRICKY, *TEXTS.values()]
    model = SentenceTransformer(str(models / VERSION), device="cpu")
    expected = np.asarray(model.encode(texts), np.float32)
    assert model.get_embedding_dimension() == encoder.dimension == DIMENSION
    for text, ours, theirs in zip(texts, encoder.encode_passages(texts), expected, strict=True):
        # Their rows are summed as float16.
        assert ours == pytest.approx(np.nan_to_num(theirs), abs=2e-3), text[:40]


def test_queries_are_encoded_as_passages(encoder: StaticEncoder) -> None:
    assert np.array_equal(encoder.encode_queries(TRICKY), encoder.encode_passages(TRICKY))


def test_a_text_has_its_vector_in_any_company(encoder: StaticEncoder) -> None:
    together = encoder.encode_passages(TRICKY)
    alone = [encoder.encode_passages([text])[0] for text in TRICKY]
    assert np.array_equal(together, np.stack(alone))
    assert encoder.encode_passages([]).shape == (0, DIMENSION)


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_vectors_are_of_length_one_or_zero(models: Path, text: str) -> None:
    (vector,) = _cached(models).encode_passages([text])
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) in (0.0, pytest.approx(1.0, abs=1e-5))


def _cached(models: Path, held: dict[Path, StaticEncoder] = {}) -> StaticEncoder:  # noqa: B006
    if models not in held:
        held[models] = StaticEncoder(models / VERSION)
    return held[models]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("рудник", "РУДНИКОВ"),
        ("построить", "построили"),
        ("ребёнок", "ребенок"),
        ("ёлка", "елки"),
        ("замок", "за\u0301мок"),
        ("станция", "стан\u00adция"),
        ("медь и олово", "олово, медь"),
        ("мост", "мост?!"),
    ],
)
def test_forms_of_a_word_have_one_vector(encoder: StaticEncoder, first: str, second: str) -> None:
    assert cosine(encoder, first, second) == pytest.approx(1.0, abs=1e-5)


def test_every_form_has_the_row_of_its_lemma(encoder: StaticEncoder) -> None:
    for word in "городам рудников построенная дорогами работает немецкого километров стран".split():
        assert cosine(encoder, word, lemma(word)) == pytest.approx(1.0, abs=1e-5), word


def test_forms_that_are_lemmas_of_rarer_words(encoder: StaticEncoder) -> None:
    for word in "лет мая марта газа банка городов машин парка леса".split():
        assert cosine(encoder, word, lemma(word)) == pytest.approx(1.0, abs=1e-5), word


def test_a_form_navec_never_met_keeps_its_stem(encoder: StaticEncoder) -> None:
    assert cosine(encoder, "рудниками", "рудник") > 0.7


@pytest.mark.parametrize("word", "и в на не что который сколько где почему он её этот быть является".split())
def test_function_words_say_nothing(encoder: StaticEncoder, word: str) -> None:
    assert not encoder.encode_passages([word]).any()
    assert cosine(encoder, f"мост {word}", "мост") == pytest.approx(1.0, abs=1e-5)


def test_meaning(encoder: StaticEncoder) -> None:
    assert cosine(encoder, "врач", "доктор") > cosine(encoder, "врач", "экскаватор") + 0.2
    assert cosine(encoder, "железная дорога", "вагон") > cosine(encoder, "железная дорога", "концерт") + 0.1


@pytest.mark.parametrize(
    ("same", "other"),
    [
        ("Кокбулак", "Кокшетау"),
        ("2026", "2025"),
        ("1250", "1251"),
        ("wabtec", "boeing"),
        ("хрюмзик", "хрямзик"),
    ],
)
def test_names_and_numbers_keep_their_identity(encoder: StaticEncoder, same: str, other: str) -> None:
    assert cosine(encoder, same, same.upper()) == pytest.approx(1.0, abs=1e-5)
    assert cosine(encoder, same, other) < 0.9


def test_a_rare_word_weighs_more_than_a_common_one(encoder: StaticEncoder) -> None:
    assert cosine(encoder, "год вольфрам", "вольфрам") > cosine(encoder, "год вольфрам", "год") + 0.1


def test_word_vectors(encoder: StaticEncoder) -> None:
    vectors = encoder.word_vectors(["мост", "и", "хрюмзятность", "", "2026"])
    assert vectors.shape == (5, DIMENSION)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 0, 1], abs=1e-5)
    assert vectors[0] == pytest.approx(encoder.encode_passages(["мост"])[0], abs=1e-5)
    assert encoder.word_vectors([]).shape == (0, DIMENSION)


def test_background(models: Path) -> None:
    background = Background(models / VERSION)
    shares = [background.frequency(word) for word in ("год", "мост", "вольфрам", "хрюмзятность")]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < 1e-7
    assert 1e-4 < shares[0] < 0.1


def test_reading_needs_no_torch(models: Path) -> None:
    """Neither does a whole answer."""
    code = """
import sys
from pathlib import Path
import rag
from rag.types import Article, ArticleInfo
with rag.open_bot(rag.Config(data=Path(sys.argv[1]) / "data", models=Path(sys.argv[2]))) as bot:
    bot.library.add([Article(ArticleInfo("a", "Мост"), "Железный мост открыли в 1936 году.")])
    assert bot.ask("Когда открыли железный мост?").found
heavy = {"torch", "transformers", "sentence_transformers"} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""
    folder = models / ".no-torch-test"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder), str(models)], cwd=ROOT, capture_output=True, text=True
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert (done.returncode, done.stderr[-500:]) == (0, "")


# Building


def save(folder: Path) -> None:
    """A folder of a few words, as `build` writes it."""
    tokens = ["[UNK]", "мост", "моста", "##а", "5"]
    module._save(folder, tokens, np.eye(5, DIMENSION, dtype=np.float16))


def test_the_same_rows_give_the_same_files(tmp_path: Path) -> None:
    for name in ("first", "second"):
        save(tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*.*"))
    assert len(files) >= 4
    for file in files:
        first, second = (tmp_path / name / file for name in ("first", "second"))
        assert first.is_dir() or first.read_bytes() == second.read_bytes(), file


def test_a_row_of_an_unknown_piece_depends_on_its_letters_only() -> None:
    vector = module._pseudo_random("вольф")
    assert vector[:3] == pytest.approx([-0.08065, -0.05062, -0.04290], abs=1e-5)
    assert np.linalg.norm(vector) == pytest.approx(1.0)
    assert abs(vector @ module._pseudo_random("##вольф")) < 0.3


def test_pieces_spell_every_word() -> None:
    pieces = module._pieces()
    assert len(pieces) == len(set(pieces))
    assert set("абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz0123456789") <= set(pieces)


def test_ensure_replaces_what_is_half_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []

    def build(folder: Path) -> None:
        built.append(folder)
        save(folder)

    monkeypatch.setattr(module, "build", build)
    (tmp_path / VERSION / "0_StaticEmbedding").mkdir(parents=True)
    (tmp_path / f".{VERSION}.partial").mkdir()
    assert module.ensure(tmp_path) == tmp_path / VERSION
    assert StaticEncoder(tmp_path / VERSION).encode_passages(["мост"])[0][1] == 1.0
    assert module.ensure(tmp_path) == tmp_path / VERSION
    assert len(built) == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [VERSION]


def test_an_interrupted_build_leaves_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(folder: Path) -> None:
        folder.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "build", build)
    with pytest.raises(KeyboardInterrupt):
        module.ensure(tmp_path)
    assert not (tmp_path / VERSION).exists()


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize(
    "content", [None, b"", b"garbage" * 100, b"\2\0\0\0\0\0\0\0{}", b"\xff\xfe\0"], ids=range(5)
)
def test_a_damaged_folder_is_reported(tmp_path: Path, file: str, content: bytes | None) -> None:
    save(tmp_path / "encoder")
    StaticEncoder(tmp_path / "encoder")
    path = tmp_path / "encoder" / "0_StaticEmbedding" / file
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ModelError, match=r"повреждён .* Удалите папку: она соберётся заново"):
        StaticEncoder(tmp_path / "encoder")


def test_the_folder_says_what_it_is(models: Path) -> None:
    modules = json.loads((models / VERSION / "modules.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in modules] == ["0_StaticEmbedding", "1_Normalize"]
