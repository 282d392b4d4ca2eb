"""Explanations on a terminal: every name is Russian, tables fit into 100 columns."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from rag.console import Console
from rag.explain_view import FEATURES, FIELDS, KINDS, STAGES, WIDTH, explained
from rag.retrieval.rerank import WEIGHTS
from rag.types import (
    ArticleInfo,
    Contribution,
    Explanation,
    FoundWord,
    Hit,
    MatchField,
    MatchKind,
    Passage,
    WordMatch,
)

INFO = ArticleInfo(
    "articles/pier-of-the-northern-port", "Причал северного порта построят к лету, обещал Ёлкин"
)
PASSAGE = Passage("p", INFO.id, 1200, 1290, "Протяжённость нового причала — 640 метров.", ())
STAGED = Hit(
    PASSAGE,
    INFO,
    0.7415,
    {"dense": 12, "fused": 3, "rerank": 1},
    {"dense": 0.25, "fused": 0.5, "rerank": 0.7415},
)
WORDS = (
    WordMatch(
        "длина", "длина", 0.38, "synonym", 0.7, 0.6, FoundWord("Протяжённость", "sentence", 1200, 1213)
    ),
    WordMatch("причал", "причала", 0.42, "same", 1.0, 1.0, FoundWord("причал", "title", 0, 6)),
    WordMatch("корабль", "кораблей", 0.15, "meaning", 0.25, 0.5, FoundWord("танкеры", "text", 1270, 1277)),
    WordMatch("балет", "балет", 0.05, "none", 0.04, 0.2, None),
)
CONTRIBUTIONS = tuple(Contribution(name, 1.25, 0.125, 0.15625) for name in WEIGHTS)
HIT = replace(STAGED, explanation=Explanation(WORDS, CONTRIBUTIONS))


def cells(line: str) -> list[str]:
    return re.split(r" {2,}", line.strip())


def test_every_feature_kind_and_field_has_a_russian_name() -> None:
    for table, known in (
        (FEATURES, set(WEIGHTS)),
        (KINDS, set(get_args(MatchKind))),
        (FIELDS, set(get_args(MatchField))),
    ):
        assert set(table) == known
    for table in (STAGES, FEATURES, KINDS, FIELDS):
        assert all(re.fullmatch("[а-яё ]+", name) for name in table.values())


def test_the_tables_by_hand() -> None:
    lines = [cells(line) for line in explained(HIT).splitlines()]
    assert lines[:3] == [
        ["этап", "векторы", "вместе", "переоценка"],
        ["место", "12", "3", "1"],
        ["оценка", "0,250", "0,500", "0,742"],
    ]
    assert [line[0] for line in lines[3:7]] == ["признак", "значение", "вес", "вклад"]
    assert [line[1] for line in lines[3:7]] == ["слова", "1,250", "12\u00a0%", "0,156"]
    assert lines[7:] == [
        ["слово", "вес", "сила", "найдено", "где", "совпадение"],
        ["длина", "38\u00a0%", "0,70", "Протяжённость", "предложение 1200–1213", "синоним"],
        ["причала", "42\u00a0%", "1,00", "причал", "заголовок", "точное"],
        ["кораблей", "15\u00a0%", "0,25", "танкеры", "текст 1270–1277", "по смыслу, косинус 0,50"],
        ["балет", "5\u00a0%", "0,04", "—", "—", "нет"],
    ]


@pytest.mark.parametrize("more", [0, 1, 12])
def test_tables_fit_the_width_however_many_features_there_are(more: int) -> None:
    added = tuple(Contribution(f"feature {n}", 0.5, 0.1, 0.05) for n in range(more))
    long = replace(WORDS[2], asked="ы" * 90, found=FoundWord("о" * 300, "sentence", 10_000, 10_300))
    hit = replace(HIT, explanation=Explanation((*WORDS, long), CONTRIBUTIONS + added))
    shown = Console(colour=False).hits([hit]).splitlines()
    assert max(map(len, shown[:-1])) <= WIDTH
    assert sum(f"feature {n}" in "\n".join(shown) for n in range(more)) == more


def test_columns_stand_under_each_other() -> None:
    head, *rows = explained(HIT).splitlines()[-5:]
    for name in ("найдено", "где", "совпадение"):
        at = head.index(name)
        assert all(row[at - 1] == " " != row[at] for row in rows)
    for name in ("вес", "сила"):
        end = head.index(name) + len(name)
        assert all(row[end] == " " != row[end - 1] for row in rows)


def test_stages_of_a_hit_that_nobody_explained() -> None:
    assert len(explained(STAGED).splitlines()) == 3
    bare = replace(STAGED, explanation=Explanation(()))
    assert explained(bare) == explained(STAGED)


def test_a_stage_with_a_score_alone_and_an_unknown_one() -> None:
    hit = Hit(PASSAGE, INFO, 1.0, {"dense": 2, "ours": 1}, {"keyword": 0.5, "ours": 1.0})
    assert [cells(line) for line in explained(hit).splitlines()] == [
        ["этап", "слова", "векторы", "ours"],
        ["место", "—", "2", "1"],
        ["оценка", "0,500", "—", "1,000"],
    ]


def test_headings_are_faint_on_a_terminal() -> None:
    shown = Console(colour=True).hits([HIT])
    assert shown.count("\033[2m") == 4  # three tables and the place of the hit
    assert re.sub(r"\033\[\dm", "", shown) == Console(colour=False).hits([HIT])
