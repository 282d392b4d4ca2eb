"""Ids in addresses: `{name:any}` in a route is whatever stands there."""

from __future__ import annotations

from starlette.convertors import PathConvertor, register_url_convertor


class AnyConvertor(PathConvertor):
    """Whatever stands in an address, line breaks too: a file may be called so."""

    regex = "(?s:.*)"


def install() -> None:
    """Let routes use it; before they are made."""
    register_url_convertor("any", AnyConvertor())
