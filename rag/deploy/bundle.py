"""`snoska bundle`: all that a machine without a network needs, in one folder.

wheels/      every package of the lock file and Сноска itself
models/      the built-in encoder, built
install.sh   makes an environment of them; asks no network for anything
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rag.errors import SettingsError

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
