"""Words of files against the words of their articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import reading_loss
from eval.__main__ import main
from eval.errors import EvaluationError
from tests.library.reading.making import docx_of
from tests.library.reading.written import write_all


def test_no_word_of_our_own_files_is_lost(tmp_path: Path) -> None:
    write_all(tmp_path)
    found = reading_loss.measured(tmp_path)
    assert {name: list(loss.lost) for name, loss in found.items() if loss.lost} == {}
    assert {name: loss.failed for name, loss in found.items() if loss.failed} == {}
    assert len(found) == 19
    assert all(loss.words for loss in found.values())


def test_what_a_reader_loses_and_adds_is_counted(tmp_path: Path) -> None:
    """A word in two runs is one word."""
    (tmp_path / "a.docx").write_bytes(
        docx_of("<w:p><w:r><w:t>Склад от</w:t></w:r><w:r><w:t>крыт</w:t></w:r></w:p>")
    )
    (tmp_path / "b.docx").write_bytes(b"PK\x03\x04")
    (loss,) = reading_loss.measured(tmp_path).values()
    assert (loss.files, loss.words, loss.lost.total(), loss.added.total()) == (2, 2, 0, 0)
    assert "b.docx" in loss.failed[0]
    loss.lost["склад"] = 1
    assert "50,0" in reading_loss.table({"docx": loss})


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="нет файлов"):
        reading_loss.measured(tmp_path)


def test_the_command_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Склад открыт зимой.", encoding="utf-8")
    assert main(["reading-loss", str(tmp_path), "--words"]) == 0
    assert "| txt    |      1 |    3 |         0,0 |          0,0 |" in capsys.readouterr().out
