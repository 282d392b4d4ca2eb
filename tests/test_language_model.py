"""The whole product with a language model: bot, command line and doctor over a scripted server.

What the model may say and what is believed of it stands in tests/answering/test_llm_writer.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import MockLLM

import rag
from rag import assemble, doctor
from rag.__main__ import main
from rag.answering.llm import REPHRASING
from rag.bot import Bot
from rag.config import Config
from rag.errors import ModelError, SettingsError
from rag.types import Article, ArticleInfo, Turn
from tests.answering.model_server import ModelServer, Script
from tests.processes import free_port

pytestmark = pytest.mark.slow_file
QUESTION = "Какова протяжённость нефтепровода КТК?"
GOOD = "Протяжённость нефтепровода КТК — 1511 км [1]."
TEXTS = {
    "Нефтепровод КТК": "Протяжённость нефтепровода КТК — 1511 км. Им владеют три страны и десять компаний.",
    "Мост": "Длина моста — 312 метров. Его открыли в июле.",
}


def settings(data: Path, server: ModelServer, **more: Any) -> Config:
    return Config(data=data, writer="llm", llm_model="scripted", llm_url=server.address, **more)


@contextmanager
def filled(config: Config) -> Iterator[Bot]:
    with assemble.open_bot(config) as bot:
        bot.library.add([Article(ArticleInfo(title, title), text) for title, text in TEXTS.items()])
        yield bot


@pytest.fixture(scope="module", params=["openai-like", "ollama"])
def bot(
    request: pytest.FixtureRequest, server: ModelServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bot]:
    with filled(settings(tmp_path_factory.mktemp("bot"), server, llm=request.param)) as bot:
        yield bot


@pytest.fixture(scope="module")
def quoting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """The same library with no model."""
    with filled(Config(data=tmp_path_factory.mktemp("quoting"))) as bot:
        yield bot


def test_the_model_answers(bot: Bot, server: ModelServer) -> None:
    server.play(Script(GOOD))
    answer = bot.ask(QUESTION)
    assert (answer.found, answer.writer, answer.notes) == (True, "llm", ())
    assert answer.text.startswith("Протяжённость нефтепровода КТК — 1511 км [1]")
    assert answer.short_answer == "1511 км"
    assert answer.sentences[0].support == "supported"
    for citation in answer.citations:
        article = bot.library.article(citation.article_id)
        assert article.text[citation.start : citation.stop] == citation.quote
        assert "1511" in citation.quote or len(answer.citations) > 1
    assert answer.confidence > 0.5
    assert json.dumps(answer.as_dict())


@pytest.mark.parametrize(
    "script", [Script(status=500), Script("Пираты любят ром [1].")], ids=["away", "wrong"]
)
def test_without_it_the_answer_is_the_usual_one(
    bot: Bot, quoting: Bot, server: ModelServer, script: Script
) -> None:
    server.play(script)
    answer, usual = bot.ask(QUESTION), quoting.ask(QUESTION)
    assert (answer.text, answer.citations, answer.confidence, answer.writer) == (
        usual.text, usual.citations, usual.confidence, "extractive",
    )  # fmt: skip
    assert answer.found and answer.notes[-1].endswith("ответ составлен без неё")


def test_a_follow_up_is_rephrased_by_the_model(bot: Bot, server: ModelServer) -> None:
    server.play(Script("Кто владеет нефтепроводом КТК?"), Script("В отрывках нет ответа."))
    answer = bot.ask("А кто им владеет?", [Turn(QUESTION, GOOD)])
    assert answer.standalone_question == "Кто владеет нефтепроводом КТК?"
    assert server.message("system", 0) == REPHRASING
    assert "Кто владеет нефтепроводом КТК?" in server.message("user", 1)


def test_whether_it_knows_is_no_question_for_the_model(bot: Bot, server: ModelServer) -> None:
    server.play(Script(status=500))
    assert bot.knows(QUESTION)
    assert not bot.knows("Сколько стоит билет на балет?")
    assert server.requests == []


# A program's own model


def test_any_llm_of_llama_index_can_write(tmp_path: Path, quoting: Bot) -> None:
    with rag.open_bot(Config(data=tmp_path), llm=MockLLM()) as bot:  # it says what it was asked
        bot.library.add([Article(ArticleInfo("bridge", "Мост"), "Железный мост открыли в 1936 году.")])
        answer = bot.ask("Когда открыли железный мост?")
        assert bot.writer_name == "llm"
        assert answer.found
        assert "Железный мост открыли в 1936 году." in answer.text.replace(" [1]", "")


def test_something_else_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="не языковая модель LlamaIndex"):
        rag.open_bot(Config(data=tmp_path), llm="gpt")


# Command line and settings


def test_the_command_line_asks_it(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "most.txt").write_text(TEXTS["Мост"], encoding="utf-8")
    for name, value in (("DATA", str(tmp_path / "data")), ("WRITER", "llm"), ("LLM_MODEL", "scripted")):
        monkeypatch.setenv(f"RAG_{name}", value)
    monkeypatch.setenv("RAG_LLM_URL", server.address)
    assert main(["index", str(tmp_path / "most.txt")]) == 0
    capsys.readouterr()
    server.play(Script("Длина моста — 312 метров [1]."))
    assert main(["ask", "Какова длина моста?", "--json"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert (answer["writer"], answer["short_answer"], said.err) == ("llm", "312 метров", "")
    assert len(server.requests) == 1
    monkeypatch.setenv("RAG_LLM_URL", f"http://127.0.0.1:{free_port()}")  # nobody is there
    assert main(["ask", "Какова длина моста?"]) == 0
    said = capsys.readouterr()
    assert "(языковая модель недоступна; ответ составлен без неё)" in said.out
    assert "312 метров" in said.out and said.err == ""


def diagnosis(config: Config) -> doctor.Check:
    """What the doctor says of the model."""
    (check,) = [check for check in doctor.diagnose(config) if check.name == "языковая модель"]
    assert "secret-key" not in str(doctor.diagnose(config))
    return check


def test_the_doctor_says_whether_it_answers(tmp_path: Path, server: ModelServer) -> None:
    server.play(Script("да"))
    config = settings(tmp_path, server, llm_key="secret-key")
    assert diagnosis(config) == doctor.Check(
        "языковая модель", True, f"scripted на {server.address}/v1 отвечает"
    )
    assert server.headers[-1]["authorization"] == "Bearer secret-key"


@pytest.mark.parametrize(
    ("script", "reason"),
    [(Script(status=401), "(401)"), (Script(status=404), "(404)"), (Script("", "eof"), "оборвался")],
)
def test_the_doctor_says_that_it_does_not(
    tmp_path: Path, server: ModelServer, script: Script, reason: str
) -> None:
    server.play(script)
    check = diagnosis(settings(tmp_path, server, llm="ollama"))
    assert not check.ok
    assert check.detail.startswith(f"scripted на {server.address}: ")
    assert reason in check.detail


def test_the_doctor_asks_nobody_who_is_not_wanted(tmp_path: Path, server: ModelServer) -> None:
    server.play(Script("да"))
    checks = doctor.diagnose(Config(data=tmp_path, llm_model="scripted", llm_url=server.address))
    assert "языковая модель" not in [check.name for check in checks]
    assert server.requests == []


def test_it_must_have_a_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="RAG_LLM_MODEL"):
        assemble.open_bot(Config(data=tmp_path, writer="llm"))


@pytest.mark.parametrize(
    ("llm", "url", "address"),
    [
        ("openai-like", None, "http://127.0.0.1:8080/v1"),
        ("openai-like", "http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("openai-like", "http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
        ("openai-like", "http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
        ("openai-like", "https://llm.example/api/v3", "https://llm.example/api/v3"),
        ("ollama", None, "http://127.0.0.1:11434"),
        ("ollama", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434"),
        ("ollama", "https://llm.example/ollama/", "https://llm.example/ollama"),
    ],
)
def test_the_address_of_the_server(llm: str, url: str | None, address: str) -> None:
    assert Config(llm=llm, llm_url=url).llm_address == address


def test_a_key_is_never_shown() -> None:
    config = Config(llm_key="secret-key")
    assert "secret-key" not in repr(config)
    assert "secret-key" not in str(config.model_dump())
