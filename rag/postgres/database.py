"""A PostgreSQL database: connections from a pool, writes in transactions, errors in Russian.

With binary.py the only file that imports psycopg. SQL is written once for SQLite and PostgreSQL (see
rag/database.py), so values stand as `?` here too. Whoever writes holds one lock of the whole library:
changes are numbered in the order in which they become visible, and two servers never give one number to two
words.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from rag.database import Ints, Row
from rag.errors import LibraryError, RagError
from rag.postgres import messages
from rag.postgres.address import Address, address
from rag.postgres.binary import INT4_ARRAY, SIGNATURE, IntsDumper, IntsLoader, KeysDumper, TextDumper, rows
from rag.postgres.listening import Listening

CHANNEL = "snoska"
_MOST = 24  # connections of one server
_PATIENCE = 10.0  # seconds for a connection: a database that is being restarted comes back within them
_LONGEST_WRITE_WAIT = 120.0  # seconds for another server's batch
_APPLICATION = "snoska"
_log = logging.getLogger(__name__)
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells each try to connect, we tell the outcome


class Session:
    """A connection that is spoken to as SQLite's is."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Row]:
        return self._connection.execute(translated(sql), values, binary=True)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> psycopg.Cursor[Row]:
        cursor = self._connection.cursor()
        if rows := list(rows):
            cursor.executemany(translated(sql), rows)
        return cursor

    def copy(self, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """Add rows, a column an array of whole numbers or, with two axes, of vectors. The names are ours.

        Vectors of float32 are a `vector`, of float16 a `halfvec`.
        """
        with self._connection.cursor().copy(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.write(SIGNATURE + rows(list(columns.values())) + b"\xff\xff")


@lru_cache(2_000)
def translated(sql: str) -> str:
    """SQL that both databases understand, but for the marks of values and how a list of them is read."""
    listed = sql.replace("%", "%%").replace(
        "json_each(?)", "jsonb_array_elements_text(%s::jsonb) AS given(value)"
    )
    return listed.replace("?", "%s").replace("instr(", "strpos(")


class PostgresDatabase:
    """The database at `url` (RAG_STORE), brought to the newest schema. Raises RagError from every method.

    `seq` is the last change heard of, ours or another server's; whoever keeps something in memory asks it.
    """

    filters_itself = True  # filters go into the SQL of the indexes: see rag.retrieval.postgres

    def __init__(self, url: str) -> None:
        self.address = address(url)
        self._pool: ConnectionPool[psycopg.Connection[Row]] | None = None
        self._has_failed = threading.Event()
        connection = self._connected()
        try:
            _prepare(connection, self.address)
        except psycopg.Error as error:
            raise self.explained(error) from error
        finally:
            connection.close()
        self._pool = ConnectionPool(
            self.address.url,
            kwargs={"autocommit": True, **_options(self.address)},
            configure=self._configured,
            min_size=1,
            max_size=_MOST,
            timeout=_PATIENCE,
            max_idle=120.0,
            reconnect_timeout=5.0,
            open=True,
        )
        self.listening = Listening(self._listened, self._heal)

    @property
    def told(self) -> str:
        """Where it is, for people."""
        return self.address.told

    def close(self) -> None:
        self.listening.end()
        with suppress(RagError), self.reading() as db:  # what waits for news hears that there will be none
            db.execute("SELECT pg_notify(?, '')", (f"{CHANNEL}_{self.address.schema}",))
        self.listening.stop()
        pool, self._pool = self._pool, None
        if pool:
            pool.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        pool = self._pool
        if pool is None:
            raise LibraryError(messages.CLOSED)
        try:
            with pool.connection() as connection:
                yield Session(connection)
        except psycopg.Error as error:
            self._heal()
            raise self.explained(error) from error

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """All of it is kept, or nothing; one writer at a time, of all servers. The others are told."""
        with self.writing_alone("library") as db:
            yield db
            db.execute("SELECT pg_notify(?, 'changed')", (f"{CHANNEL}_{self.address.schema}",))
        self.listening.wrote()

    def heed(self, told: Callable[[], None]) -> None:
        """Have `told` called, in the thread that listens, whenever somebody has written."""
        self.listening.then.append(told)

    def part(self, name: str) -> Part:
        """The same database for what is written beside the library and doesn't wait for it."""
        return Part(self, name)

    @contextmanager
    def writing_alone(self, what: str) -> Iterator[Session]:
        """A transaction; one at a time of those that write `what`."""
        with self.reading() as db:
            db.execute("BEGIN")
            try:
                db.execute(f"SET LOCAL lock_timeout = {int(_LONGEST_WRITE_WAIT * 1000)}")
                name = f"{self.address.schema} {what}"
                db.execute("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", (name,))
                db.execute("SET LOCAL lock_timeout = 0")
                yield db
                db.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def alone(self, what: str) -> Iterator[Session | None]:
        """A session outside of transactions for whoever is first to do `what`; None for the others."""
        with self.reading() as db:
            name = f"{self.address.schema} {what}"
            got = db.execute("SELECT pg_try_advisory_lock(hashtextextended(?, 1))", (name,)).fetchone()
            if not got or not got[0]:
                yield None
                return
            try:
                yield db
            finally:
                with suppress(psycopg.Error):
                    db.execute("SELECT pg_advisory_unlock(hashtextextended(?, 1))", (name,))

    def damage(self) -> list[str]:
        """Nothing: PostgreSQL looks after its files itself."""
        return []

    def drop(self) -> None:
        """Delete the whole library: of tests and throw-away evaluations."""
        with self.reading() as db:
            db.execute(f"DROP SCHEMA {self.address.schema} CASCADE")

    def explained(self, error: psycopg.Error, is_connecting: bool = False) -> RagError:
        if isinstance(error, PoolTimeout):
            return messages.explained(None, True, self.address)
        state = error.sqlstate or (messages.state_of(str(error)) if is_connecting else None)
        return messages.explained(state, is_connecting, self.address)

    def _connected(self) -> psycopg.Connection[Row]:
        try:
            conninfo_to_dict(self.address.url)
        except psycopg.Error:
            address("")  # raises; what libpq says may hold the password
        try:
            return psycopg.connect(self.address.url, autocommit=True, **_options(self.address))
        except psycopg.Error as error:
            raise self.explained(error, is_connecting=True) from None

    def _configured(self, connection: psycopg.Connection[Row]) -> None:
        connection.adapters.register_dumper(str, TextDumper)
        connection.adapters.register_dumper(Ints, IntsDumper)
        connection.adapters.register_dumper(np.ndarray, KeysDumper)
        connection.adapters.register_loader(INT4_ARRAY, IntsLoader)
        connection.execute("SET hnsw.ef_search = 400")
        connection.execute("SET hnsw.iterative_scan = strict_order")
        connection.execute("SET hnsw.max_scan_tuples = 100000")

    def _listened(self) -> psycopg.Connection[Row]:
        connection = psycopg.connect(self.address.url, autocommit=True, **_options(self.address))
        connection.execute(f"LISTEN {CHANNEL}_{self.address.schema}")
        return connection

    def _heal(self) -> None:
        """Drop connections that a restart has broken, in a thread of its own: nobody waits for that."""
        if self._has_failed.is_set() or self._pool is None:
            return
        self._has_failed.set()
        threading.Thread(target=self._check, name="postgres-check", daemon=True).start()

    def _check(self) -> None:
        try:
            if pool := self._pool:
                pool.check()
        except psycopg.Error as error:
            _log.warning("the pool can't be checked: %s", type(error).__name__)
        finally:
            time.sleep(0.2)
            self._has_failed.clear()


class Part:
    """A part of the database that is written by itself: conversations, keys."""

    def __init__(self, whole: PostgresDatabase, name: str) -> None:
        self._whole = whole
        self._name = name
        self.reading = whole.reading
        self.damage = whole.damage

    def writing(self) -> AbstractContextManager[Session]:
        return self._whole.writing_alone(self._name)

    def close(self) -> None:
        """The whole is closed by who has opened it."""


def _options(where: Address) -> dict[str, Any]:
    return {
        "application_name": _APPLICATION,
        "connect_timeout": 10,
        # A server that is gone without a word is noticed within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": f"-c search_path={where.schema},public,extensions -c timezone=UTC",
    }


def _prepare(connection: psycopg.Connection[Row], where: Address) -> None:
    """Check the server and bring the schema up to date: one process at a time, all or nothing."""
    if connection.info.server_version < messages.OLDEST:
        raise messages.too_old(connection.info.server_version, where)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", (where.schema,))
        _ensure_vector(connection, where)
        if not connection.execute("SELECT to_regnamespace(%s)::text", (where.schema,)).fetchone()[0]:  # type: ignore[index]
            connection.execute(f"CREATE SCHEMA {where.schema}")
        _migrate(connection, where)


def _ensure_vector(connection: psycopg.Connection[Row], where: Address) -> None:
    row = connection.execute(
        "SELECT default_version, installed_version FROM pg_available_extensions WHERE name = 'vector'"
    ).fetchone()
    version = (row[1] or row[0]) if row else "0"
    if tuple(map(int, version.split(".")[:2])) < messages.OLDEST_VECTOR:
        raise messages.no_vector(where)
    if row and not row[1]:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public")
        except psycopg.errors.InsufficientPrivilege:
            raise messages.vector_not_created(where) from None


def _migrate(connection: psycopg.Connection[Row], where: Address) -> None:
    """The steps of migrations/, which are numbered by their names, from where the schema is."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {where.schema}.migrations (number integer PRIMARY KEY)")
    row = connection.execute(f"SELECT coalesce(max(number), 0) FROM {where.schema}.migrations").fetchone()
    done = int(row[0]) if row else 0
    steps = sorted(
        each.name for each in files("rag.postgres").joinpath("migrations").iterdir() if ".sql" in each.name
    )
    if done > len(steps):
        raise messages.newer(where)
    for number, name in enumerate(steps[done:], done + 1):
        sql = files("rag.postgres").joinpath("migrations", name).read_text(encoding="utf-8")
        connection.execute(sql.encode())
        connection.execute(f"INSERT INTO {where.schema}.migrations VALUES (%s)", (number,))
