"""The first start of all makes the encoder: a user is told, in the log and on the command line."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from rag.progress import tell_what_takes_long
from rag.retrieval import static


def test_building_the_encoder_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def build(folder: Path) -> None:  # the real one takes a minute
        folder.mkdir()
        (folder / "modules.json").write_text("[]")

    monkeypatch.setattr(static, "build", build)
    tell_what_takes_long()
    with caplog.at_level(logging.INFO, "rag"):
        static.ensure(tmp_path)
        static.ensure(tmp_path)
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("Собираю кодировщик") == 1 and "до минуты" in said.err
    assert [record.message.split(" in ")[0] for record in caplog.records] == [
        "building the default encoder",
        "the default encoder is built",
    ]
