"""Settings: read from RAG_* and .env, refused in Russian, and documented in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag import config, docs
from rag.config import Config
from rag.errors import SettingsError

ROOT = Path(__file__).parents[1]
TABLES = ("rag/docs/en/settings.md", "rag/docs/ru/settings.md")
DOCUMENTS = (
    "README.md",
    "README.ru.md",
    *(f"rag/docs/{lang}/{name}.md" for lang in ("en", "ru") for name in docs.NAMES),
)
ROW = re.compile(r"^\| `(RAG_\w+)` \| (?:`([^`]+)`|—) \|", re.MULTILINE)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with no .env, and no setting at all."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAG_MODELS")
    return tmp_path


def test_nothing_set_means_defaults() -> None:
    given = config.load()
    assert (given.corpus, given.data, given.port) == (Path("corpus"), Path(".snoska"), 7860)
    assert given.models_folder == Path(".snoska/models")


def test_arguments_win_over_the_environment_and_that_over_the_file(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / ".env").write_text("RAG_PORT=1001\nRAG_HOST=0.0.0.0\nRAG_DATA=папка\n", encoding="utf-8")
    monkeypatch.setenv("RAG_PORT", "1002")
    monkeypatch.setenv("RAG_HOST", "127.0.0.2")
    given = config.load(port=1003)
    assert (given.port, given.host, given.data) == (1003, "127.0.0.2", Path("папка"))


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("RAG_PORT", "seven", "нужно целое число"),
        ("RAG_PORT", "70000", "не подходит"),
        ("RAG_STRICT", "наверное", "допустимо: 1, 0"),
        ("RAG_WRITER", "magic", "допустимо: extractive"),
        ("RAG_PROT", "7860", "Неизвестная настройка RAG_PROT"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        config.load()
    assert name in str(refused.value)
    assert reason in str(refused.value)


def test_an_unknown_name_in_the_file_is_refused(alone: Path) -> None:
    (alone / ".env").write_text("# свои настройки\nRAG_CORPS=статьи\nOTHER=1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="RAG_CORPS"):
        config.load()


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_is_documented_with_its_default(table: str) -> None:
    text = (ROOT / table).read_text(encoding="utf-8")
    documented = dict(ROW.findall(text))
    assert list(documented) == config.names()
    for field, info in Config.model_fields.items():
        default = "" if info.default is None else str(info.default)
        if isinstance(info.default, bool):
            default = str(int(info.default))
        assert documented["RAG_" + field.upper()] == default


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_other_setting_is_mentioned(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert set(re.findall(r"RAG_[A-Z_]*[A-Z]", text)) <= set(config.names())


def test_every_setting_says_what_it_is_for() -> None:
    for field, info in Config.model_fields.items():
        assert info.description, field
