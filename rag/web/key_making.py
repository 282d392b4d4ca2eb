"""Keys made, listed and revoked while a server has the library: its addresses, and who asks them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter

from rag.errors import KeyringError
from rag.library.keyring import Key, Keyring, Scope
from rag.types import Filters
from rag.web import problems
from rag.web.owner_requests import owner_only
from rag.web.request_models import Strict

if TYPE_CHECKING:
    from rag.web.remote import Remote

PATH = "/api/owner/keys"
_KEYS = TypeAdapter(list[Key])
router = APIRouter(prefix=PATH, include_in_schema=False, dependencies=[Depends(owner_only)])


class KeyIn(Strict):
    """A key to be made."""

    name: str
    scope: Scope
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    expires: date | None = None


@router.get("")
def listed(request: Request) -> Response:
    """All keys."""
    return Response(_KEYS.dump_json(_keyring(request).keys()), media_type="application/json")


@router.post("")
def make(given: KeyIn, request: Request) -> Response:
    """A new key: its secret."""
    sees = Filters(sources=given.sources, tags=given.tags)
    try:
        return JSONResponse({"secret": _keyring(request).add(given.name, given.scope, sees, given.expires)})
    except KeyringError as error:
        raise problems.ToldError(str(error)) from error


@router.delete("")
def revoke(request: Request, name: Annotated[list[str], Query()], forget: bool = False) -> Response:
    """End keys."""
    return JSONResponse({"revoked": _keyring(request).revoke(name, forget)})


def _keyring(request: Request) -> Keyring:
    found: Keyring = request.app.state.bot.library.keys
    return found


class RemoteKeyring:
    """What a command needs of a Keyring, done by the server that has the library."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def add(self, name: str, scope: Scope, sees: Filters, expires: date | None = None) -> str:
        body: dict[str, Any] = {"name": name, "scope": scope}
        body |= {"tags": list(sees.tags), "sources": list(sees.sources)}
        body |= {"expires": expires.isoformat()} if expires else {}
        return str(self._remote.json("POST", PATH, body)["secret"])

    def keys(self) -> list[Key]:
        return _KEYS.validate_python(self._remote.json("GET", PATH))

    def revoke(self, names: Sequence[str], forget: bool = False) -> list[str]:
        asked = urlencode([*(("name", each) for each in names), ("forget", str(forget).lower())])
        revoked: list[str] = self._remote.json("DELETE", f"{PATH}?{asked}")["revoked"]
        return revoked
