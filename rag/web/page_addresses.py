"""Addresses of the page: a chat, the library, the evaluation, an article. All of them are the same page."""

from __future__ import annotations

import re

_PLACE = re.compile(r"/(?:(?:chat|article)/.+|library/?|trial/?)?", re.DOTALL)


def is_page(path: str) -> bool:
    """Whether a person may have this address of the page open."""
    return _PLACE.fullmatch(path) is not None


def way_up(path: str) -> str:
    """The relative address of the root from `path`, the same behind any proxy: «../» from `/chat/abc`."""
    return "../" * (path.count("/") - 1) or "./"
