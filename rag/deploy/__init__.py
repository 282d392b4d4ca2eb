"""For those who run servers: files filled in for this machine, and a bundle for one without a network.

`snoska deploy` prints a file. `snoska bundle` makes a folder of

wheels/      every package of the lock file and Сноска itself
models/      the built-in encoder, built
install.sh   makes an environment of them; asks no network for anything
"""

from __future__ import annotations

import getpass
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from rag.errors import SettingsError

Kind = Literal["container", "compose", "systemd"]
FILES: dict[Kind, str] = {
    "container": "Containerfile",
    "compose": "compose.yaml",
    "systemd": "snoska.service",
}
ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
INSTALL = """#!/bin/sh
# Сноска без сети: sh install.sh [ПАПКА]. Нужен Python {version} с модулем venv.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
target=${{1:-./snoska}}
python=${{PYTHON:-python{version}}}
"$python" -m venv "$target/.venv"
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \\
    --find-links "$here/wheels" --requirement "$here/requirements.lock"
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \\
    "$here"/wheels/snoska-*.whl
cp -R "$here/models" "$target/models"
echo "Установлено. Дальше: cd $target && RAG_MODELS=models .venv/bin/snoska serve"
"""


def printed(kind: Kind, data: Path) -> str:
    """The file of that kind. A unit of systemd is for this Python, this folder and this user."""
    text = Path(__file__).with_name(FILES[kind]).read_text(encoding="utf-8")
    if kind != "systemd":
        return text
    here = {
        "user": getpass.getuser(),
        "folder": str(Path.cwd()),
        "python": sys.executable,
        "data": str(data.absolute()),
    }
    for name, value in here.items():
        text = text.replace("{" + name + "}", _escaped(value))
    return text


def _escaped(value: str) -> str:
    """As systemd wants it: a per cent sign begins something there, a blank ends a path."""
    return value.replace("%", "%%").replace(" ", "\\x20")


def bundle(models: Path, folder: Path, wheels: Path | None = None, lock: Path | None = None) -> str:
    """Fill `folder`, new or empty; what to do with it (Russian).

    Packages come from where pip takes them, or out of the folder `wheels` alone. Raises SettingsError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"Папка {folder} не пуста. Укажите новую: snoska bundle ПАПКА")
    lock = lock or LOCK
    if not (ROOT / "pyproject.toml").is_file() or not lock.is_file():
        raise SettingsError(
            "Собрать можно только из папки проекта: в ней лежат pyproject.toml и requirements.lock."
        )
    from rag.retrieval import static

    target = folder / "wheels"
    target.mkdir(parents=True)
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    _pip("download", "--dest", str(target), *source, "--requirement", str(lock))
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(ROOT))
    shutil.copyfile(lock, folder / "requirements.lock")
    assets = static.ensure(models)
    shutil.copytree(assets, folder / "models" / assets.relative_to(models))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "install.sh").write_text(INSTALL.format(version=version), encoding="utf-8")
    count = len(list(target.iterdir()))
    return f"Собрано в {folder}: пакетов {count}. На машине без сети: sh install.sh"


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip ничего не сказал"])[-1]
        raise SettingsError(f"pip не собрал пакеты: {last[:300]}")
