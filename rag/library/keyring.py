"""Keys that open a server of the library: what each may do, which articles it may see, until when.

A secret is shown once, when it is made; kept is a hash of it. The hash is a plain one: a secret is 256 random
bits, which nobody tries through, so there is nothing for a slow hash to slow down.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, cast

from rag.database import Database, Session
from rag.errors import KeyringError
from rag.library.database import Database as LibraryFile
from rag.library.lock import own
from rag.types import Filters

Scope = Literal["read", "write", "admin"]
State = Literal["active", "expired", "revoked"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")  # each may do what those before it may
LONGEST_NAME = 100
_FILE = "library.db"
_PREFIX = "snoska"
_NOBODY = sha256(secrets.token_bytes(32)).hexdigest()  # compared with where there is no such key
_COLUMNS = "id, name, hash, scope, tags, sources, created, expires, revoked"
_INSERTED = f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept. `sees` limits the articles by tags and sources; empty, it sees all of them.

    `expires` is the last day on which it opens; `created` and `revoked` are ISO times (UTC).
    """

    id: str
    name: str
    hash: str
    scope: Scope
    sees: Filters
    created: str
    expires: date | None = None
    revoked: str | None = None

    def state(self, today: date) -> State:
        if self.revoked:
            return "revoked"
        return "expired" if self.expires and self.expires < today else "active"


class Keyring:
    """The keys in the database of a library. Raises LibraryError from every method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, scope: Scope, sees: Filters = Filters(), expires: date | None = None) -> str:  # noqa: B008
        """Make a key; its secret, which can't be shown again. Raises KeyringError."""
        name = _checked(name, scope, sees, expires)
        key_id, created = secrets.token_hex(4), datetime.now(UTC).isoformat(timespec="seconds")
        secret = f"{_PREFIX}-{key_id}-{secrets.token_urlsafe(32)}"
        key = Key(key_id, name, _hash(secret), scope, sees, created, expires)
        with self._database.writing() as db:
            db.execute("DELETE FROM keys WHERE name = ? AND revoked IS NOT NULL", (name,))
            if db.execute("SELECT 1 FROM keys WHERE name = ?", (name,)).fetchone():
                raise KeyringError(
                    f"Ключ «{name}» уже есть. Дайте другое имя или сначала отзовите его: "
                    f"snoska keys revoke {name}"
                )
            db.execute(_INSERTED, _row(key))
        return secret

    def take(self, source: Keyring) -> int:
        """Hold all keys that `source` does, opened by the same secrets; how many. What is held besides stays.

        One that either side has revoked is revoked. All of them are taken, or none. Raises KeyringError where
        another key has the name of one of them.
        """
        keys = source.keys()
        with self._database.writing() as db:
            held = {each.id: each for each in _keys(db)}
            names = {each.name: each for each in held.values() if not each.revoked}
            for key in keys:
                known = held.get(key.id)
                revoked = key.revoked or (known.revoked if known else None)
                other = names.get(key.name)
                if other and other.id != key.id:
                    if not revoked:
                        raise KeyringError(
                            f"Там, куда переносить, уже есть другой ключ «{key.name}». Отзовите один из них "
                            f"и повторите: snoska keys revoke {key.name}"
                        )
                    continue  # the name is in use again, by another one
                db.execute("DELETE FROM keys WHERE id = ? OR name = ?", (key.id, key.name))
                db.execute(_INSERTED, _row(replace(key, revoked=revoked)))
        return len(keys)

    def keys(self) -> list[Key]:
        """All keys, the revoked ones too, in the order in which they were made."""
        with self._database.reading() as db:
            return _keys(db)

    def revoke(self, names: Iterable[str], forget: bool = False) -> list[str]:
        """End keys; the names of those that there were. With `forget` nothing is kept of them."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        sql, values = "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE name = ?", [now]
        if forget:
            sql, values = "DELETE FROM keys WHERE name = ?", []
        with self._database.writing() as db:
            wanted = list(dict.fromkeys(names))
            return [name for name in wanted if db.execute(sql, (*values, name)).rowcount]

    def of(self, *given: str) -> Key | None:
        """The key that one of `given` is the secret of, whatever its state; None for strangers."""
        known = {key.id: key for key in self.keys()}
        found = None
        for each in given:  # a hash is compared for strangers too, so that they wait as long
            key = known.get(_id_of(each))
            found = key if hmac.compare_digest(_hash(each), _hash_of(key)) else found
        return found


@contextmanager
def opened(folder: Path, command: str = "snoska keys") -> Iterator[Keyring]:
    """The keys of the library in `folder`, which this process owns meanwhile; nothing else of it is opened.

    Raises LibraryBusyError and LibraryError.
    """
    ownership = own(folder, command)
    try:
        with closing(LibraryFile(folder / _FILE)) as database:
            yield Keyring(database)
    finally:
        ownership.release()


def are_held(folder: Path) -> bool:
    """Whether the library in `folder` has keys, looked at without owning it."""
    file = folder / _FILE
    if not file.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return db.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None
    except sqlite3.Error:  # made by an earlier program, or damaged: whoever opens it will tell
        return False


def _checked(name: str, scope: Scope, sees: Filters, expires: date | None) -> str:
    """The name without blanks around it. Raises KeyringError."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise KeyringError(
            f"Имя ключа — от 1 до {LONGEST_NAME} печатных знаков. Например: snoska keys add сайт"
        )
    if scope not in SCOPES:
        raise KeyringError(f"Права «{scope}» нет; есть {', '.join(SCOPES)}.")
    if sees and scope != "read":
        raise KeyringError(
            "Ключ, который видит не все статьи, может только читать: иначе он менял бы и то, чего не видит. "
            "Уберите --tags и --sources или сделайте два ключа."
        )
    if expires and expires < date.today():
        raise KeyringError(f"День {expires} уже прошёл. Укажите день, до которого ключ действует.")
    return name


def _keys(db: Session) -> list[Key]:
    return [_key(row) for row in db.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created, name")]


def _row(key: Key) -> tuple[str | None, ...]:
    lists = [json.dumps(each, ensure_ascii=False) for each in (key.sees.tags, key.sees.sources)]
    last = key.expires.isoformat() if key.expires else None
    return key.id, key.name, key.hash, key.scope, *lists, key.created, last, key.revoked


def _key(row: Sequence[str | None]) -> Key:
    key_id, name, hashed, scope, tags, sources, created, expires, revoked = row
    sees = Filters(sources=tuple(json.loads(sources or "[]")), tags=tuple(json.loads(tags or "[]")))
    last = date.fromisoformat(expires) if expires else None
    return Key(str(key_id), str(name), str(hashed), cast(Scope, scope), sees, str(created), last, revoked)


def _id_of(secret: str) -> str:
    prefix, _, rest = secret.partition("-")
    return rest.partition("-")[0] if prefix == _PREFIX else ""


def _hash_of(key: Key | None) -> str:
    return key.hash if key else _NOBODY


def _hash(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()
