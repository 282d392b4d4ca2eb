"""Files for those who run servers, and a bundle that installs where there is no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml

from rag.config import Config, names
from rag.deploy import FILES, Kind, bundle, printed
from rag.errors import SettingsError

pytestmark = pytest.mark.slow_file

ROOT = Path(__file__).parents[1]
# What an interpreter loads first of all: every socket that leads outside is refused.
NO_NETWORK = """
import socket
def refused(*_, **__):
    raise OSError("no network here")
socket.socket.connect = socket.socket.connect_ex = refused
socket.getaddrinfo = socket.create_connection = refused
"""


def test_each_kind_is_printed_and_names_only_settings_that_exist(tmp_path: Path) -> None:
    assert set(FILES) == set(get_args(Kind))
    for kind in FILES:
        text = printed(kind, tmp_path)
        used = {word for word in text.replace("$", " ").replace("{", " ").split() if word.startswith("RAG_")}
        assert {word.split("=")[0].split(":")[0].rstrip(".") for word in used} <= {*names(), "RAG_*"}


def test_the_compose_file_keeps_the_data_and_wants_a_key() -> None:
    service = yaml.safe_load(printed("compose", Path()))["services"]["snoska"]
    assert service["environment"]["RAG_API_KEYS"].startswith("${RAG_API_KEYS:?")
    assert "data:/data" in service["volumes"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_container_copies_what_is_there() -> None:
    text = printed("container", Path())
    copied = [word for line in text.splitlines() if line.startswith("COPY") for word in line.split()[1:-1]]
    assert copied and all((ROOT / word).exists() for word in copied)


def test_the_unit_is_for_this_python_and_folder(tmp_path: Path) -> None:
    data = tmp_path / "100% данные"
    unit = printed("systemd", data)
    assert f"ExecStart={sys.executable} -m rag serve" in unit
    assert "ReadWritePaths=" + str(tmp_path).replace(" ", "\\x20") + "/100%%\\x20данные" in unit
    assert "{" not in unit
    stop = int(unit.partition("TimeoutStopSec=")[2].split()[0])
    assert stop > Config().drain + 15  # rag.web.server.FAREWELL


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A bundle of one small package that was built here, and of Сноска."""
    folder = tmp_path_factory.mktemp("making")
    package = folder / "tiny"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "tinything"\nversion = "1.0"\n[tool.setuptools]\npy-modules = ["tinything"]\n'
    )
    (package / "tinything.py").write_text("WORD = 'сноска'\n", encoding="utf-8")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w"]
    subprocess.run([*build, str(folder / "local"), str(package)], check=True)
    (folder / "small.lock").write_text("tinything==1.0\n")
    said = bundle(models, folder / "bundle", folder / "local", folder / "small.lock")
    assert "пакетов 2" in said
    return folder / "bundle"


def test_a_bundle_installs_without_a_network(made: Path, tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(NO_NETWORK)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHON": sys.executable,
        "PYTHONPATH": str(tmp_path / "first"),
    }
    run = {"cwd": tmp_path, "env": environment, "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run(["sh", str(made / "install.sh"), "here"], **run)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    code = (
        "import rag, tinything, importlib.resources as files\n"
        "print(tinything.WORD, rag.__version__, rag.__file__)\n"
        "assert files.files('rag').joinpath('deploy/Containerfile').is_file()\n"
        "assert files.files('rag').joinpath('web/openapi.json').is_file()"
    )
    asked = subprocess.run(["here/.venv/bin/python", "-c", code], **run)  # type: ignore[call-overload]
    assert asked.stdout.startswith("сноска") and str(tmp_path) in asked.stdout, asked.stderr
    assert any((tmp_path / "here" / "models").rglob("modules.json"))


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(SettingsError, match="не пуста"):
        bundle(tmp_path, tmp_path)


def test_a_package_that_cannot_be_had_is_told(tmp_path: Path, models: Path) -> None:
    (tmp_path / "lock").write_text("no-such-package==1\n")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="pip не собрал пакеты"):
        bundle(models, tmp_path / "bundle", tmp_path / "empty", tmp_path / "lock")
