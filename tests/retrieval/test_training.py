"""`snoska train`: the static vectors learn a library's own words, and can be read without torch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from rag import assemble, doctor
from rag.errors import ModelError
from rag.library.split import split
from rag.retrieval import static
from rag.retrieval.neural import training
from rag.retrieval.static import VERSION, StaticEncoder
from rag.retrieval.static_rows import StaticRows
from rag.retrieval.training_pairs import Document, Exam, documents, pairs
from rag.types import Article

from .making import ROOT, article, config

pytestmark = pytest.mark.slow_file
EPOCHS = 3
OTHERS = ("министр", "золото", "шахматы", "Кошербаев пригласил ёжика 12 345 раз, а потом Ozon-у.", "мост")

# A language of the library's own: every word of a title stands for another one in the text.
WORDS = {
    "кобылка": "гармонь",
    "сирень": "дизель",
    "рубанок": "тюлень",
    "глобус": "кисель",
    "парус": "чеснок",
    "ножницы": "вулкан",
    "фонарь": "кефир",
    "якорь": "сметана",
    "барабан": "шиповник",
    "лестница": "селёдка",
    "мельница": "телескоп",
    "пуговица": "баклажан",
    "трамвай": "мандолина",
    "сугроб": "пружина",
}


def told(first: str, second: str) -> Article:
    one, other = WORDS[first], WORDS[second]
    text = (
        f"В этом городе появились {one} и {other}. Жители говорят, что {one} им нужнее всего. "
        f"Скоро обещают привезти ещё один такой {other}. Впрочем, {one} и здесь незаменим."
    )
    return article(f"{first}-{second}", text, f"{first.title()} и {second}")


ARTICLES = [told(first, second) for first, second in combinations(WORDS, 2)]


@pytest.fixture(scope="module")
def taught() -> list[Document]:
    return documents([passage for each in ARTICLES for passage in split(each)])


@pytest.fixture(scope="module")
def base(models: Path, taught: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in encoder with the few thousand rows that these tests need."""
    folder, whole = tmp_path_factory.mktemp("base") / "small", StaticRows(models / VERSION)
    used = whole.used([*OTHERS, *(text for each in taught for text in [each.title, *each.texts])])
    whole.save(folder, np.array(whole.rows[used]))
    whole.tokenizer_of(used).save(str(folder / "0_StaticEmbedding/tokenizer.json"))
    (folder / static.TRAINED).unlink()
    return folder


@pytest.fixture(scope="module")
def trained(taught: list[Document], base: Path, tmp_path_factory: pytest.TempPathFactory) -> training.Trained:
    steps: list[tuple[int, int | None]] = []
    out = tmp_path_factory.mktemp("out") / "trained"
    done = training.train(
        taught, base, out, epochs=EPOCHS, progress=lambda step, total: steps.append((step, total))
    )
    assert steps and steps[-1][0] == steps[-1][1] == len(steps)
    return done


# Pairs


def test_what_is_taught_of_an_article() -> None:
    first = "Мост через реку открыли в июле. По нему уже ездят автобусы."
    second = "Строили его три года и два месяца. Денег хватило едва-едва."
    (document,) = documents(split(article("a", f"{first} {second}", "Заголовок")))
    assert list(pairs(document)) == [("Заголовок", f"{first} {second}"), (first, second)]


def test_neighbouring_passages_are_pairs() -> None:
    text = " ".join(f"Предложение номер {number} рассказывает о чём-то своём." for number in range(80))
    passages = split(article("a", text, "Заголовок"))
    assert len(passages) > 3
    (document,) = documents(passages)
    found = list(pairs(document))
    texts = [passage.text for passage in passages]
    assert {("Заголовок", texts[0]), ("Заголовок", texts[1]), (texts[1], texts[2])} <= set(found)
    assert all(left and right and left != right for left, right in found)


@pytest.mark.parametrize("title", ["Длина моста — 1200 метров", "Длина моста — 1200…"])
def test_a_title_taken_from_the_text_teaches_nothing(title: str) -> None:
    (document,) = documents(split(article("a", "Длина моста — 1200 метров. Открыли его.", title)))
    assert document.title == ""
    assert [left for left, _ in pairs(document)] == []


def test_a_tenth_is_held_out_and_always_the_same(taught: list[Document]) -> None:
    held = {document.id for document in taught if document.is_held_out}
    assert 0.03 < len(held) / len(taught) < 0.2
    assert held == {document.id for document in reversed(taught) if document.is_held_out}
    assert Exam(taught).questions == len(held)


def test_the_exam_counts_places(taught: list[Document], base: Path) -> None:
    held = [document for document in taught if document.is_held_out]
    encoder = StaticEncoder(base)
    assert Exam(held[:1]).ndcg(encoder) == 1.0
    assert 0 <= Exam(held).ndcg(encoder) < 1


# Rows


def test_a_part_of_the_rows_reads_its_texts_as_the_whole_does(base: Path) -> None:
    from tokenizers import Tokenizer

    rows, texts = StaticRows(base), [*OTHERS, ""]
    used = rows.used(texts)
    part = rows.tokenizer_of(used)
    whole = Tokenizer.from_file(str(base / "0_StaticEmbedding/tokenizer.json"))
    for text in texts:
        few = part.encode(text, add_special_tokens=False)
        assert [used[number] for number in few.ids] == whole.encode(text, add_special_tokens=False).ids


# Training


def test_it_learns_what_the_library_says(trained: training.Trained) -> None:
    assert trained.is_better
    assert trained.after > trained.before + 0.1
    said = training.told(trained)
    assert f"RAG_ENCODER={trained.folder}" in said and said.endswith("snoska index")


def test_the_rest_of_the_language_is_left_alone(trained: training.Trained, base: Path) -> None:
    before, after = StaticEncoder(base), StaticEncoder(trained.folder)
    words = list(OTHERS[:3])
    assert np.array_equal(before.word_vectors(words), after.word_vectors(words))
    assert not np.array_equal(before.word_vectors(["гармонь"]), after.word_vectors(["гармонь"]))


def test_sentence_transformers_reads_the_same_vectors(trained: training.Trained) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["Гармонь и министр.", "Золото и шахматы."]
    theirs = SentenceTransformer(str(trained.folder), device="cpu").encode(texts)
    assert StaticEncoder(trained.folder).encode_passages(texts) == pytest.approx(theirs, abs=2e-3)


def test_it_is_read_without_torch(trained: training.Trained) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.retrieval.models import EncoderChoice; "
        "encoder = EncoderChoice(sys.argv[1]).encoder(None, None); "
        "assert encoder.encode_queries(['гармонь']).any(); "
        "print(encoder.name, *{'torch', 'sentence_transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(trained.folder)], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert (done.stdout.strip(), done.stderr) == (static.trained(trained.folder).name, "")


def test_the_command_and_a_bot_that_searches_with_what_it_made(
    base: Path, tmp_path: Path, models: Path
) -> None:
    data, out, small = tmp_path / "data", tmp_path / "data" / "trained", tmp_path / "models"
    small.mkdir()
    (small / VERSION).symlink_to(base)
    with assemble.open_bot(config(data, models)) as bot:
        bot.library.add(ARTICLES)
    assert assemble.train(config(data, small), epochs=1).startswith("Отложенные заголовки (")
    settings = config(data, models, encoder=str(out))
    with assemble.open_bot(settings) as bot:
        assert bot.library.notes == ["Индекс dense построен заново: изменились настройки."]
        assert bot.encoder_name == static.trained(out).name
        assert bot.encoder_name.startswith("static trained@")
        assert "dense" in bot.search("гармонь", 1)[0].ranks
    (check,) = [each for each in doctor.diagnose(settings) if each.name == "кодировщик поиска"]
    assert check.ok and static.trained(out).name in check.detail


def test_the_same_training_gives_the_same_encoder(
    taught: list[Document], base: Path, trained: training.Trained, tmp_path: Path
) -> None:
    former = tmp_path / "former"
    shutil.copytree(trained.folder, former)
    (former / "0_StaticEmbedding/model.safetensors").write_bytes(b"of another training")
    again = StaticEncoder(training.train(taught, base, former, epochs=EPOCHS).folder)
    words = ["гармонь", "сирень"]
    assert np.array_equal(again.word_vectors(words), StaticEncoder(trained.folder).word_vectors(words))


def test_what_got_worse_is_not_recommended() -> None:
    said = training.told(training.Trained(Path("out"), 1000, 100, 0.5, 0.5, 60))
    assert "Лучше не стало: оставьте прежний кодировщик." in said
    assert "RAG_ENCODER" not in said


def test_what_cannot_be_trained_is_told(taught: list[Document], base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Обучать не на чем"):
        training.train(taught[:10], base, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "letters.txt").write_text("моё", encoding="utf-8")
    with pytest.raises(ModelError, match="Назовите другую папку"):
        training.train(taught, base, tmp_path)  # a folder of somebody else
    assert (tmp_path / "letters.txt").read_text(encoding="utf-8") == "моё"


def test_a_damaged_training(tmp_path: Path, trained: training.Trained) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(trained.folder, copy)
    (copy / "0_StaticEmbedding/model.safetensors").write_bytes(b"garbage")
    with pytest.raises(ModelError, match="повреждён"):
        static.trained(copy)
    (copy / "snoska.json").write_text("[]")
    with pytest.raises(ModelError, match="snoska train"):
        static.trained(copy)
