"""The default encoder: what its vectors say, which words share a row, and how its folder is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.retrieval import static as module
from rag.retrieval.static import DIMENSION, VERSION, Background, StaticEncoder
from rag.text.words import lemma

from .making import TRICKY


def cosine(static: StaticEncoder, first: str, second: str) -> float:
    left, right = static.encode_passages([first, second])
    return float(left @ right)


def test_a_text_has_its_vector_in_any_company(static: StaticEncoder) -> None:
    together = static.encode_passages(TRICKY)
    assert np.array_equal(together, np.stack([static.encode_passages([text])[0] for text in TRICKY]))
    assert np.array_equal(together, static.encode_queries(TRICKY))
    assert static.encode_passages([]).shape == (0, DIMENSION)


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_vectors_are_of_length_one_or_zero(static: StaticEncoder, text: str) -> None:
    (vector,) = static.encode_passages([text])
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) in (0.0, pytest.approx(1.0, abs=1e-5))


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
def test_forms_of_a_word_have_one_vector(static: StaticEncoder, first: str, second: str) -> None:
    assert cosine(static, first, second) == pytest.approx(1.0, abs=1e-5)


def test_every_form_has_the_row_of_its_lemma(static: StaticEncoder) -> None:
    for word in "городам рудников построенная дорогами работает немецкого километров стран".split():
        assert cosine(static, word, lemma(word)) == pytest.approx(1.0, abs=1e-5), word
    for word in "лет мая марта газа банка городов машин парка леса".split():  # lemmas of rarer words too
        assert cosine(static, word, lemma(word)) == pytest.approx(1.0, abs=1e-5), word
    assert cosine(static, "рудниками", "рудник") > 0.7  # no vector was known of that form: it keeps its stem


def test_function_words_say_nothing(static: StaticEncoder) -> None:
    for word in "и в на не что который сколько где почему он её этот быть является".split():
        assert not static.encode_passages([word]).any(), word
        assert cosine(static, f"мост {word}", "мост") == pytest.approx(1.0, abs=1e-5), word


def test_meaning(static: StaticEncoder) -> None:
    assert cosine(static, "врач", "доктор") > cosine(static, "врач", "экскаватор") + 0.2
    assert cosine(static, "железная дорога", "вагон") > cosine(static, "железная дорога", "концерт") + 0.1


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
def test_names_and_numbers_keep_their_identity(static: StaticEncoder, same: str, other: str) -> None:
    assert cosine(static, same, same.upper()) == pytest.approx(1.0, abs=1e-5)
    assert cosine(static, same, other) < 0.9


def test_a_rare_word_weighs_more_than_a_common_one(static: StaticEncoder) -> None:
    assert cosine(static, "год вольфрам", "вольфрам") > cosine(static, "год вольфрам", "год") + 0.1


def test_word_vectors(static: StaticEncoder) -> None:
    vectors = static.word_vectors(["мост", "и", "хрюмзятность", "", "2026"])
    assert vectors.shape == (5, DIMENSION)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 0, 1], abs=1e-5)
    assert vectors[0] == pytest.approx(static.encode_passages(["мост"])[0], abs=1e-5)
    assert static.word_vectors([]).shape == (0, DIMENSION)


def test_background(models: Path) -> None:
    background = Background(models / VERSION)
    shares = [background.frequency(word) for word in ("год", "мост", "вольфрам", "хрюмзятность")]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < 1e-7
    assert 1e-4 < shares[0] < 0.1


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
