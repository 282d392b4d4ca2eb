"""Several servers on one database: nothing is lost, nothing is there twice, everybody finds it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import numpy as np
import psycopg

from rag.database import Ints
from rag.errors import LibraryError
from rag.library.filtering import condition
from rag.library.keyring import Keyring
from rag.library.library import Library
from rag.postgres.database import PostgresDatabase
from rag.retrieval.legs import DenseLeg, KeywordLeg
from rag.retrieval.postgres_dense import PostgresVectorIndex
from rag.retrieval.postgres_keyword import PostgresKeywordIndex
from rag.types import Article, ArticleSet, Filters
from tests import warm
from tests.library.articles import article
from tests.patience import becomes
from tests.processes import environment
from tests.retrieval.making import AxisEncoder, query

WRITER = """
import sys
from tests.postgres.test_servers import article_of, serving
with serving(sys.argv[1], sys.argv[2]) as server:
    for number in range(10_000):
        server.library.add([article_of(sys.argv[3], number)])
        print(number, flush=True)
"""


class Server:
    """What a server has of the library: its articles and both ways of searching."""

    def __init__(self, url: str, folder: Path, encoder: AxisEncoder) -> None:
        self.home = PostgresDatabase(url)
        self.keyword = KeywordLeg(lambda _: PostgresKeywordIndex(self.home, condition))
        self.dense = DenseLeg(encoder, make=lambda _, given: PostgresVectorIndex(self.home, given, condition))
        self.library = Library(folder, [self.keyword, self.dense], home=self.home)

    def finds(self, asked: str) -> set[str]:
        """The articles that both legs find."""
        found = [
            {each.passage_id for each in leg.search(query(asked), 1_000)}
            for leg in (self.keyword, self.dense)
        ]
        return {each.article_id for each in self.library.store.passages(sorted(found[0] & found[1]))}


@contextmanager
def serving(url: str, folder: str | Path, encoder: AxisEncoder | None = None) -> Iterator[Server]:
    server = Server(url, Path(folder), encoder or AxisEncoder())
    with closing(server.library):
        yield server


def article_of(who: str, number: int) -> Article:
    return article(f"{who} {number}", f"Мост номер {number} построили {who}. Он длиннее других.", "Мосты")


def test_what_one_takes_the_other_finds(postgres_url: str, tmp_path: Path) -> None:
    with serving(postgres_url, tmp_path / "1") as one, serving(postgres_url, tmp_path / "2") as other:
        for number in range(3):
            one.library.add([article_of("рабочие", number)])
            expected = {f"рабочие {each}" for each in range(number + 1)}
            becomes(lambda: other.finds("мост"), expected)
        assert other.keyword.frequencies(["мост"]) == [3]
        other.library.remove(["рабочие 1"])
        becomes(lambda: one.finds("мост"), {"рабочие 0", "рабочие 2"})
        assert one.library.differences() == other.library.differences() == []


def test_filters_are_conditions_of_the_database(postgres_url: str, tmp_path: Path) -> None:
    with serving(postgres_url, tmp_path) as server:
        server.library.add(
            [article(name, "Мост построили.", source=name.upper(), tags=(name,)) for name in ("a", "b", "c")]
        )
        for filters, expected in (
            (Filters(sources=("a", "B")), {"a", "b"}),
            (Filters(tags=("c",)), {"c"}),
            (Filters(tags=("a", "b"), within=Filters(sources=("b", "c"))), {"b"}),
            (Filters(sources=("d",)), set()),
        ):
            within = server.library.store.allowed(filters)
            assert isinstance(within, ArticleSet)
            for leg in (server.keyword, server.dense):
                found = [each.passage_id for each in leg.search(query("мост"), 10, within)]
                assert {each.article_id for each in server.library.store.passages(found)} == expected


def test_servers_with_different_encoders(postgres_url: str, tmp_path: Path) -> None:
    """Each fills and follows an index of its own."""
    with serving(postgres_url, tmp_path / "1") as one:
        one.library.add([article_of("рабочие", 0)])
        with serving(postgres_url, tmp_path / "2", AxisEncoder(("мост", "парк"))) as other:
            assert other.finds("мост") == {"рабочие 0"}
            one.library.add([article_of("рабочие", 1)])
            becomes(lambda: other.finds("мост"), {"рабочие 0", "рабочие 1"})
            other.library.remove(["рабочие 0"])
            becomes(lambda: one.finds("мост"), {"рабочие 1"})
            becomes(lambda: (one.dense.count(), other.dense.count()), (1, 1))


def test_kill_9_loses_nothing_that_was_said(postgres_url: str, tmp_path: Path) -> None:
    said = []
    with ExitStack() as running:
        writers = [
            running.enter_context(
                subprocess.Popen(
                    [warm.python(), "-c", WRITER, postgres_url, str(tmp_path / who), who],
                    stdout=subprocess.PIPE,
                    text=True,
                    env=environment({}),
                )
            )
            for who in ("один", "другой")
        ]
        for writer in writers:
            assert writer.stdout
            said.append([writer.stdout.readline() for _ in range(5)])
        for writer, lines in zip(writers, said, strict=True):
            assert writer.stdout
            writer.send_signal(signal.SIGKILL)
            lines += [line for line in writer.stdout.readlines() if line.endswith("\n")]
    with serving(postgres_url, tmp_path / "last") as server:
        held = server.library.store.ids()
        for who, lines in zip(("один", "другой"), said, strict=True):
            there = [each for each in held if each.startswith(f"{who} ")]
            assert len(lines) <= len(there) <= len(lines) + 1, "at most the one under way besides"
        assert server.finds("мост") == set(held)
        assert server.library.differences() == []


def test_a_database_that_goes_away_comes_back(postgres_url: str, tmp_path: Path) -> None:
    with serving(postgres_url, tmp_path) as server:
        server.library.add([article_of("рабочие", 0)])
        address = server.home.address
        for number in range(1, 4):
            with psycopg.connect(address.url, autocommit=True) as owner:
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'snoska' AND pid <> pg_backend_pid()"
                )
            for _ in range(30):
                try:
                    server.library.add([article_of("рабочие", number)])
                    break
                except LibraryError as error:
                    assert "Повторите" in str(error) or "не отвечает" in str(error)
            assert server.finds("мост") == {f"рабочие {each}" for each in range(number + 1)}
        assert server.library.differences() == []


def test_a_key_holds_for_all_servers(postgres_url: str, tmp_path: Path) -> None:
    with serving(postgres_url, tmp_path / "1") as one, serving(postgres_url, tmp_path / "2") as other:
        secret = one.library.keys.add("сайт", "read")
        held = other.library.keys.of(secret)
        assert held is not None and held.name == "сайт"
        assert Keyring(other.home).revoke(["сайт", "нет"]) == ["сайт"]
        revoked = one.library.keys.of(secret)
        assert revoked is not None and revoked.revoked


def test_numbers_go_there_and_back(postgres_url: str) -> None:
    with closing(PostgresDatabase(postgres_url)) as home, home.writing() as db:
        for key, length in enumerate((0, 1, 70)):
            given = Ints(np.arange(-3, length - 3, dtype="<i4").tobytes())
            db.execute("INSERT INTO outlines VALUES (?, ?, ?)", (key, 2, given))
            sql = "SELECT outline, outline[1] FROM outlines WHERE passage = ?"
            assert db.execute(sql, (key,)).fetchone() == (given, -3 if length else None)
