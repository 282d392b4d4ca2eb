"""Saved results and the tables made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval import headlines, measuring, provenance, results
from eval.errors import EvaluationError
from eval.results import Result
from eval.tables import Language
from rag.config import Config
from tests.eval.records import PROVENANCE

NUMBERS = {
    "size": {"questions": 12, "articles": 345},
    "keyword": {"ndcg@10": 0.5},
    "full": {"ndcg@10": 0.61239, "hit@1": 0.5, "hit@10": 1.0},
    "ms": {"p50": 4.25},
}
SMALL = Result(command="retrieval", name="small+news", numbers=NUMBERS, **PROVENANCE.model_dump())

EXPECTED = """\
Before.
<!-- measured:retrieval -->
| set        | articles | questions | keyword nDCG@10 | vectors nDCG@10 | fused nDCG@10 | full nDCG@10 | hit@1 | hit@10 |
| ---------- | -------: | --------: | --------------: | --------------: | ------------: | -----------: | ----: | -----: |
| small+news |      345 |        12 |            50.0 |               — |             — |         61.2 |  50.0 |  100.0 |
<!-- /measured -->
After.
"""  # noqa: E501


def test_a_block_is_filled_and_the_rest_stays() -> None:
    text = "Before.\n<!-- measured:retrieval -->\nold\n<!-- /measured -->\nAfter.\n"
    filled = results.fill(text, [SMALL], "en")
    assert filled == EXPECTED
    assert results.fill(filled, [SMALL], "en") == filled


def test_russian_tables_have_russian_headings_and_commas() -> None:
    table = results.table("retrieval", [SMALL], "ru")
    assert "вопросов" in table
    assert "61,2" in table


def test_a_block_without_measurements_is_an_error() -> None:
    for command in ("reading", "weather"):
        with pytest.raises(EvaluationError, match=f"«{command}» нет сохранённых"):
            results.fill(f"<!-- measured:{command} -->\n<!-- /measured -->", [SMALL], "en")


def test_results_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = results.save(SMALL, tmp_path / "new")
    assert path.name == "retrieval-small+news.json"
    assert results.load(path.parent) == [SMALL]


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    result = SMALL.model_copy(update={"name": "../a/б"})
    assert results.save(result, tmp_path).parent == tmp_path


def test_a_broken_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "retrieval-bad.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"retrieval-bad\.json: «commit»: поле не задано"):
        results.load(tmp_path)


def test_saved_results_tell_nothing_of_the_machine() -> None:
    for path in results.FOLDER.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert '"/' not in text, path.name
        assert "\\\\" not in text, path.name


@pytest.mark.parametrize(("language", "path"), results.documents())
def test_tables_of_readme_and_docs_are_the_saved_results(language: Language, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert results.blocks(text), f"{path.name} has no measured table"
    assert results.fill(text, results.load(), language) == text, "run: python -m eval table --write"


@pytest.mark.parametrize("language", results.READMES)
def test_every_table_stands_somewhere_once(language: Language) -> None:
    texts = [path.read_text(encoding="utf-8") for spoken, path in results.documents() if spoken == language]
    shown = re.findall(r"<!-- measured:([\w-]+) -->", "".join(texts))
    assert sorted(shown) == sorted([*results.COLUMNS, headlines.COMMAND])
    assert f"measured:{headlines.COMMAND} " in texts[0], "the README has the most telling ones"


def test_a_headline_is_one_saved_number() -> None:
    exam = headlines.Headline("retrieval", "small+news", "full", "ndcg@10", "yes", "Search", "Поиск")
    assert exam.row(SMALL, "en") == ["Search", "61.2 %", "**yes**"]
    assert exam.row(SMALL, "ru") == ["Поиск", "61,2 %", "**да**"]
    wait = headlines.Headline("retrieval", "small+news", "ms", "p50", "none", "Wait", "Ждать", unit="ms")
    assert wait.row(SMALL, "ru") == ["Ждать", "4,2 мс", "—"]
    with pytest.raises(EvaluationError, match="full/hit@5"):
        headlines.Headline("retrieval", "small+news", "full", "hit@5", "no", "", "").found([SMALL])


def of_commits(*commits: str) -> list[results.Result]:
    """A result a commit, each a day later than the one before; * after it: with changes of its own."""
    return [
        SMALL.model_copy(
            update={
                "name": str(day),
                "commit": each.strip("*") * 8,
                "dirty": "*" in each,
                "date": f"2026-03-{day:02}T00:00:00Z",
            }
        )
        for day, each in enumerate(commits, 1)
    ]


@pytest.mark.parametrize(
    ("commits", "marks"),
    [
        ("a", []),
        ("aa", []),
        ("ab", ["aaaaaaa †", "bbbbbbb"]),
        ("aba", ["aaaaaaa", "bbbbbbb †", "aaaaaaa"]),
        (["a", "a*"], ["aaaaaaa", "aaaaaaa*"]),
        (["a*", "b"], ["aaaaaaa* †", "bbbbbbb"]),
    ],
)
def test_rows_of_different_commits_are_marked(commits: Sequence[str], marks: list[str]) -> None:
    rows = of_commits(*commits)
    assert provenance.marks(rows) == marks
    heads, _, *written = results.table("retrieval", rows, "en").splitlines()
    assert heads.endswith("commit |") is bool(marks)
    assert all(mark in row for mark, row in zip(marks, written, strict=bool(marks)))


@pytest.mark.parametrize(("encoder", "told"), [("static", ""), ("e5", " e5"), ("/models/big", " big")])
def test_measurements_of_another_encoder_have_its_name(encoder: str, told: str) -> None:
    assert measuring._encoder(Config(encoder=encoder)) == told
