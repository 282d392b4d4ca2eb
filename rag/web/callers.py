"""Who asks: what the key of a request lets its sender do, and which articles they may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.types import Scope as Request

from rag.library.keyring import SCOPES, Key, Keyring, Scope
from rag.types import Filters
from rag.web.sessions import is_key, is_session
from rag.web.wording import russian_date

_CALLER = "snoska.caller"
REVOKED = "Ключ «{name}» отозван. Попросите новый у того, кто открыл вам доступ (snoska keys add)."
EXPIRED = (
    "Срок ключа «{name}» кончился {day}. Попросите новый у того, кто открыл вам доступ (snoska keys add)."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """What somebody may do (`scope`), the articles they may see, and the id of their key.

    No id: a key of RAG_API_KEYS, the owner, or a server without keys.
    """

    scope: Scope = "admin"
    sees: Filters = Filters()  # noqa: RUF009  # frozen
    key: str = ""
    name: str = ""

    def may(self, scope: Scope) -> bool:
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    @property
    def is_unlimited(self) -> bool:
        """Whether there is nothing that they may not do and see."""
        return self.scope == "admin" and not self.sees


EVERYTHING = Caller()
OWNER = Caller(name="the owner of the data folder")


class EndedError(Exception):
    """A key that was right once; its text tells what has become of it."""


class Callers:
    """The keys of the settings and those of the library, and who comes with which."""

    def __init__(
        self,
        keys: Sequence[str],
        keyring: Keyring | None,
        today: Callable[[], date],
        is_private: bool = True,
    ) -> None:
        """`is_private`: nobody but this machine reaches the server, so that it may do without keys."""
        self._keys, self._keyring, self._today = tuple(keys), keyring, today
        self._locked = bool(keys) or not is_private

    def is_locked(self) -> bool:
        """Whether nobody comes in without a key. Raises LibraryError."""
        return self._locked or bool(self._held())

    def by_secret(self, *given: str) -> Caller | None:
        """Who has one of these secrets. Raises EndedError and LibraryError."""
        if is_key(self._keys, *given):
            return EVERYTHING
        found = self._keyring.of(*given) if self._keyring else None
        return _caller(self._in_force(found)) if found else None

    def by_session(self, session: str, now: float) -> Caller | None:
        """Who has opened `session` with a key that still opens. Raises LibraryError."""
        return next(
            (caller for signing, caller in self._signing() if is_session((signing,), session, now)), None
        )

    def signing(self, *given: str) -> str:
        """What the session is signed with that one of these right secrets opens."""
        found = self._keyring.of(*given) if self._keyring else None
        return found.hash if found else next(key for key in self._keys if is_key([key], *given))

    def _signing(self) -> Iterator[tuple[str, Caller]]:
        yield from ((key, EVERYTHING) for key in self._keys)
        today = self._today()
        yield from ((key.hash, _caller(key)) for key in self._held() if key.state(today) == "active")

    def _in_force(self, key: Key) -> Key:
        state = key.state(self._today())
        if state == "revoked":
            raise EndedError(REVOKED.format(name=key.name))
        if state == "expired" and key.expires:
            raise EndedError(EXPIRED.format(name=key.name, day=russian_date(key.expires.isoformat())))
        return key

    def _held(self) -> list[Key]:
        return self._keyring.keys() if self._keyring else []


def _caller(key: Key) -> Caller:
    return Caller(key.scope, key.sees, key.id, key.name)


def admit(request: Request, caller: Caller) -> None:
    """Note in the ASGI scope of a request who sends it."""
    request[_CALLER] = caller


def caller_of(request: Any) -> Caller:
    """Who sends the request with this ASGI scope; everything is open to everybody where no keys are."""
    found: Caller = request.get(_CALLER, EVERYTHING)
    return found
