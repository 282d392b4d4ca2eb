"""Tables of cases, a case a line: `lines` where a case is one text, `rows` where it has several parts."""

from __future__ import annotations

import re


def lines(table: str) -> list[str]:
    """The lines of `table` but blank ones and remarks («# …»)."""
    stripped = (line.strip() for line in table.splitlines())
    return [line for line in stripped if line and not line.startswith("# ")]


def rows(table: str) -> list[list[str]]:
    """The `lines`, each parted at « | »; a part may be empty."""
    return [[part.strip() for part in re.split(r"(?:^|\s)\|(?=\s|$)", line)] for line in lines(table)]
