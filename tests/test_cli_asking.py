"""`ask` and `search` on the command line: printed, explained, filtered, repaired; and Console itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from rag.console import Console
from tests.command_line import Typist, furnished, one_line
from tests.web.sample import CANAL, SampleBot, open_sample

pytestmark = pytest.mark.slow_file
LENGTH = "Какова длина канала?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("home"))


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    typist = Typist(home, monkeypatch, capsys)
    if not (home / ".snoska").exists():
        assert typist("index").returncode == 0
    return typist


def test_an_answer_has_its_footnote_and_points_into_the_article(here: Typist) -> None:
    said = here("ask", LENGTH).stdout
    assert "127 километров" in said and "\033" not in said  # colours only on a terminal
    assert "[1] Канал достроят весной — Степной вестник, 23\u00a0февраля 2026\u00a0г. · kanal:" in said
    answer = json.loads(here("ask", LENGTH, "--json").stdout)
    shown = here("articles", "show", "kanal").stdout
    assert answer["found"] and answer["citations"]
    assert all(citation["quote"] in shown for citation in answer["citations"])


def test_explain_shows_every_stage(here: Typist) -> None:
    text = here("ask", LENGTH, "--explain").stdout
    stages, places = next((head, row) for head, row in pairwise(text.splitlines()) if "этап" in head)
    assert stages.split() == ["этап", "слова", "векторы", "вместе", "переоценка"]
    assert places.split() == ["место", "1", "1", "1", "1"]
    assert re.search(r"канала +\d+\u00a0% +1,00 +канала +предложение \d+–\d+ +точное", text)
    assert "Уверенность" in text and "Сверка [1]:" in text
    assert "«Длина» — то же: «Длина»" in text or "«длина» — то же: «Длина»" in text
    plain, told = (here("search", "длина канала", *option).stdout for option in ([], ["--explain"]))
    assert "слова: 1-е место" in plain and "сила" not in plain
    assert "сила" in told and "Длина канала составит 127 километров." in told
    said = here("ask", "Какова длина канала в феврале 2026 года?", "--explain").stdout
    assert said.startswith("(учтён период: февраль 2026 года)")
    assert re.search(r"этап .* даты\n +место .* 1\n", said)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_json_explains_on_request(here: Typist, command: str) -> None:
    found = json.loads(here(command, "Какова длина rfyfkf?", "--json", "--explain").stdout)
    shown = here("articles", "show", "kanal").stdout
    best = found["hits"][0]
    words = best["explanation"]["words"]
    assert [(word["lemma"], word["asked"]) for word in words] == [("длина", "длина"), ("канал", "канала")]
    assert all(word["found"]["text"] in shown for word in words)
    added = sum(each["score"] for each in best["explanation"]["contributions"])
    assert added == pytest.approx(best["scores"]["rerank"], abs=1e-3)
    slots = [slot for sentence in found.get("sentences", []) for slot in sentence["slots"]]
    assert all(slot.keys() == {"slot", "outcome", "claim", "source"} for slot in slots)
    plain = json.loads(here(command, "Какова длина rfyfkf?", "--json").stdout)
    assert not any("slots" in sentence for sentence in plain.get("sentences", []))
    assert not any("explanation" in hit for hit in plain["hits"])


@pytest.mark.parametrize(("command", "text"), [("ask", "Какова длина rfyfkf?"), ("search", "длина rfyfkf")])
def test_a_repair_is_told_and_can_be_undone(here: Typist, command: str, text: str) -> None:
    told = here(command, text).stdout
    assert told.startswith("(исправлена раскладка: «rfyfkf» → «канала»")
    assert "(искать как написано: --as-typed)" in told
    repaired = json.loads(here(command, text, "--json").stdout)
    assert repaired["repairs"] == [{"typed": "rfyfkf", "meant": "канала"}]
    assert json.loads(here(command, text, "--json", "--as-typed").stdout)["repairs"] == []
    assert "исправлен" not in here(command, text, "--as-typed").stdout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--source", "Газета «Отметка»"], {"most"}),
        (["--from", "2026-01-01"], {"kanal"}),
        (["--to", "2025-12-31"], {"most"}),
        (["--article", "most", "--article", "kanal"], {"kanal", "most"}),
        (["--tag", "Стройка", "--tag", "мост", "--from", "2026-01-01"], {"kanal"}),
        (["--source", "Труд"], "в библиотеке нет источника «Труд»"),
        (["--tag", "лёд"], "в библиотеке нет метки «лёд»"),
        (["--article", "нет"], "в библиотеке нет статьи «нет»"),
        (["--source", "Степной вестник", "--article", "most"], "условиям поиска не подходит ни одна статья"),
    ],
)
def test_filters(here: Typist, options: list[str], expected: set[str] | str) -> None:
    """The articles that are left, or what is told where none is."""
    found = json.loads(here("search", "канал и мост", "--json", *options).stdout)
    if isinstance(expected, set):
        assert {hit["article_id"] for hit in found["hits"]} == expected
        return
    assert (found["hits"], found["notes"]) == ([], [expected])
    answer = json.loads(here("ask", LENGTH, "--json", *options).stdout)
    assert (answer["found"], answer["notes"]) == (False, [expected])
    assert here("search", "канал", *options).stdout.startswith(f"({expected})")


@pytest.mark.parametrize("question", ["", "х" * 10_000, "What is the length?", "'; DROP TABLE articles; --"])
def test_strange_questions_get_a_polite_reply(here: Typist, question: str) -> None:
    done = here("ask", "--", question)
    assert done.returncode in (0, 1)
    said = one_line(done.stderr) if done.returncode else done.stdout
    assert re.search("[а-я]", said)
    assert "Traceback" not in done.stdout + done.stderr


# What Console makes of an answer


@pytest.fixture
def bot(tmp_path: Path) -> SampleBot:
    return open_sample(tmp_path / "data")


def test_an_answer_is_printed_with_its_doubts(bot: SampleBot) -> None:
    plain, answer = Console(colour=False), bot.ask(LENGTH)
    assert "\033[1m127,4 км\033[0m" in Console(colour=True).answer(answer)
    assert "\033" not in plain.answer(answer, explain=True)
    assert "! подтверждено частично: В проекте названа другая цифра" in plain.answer(answer)
    reasons = ("в источнике «43 км»", "нет даты")
    doubtful = replace(answer.sentences[-1], support="unsupported", reasons=reasons)
    text = plain.answer(replace(answer, sentences=(doubtful,)))
    assert "! не подтверждено: В проекте названа другая цифра" in text
    assert "(в источнике «43 км»; нет даты)" in text
    assert plain.answer(bot.ask("rfyfk длина")).startswith("(исправлена раскладка")


def test_an_article_and_no_hits_are_printed() -> None:
    console = Console(colour=False)
    bare = replace(CANAL, info=replace(CANAL.info, source=None, published=None, url=None, tags=()))
    assert console.article(bare).startswith("Канал через пустыню: вода придёт к весне\n\nСтроители")
    assert console.hits([]) == "Ничего не найдено."


def test_a_refusal_prints_the_nearest_passages_and_names_three_reprints(bot: SampleBot) -> None:
    console, refused = Console(colour=False), bot.ask("Кто выиграл матч?")
    head, *_ = refused.hits
    text = console.answer(refused)
    nearest = (
        "• Спор о длине: 127 или 131 километр? — Газета «Отметка», 2\u00a0марта 2026\u00a0г. · kanal-spor:0–"
    )
    assert "Ближайшее по теме:" in text and nearest in text
    listed = f"{CANAL.info.source}, 23\u00a0февраля 2026\u00a0г. · {CANAL.id}:0–99"
    assert f"    ещё\u00a01\u00a0публикация: {listed}\n" in text
    many = replace(head, reprints=head.reprints * 5)
    line = console.hits([many]).splitlines()[-1]
    assert line == f"ещё\u00a05\u00a0публикаций: {'; '.join([listed] * 3)}; …"
    answer = bot.ask("Сколько стоит канал?")
    cited = replace(answer.citations[0], passage_id=head.passage.id)
    again = console.answer(replace(answer, citations=(cited,), hits=(head,)))
    assert again.endswith(f"\n    ещё\u00a01\u00a0публикация: {listed}")
