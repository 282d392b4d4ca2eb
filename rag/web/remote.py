"""The library and the bot of a server that has the data folder, for commands: found by the folder itself."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import TypeAdapter

from rag import __version__
from rag.errors import LibraryError, NotFoundError, QuestionError
from rag.library.arrivals import SETTINGS, Aftermath, Reading
from rag.library.isolated_reading import LIMIT, Apart, ReadingStopped
from rag.library.known_sources import Held
from rag.library.lock import Server, server_of
from rag.library.reading.pieces import Place, Source
from rag.library.reasons import os_reason
from rag.library.records import Counts, Edition, FileRecord, Listed, Original, Signature
from rag.library.report import Report
from rag.library.run import Do, GoesOn, Progress, Watch
from rag.types import Answer, Article, Checked, Filters, Hit, Turn
from rag.web.owner_requests import aftermath_json
from rag.web.remote_connection import Body, Response, Sending, events
from rag.web.remote_shapes import Json, answer, article, hit, in_address, in_body, listed, told_before

_PATIENCE = 600.0  # seconds without a word from the server
_GREETING = 3.0
_CHECKED = TypeAdapter(Checked)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search over HTTP gives."""

    hits: list[Hit]
    notes: list[str]
    repairs: list[Json]
    body: Json


class Remote:
    """What commands need of a library and a bot, done by the server at `server`.

    Raises LibraryError where the server doesn't answer or refuses, QuestionError and NotFoundError as the
    library itself would.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, server: Server, read_seconds: float = LIMIT) -> None:
        """`read_seconds` are how long a file may be read here."""
        self._server = server
        self._read_seconds = read_seconds

    # Articles in and out

    def index(
        self,
        paths: Sequence[Path | Place],
        rebuild: bool = False,
        prune: bool = False,
        progress: Progress | None = None,
        goes_on: GoesOn = lambda: True,
        doing: Do = lambda doing: None,
    ) -> Report:
        """Library.index, with files, pages and standard input read here."""
        apart = Apart(self._read_seconds, goes_on, Watch(doing=doing).read)
        started, reading = time.monotonic(), Reading(paths, self._held(), rebuild, apart)
        sending = Sending(self.events, reading.total, progress, goes_on, doing)
        try:
            is_whole = all(sending.take(item) for item in reading) and sending.send()
        except ReadingStopped:
            is_whole = False
        if is_whole:
            sending.tally["removed"] += len(self._settled(reading.aftermath(prune)))
        if is_whole and rebuild:
            for _ in self.events("/api/owner/rebuild", b"", goes_on):
                pass
        counts = self.counts()
        return Report(
            **{name: sending.tally[name] for name in ("added", "replaced", "unchanged", "removed")},
            failed=tuple(sending.failed),
            unknown=tuple(sending.unknown),
            remarks=tuple(sending.remarks),
            articles=counts.articles,
            passages=counts.passages,
            seconds=time.monotonic() - started,
            stopped=not is_whole,
        )

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Library.remove."""
        return self._settled(Aftermath(list(ids)))

    def restore(self, ids: Sequence[str]) -> list[str]:
        """Library.restore."""
        try:
            restored: list[str] = self.json("POST", "/api/articles/restore", {"ids": list(ids)})["restored"]
        except NotFoundError:
            return []
        return restored

    def edit(self, article_id: str, given: Mapping[str, Any]) -> Article:
        """Library.edit."""
        self._of_article("PATCH", article_id, "", given)
        return self.article(article_id)

    def restore_backup(self, file: Path, progress: Progress | None = None) -> Counts:
        """Have the server hold what a backup does (rag.library.backup); how much that is."""
        try:
            with file.open("rb") as backup:
                for name, told in self.events("/api/owner/restore", backup, lambda: True):
                    if name == "progress" and progress:
                        progress(told["done"], told["total"])
        except OSError as error:
            raise LibraryError(f"Копия {file} не прочитана ({os_reason(error)}).") from error
        return self.counts()

    def forget_versions(self) -> int:
        """Library.forget_versions."""
        forgotten: int = self.json("DELETE", "/api/owner/versions")["forgotten"]
        return forgotten

    # Reading

    def article(self, article_id: str) -> Article:
        return article(self._of_article("GET", article_id))

    def version(self, article_id: str, version: int) -> Edition:
        """Library.version; when it was is not asked."""
        found = self._of_article("GET", article_id, f"?version={version}")
        return Edition(version, article(found), "")

    def versions(self, article_id: str) -> list[Edition]:
        """Library.versions."""
        found: list[Edition] = []
        while True:
            told = self._of_article("GET", article_id, f"/versions?offset={len(found)}")
            found += [
                Edition(each["version"], article(each), each["since"], each["until"])
                for each in told["items"]
            ]
            if len(found) >= told["total"]:
                return found

    def articles(
        self,
        offset: int = 0,
        limit: int = 50,
        filters: Filters | None = None,
        words: str = "",
        text: str = "",
    ) -> list[Listed]:
        return self.listed(offset, limit, filters or Filters(), words, text)[1]

    def listed(
        self, offset: int, limit: int, filters: Filters, words: str, text: str = ""
    ) -> tuple[int, list[Listed]]:
        """How many articles there are, and some of them."""
        shown = (("offset", offset), ("limit", limit), ("q", words), ("text", text))
        found = self.json("GET", f"/api/articles?{urlencode([*shown, *in_address(filters)])}")
        return found["total"], [listed(each) for each in found["items"]]

    def counts(self) -> Counts:
        health = self.json("GET", "/api/health")
        return Counts(health["articles"], health["passages"], 0)

    def differences(self) -> list[str]:
        """Library.differences."""
        found: list[str] = self.json("GET", "/api/owner/differences")["differences"]
        return found

    # Questions

    def ask(
        self,
        question: str,
        filters: Filters | None,
        as_typed: bool,
        explain: bool,
        history: Sequence[Turn] = (),
    ) -> Answer:
        body = {"question": question, "as_typed": as_typed, "explain": explain, **in_body(filters)}
        return answer(self.json("POST", "/api/ask", body | told_before(history)))

    def growing(
        self, question: str, filters: Filters | None, history: Sequence[Turn] = ()
    ) -> Generator[Answer | None, None, None]:
        """The answer in the end, None meanwhile. Whoever leaves before it ends the work of the server."""
        body = {"question": question, "stream": True, **in_body(filters), **told_before(history)}
        with self._answered("POST", "/api/ask", body) as response:
            for name, told in events(response, beats=True):
                if name == "error":
                    raise LibraryError(str(told["detail"]))
                yield answer(told) if name == "answer" else None

    def told(self, question: str, history: Sequence[Turn] = ()) -> Json:
        """An Answer's JSON, as the server gives it."""
        return self.json("POST", "/api/ask", {"question": question, **told_before(history)})

    def search(self, query: str, k: int, filters: Filters | None, as_typed: bool, explain: bool) -> Found:
        body = {"query": query, "k": k, "as_typed": as_typed, "explain": explain, **in_body(filters)}
        found = self.json("POST", "/api/search", body)
        return Found([hit(each) for each in found["hits"]], found["notes"], found["repairs"], found)

    def verify(self, claim: str, quotes: Sequence[str], filters: Filters | None) -> Checked:
        """Bot.verify."""
        body = {"claim": claim, **in_body(filters), **({"quotes": list(quotes)} if quotes else {})}
        found = self.json("POST", "/api/verify", body)
        verdict = {"support": found.pop("support"), "reasons": found.pop("reasons")}
        return _CHECKED.validate_python({"verdict": verdict, **found})

    # Steps

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def _held(self) -> Held:
        told = self.json("GET", "/api/owner/held")
        if (told["version"], told["settings"]) != (__version__, SETTINGS):
            raise LibraryError(
                "Сервер запущен из другой версии программы. Перезапустите его (snoska serve) и повторите."
            )
        signatures = {article_id: Signature(*pair) for article_id, pair in told["signatures"].items()}
        files = {
            origin: FileRecord(origin, above, Signature(*pair))
            for origin, (above, *pair) in told["files"].items()
        }
        keeper = self if told["originals"] else None
        return Held(signatures, told["origins"], told["copies"], files, keeper)

    def keep(self, source: Source, name: str) -> Original:
        """Keep a file where the server keeps them."""
        kept = self.json("POST", f"/api/owner/originals?{urlencode({'name': name})}", source.read())
        return Original(kept["name"], kept["digest"])

    def _settled(self, aftermath: Aftermath) -> list[str]:
        removed: list[str] = self.json("POST", "/api/owner/aftermath", aftermath_json(aftermath))["removed"]
        return removed

    def _of_article(self, method: str, article_id: str, more: str = "", body: Any = None) -> Json:
        """What the API says of one article."""
        try:
            return self.json(method, f"/api/articles/{quote(article_id, safe='')}{more}", body)
        except NotFoundError:  # as the library says it
            raise NotFoundError(
                f"Статьи «{article_id[:200]}» нет в библиотеке. Список статей: snoska articles list"
            ) from None

    def json(self, method: str, path: str, body: Body = None) -> Json:
        """What the server answers. Raises LibraryError, NotFoundError and QuestionError."""
        with self._answered(method, path, body) as response:
            value: Json = json.loads(response.read())
            return value

    def events(self, path: str, body: Body, goes_on: GoesOn) -> Iterator[tuple[str, Json]]:
        """Events of work that the server does, until it is done or shall not go on. Raises LibraryError."""
        with self._answered("POST", path, body) as response:
            for name, data in events(response):
                if name == "error":
                    raise LibraryError(str(data["detail"]))
                yield name, data
                if not goes_on():
                    return  # the connection is closed, and the server ends the work

    def _answered(self, method: str, path: str, body: Body) -> Response:
        return Response(self._server, method, path, body, _PATIENCE)


def connect(folder: Path, read_seconds: float = LIMIT) -> Remote | None:
    """The server that has `folder`, if there is one and it answers; files are read here for so long."""
    server = server_of(folder)
    if server is None:
        return None
    try:
        with Response(server, "GET", "/api/health", None, _GREETING) as response:
            return Remote(server, read_seconds) if json.loads(response.read()).get("status") == "ok" else None
    except LibraryError:
        return None


def reach(address: str, key: str) -> Remote:
    """The server at `address`, whoever's it is. Raises LibraryError where it doesn't answer."""
    found = Remote(Server(address.rstrip("/"), key))
    try:
        found.counts()
    except (ValueError, KeyError, TypeError, NotFoundError, QuestionError):
        raise LibraryError(f"{address} отвечает, но это не «Сноска». Проверьте адрес.") from None
    except LibraryError as error:
        if isinstance(error.__cause__, OSError):
            raise LibraryError(f"{address} не отвечает. Проверьте адрес и запущен ли там сервер.") from None
        raise
    return found
