"""Addresses: which of them are the page (a chat, the library, an article), and ids that stand in them."""

from __future__ import annotations

import re

from starlette.convertors import PathConvertor, register_url_convertor

_PLACE = re.compile(r"/(?:(?:chat|article)/.+|library/?|trial/?)?", re.DOTALL)


def is_page(path: str) -> bool:
    """Whether a person may have this address of the page open."""
    return _PLACE.fullmatch(path) is not None


def way_up(path: str) -> str:
    """The relative address of the root from `path`, the same behind any proxy: «../» from `/chat/abc`."""
    return "../" * (path.count("/") - 1) or "./"


class AnyConvertor(PathConvertor):
    """Whatever stands in an address, line breaks too: a file may be called so."""

    regex = "(?s:.*)"


def allow_any_id() -> None:
    """Let routes say `{name:any}`; before they are made."""
    register_url_convertor("any", AnyConvertor())
