"""`snoska deploy`: files for those who run servers, filled in for this machine where they need it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Literal

Kind = Literal["container", "compose", "systemd"]
FILES: dict[Kind, str] = {
    "container": "Containerfile",
    "compose": "compose.yaml",
    "systemd": "snoska.service",
}


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
