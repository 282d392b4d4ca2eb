"""What goes wrong with a database is told in one Russian sentence, and no password with it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.__main__ import main
from rag.errors import LibraryAwayError, LibraryError, RagError, SettingsError
from rag.postgres import messages
from rag.postgres.address import address
from rag.postgres.database import PostgresDatabase
from rag.web.problems import public
from tests.processes import free_port

from .server import database, url_of

SECRET = "s3cr3t-пароль"


def told(url: str) -> str:
    """What is said of a database that can't be opened."""
    with pytest.raises(RagError) as raised:
        PostgresDatabase(url)
    return str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:{}@h/d", "нужен адрес вида postgresql://"),
        ("postgresql://u:{}@h:порт/d", "адрес не разобрать"),
        ("postgresql://u:{}@h:99999/d", "адрес не разобрать"),
        ("postgresql://u:p@ss/{}@h/d", "нужен адрес вида postgresql://"),
        ("postgresql://u:{}@h/d?schema=Плохая", "schema — это строчные латинские"),
        ("postgresql://u:{}@h/d?schema=x;drop", "schema — это строчные латинские"),
        ("просто слова {}", "нужен адрес вида postgresql://"),
    ],
)
def test_a_wrong_address(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        address(url.format(SECRET))
    assert said in str(raised.value)
    assert SECRET not in str(raised.value)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=6))
def test_no_password_is_told(password: str) -> None:
    password = f"#{password}x"
    try:
        found = address(f"postgresql://anna:{password}@server:5432/news")
    except SettingsError as error:
        assert password not in str(error)
    else:
        assert password not in found.told + repr(found)


def test_the_parts_of_an_address() -> None:
    found = address("postgresql://anna:%40x@db.example:6543/news?schema=weekly&sslmode=require")
    assert found.told == "db.example:6543/news (weekly)"
    assert (found.user, found.database, found.schema) == ("anna", "news", "weekly")
    assert "schema" not in found.url and "sslmode=require" in found.url
    assert address("postgresql:///news?host=/run/postgresql").told == "/run/postgresql/news"


def test_nobody_listens_there(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = told(f"postgresql://anna:{SECRET}@127.0.0.1:{free_port()}/news")
    assert "не отвечает" in said and "Проверьте, что сервер PostgreSQL запущен" in said
    assert SECRET not in said + caplog.text


def test_who_may_not_is_told_what_to_do(postgres_server: Any) -> None:
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as owner:
        owner.execute("CREATE EXTENSION IF NOT EXISTS vector")
        owner.execute("DROP ROLE IF EXISTS guest, reader")
        owner.execute("CREATE ROLE guest LOGIN")
        owner.execute("CREATE ROLE reader LOGIN SUPERUSER")
        owner.execute("ALTER ROLE reader SET default_transaction_read_only = on")
    here = url_of(postgres_server)
    assert "createdb nowhere" in told(here.replace("/postgres?", "/nowhere?"))
    unknown = told(here.replace("postgres:@", f"nobody:{SECRET}@"))
    assert "не пускает «nobody»" in unknown and SECRET not in unknown
    rights = 'GRANT CREATE ON DATABASE "postgres" TO "guest"'
    assert rights in told(here.replace("postgres:@", "guest:@"))
    assert "это реплика" in told(here.replace("postgres:@", "reader:@"))


def test_an_old_server_and_an_old_extension(postgres_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(messages, "OLDEST", 990_000)
        assert "а нужен 15 или новее" in told(url_of(postgres_server))
    monkeypatch.setattr(messages, "OLDEST_VECTOR", (99, 0))
    assert "нет расширения pgvector" in told(url_of(postgres_server))


def test_a_schema_of_a_newer_program(postgres_url: str) -> None:
    with database(postgres_url) as home:
        with home.writing() as db:
            db.execute("INSERT INTO migrations VALUES (1000)")
        # As many as there are numbers: the last one is what counts.
        assert "более новой версией" in told(postgres_url)


def test_who_asks_while_it_is_away_is_told_to_come_again() -> None:
    away = [(None, True), (None, False), ("57P01", False), ("57P03", True)]
    for state, is_connecting in [*away, ("53100", False)]:
        error = messages.explained(state, is_connecting, address("postgresql://anna@server/news"))
        is_away = (state, is_connecting) in away
        assert isinstance(error, LibraryAwayError) == is_away, state
        assert public(error)[0] == (503 if is_away else 500), state


SAID = {
    "53100": "нет места",
    "53200": "не хватает памяти",
    "53300": "заняты все соединения",
    "58030": "не может прочитать или записать",
    "57014": "прервала запрос",
    "40001": "меняли одновременно",
    "42P01": "не такие, как их оставила программа",
    "XX001": "повреждена",
    "22012": "сообщила об ошибке 22012",
}


def test_what_the_server_says(postgres_url: str) -> None:
    """A transaction that fails leaves nothing, and the next one goes on."""
    with database(postgres_url) as home:
        for state, said in SAID.items():
            with pytest.raises(LibraryError, match=said) as raised, home.writing() as db:
                db.execute("INSERT INTO meta VALUES ('half', '')")
                db.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")
            assert str(raised.value).count("\n") == 0
            with home.reading() as db:
                assert db.execute("SELECT count(*) FROM meta").fetchone() == (0,)


def test_a_shared_library_is_backed_up_by_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_STORE", f"postgresql://anna:{SECRET}@nowhere/news")
    assert main(["backup", str(tmp_path / "copy.zip")]) == 1
    told = capsys.readouterr().err
    assert "pg_dump" in told and SECRET not in told


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ('FATAL:  database "x" does not exist', "3D000"),
        ('ВАЖНО:  база данных "x" не существует', "3D000"),
        ('FATAL:  password authentication failed for user "x"', "28P01"),
        ('ВАЖНО:  пользователь "x" не прошёл проверку подлинности (по паролю)', "28P01"),
        ("FATAL:  sorry, too many clients already", "53300"),
        ("FATAL:  the database system is starting up", "57P03"),
        ("connection refused", None),
    ],
)
def test_why_a_server_refuses(said: str, state: str | None) -> None:
    assert messages.state_of(said) == state
