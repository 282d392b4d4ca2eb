"""RAG_STORE taken apart: where the database is, and what may be told of it. A password is never told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from rag.errors import SettingsError

SCHEMA = "snoska"
_SCHEMES = ("postgresql", "postgres")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")
_EXAMPLE = "postgresql://ИМЯ:ПАРОЛЬ@СЕРВЕР:5432/БАЗА"


@dataclass(frozen=True, slots=True)
class Address:
    """A database. `url` is what libpq is given and holds the password; `told` is for people.

    The tables lie in `schema`: one database holds as many libraries as it has schemas.
    """

    url: str
    told: str
    user: str
    database: str
    schema: str = SCHEMA

    def __repr__(self) -> str:
        return f"Address({self.told})"


def address(url: str) -> Address:
    """`url` taken apart; `?schema=…` is ours. Raises SettingsError, which doesn't repeat what was given."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        query = dict(parse_qsl(parts.query))
    except ValueError:
        raise SettingsError(
            f"Настройка RAG_STORE: адрес не разобрать. Нужен такой: {_EXAMPLE}; знаки @ : / ? # % в пароле "
            "пишутся кодом (%40 вместо @)."
        ) from None
    if parts.scheme not in _SCHEMES or "@" in parts.path:
        raise SettingsError(
            f"Настройка RAG_STORE: нужен адрес вида {_EXAMPLE}; знаки @ : / ? # % в пароле пишутся кодом "
            "(%40 вместо @). Без настройки библиотека хранится в папке RAG_DATA."
        )
    schema = query.pop("schema", SCHEMA)
    if not _NAME.fullmatch(schema):
        raise SettingsError(
            "Настройка RAG_STORE: schema — это строчные латинские буквы, цифры и знак _, не больше 40."
        )
    host = query.get("host") or parts.hostname or "localhost"
    user = unquote(parts.username or "") or query.get("user", "")
    database = unquote(parts.path.strip("/")) or query.get("dbname", "") or user
    told = f"{host}{port}/{database}" + (f" ({schema})" if schema != SCHEMA else "")
    # libpq reads host names from the query too, which is where a socket's folder stands.
    whole = urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    return Address(whole, told, user, database, schema)
