"""Every command over a real bot on a library of a few sentences."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from eval import provenance, runs
from eval.__main__ import main
from eval.noise import KINDS
from eval.sets import Question
from tests import warm
from tests.processes import free_port, run, served

TEXTS = {
    "bridge": "Железный мост через Урал открыли в 1936 году. Строили его четыре года.",
    "plant": "\ufeffЗавод шлифовальных станков стоит в Орске. На нём работают две тысячи человек.",
    "park": "Городской парк занимает сорок гектаров. В парке растут липы и клёны.",
    "museum": "Музей открыт с десяти до шести часов. По средам вход бесплатный.",
}
QUERIES = {
    "q1": ("Когда открыли железный мост через Урал?", "bridge", "1936"),
    "q2": ("Где стоит завод шлифовальных станков?", "plant", "Орске"),
}
NOISE = "Поезда ходят по расписанию. Кассы работают круглые сутки."
UNKNOWN = "Кто написал оперу «Борис Годунов»?"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty data folder; the encoder is the checkout's own, built here if it isn't there yet."""
    models = os.environ.get("RAG_MODELS", str(provenance.ROOT / ".snoska" / "models"))
    monkeypatch.setenv("RAG_MODELS", models)
    monkeypatch.setenv("RAG_DATA", str(tmp_path / "data"))


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    documents = [{"_id": name, "title": "", "text": text} for name, text in TEXTS.items()]
    queries = [
        {"_id": key, "text": text, "answers": [answer], "starts": [TEXTS[document].index(answer)]}
        for key, (text, document, answer) in QUERIES.items()
    ]
    _write(folder / "corpus.jsonl", documents)
    _write(folder / "queries.jsonl", queries)
    grades = [f"{key}\t{document}\t1" for key, (_, document, _) in QUERIES.items()]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *grades]), encoding="utf-8")
    return folder


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    path = tmp_path / "noise.jsonl"
    _write(path, [{"_id": "bridge", "title": "Поезда", "text": NOISE, "date": "2024-03-01"}])
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    rows: list[dict[str, object]] = [
        {"id": key, "question": text, "answers": [answer], "articles": [document], "tags": ["fact"]}
        for key, (text, document, answer) in QUERIES.items()
    ]
    _write(path, [*rows, {"id": "no", "question": UNKNOWN, "refuse": True}, _nonsense()])
    return path


def _nonsense() -> dict[str, object]:
    """A question that isn't taken at all: it has no words."""
    return {"id": "dots", "question": "…?!", "refuse": True}


def _write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def test_retrieval(beir: Path, noise: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retrieval", str(beir), "--distractors", str(noise), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["name"] == "small+noise"
    assert found["size"] == {"questions": 2, "articles": 5, "passages": 5}
    for stage in ("keyword", "fused", "full"):
        assert found[stage]["ndcg@10"] == found[stage]["hit@1"] == found[stage]["mrr@10"] == 1.0, stage
    assert found["dense"]["recall@100"] == 1.0
    assert main(["retrieval", str(beir)]) == 0
    said = capsys.readouterr().out
    assert "small: вопросов 2, статей 4, отрывков 4" in said and "ndcg@10" in said


def test_noisy(beir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["noisy", str(beir), "--json", "--seed", "3"]) == 0
    (numbers,) = json.loads(capsys.readouterr().out)
    assert numbers["clean"] == {"repaired": 1.0, "typed": 1.0, "touched": 0.0}
    assert numbers["layout"]["typed"] < numbers["layout"]["repaired"] == 1.0
    assert numbers["layout"]["touched"] == 1.0
    assert set(numbers) == {"name", "size", "clean", "ms", *KINDS}
    assert main(["noisy", str(beir), "--sample", "1"]) == 0
    said = capsys.readouterr().out
    assert "small: вопросов 1" in said and "раскладка" in said and "Исправление вопроса: медиана" in said


def test_verification(beir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verification", str(beir), "--mistakes", "2"]) == 0
    said = capsys.readouterr().out
    assert "small: предложений 2" in said
    assert "чужое предложение |       2 |       100,0" in said
    assert "дословно |       2 |         0,0" in said


def test_reading_follows_offsets(beir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reading", str(beir)]) == 0
    rows = {
        row.split("|")[1].strip(): row.split("|")[2].strip()
        for row in capsys.readouterr().out.splitlines()[4:8]
    }
    assert rows["ответ в первой сноске"] == "100,0"


def test_run_then_score(
    beir: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.jsonl"
    assert main(["run", str(questions), "--corpus", str(beir), "--out", str(out)]) == 0
    assert "Прогон записан" in capsys.readouterr().out
    done = runs.read(out)
    assert (done.header.sets, done.header.corpus) == (("questions",), ("small",))
    judged = {record.id: record.judged() for record in done.records}
    assert judged["q1"].right
    assert judged["q2"].right
    assert judged["q2"].cited
    assert judged["no"].right
    assert judged["dots"].failed
    assert main(["score", str(out)]) == 0
    assert main(["compare", str(out), str(out)]) == 0


def test_run_over_files(questions: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "articles", tmp_path / "run.jsonl"
    folder.mkdir()
    (folder / "plant.md").write_text(f"---\ntitle: Завод\n---\n\n{TEXTS['plant'][1:]}\n", encoding="utf-8")
    assert main(["run", str(questions), "--corpus", str(folder), "--out", str(out)]) == 0
    judged = {record.id: record.judged() for record in runs.read(out).records}
    assert judged["q2"].right
    assert judged["q2"].cited
    assert not judged["q1"].right


def test_a_run_never_overwrites_the_set_or_an_older_run(
    beir: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, out = questions.read_bytes(), tmp_path / "run.jsonl"
    asking = ["run", str(questions), "--corpus", str(beir), "--out"]
    for more in ([], ["--force"]):
        assert main([*asking, str(questions), *more]) == 1
        assert "запись стёрла бы его" in capsys.readouterr().err
    assert questions.read_bytes() == before
    out.write_text("older", encoding="utf-8")
    assert main([*asking, str(out)]) == 1
    assert "--force" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "older"
    assert main([*asking, str(out), "--force"]) == 0
    assert len(runs.read(out).records) == 4
    assert main(["report", str(out), "--html", str(questions)]) == 1
    assert questions.read_bytes() == before


def test_what_ctrl_c_leaves_is_told(
    beir: Path,
    questions: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, out = runs.ask, tmp_path / "run.jsonl"

    def interrupted(answer: runs.Ask, question: Question) -> runs.Record:
        if question.id == "no":
            raise KeyboardInterrupt
        return asked(answer, question)

    monkeypatch.setattr(runs, "ask", interrupted)
    assert main(["run", str(questions), "--corpus", str(beir), "--out", str(out)]) == 130
    said = capsys.readouterr().err
    assert f"Прервано: записано 2 из 4 вопросов в {out}." in said
    assert main(["score", str(out)]) == 0
    assert "Прогон не закончен: 2 из 4 вопросов." in capsys.readouterr().out


def test_gold_that_is_not_in_the_library_is_named(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "own.csv", tmp_path / "run.jsonl"
    path.write_bytes("вопрос;ответ;статья\nГде стоит завод?;Орск;plent\n".encode("cp1251"))
    assert main(["check", str(path), "--corpus", str(beir)]) == 1
    assert "own.csv:2: статьи «plent» в библиотеке нет (может быть, plant?)" in capsys.readouterr().out
    assert main(["run", str(path), "--corpus", str(beir), "--out", str(out)]) == 0
    assert "может быть, plant?" in capsys.readouterr().err
    (record,) = runs.read(out).records
    assert (record.id, record.gold.articles, record.judged().right) == ("own-2", (), True)
    assert main(["check", str(beir), "--corpus", str(beir)]) == 0


def test_a_run_goes_through_the_server_that_has_the_library(
    questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library is in RAG_DATA of the fixture, for the server and for the first run.
    folder, port = tmp_path / "served", free_port()
    (folder / "corpus").mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / "corpus" / f"{name}.txt").write_text(text, encoding="utf-8")
    run([warm.python(), "-m", "rag", "index"], folder)
    out, over_url = tmp_path / "out.jsonl", tmp_path / "url.jsonl"
    with served(folder, port):
        assert main(["run", str(questions), "--out", str(out)]) == 0
        monkeypatch.setenv("RAG_DATA", str(tmp_path / "none"))
        assert main(["run", str(questions), "--out", str(over_url), "--url", f"http://127.0.0.1:{port}"]) == 0
    for path in (out, over_url):
        judged = {record.id: record.judged() for record in runs.read(path).records}
        assert judged["q1"].right and judged["q2"].cited and judged["no"].right and judged["dots"].failed
    assert runs.read(over_url).header.url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(("more", "told"), [([], "snoska index"), (["--corpus", "nowhere"], "nowhere")])
def test_run_over_nothing(
    questions: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert main(["run", str(questions), *more]) == 1
    assert told in capsys.readouterr().err


SURE = "ответов 100,0 % из 2 вопросов с ответом, отказов 100,0 % из 2 вопросов без ответа"


def test_refusal(beir: Path, questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answerable = ["--answerable", str(beir / "queries.jsonl"), "--corpus", str(beir)]
    assert main(["refusal", *answerable, "--unanswerable", str(questions)]) == 0
    said = capsys.readouterr().out
    assert "← сейчас" in said and SURE in said


def test_questions_without_an_answer_are_asked_of_the_distractors_alone(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = tmp_path / "others.jsonl"
    others.write_text(
        '{"_id": "tea", "title": "Чай", "text": "Чай собирают на склонах гор."}\n', encoding="utf-8"
    )
    same = str(beir / "queries.jsonl")
    words = ["refusal", "--answerable", same, "--unanswerable", same, "--corpus", str(beir), "--apart"]
    assert main(words) == 1
    assert "--distractors" in capsys.readouterr().err
    assert main([*words, "--distractors", str(others)]) == 0
    assert SURE in capsys.readouterr().out
