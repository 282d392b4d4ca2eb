"""Corruptions, rewordings, and what is counted of them."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from eval import corruptions, rewordings, verification
from eval.corruptions import Material
from eval.errors import EvaluationError
from eval.verification import Case, Cases, Cited
from rag.types import Verdict

MATERIAL = Material(("Астане", "Москве", "Петров"), ("Другое предложение.",))


def corrupted(kind: str, text: str, seed: int = 1) -> str | None:
    return corruptions.KINDS[kind](text, MATERIAL, Random(seed))


def reworded(kind: str, text: str, seed: int = 1) -> str | None:
    return rewordings.KINDS[kind](text, Random(seed))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "Купили пять вагонов.", "Купили (два|три|четыре|шесть|семь|.+) вагонов."),
        ("date", "Открыли 5 мая.", r"Открыли \d+ \w+\."),
        ("name", "Он живёт в Алматах и в Варшаве.", "Он живёт в .+"),
        ("negation", "Мост не открыли.", "Мост открыли."),
        ("negation", "Мост открыли.", "Мост не открыли."),
        ("roles", "Россия поставила Казахстану вагоны.", "Казахстан поставил России вагоны."),
        ("direction", "Экспорт вырос.", "(Импорт вырос|Экспорт упал)."),
        ("foreign", "Мост открыли.", "Другое предложение."),
    ],
)
def test_a_sentence_is_made_false(kind: str, text: str, expected: str) -> None:
    changed = corrupted(kind, text)
    assert changed is not None
    assert changed != text
    assert re.fullmatch(expected, changed), changed


@pytest.mark.parametrize("kind", [kind for kind in corruptions.KINDS if kind != "foreign"])
def test_what_cannot_be_made_false_is_left(kind: str) -> None:
    assert corrupted(kind, "Да, и это тоже.") is None


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("verbatim", "Мост открыли.", "Мост открыли."),
        ("number", "Доля — 5 %.", "Доля — 5 процентов."),
        ("number", "Сделка стоит 2,3 млрд рублей.", "Сделка стоит 2300 млн рублей."),
        ("order", "Если пойдёт дождь, мост закроют.", "Мост закроют, если пойдёт дождь."),
        ("shorter", "Мост (он железный) открыли.", "Мост открыли."),
        ("shorter", "Мост, который строили долго, открыли.", "Мост, открыли."),
        ("spelling", "Ещё «мост».", '\u0415ще\u00a0"мост".'),
        ("name", "Говорил об этом в Астане.", "Об Астане: говорил об этом в Астане."),
    ],
)
def test_a_sentence_is_reworded(kind: str, text: str, expected: str) -> None:
    assert reworded(kind, text) == expected


@pytest.mark.parametrize("seed", range(5))
def test_a_date_is_written_otherwise(seed: int) -> None:
    written = reworded("date", "Открыли 5 мая 2024 года.", seed)
    assert written in ("Открыли 05.05.2024.", "Открыли 5 мая 2024-го.", "Открыли 5 мая 2024 г..")


def test_cases_are_the_same_for_a_seed() -> None:
    cited = [Cited("Экспорт вырос на 5 % в мае.", ("Экспорт вырос на 5 % в мае.",), (None,))]
    texts = [[case.text for case in verification.cases(cited, 3).corrupted] for _ in range(2)]
    assert texts[0] == texts[1] != []


def case(kind: str, support: str) -> Case:
    return Case(kind, "…", Cited("…", ("…",), (None,)), Verdict(support), 2.0)  # type: ignore[arg-type]


def test_what_is_counted() -> None:
    found = Cases(
        (case("number", "unsupported"), case("number", "partial"), case("name", "supported")),
        (case("verbatim", "supported"), case("order", "partial")),
    )
    counted = verification.numbers(found, 2)
    assert counted["size"] == {"sentences": 2, "corrupted": 3, "true": 2}
    assert counted["flagged"] == {"name": 0.0, "number": 1.0, "all": 0.6667}
    assert counted["falsely"] == {"order": 1.0, "verbatim": 0.0, "all": 0.5}
    assert "все |       3 |        66,7 |" in verification.table(counted)
    assert verification.mistakes(found, 1).startswith("имя: …")


def test_entailment(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        '{"premise": "Мост открыли весной.", "hypothesis": "Весной открыли мост.", "label": "entailment"}\n'
        '{"premise": "Мост открыли весной.", "hypothesis": "Мост закрыли.", "label": "not_entailment"}\n'
        '{"premise": "Мост открыли весной.", "hypothesis": "Бананы растут.", "label": "not_entailment"}\n',
        encoding="utf-8",
    )
    counted = verification.entailment(path)
    assert counted["accuracy"] == {"majority": 0.6667, "supported": 1.0, "not_unsupported": 1.0}
    assert "пар 3: верно 100,0 %" in verification.entailment_line(counted)
    path.write_text("", encoding="utf-8")
    with pytest.raises(EvaluationError, match="нет ни одной пары"):
        verification.entailment(path)


def test_what_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text(
        '{"_id": "a", "title": "Мост", "text": "…"}\n{"_id": "b", "text": "…"}\n', encoding="utf-8"
    )
    assert verification.questions(path) == ["Мост"]
    assert len(verification.questions(None)) > 100
    with pytest.raises(EvaluationError, match="нужна папка BEIR"):
        verification.questions(tmp_path)
