"""Speed is measured, not asserted: the numbers must be there and hang together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import pytest

from eval import baseline, beir, provenance, serving, speed
from eval.errors import EvaluationError
from eval.recombined import recombined
from rag import config
from rag.errors import RagError
from rag.library.split import split
from rag.retrieval.static import VERSION, StaticEncoder
from rag.types import Article, ArticleInfo

pytestmark = pytest.mark.slow_file
QUESTIONS = ["Когда открыли мост?", "Где стоит завод?"]
TEXTS = {
    "bridge": (
        "Старый мост через реку",
        "Железный мост открыли в 1936 году. Его строили четыре года и два месяца.",
    ),
    "plant": ("Завод у самого вокзала", "Завод стоит в Орске рядом с вокзалом. На нём льют чугун и сталь."),
    "park": (
        "Городской парк над прудом",
        "В парке посадили сто двадцать лип. Он открыт с шести утра до полуночи.",
    ),
}
ARTICLES = [
    Article(ArticleInfo(name, title, "Вестник", "2025-03-01"), text) for name, (title, text) in TEXTS.items()
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, (_, text) in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    lines = [
        {
            "_id": each.id,
            "title": each.info.title,
            "text": each.text,
            "source": "Вестник",
            "date": "2025-03-01",
        }
        for each in ARTICLES
    ]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that have nothing to do are not waited for, and one is measured instead of three alike."""
    monkeypatch.setattr(serving, "_SETTLED", 0)
    monkeypatch.setattr(serving, "FRESH", 1)


@pytest.fixture
def one_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is asked twice, by both who want one: to start another takes ten seconds."""
    start = serving.served
    started: list[tuple[str, int]] = []
    with ExitStack() as stack:

        @contextmanager
        def served(config: config.Config) -> Iterator[tuple[str, int]]:
            is_second = bool(started)
            if not is_second:
                started.append(stack.enter_context(start(config)))
            yield started[0]
            if is_second:
                stack.close()

        monkeypatch.setattr(serving, "served", served)
        yield


def _settings(tmp_path: Path, corpus: Path) -> config.Config:
    given = config.load(data=tmp_path / "data", corpus=corpus)
    return (
        given if given.models else given.model_copy(update={"models": provenance.ROOT / ".snoska" / "models"})
    )


@pytest.mark.usefixtures("one_server")
def test_a_folder_grown_to_its_size(tmp_path: Path, corpus: Path) -> None:
    numbers = speed.measure(_settings(tmp_path, corpus), speed.of_folder(corpus, QUESTIONS, passages=12))
    assert numbers["indexing"]["articles"] == numbers["indexing"]["passages"] >= 12
    for stage in ("keyword", "dense", "search", "ask", "filter_one", "filter_1", "filter_20", "filter_90"):
        assert 0 < numbers[stage]["p50"] <= numbers[stage]["p95"], stage
    assert "baseline" not in numbers
    assert numbers["startup"]["seconds"] > 0
    assert numbers["disk"]["models_mb"] > numbers["disk"]["data_mb"] > 0
    # a process that loads a 300-dimensional dictionary holds more than a bare interpreter
    assert numbers["memory"]["ask_mb"] > 50
    assert numbers["memory"]["serve_mb"] > 50
    assert numbers["memory"]["ready_mb"] > 50
    assert "| отрывков " in speed.table(numbers)
    assert not (tmp_path / "data").exists(), "the user's own library is left alone"


def test_a_file_compared_with_the_plain_stack(
    tmp_path: Path, corpus: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_processes", lambda *_: {})  # those of the test above know no files
    asked = speed.of_file(file, compared=True)
    assert sorted(asked.questions) == sorted(title for title, _ in TEXTS.values())
    numbers = speed.measure(_settings(tmp_path, corpus), asked)
    assert numbers["indexing"]["articles"] == numbers["baseline_index"]["nodes"] == 3
    assert numbers["filter_source"]["p50"] > 0
    assert numbers["filter_dates"]["p50"] > 0
    ratio = numbers["baseline"]["p50"] / numbers["search"]["p50"]
    assert numbers["ratio"]["search"] == pytest.approx(ratio, abs=0.01)
    shown = speed.table(numbers)
    assert "| LlamaIndex " in shown
    assert "LlamaIndex дольше ищет, раз" in shown


def test_the_plain_stack_finds_what_it_should(tmp_path: Path, models: Path) -> None:
    theirs = baseline.build(ARTICLES, StaticEncoder(models / VERSION), tmp_path)
    assert theirs.search("железный мост")[0] == "bridge"
    assert theirs.search("липы в парке")[0] == "park"
    documents = tuple(beir.Document(_id=each.id, text=each.text) for each in ARTICLES)
    queries = (beir.BeirQuery(_id="1", text="железный мост"), beir.BeirQuery(_id="2", text=""))
    data = beir.BeirSet("plain", documents, queries, {"1": {"bridge": 1.0}, "2": {"park": 1.0}})
    assert baseline.quality(theirs, data) == pytest.approx(0.5)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_nothing_to_measure_is_an_error(tmp_path: Path, kind: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "articles.jsonl").write_text("", encoding="utf-8")
    asked = speed.of_folder(empty, QUESTIONS) if kind == "folder" else speed.of_file(empty / "articles.jsonl")
    with pytest.raises(EvaluationError, match="RAG_CORPUS"):
        speed.measure(_settings(tmp_path, empty), asked)


def test_recombined_articles_are_new_and_natural() -> None:
    made = list(islice(recombined(ARTICLES), 60))
    assert made == list(islice(recombined(ARTICLES), 60))
    assert made != list(islice(recombined(ARTICLES, seed=2), 60))
    assert len({article.id for article in made}) == 60
    assert len({(article.info.title, article.text) for article in made}) > 40
    sentences = {sentence for _, text in TEXTS.values() for sentence in text.replace(". ", ".\n").split("\n")}
    for article in made:
        assert {
            article.text[each.start : each.stop] for p in split(article) for each in p.sentences
        } <= sentences
        assert article.info.source == "Вестник"
        assert article.info.published and "2015" <= article.info.published < "2026"


def test_nothing_is_made_of_nothing() -> None:
    with pytest.raises(RagError, match="ни одного предложения"):
        next(recombined([Article(ArticleInfo("a", ""), "…")]))
