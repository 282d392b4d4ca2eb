"""What is released: a wheel that holds all it needs and works outside the checkout, under one version."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import rag
from rag import example
from rag.__main__ import main
from rag.errors import RagError
from tests.processes import ROOT, run

SHIPPED = {path.relative_to(ROOT / "corpus").as_posix() for path in ROOT.glob("corpus/**/*.md")}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the wheel in it, as pip would lay it down."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    packages = folder / "packages"
    zipfile.ZipFile(wheel).extractall(packages)
    return packages


def _tracked(folder: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def test_the_wheel_holds_every_file_of_the_product(unpacked: Path) -> None:
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    pictures = {name for name in _tracked("rag") if name.startswith("rag/web/screenshot")}
    assert _tracked("rag") - pictures - held == set()
    assert {name for name in _tracked("eval") if name.endswith((".py", ".css"))} - held == set()
    assert {f"rag/corpus/{name}" for name in SHIPPED} <= held
    strangers = {name for name in held if not name.startswith(("rag/", "eval/", "snoska-"))}
    assert strangers == set()
    assert [path.name for path in unpacked.glob("*.dist-info")] == [f"snoska-{rag.__version__}.dist-info"]


def test_the_wheel_works_outside_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    code = (
        "import rag; from rag.__main__ import main; print(rag.__file__)\n"
        "for words in (['example', 'мои'], ['index', 'мои'], ['ask', 'Какова длина коридора TRIPP?']):\n"
        "    assert main(words) == 0, words"
    )
    done = run([sys.executable, "-P", "-c", code], tmp_path, PYTHONPATH=str(unpacked))
    assert done.returncode == 0, done.stderr
    written = {path.relative_to(tmp_path / "мои").as_posix() for path in (tmp_path / "мои").rglob("*.md")}
    assert written == SHIPPED
    assert str(unpacked) in done.stdout and "добавлено 18" in done.stdout
    assert "43" in done.stdout.rpartition("добавлено 18")[2]


def test_there_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"] and "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "rag/__init__.py"
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, newest, *_ = re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert (first, newest) == ("Unreleased", rag.__version__)


def test_hooks_and_the_makefile_check_the_same() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for check in ("ruff check --quiet", "ruff format --quiet --check", "mypy"):
        assert f"entry: .venv/bin/python -m {check}" in hooks
        assert f"$(PYTHON) -m {check}" in makefile
    assert ".ci/run" in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_the_example_is_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "новая" / "папка"
    assert example.write(folder) == 18
    with pytest.raises(RagError, match="не пуста"):
        example.write(folder)
    (tmp_path / "файл").write_text("занято", encoding="utf-8")
    with pytest.raises(RagError, match="не пишется"):
        example.write(tmp_path / "файл" / "папка")


def test_without_a_folder_a_user_is_told_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["index"]) == 1
    said = capsys.readouterr().err
    assert "snoska index ПАПКА" in said and "snoska example" in said
    assert list(tmp_path.iterdir()) == []  # and no library has been begun

    (tmp_path / "мои").mkdir()
    (tmp_path / "мои" / "мост.txt").write_text("Длина нового моста — 312 метров.", encoding="utf-8")
    assert main(["articles", "list"]) == 0
    assert "snoska example" in capsys.readouterr().err
    assert main(["index"]) == 1  # there is a library now, with nothing in it
    assert "snoska index ПАПКА" in capsys.readouterr().err
    assert main(["index", "мои"]) == 0
    assert main(["index"]) == 0  # the library is brought up to date
    assert "Всего в библиотеке 1" in capsys.readouterr().out.replace("\u00a0", " ")

    monkeypatch.setenv("RAG_CORPUS", "другая")  # what was named must be there
    assert main(["index"]) == 1
    assert "другая" in capsys.readouterr().err


def test_a_checkout_can_be_installed_as_it_lies(tmp_path: Path) -> None:
    """What `make setup` does in the end, with the packages of the lock alone."""
    code = f"from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / done.stdout.strip()) as wheel:
        (link,) = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".pth")]
    assert set(link.split("\n")) == {str(ROOT)}
