"""The model that judges: its rubric, what is read of its words, the cache, agreement; over a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval import llm_judge, metrics, runs
from eval.__main__ import main
from eval.errors import EvaluationError
from eval.llm_judge import Judge, Judged, Opinion
from rag.errors import LLMError
from rag.types import Turn
from tests.answering.model_server import ModelServer, Script
from tests.eval.records import DECLINED, HEADER, RIGHT, WRONG, record

QUOTE = {"article_id": "plant", "quote": "Завод в Омске.", "start": 0, "stop": 14}
YES, NO = (
    '{"correct": true, "faithful": true}',
    '{"correct": false, "faithful": false, "why": "другой город"}',
)


@pytest.mark.parametrize(
    ("said", "opinion"),
    [
        (YES, Opinion(correct=True, faithful=True)),
        (f"Вот:\n```json\n{NO}\n```", Opinion(correct=False, faithful=False, why="другой город")),
        ('{"correct": "да", "faithful": true}', None),
        ('{"correct": true}', None),
        ("Ответ верен.", None),
        ("{не JSON}", None),
        ("", None),
    ],
)
def test_what_is_read_of_a_reply(said: str, opinion: Opinion | None) -> None:
    assert llm_judge.read(said) == opinion


def test_the_model_is_told_all_it_needs() -> None:
    told = record("a", WRONG | {"citations": [QUOTE]}, history=(Turn("Какой завод?", "Станков."),))
    text = llm_judge.prompt(told)
    for part in (
        "Какой завод?",
        "Станков.",
        "Вопрос: Где завод?",
        "«в Орске»",
        "Завод в Омске [1]",
        "[1] Завод",
    ):
        assert part in text


def test_only_answers_to_questions_that_have_one_are_judged() -> None:
    records = [record("a", RIGHT), record("b", DECLINED), record("c", None), record("d", RIGHT, refuse=True)]
    assert [each.id for each in llm_judge.judgeable(records)] == ["a"]


def test_each_answer_is_judged_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def say(system: str, user: str) -> str:
        asked.append(user)
        return YES if "Орске [1]" in user else "не знаю"

    right, wrong = record("a", RIGHT), record("b", WRONG)
    for _ in range(2):
        judge = Judge(say, "model", tmp_path)
        assert judge.judge(right).opinion == Opinion(correct=True, faithful=True)
        assert judge.judge(wrong).opinion is None  # and is asked again: nothing was understood
    assert ["Орске [1]" in each for each in asked] == [True, False, False]
    Judge(say, "other", tmp_path).judge(right)
    assert len(asked) == 4


def test_a_model_that_does_not_answer_is_told(tmp_path: Path) -> None:
    def say(system: str, user: str) -> str:
        raise LLMError("нет ответа")

    with pytest.raises(EvaluationError, match=r"Модель не ответила \(нет ответа\)"):
        Judge(say, "model", tmp_path).judge(record("a", RIGHT))


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([(True, True), (False, False)], 1.0),
        ([(True, False), (False, True)], -1.0),
        ([(True, True), (True, False), (False, True), (False, False)], 0.0),
        ([(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15, 0.4),
        ([(True, True)] * 3, None),
    ],
)
def test_kappa(pairs: list[tuple[bool, bool]], kappa: float | None) -> None:
    assert metrics.kappa(pairs) == (None if kappa is None else pytest.approx(kappa))


def test_agreement_is_told_with_where_they_differ() -> None:
    supported: dict[str, Any] = {"sentences": [{"support": "supported"}]}
    judged = [
        Judged(record("a", RIGHT | supported), Opinion(correct=True, faithful=True)),
        Judged(record("b", WRONG | supported), Opinion(correct=True, faithful=False, why="тот же город")),
        Judged(record("c", WRONG), None),
    ]
    told = llm_judge.report(judged)
    correct, faithful = told.splitlines()[2:4]
    assert correct.split() == "| ответ верен | 2 | 50,0 | 100,0 | 50,0 | 0,00 |".split()
    assert faithful.split() == "| следует из цитат | 2 | 100,0 | 50,0 | 50,0 | 0,00 |".split()
    assert "b: модель: верно. тот же город" in told and "Не разобрано ответов модели: 1." in told
    assert "ни одного" in llm_judge.report(judged[2:])


@pytest.mark.parametrize("protocol", ["openai-like", "ollama"])
def test_command(
    protocol: str,
    server: ModelServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "run.jsonl"
    runs.write(
        path, HEADER, (record("a", RIGHT), record("b", WRONG | {"citations": [QUOTE]})), lambda _: None
    )
    monkeypatch.delenv("RAG_LLM_MODEL", raising=False)
    monkeypatch.setenv("RAG_DATA", str(tmp_path / "data"))
    assert main(["score", str(path), "--llm"]) == 1
    assert "RAG_LLM_MODEL" in capsys.readouterr().err
    monkeypatch.setenv("RAG_LLM", protocol)
    monkeypatch.setenv("RAG_LLM_MODEL", "scripted")
    monkeypatch.setenv("RAG_LLM_URL", server.address)
    server.play(Script(YES), Script(NO))
    for _ in range(2):
        assert main(["score", str(path), "--llm"]) == 0
        assert "1,00" in capsys.readouterr().out
    assert len(server.requests) == 2  # the second time nothing is asked
    assert server.message("system") == llm_judge.RUBRIC
