"""Commands as a user types them in a folder with two articles; and what every message must be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.__main__ import main

ARTICLES = {
    "kanal.md": (
        "---\ntitle: Канал достроят весной\nsource: Степной вестник\npublished: 2026-02-23\n"
        "tags: [Стройка, вода]\n---\n\n"
        "Строители закончили первый участок канала. Длина канала составит 127 километров. "
        "Воду обещают пустить в апреле.\n\nСтоимость канала оценивают в 84 млрд тенге."
    ),
    "most.md": (
        "---\ntitle: Мост через реку\nsource: Газета «Отметка»\npublished: 2025-11-03\ntags: [Мост]\n---\n\n"
        "Новый мост открыли для грузовиков. Его высота — 48 метров. Движение по нему бесплатное."
    ),
}


def furnished(folder: Path) -> Path:
    """`folder` with the two articles in its corpus/."""
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Typist:
    """Types commands in `folder`. They run in this process: the same `main`, with nothing to import anew."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, **extra: str) -> Done:
        self.monkeypatch.chdir(self.folder)
        for name, value in extra.items():
            self.monkeypatch.setenv(name, value)
        code = main(arguments)
        output = self.capsys.readouterr()
        return Done(code, output.out, output.err)


def one_line(text: str) -> str:
    """The only line of `text`, which must be Russian and no traceback."""
    lines = text.splitlines()
    assert len(lines) == 1, text
    assert re.search("[а-я]", lines[0])
    return lines[0]
