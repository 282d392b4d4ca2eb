"""Question sets made of articles: their gold holds, and what a person would throw away is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.making.candidates import Candidate, difference
from eval.making.filters import Corpus, is_worth_asking
from eval.making.making import made
from eval.making.wording import reworded, says_the_same
from eval.sets import Question
from rag.errors import LLMError
from rag.judging.tokens import holds
from rag.types import Article, ArticleInfo
from tests.answering.model_server import ModelServer, Script

FIRMS = (("Парус", 2017), ("Весло", 2018), ("Руль", 2020), ("Якорь", 2021))
ARTICLES = [
    Article(
        ArticleInfo(f"a{number}", f"Завод «{firm}»"),
        f"Компания «{firm}» в марте {year} года построила завод на берегу Тихой реки в Заозёрске.\n\n"
        f"Директор завода Павел Ильин сообщил, что он выпускает {number * 11 + 30} тысяч лодок в год. "
        f"В {year + 1} году Анна Рогова купила у банка «Север» склад за {number * 7 + 20} миллионов рублей. "
        "Рабочие не получили зарплату за апрель. Агентство открыло выставку в понедельник.",
    )
    for number, (firm, year) in enumerate(FIRMS, 1)
]


@pytest.fixture(scope="module")
def found() -> list[Question]:
    return made(ARTICLES, most=60, seed=1)


def test_the_same_seed_makes_the_same(found: list[Question]) -> None:
    assert made(ARTICLES, most=60, seed=1) == found
    assert len({each.id for each in found}) == len(found) <= 60


def test_every_gold_is_proven_by_its_quote(found: list[Question]) -> None:
    texts = {each.info.id: each.text for each in ARTICLES}
    assert {each.refuse for each in found} == {True, False}
    for each in found:
        (quote,) = each.quotes
        assert any(quote in text for text in texts.values()) and each.why
        assert all(holds(quote, answer) for answer in each.answers)
        assert all(quote in texts[article] for article in each.articles)
        assert bool(each.answers or each.verdict) != each.refuse


def test_what_was_changed_is_told(found: list[Question]) -> None:
    changed = [each for each in found if each.refuse or each.verdict == "no"]
    assert changed
    for each in changed:
        assert each.why.startswith("спрошено «") and each.why.split("«")[1].split("»")[0] in each.question


@pytest.mark.parametrize(
    ("question", "answer", "quote", "kept"),
    [
        (
            "Кто купил склад у банка «Север»?",
            "Анна Рогова",
            "Анна Рогова купила склад у банка «Север».",
            True,
        ),
        ("Кто купил его у банка «Север»?", "Анна Рогова", "Анна Рогова купила его у банка «Север».", False),
        ("Кто вчера купил склад у банка «Север»?", "Анна Рогова", "Вчера Анна Рогова купила склад.", False),
        ("Что открыло агентство?", "выставку лодок", "Агентство открыло выставку лодок.", False),
        ("Кто купил склад у банка «Север»?", "компания", "Компания купила склад у банка «Север».", False),
        ("Кому 70 процентов склада «Север» достанется?", "Анне Роговой", "Анне Роговой достанется.", False),
        ("Кто купил у банка «Юг» лодку?", "Анна Рогова", "Анна Рогова купила у банка «Юг» лодку.", False),
        ("Кто ещё купил склад у банка «Север»?", "Анна Рогова", "Анна Рогова ещё купила склад.", False),
        ("Кто купил склад предприятия у «Севера»?", "Анна Рогова", "Анна Рогова купила склад.", False),
        (
            "Кто купил у банка «Север» в Омске склад?",
            "Анна Рогова",
            "Анна Рогова купила у банка «Север» в Омске склад, построенный зимой.",
            False,  # which store is left out
        ),
        ("Кто купил «Север» и в Омске?", "Анна Рогова", "Анна Рогова купила лес и «Север» в Омске.", False),
        ("Кто сказал «Северу» в Омске?", "Анна Рогова", "Анна Рогова сказала в Омске: «Север».", False),
    ],
)
def test_what_a_person_would_keep(question: str, answer: str, quote: str, kept: bool) -> None:
    corpus = Corpus(["Пётр Ильин купил у банка «Юг» лодку.", "Лес шумел."])
    subject = "Анна Рогова" if "Рогова" in quote else quote.split()[0]
    names = ("Анна", "Рогова", "Север", "70", "Юг")
    asked = Candidate("who", question, "a", quote, "ответ — в цитате", answer, subject=subject, names=names)
    assert is_worth_asking(asked, corpus) == kept


@pytest.mark.parametrize(("subject", "asked"), [("Государство", False), ("Компания «Весло»", True)])
def test_a_capital_at_the_beginning_makes_no_name(subject: str, asked: bool) -> None:
    text = f"{subject} в марте 2018 года построило завод «Парус» на берегу Тихой реки в Заозёрске."
    text = text.replace("построило", "построила" if asked else "построило")
    assert bool(made([Article(ArticleInfo("a", "Завод"), text)], 60, 1)) == asked


def test_difference() -> None:
    assert difference("Кто купил склад в 2017 году?", "Кто купил склад в 2019 году?") == ("2017", "2019")
    assert difference("Где?", "Где?") == ("", "")


def test_a_set_is_written_and_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, out = tmp_path / "corpus", tmp_path / "made.jsonl"
    corpus.mkdir()
    for each in ARTICLES:
        (corpus / f"{each.info.id}.txt").write_text(each.text, encoding="utf-8")
    assert main(["make", "--from", str(corpus), "--out", str(out), "--most", "10"]) == 0
    assert "Вопросов: 10" in capsys.readouterr().out
    assert len(out.read_text(encoding="utf-8").splitlines()) == 10
    assert {"quotes", "why"} <= json.loads(out.read_text(encoding="utf-8").splitlines()[0]).keys()
    assert main(["make", "--from", str(corpus), "--out", str(out)]) == 1
    assert "--force" in capsys.readouterr().err


FACT = Question(question="Кто купил у банка «Север» склад в 2018 году?", answers=("Анна Рогова",))
POLAR = Question(question="Правда ли, что Анна Рогова не купила склад?", verdict="no")
SWAPPED = Question(
    question="Кто продал у банка «Север» склад?", refuse=True, why="спрошено «продал», а в статье «купил»"
)


@pytest.mark.parametrize(
    ("question", "said", "same"),
    [
        (FACT, "Кто в 2018 году купил склад у банка «Север»?", True),
        (FACT, "Кем в 2018 году был куплен склад банка «Север»?", True),
        (FACT, "Кто в 2019 году купил склад у банка «Север»?", False),
        (FACT, "Кто купил склад у банка «Север»?", False),  # the year is gone
        (FACT, "Кто купил у банка «Юг» склад в 2018 году?", False),
        (FACT, "Кто купил у банка «Север» склад в 2018 году в Омске?", False),
        (FACT, "Анна Рогова купила у банка «Север» склад в 2018 году, кто она?", False),
        (FACT, "Купил ли кто-то у банка «Север» склад в 2018 году?", False),
        (FACT, "Вот вопрос:\nКто в 2018 году купил склад у банка «Север»?", False),
        (FACT, "Анна Рогова.", False),
        (POLAR, "Верно ли, что Анна Рогова склад не купила?", True),
        (POLAR, "Правда ли, что Анна Рогова купила склад?", False),
        (POLAR, "Почему Анна Рогова не купила склад?", False),
        (SWAPPED, "Кто продал склад банка «Север»?", True),
        (SWAPPED, "Кто купил склад у банка «Север»?", False),  # what was put in is mended away
    ],
)
def test_what_a_rewording_may_change(question: Question, said: str, same: bool) -> None:
    assert says_the_same(question, said) == same


def test_questions_stay_where_the_model_says_something_else() -> None:
    gap = Question(question="Что пропущено: «Склад купила ___»?", answers=("Рогова",), tags=("cloze",))
    replies = iter(["«Кто в 2018 году купил склад у банка «Север»?»", "Не знаю."])

    def say(orders: str, asked: str) -> str:
        return next(replies)

    first, second, third = reworded([FACT, POLAR, gap], say)
    assert first == (
        FACT.model_copy(update={"question": "Кто в 2018 году купил склад у банка «Север»?"}),
        True,
    )
    assert (second, third) == ((POLAR, False), (gap, False))

    def silent(orders: str, asked: str) -> str:
        raise LLMError("молчит")

    assert list(reworded([FACT], silent)) == [(FACT, False)]


def test_a_set_is_reworded_by_a_model(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(ARTICLES[0].text, encoding="utf-8")
    command = ["make", "--from", str(tmp_path / "a.txt"), "--out", str(tmp_path / "made.jsonl"), "--llm"]
    assert main(command) == 1 and "RAG_LLM_MODEL=имя" in capsys.readouterr().err
    monkeypatch.setenv("RAG_LLM_MODEL", "scripted")
    monkeypatch.setenv("RAG_LLM_URL", server.address)
    server.play(Script("Что-то другое?"))
    assert main(command) == 0
    assert "Модель переписала вопросов: 0; остальные оставлены как были." in capsys.readouterr().out
    assert server.requests
